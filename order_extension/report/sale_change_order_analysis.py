from odoo import api, fields, models
from odoo.tools import SQL

#: Ageing of what is not signed: the key of a bucket is the first day that is in it.
AGE_BUCKETS = [
    (0, "Up to 3 days"),
    (4, "4 to 7 days"),
    (8, "8 to 14 days"),
    (15, "15 to 30 days"),
    (31, "Over 30 days"),
]


class SaleChangeOrderReport(models.Model):
    """One row per change order in its latest revision, amounts in the company's currency.

    Averages are right here: what was never sent or signed has no hours rather than none.
    """

    _name = "sale.change.order.report"
    _description = "Change Order Analysis"
    _auto = False
    _order = "captured_on desc"
    _rec_name = "change_order_id"

    change_order_id = fields.Many2one("sale.change.order", readonly=True)
    order_id = fields.Many2one("sale.order", "Sales Order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    reason_id = fields.Many2one("sale.change.reason", readonly=True)
    state = fields.Selection(
        selection=lambda self: self.env["sale.change.order"]._fields["state"]._description_selection(self.env),
        readonly=True,
    )
    captured_on = fields.Datetime("Captured on", readonly=True)
    sent_on = fields.Datetime("Sent on", readonly=True)
    signed_on = fields.Datetime("Signed on", readonly=True)
    amount_untaxed = fields.Monetary("Untaxed Amount", readonly=True)
    amount_signed = fields.Monetary("Signed Net Sum", readonly=True)
    signed_count = fields.Integer("Signed", readonly=True)
    hours_to_offer = fields.Float("Hours to the Offer", readonly=True, aggregator="avg")
    hours_to_signature = fields.Float("Hours to the Signature", readonly=True, aggregator="avg")
    age_days = fields.Integer("Days Unsigned", readonly=True, aggregator="avg")
    age_bucket = fields.Selection([(str(day), label) for day, label in AGE_BUCKETS], "Unsigned for", readonly=True)

    _depends = {
        "sale.change.order": [
            "order_id", "company_id", "partner_id", "user_id", "reason_id", "state", "captured_on", "sent_on",
            "signed_on", "amount_untaxed", "amount_effect", "hours_to_offer", "hours_to_signature", "superseded_by_id",
            "revision_of_id",
        ],
        "sale.order": ["currency_rate"],
        "res.company": ["currency_id"],
    }  # fmt: skip

    @property
    def _table_query(self):
        age = SQL(
            "CASE WHEN co.state IN ('draft', 'sent') AND co.captured_on IS NOT NULL"
            " THEN GREATEST(0, EXTRACT(DAY FROM %s::timestamp - co.captured_on))::integer END",
            fields.Datetime.now(),
        )
        rate = SQL("COALESCE(NULLIF(o.currency_rate, 0), 1)")
        return SQL(
            """
            SELECT report.*, %(bucket)s AS age_bucket
              FROM (
                SELECT co.id,
                       co.id AS change_order_id,
                       co.order_id,
                       co.company_id,
                       company.currency_id,
                       co.partner_id,
                       co.user_id,
                       co.reason_id,
                       co.state,
                       co.captured_on,
                       co.sent_on,
                       co.signed_on,
                       co.amount_untaxed / %(rate)s AS amount_untaxed,
                       CASE WHEN co.state = 'signed' THEN co.amount_effect / %(rate)s END AS amount_signed,
                       CASE WHEN co.state = 'signed' THEN 1 ELSE 0 END AS signed_count,
                       CASE WHEN co.sent_on IS NOT NULL AND co.captured_on IS NOT NULL
                            THEN co.hours_to_offer END AS hours_to_offer,
                       CASE WHEN co.signed_on IS NOT NULL AND co.sent_on IS NOT NULL
                            THEN co.hours_to_signature END AS hours_to_signature,
                       %(age)s AS age_days
                  FROM sale_change_order co
                  JOIN sale_order o ON o.id = co.order_id
                  JOIN res_company company ON company.id = co.company_id
                 WHERE %(standing)s
              ) report
            """,
            age=age,
            rate=rate,
            standing=self.env["sale.change.order"]._get_standing_sql(),
            bucket=self._get_age_bucket_sql(),
        )

    @api.model
    def _get_age_bucket_sql(self):
        cases = SQL(" ").join(
            SQL("WHEN report.age_days >= %s THEN %s", day, str(day)) for day, _label in reversed(AGE_BUCKETS)
        )
        return SQL("CASE %s END", cases)

    def action_open_change_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.change.order",
            "res_id": self.change_order_id.id,
            "views": [(False, "form")],
        }
