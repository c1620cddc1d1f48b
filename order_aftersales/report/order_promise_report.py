"""Promises kept: how many orders came as they should, against what was promised first."""

from odoo import api, fields, models
from odoo.tools import SQL

#: What a rate is about: which orders count, and out of which.
RATES = {
    "perfect_rate": ("is_perfect", "is_judged"),
    "on_time_rate": ("is_on_time", "is_judged"),
    "on_time_agreed_rate": ("is_on_time_agreed", "is_judged"),
    "in_full_rate": ("is_in_full", "is_delivered"),
    "undamaged_rate": ("is_undamaged", "is_delivered"),
    "papers_rate": ("has_right_papers", "is_delivered"),
}
COUNTS = {
    "order_count": None,
    "judged_count": "is_judged",
    "perfect_count": "is_perfect",
    "late_count": "is_late",
}


class OrderPromiseReport(models.Model):
    """One row per line of a confirmed order, so that promises are seen by product as well.

    Whatever the rows are grouped by, orders are counted, not rows: an order counts once for each product that is on
    it, and once in all. A promise is judged when the order is delivered, or the promised day has passed without. What
    was promised to nobody is neither kept nor broken.
    """

    _name = "order.promise.report"
    _description = "Promises Kept"
    _auto = False
    _order = "first_promised_day desc, order_id desc, id"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer's Company", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    department_id = fields.Many2one("hr.department", "Seller's Department", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    first_promised_day = fields.Date("First Promised", readonly=True)
    delivered_on = fields.Datetime("Delivered", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator=None, help="Against the first promise.")
    promise_slip_days = fields.Integer("Days Slipped", readonly=True, aggregator=None)
    is_delivered = fields.Boolean("Delivered in Whole", readonly=True)
    is_judged = fields.Boolean(
        "Promise Judged", readonly=True, help="Delivered, or the day that was promised first has passed."
    )
    is_late = fields.Boolean("Late", readonly=True, help="Judged, and not on time.")
    is_on_time = fields.Boolean("On Time", readonly=True)
    is_on_time_agreed = fields.Boolean("On Time as Agreed", readonly=True)
    is_in_full = fields.Boolean("In Full", readonly=True)
    is_undamaged = fields.Boolean("Undamaged", readonly=True)
    has_right_papers = fields.Boolean("Right Papers", readonly=True)
    is_perfect = fields.Boolean("Perfect Order", readonly=True)

    order_count = fields.Integer("Orders", compute="_compute_counts", aggregator="sum")
    judged_count = fields.Integer("Promises Judged", compute="_compute_counts", aggregator="sum")
    perfect_count = fields.Integer("Perfect Orders", compute="_compute_counts", aggregator="sum")
    late_count = fields.Integer("Late Orders", compute="_compute_counts", aggregator="sum")
    perfect_rate = fields.Float(
        "Perfect Orders (%)", compute="_compute_counts", aggregator="avg", help="Out of the promises judged."
    )
    on_time_rate = fields.Float(
        "On Time (%)", compute="_compute_counts", aggregator="avg", help="Out of the promises judged."
    )
    on_time_agreed_rate = fields.Float(
        "On Time as Agreed (%)",
        compute="_compute_counts",
        aggregator="avg",
        help="On time, if the days count that the customer has caused or agreed to. Out of the promises judged.",
    )
    in_full_rate = fields.Float(
        "In Full (%)", compute="_compute_counts", aggregator="avg", help="Out of what was delivered."
    )
    undamaged_rate = fields.Float(
        "Undamaged (%)", compute="_compute_counts", aggregator="avg", help="Out of what was delivered."
    )
    papers_rate = fields.Float(
        "Right Papers (%)", compute="_compute_counts", aggregator="avg", help="Out of what was delivered."
    )

    _depends = {
        "sale.order": [
            "state", "partner_id", "user_id", "team_id", "company_id", "first_promised_date", "first_promised_day",
            "delivered_on", "days_late", "promise_slip_days", "is_on_time", "is_on_time_agreed", "is_in_full",
            "is_undamaged", "has_right_papers", "is_perfect",
        ],
        "sale.order.line": ["order_id", "product_id", "display_type", "is_downpayment"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.partner": ["commercial_partner_id"],
        "hr.employee": ["user_id", "company_id", "current_version_id"],
        "hr.version": ["department_id"],
    }  # fmt: skip

    def _compute_counts(self):
        for row in self:
            for name, flag in COUNTS.items():
                row[name] = not flag or row[flag]
            for name, (flag, _base) in RATES.items():
                row[name] = row[flag]

    # === QUERY ===

    @property
    def _table_query(self):
        return SQL("SELECT %s FROM %s WHERE %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self):
        return SQL(
            """
                l.id, l.order_id, l.product_id, t.categ_id, o.partner_id, p.commercial_partner_id, o.user_id, o.team_id,
                v.department_id, o.company_id, o.first_promised_day, o.delivered_on, o.days_late, o.promise_slip_days,
                o.delivered_on IS NOT NULL AS is_delivered,
                %(judged)s AS is_judged,
                %(judged)s AND NOT COALESCE(o.is_on_time, FALSE) AS is_late,
                COALESCE(o.is_on_time, FALSE) AS is_on_time,
                COALESCE(o.is_on_time_agreed, FALSE) AS is_on_time_agreed,
                COALESCE(o.is_in_full, FALSE) AS is_in_full,
                COALESCE(o.is_undamaged, FALSE) AS is_undamaged,
                COALESCE(o.has_right_papers, FALSE) AS has_right_papers,
                COALESCE(o.is_perfect, FALSE) AS is_perfect
            """,
            judged=SQL(
                "(o.first_promised_date IS NOT NULL AND (o.delivered_on IS NOT NULL OR o.first_promised_day < %s))",
                fields.Date.context_today(self),
            ),
        )

    @api.model
    def _from(self):
        return SQL(
            """
                sale_order_line l
                JOIN sale_order o ON o.id = l.order_id
                JOIN res_partner p ON p.id = o.partner_id
                JOIN product_product pp ON pp.id = l.product_id
                JOIN product_template t ON t.id = pp.product_tmpl_id
                LEFT JOIN hr_employee e ON e.user_id = o.user_id AND e.company_id = o.company_id
                LEFT JOIN hr_version v ON v.id = e.current_version_id
            """
        )

    @api.model
    def _where(self):
        return SQL("o.state = 'sale' AND l.display_type IS NULL AND NOT COALESCE(l.is_downpayment, FALSE)")

    # === ORDERS, NOT ROWS ===

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, aggregator = aggregate_spec.partition(":")
        if aggregator == "sum" and name in COUNTS:
            return self._count_orders_sql(query, COUNTS[name])
        if aggregator == "avg" and name in RATES:
            flag, base = RATES[name]
            # An order without a promise may be delivered in time of nothing: both have to hold.
            counted, among = self._count_orders_sql(query, flag, base), self._count_orders_sql(query, base)
            return SQL("%s::numeric / NULLIF(%s, 0)", counted, among)
        return super()._read_group_select(aggregate_spec, query)

    def _count_orders_sql(self, query, *flags):
        """Count the orders of which all ``flags`` are true."""
        conditions = [self._field_to_sql(self._table, flag, query) for flag in flags if flag]
        return SQL(
            "COUNT(DISTINCT %s) FILTER (WHERE %s)",
            self._field_to_sql(self._table, "order_id", query),
            SQL(" AND ").join(conditions) if conditions else SQL("TRUE"),
        )

    def action_open_order(self):
        self.ensure_one()
        return self.order_id.get_formview_action()
