from odoo import api, fields, models
from odoo.tools import SQL, date_utils


class OrderActivityReport(models.Model):
    """What time costs by activity and month, at the hourly cost of the people and at the rate of practical capacity.

    The rows of a period add up to the cost of its capacity: what was used for orders, what was used inside, and what
    was idle, less than nothing when more was worked than there is in practice.
    """

    _name = "order.activity.report"
    _inherit = ["order.fact.mixin"]
    _description = "Cost per Activity"
    _auto = False
    _order = "date desc, kind, id"
    _rec_name = "activity_id"

    kind = fields.Selection(
        [("order", "Used for Orders"), ("internal", "Used inside"), ("idle", "Idle Capacity")], readonly=True
    )
    activity_id = fields.Many2one("order.activity", readonly=True)
    date = fields.Date("Month", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    capacity_id = fields.Many2one("order.capacity.cost", readonly=True)
    hours = fields.Float(readonly=True)
    cost = fields.Monetary(
        "Cost of the People", readonly=True, help="As it is booked: at the hourly cost of each employee."
    )
    capacity_cost = fields.Monetary(
        "Cost of the Capacity",
        readonly=True,
        help="At the cost of an hour of practical capacity. Nothing where there is no capacity for the month.",
    )

    _depends = {
        "account.analytic.line": [
            "project_id", "postcalc_order_id", "activity_id", "company_id", "date", "unit_amount", "amount",
        ],
        "sale.minor.item": ["state", "company_id", "date", "duration", "cost", "material_cost"],
        "order.capacity.cost": [
            "company_id", "date_from", "date_to", "total_cost", "practical_hours", "cost_rate",
        ],
    }  # fmt: skip

    def action_open_source(self):
        """Open the hours of a row; for hours that nobody used, the capacity."""
        self.ensure_one()
        if self.kind == "idle":
            return self._open_record(self.capacity_id)
        first, last = self.date, date_utils.end_of(self.date, "month")
        if self.capacity_id:
            first, last = max(first, self.capacity_id.date_from), min(last, self.capacity_id.date_to)
        domain = [
            ("activity_id", "=", self.activity_id.id),
            ("company_id", "=", self.company_id.id),
            ("date", ">=", first),
            ("date", "<=", last),
        ]
        action = {
            "type": "ir.actions.act_window",
            "name": self.activity_id.name or self.env._("Without an activity"),
            "context": {"create": False, "postcalc_columns": ["actual_hours", "actual_cost"]},
        }
        if self.kind == "order":
            view = self.env.ref("order_postcalc.order_postcalc_report_view_list_sheet")
            return action | {
                "res_model": "order.postcalc.report",
                "views": [(view.id, "list")],
                "domain": [("kind", "in", ["labour", "minor"]), *domain],
            }
        hours = self.env["account.analytic.line"]
        if not hours.has_access("read"):
            return self._tell_source(hours, action["name"])
        return action | {
            "res_model": "account.analytic.line",
            "views": [(self.env.ref("hr_timesheet.hr_timesheet_line_tree").id, "list")],
            "domain": [("project_id", "!=", False), ("postcalc_order_id", "=", False), *domain],
        }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(recorded.id) AS id, recorded.kind, recorded.activity_id,
                   date_trunc('month', recorded.date)::date AS date, recorded.company_id, company.currency_id,
                   recorded.capacity_id, sum(recorded.hours) AS hours, sum(recorded.cost) AS cost,
                   sum(recorded.hours * recorded.cost_rate) AS capacity_cost
              FROM (%(recorded)s) recorded
              JOIN res_company company ON company.id = recorded.company_id
             GROUP BY recorded.kind, recorded.activity_id, date_trunc('month', recorded.date), recorded.company_id,
                   company.currency_id, recorded.capacity_id
            UNION ALL
            SELECT capacity.id::bigint * 4 + 3, 'idle', NULL, date_trunc('month', capacity.date_from)::date,
                   capacity.company_id, company.currency_id, capacity.id,
                   capacity.practical_hours - COALESCE(used.hours, 0), 0,
                   capacity.total_cost - COALESCE(used.hours, 0) * capacity.cost_rate
              FROM order_capacity_cost capacity
              JOIN res_company company ON company.id = capacity.company_id
              LEFT JOIN (
                   SELECT capacity_id, sum(hours) AS hours FROM (%(recorded)s) hours GROUP BY capacity_id
              ) used ON used.capacity_id = capacity.id
            """,
            recorded=self._get_recorded(),
        )

    @api.model
    def _get_recorded(self):
        """Timesheets, and favours, whose time is in their own record only; their material is no time."""
        favour = self.env["order.activity"]._get_favour()
        return SQL(
            """
            SELECT a.id::bigint * 4 + 1 AS id,
                   CASE WHEN a.postcalc_order_id IS NULL THEN 'internal' ELSE 'order' END AS kind,
                   a.activity_id, a.date, a.company_id, c.id AS capacity_id, c.cost_rate,
                   a.unit_amount::double precision AS hours, -a.amount::numeric AS cost
              FROM account_analytic_line a
              LEFT JOIN order_capacity_cost c
                ON c.company_id = a.company_id AND a.date BETWEEN c.date_from AND c.date_to
             WHERE a.project_id IS NOT NULL
            UNION ALL
            SELECT i.id::bigint * 4 + 2, 'order', %s::integer, i.date, i.company_id, c.id, c.cost_rate,
                   i.duration, GREATEST(i.cost - COALESCE(i.material_cost, 0), 0)
              FROM sale_minor_item i
              LEFT JOIN order_capacity_cost c
                ON c.company_id = i.company_id AND i.date BETWEEN c.date_from AND c.date_to
             WHERE i.state = 'done'
            """,
            favour.id or None,
        )
