"""How customers take to extensions and favours over time."""

from odoo import api, fields, models
from odoo.tools import SQL

EVENTS = [
    ("order", "Order confirmed"),
    ("favour", "Favour"),
    ("sent", "Extension offered"),
    ("signed", "Extension signed"),
    ("declined", "Extension declined"),
]
#: Column -> type, in every event; what an event doesn't say is empty, and 0 where it is a measure.
COLUMNS = {
    "name": "varchar",
    "change_order_id": "integer",
    "minor_item_id": "integer",
}
MEASURES = {
    "order_count": "integer",
    "allowance_amount": "numeric",
    "favour_count": "integer",
    "favour_value": "numeric",
    "favour_cost": "numeric",
    "allowance_used": "numeric",
    "goodwill_value": "numeric",
    "sent_count": "integer",
    "sent_amount": "numeric",
    "signed_count": "integer",
    "signed_amount": "numeric",
    "declined_count": "integer",
    "answered_count": "integer",
    "signature_days": "double precision",
    "timed_count": "integer",
}
#: Amounts of an order are in its currency.
RATE = SQL("COALESCE(NULLIF(o.currency_rate, 0), 1)::numeric")
#: A row's id is its record's times this, plus the number of its event.
EVENTS_AT_MOST = 8


class OrderExtraTrend(models.Model):
    """One row per event, on the day when it happened, so that any grouping adds up.

    Amounts are without taxes and in the currency of the company. An extension that was offered anew in another revision
    was offered once: the revision that took its place is what counts.
    """

    _name = "order.extra.trend"
    _description = "Trends of Extras"
    _inherit = ["order.fact.mixin", "order.ratio.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"

    event = fields.Selection(EVENTS, readonly=True)
    date = fields.Date(readonly=True)
    name = fields.Char("What", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    change_order_id = fields.Many2one("sale.change.order", readonly=True)
    minor_item_id = fields.Many2one("sale.minor.item", "Favour", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    order_template_id = fields.Many2one("sale.order.template", "Quotation Template", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    order_count = fields.Integer("Orders", readonly=True)
    allowance_amount = fields.Monetary("Allowance Sold", readonly=True, help="Allowance of the orders confirmed.")
    favour_count = fields.Integer("Favours", readonly=True)
    favour_value = fields.Monetary("Value of Favours", readonly=True, help="What they would have been billed at.")
    favour_cost = fields.Monetary("Cost of Favours", readonly=True)
    allowance_used = fields.Monetary("Favours from Allowances", readonly=True)
    goodwill_value = fields.Monetary("Favours from Goodwill", readonly=True)
    sent_count = fields.Integer("Extensions Offered", readonly=True)
    sent_amount = fields.Monetary("Value Offered", readonly=True)
    signed_count = fields.Integer("Extensions Signed", readonly=True)
    signed_amount = fields.Monetary("Value Signed", readonly=True)
    declined_count = fields.Integer("Extensions Declined", readonly=True)
    answered_count = fields.Integer("Extensions Answered", readonly=True, help="Signed or declined.")
    signature_days = fields.Float(readonly=True, help="Days from the offer to the signature, added up.")
    timed_count = fields.Integer("Signatures with a Time", readonly=True)

    share_signed = fields.Float(
        "Signed of Answered (%)",
        compute="_compute_ratios",
        aggregator="avg",
        help="Extensions signed in relation to those that were signed or declined.",
    )
    days_to_signature = fields.Float(
        "Days to Signature",
        compute="_compute_ratios",
        aggregator="avg",
        help="From the offer to the signature, on average.",
    )
    favours_per_order = fields.Float(
        "Favours per Order",
        compute="_compute_ratios",
        aggregator="avg",
        help="Favours in relation to the orders confirmed meanwhile.",
    )
    allowance_use = fields.Float(
        "Use of Allowances (%)",
        compute="_compute_ratios",
        aggregator="avg",
        help="Favours paid by allowances in relation to the allowances sold meanwhile.",
    )

    _depends = {
        "sale.order": [
            "name", "partner_id", "user_id", "team_id", "sale_order_template_id", "company_id", "state", "date_order",
            "currency_rate", "minor_items_amount",
        ],
        "sale.minor.item": ["name", "order_id", "date", "state", "value", "cost", "covered_by"],
        "sale.change.order": [
            "name", "title", "order_id", "state", "amount_untaxed", "amount_effect", "sent_on", "signed_on",
            "declined_on", "superseded_by_id", "hours_to_signature",
        ],
        "res.company": ["currency_id"],
    }  # fmt: skip

    def _get_ratios(self):
        return super()._get_ratios() | {
            "share_signed": ("signed_count", "answered_count"),
            "days_to_signature": ("signature_days", "timed_count"),
            "favours_per_order": ("favour_count", "order_count"),
            "allowance_use": ("allowance_used", "allowance_amount"),
        }

    def action_open_source(self):
        """Open the record of this event."""
        self.ensure_one()
        return self._open_record(self.change_order_id or self.minor_item_id or self.order_id)

    # === QUERY ===

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(
            [
                self._query_orders(),
                self._query_favours(),
                self._query_sent(),
                self._query_signed(),
                self._query_declined(),
            ]
        )

    def _query_orders(self):
        return self._query_event(
            "order",
            SQL("sale_order o"),
            SQL("o.state = 'sale'"),
            {
                "id": SQL("o.id"),
                "date": self._get_local_date(SQL("o.date_order")),
                "name": SQL("o.name"),
                "order_count": SQL("1"),
                "allowance_amount": SQL("o.minor_items_amount::numeric / %s", RATE),
            },
        )

    def _query_favours(self):
        value = SQL("item.value::numeric / %s", RATE)
        return self._query_event(
            "favour",
            SQL("sale_minor_item item JOIN sale_order o ON o.id = item.order_id"),
            SQL("item.state = 'done'"),
            {
                "id": SQL("item.id"),
                "date": SQL("item.date"),
                "name": SQL("item.name"),
                "minor_item_id": SQL("item.id"),
                "favour_count": SQL("1"),
                "favour_value": value,
                "favour_cost": SQL("item.cost"),
                "allowance_used": SQL("CASE WHEN item.covered_by = 'allowance' THEN %s ELSE 0 END", value),
                "goodwill_value": SQL("CASE WHEN item.covered_by = 'goodwill' THEN %s ELSE 0 END", value),
            },
        )

    def _query_sent(self):
        return self._query_change_orders(
            "sent",
            SQL("co.sent_on"),
            SQL("co.superseded_by_id IS NULL"),
            {"sent_count": SQL("1"), "sent_amount": SQL("co.amount_untaxed::numeric / %s", RATE)},
        )

    def _query_signed(self):
        return self._query_change_orders(
            "signed",
            SQL("co.signed_on"),
            SQL("co.state = 'signed'"),
            {
                "signed_count": SQL("1"),
                "signed_amount": SQL("co.amount_effect::numeric / %s", RATE),
                "answered_count": SQL("1"),
                "signature_days": SQL("CASE WHEN co.sent_on IS NOT NULL THEN co.hours_to_signature / 24 ELSE 0 END"),
                "timed_count": SQL("CASE WHEN co.sent_on IS NOT NULL THEN 1 ELSE 0 END"),
            },
        )

    def _query_declined(self):
        return self._query_change_orders(
            "declined",
            SQL("co.declined_on"),
            SQL("co.state = 'declined' AND co.superseded_by_id IS NULL"),
            {"declined_count": SQL("1"), "answered_count": SQL("1")},
        )

    def _query_change_orders(self, event, moment, condition, values):
        return self._query_event(
            event,
            SQL("sale_change_order co JOIN sale_order o ON o.id = co.order_id"),
            SQL("%s IS NOT NULL AND %s", moment, condition),
            {
                "id": SQL("co.id"),
                "date": self._get_local_date(moment),
                "name": SQL("co.title"),
                "change_order_id": SQL("co.id"),
                **values,
            },
        )

    def _query_event(self, event, tables, condition, values):
        """Return the rows of one event.

        :param SQL tables: FROM clause, with the order as ``o``
        :param dict values: SQL by column, with the id of the event's record
        """
        number = [name for name, _label in EVENTS].index(event)
        columns = [
            SQL(
                "%s::%s AS %s",
                values.get(name, SQL(empty)),  # pylint: disable=sql-injection
                SQL(kind),  # pylint: disable=sql-injection
                SQL.identifier(name),
            )
            for group, empty in ((COLUMNS, "NULL"), (MEASURES, "0"))
            for name, kind in group.items()
        ]
        return SQL(
            """
            SELECT %(id)s::bigint * %(events)s + %(number)s AS id,
                   %(event)s AS event,
                   %(date)s AS date,
                   o.id AS order_id,
                   o.partner_id,
                   o.user_id,
                   o.team_id,
                   o.sale_order_template_id AS order_template_id,
                   o.company_id,
                   company.currency_id,
                   %(columns)s
              FROM %(tables)s
              JOIN res_company company ON company.id = o.company_id
             WHERE %(condition)s
            """,
            id=values["id"],
            events=EVENTS_AT_MOST,
            number=number,
            event=event,
            date=values["date"],
            columns=SQL(", ").join(columns),
            tables=tables,
            condition=condition,
        )

    @api.model
    def _get_local_date(self, moment):
        """The day of a moment where the user is."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, str(self.env.tz))
