from odoo import api, fields, models
from odoo.tools import SQL

from .order_postcalc_source import Source

KINDS = [
    ("plan", "Original Plan"),
    ("change", "Extensions"),
    ("labour", "Working Time"),
    ("material", "Material Delivered"),
    ("purchase", "Purchases"),
    ("expense", "Expenses"),
    ("other", "Other Cost"),
    ("minor", "Favours"),
    ("invoice", "Invoices"),
    ("downpayment", "Down Payments"),
]

ORDER_DEPENDS = {"sale.order": ["partner_id", "user_id", "team_id", "sale_order_template_id", "state"]}


class OrderPostcalcReport(models.Model):
    """One row per fact about an order, so that whatever they are grouped by, the sums are right.

    Amounts are without taxes and in the currency of the company, hours are hours. Cost is positive, and so is revenue.
    Every cost and every revenue is in one row only; which record counts when several tell of the same thing is said at
    each source. What belongs to no order is no fact here. Days of records that know a moment only (deliveries,
    confirmations) are those of universal time.
    """

    _name = "order.postcalc.report"
    _description = "Post-Calculation"
    _inherit = ["order.fact.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"

    kind = fields.Selection(KINDS, readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    order_line_id = fields.Many2one("sale.order.line", readonly=True)
    change_order_id = fields.Many2one("sale.change.order", readonly=True)
    task_id = fields.Many2one("project.task", readonly=True)
    project_id = fields.Many2one("project.project", readonly=True)
    activity_id = fields.Many2one("order.activity", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    employee_id = fields.Many2one("hr.employee", readonly=True, groups="order_postcalc.group_coach")
    invoice_id = fields.Many2one("account.move", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    order_template_id = fields.Many2one("sale.order.template", "Quotation Template", readonly=True)
    order_state = fields.Selection(
        selection=lambda self: self.env["sale.order"]._fields["state"]._description_selection(self.env),
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    recorded_on = fields.Datetime("Recorded on", readonly=True, help="When the record came, whatever day it is about.")
    name = fields.Char("What", readonly=True)
    source_model = fields.Char(readonly=True)
    source_id = fields.Many2oneReference("Record", model_field="source_model", readonly=True, aggregator=None)
    planned_hours = fields.Float(readonly=True)
    actual_hours = fields.Float(readonly=True)
    invoiced_hours = fields.Float(readonly=True, help="Hours that a posted invoice pays for.")
    planned_cost = fields.Monetary(readonly=True)
    actual_cost = fields.Monetary(readonly=True)
    committed_cost = fields.Monetary(readonly=True, help="Ordered from a vendor, neither received nor billed yet.")
    planned_revenue = fields.Monetary(readonly=True)
    invoiced_revenue = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True, help="Invoiced revenue less actual cost.")

    @property
    def _table_query(self):
        ids = self.env.context.get("postcalc_ids")
        return SQL(" UNION ALL ").join(source.select(self.env, ids) for source in self._get_sources())

    @api.model
    def _get_sources(self):
        """Return the sources of facts, those of modules that are installed only."""
        return [self._source_plan(), self._source_minor()]

    def _has_fields(self, model, *names):
        """Whether ``model`` and its stored fields ``names`` are installed."""
        return model in self.env and all(name in self.env[model]._fields for name in names)

    def action_open_source(self):
        """Open the record that this fact is about; for a timesheet that isn't the user's to see, its task."""
        self.ensure_one()
        return self._open_record(self.env[self.source_model].browse(self.source_id), self.task_id)

    def _source_plan(self):
        """What was agreed, frozen."""
        return Source(
            number=1,
            key=SQL("p.id"),
            values={
                "kind": SQL("CASE WHEN p.change_order_id IS NULL THEN 'plan' ELSE 'change' END"),
                "order_id": SQL("p.order_id"),
                "order_line_id": SQL("p.order_line_id"),
                "change_order_id": SQL("p.change_order_id"),
                "activity_id": SQL("p.activity_id"),
                "product_id": SQL("p.product_id"),
                "company_id": SQL("p.company_id"),
                "date": SQL("p.date"),
                "recorded_on": SQL("p.create_date"),
                "name": SQL("p.name"),
                "source_model": SQL(
                    "CASE WHEN p.change_order_id IS NULL THEN 'sale.order' ELSE 'sale.change.order' END"
                ),
                "source_id": SQL("COALESCE(p.change_order_id, p.order_id)"),
                "planned_hours": SQL("p.hours"),
                "planned_cost": SQL("p.cost"),
                "planned_revenue": SQL("p.revenue"),
            },
            tables=SQL("order_postcalc_plan p LEFT JOIN sale_order o ON o.id = p.order_id"),
            condition=SQL("TRUE"),
            depends=ORDER_DEPENDS | {"order.postcalc.plan": ["hours", "cost", "revenue", "order_line_id"]},
        )

    def _source_minor(self):
        """Favours, whoever pays for them: the allowance or the company.

        What they take is in their own record only: no timesheet, no delivery and no entry is made for them.
        """
        favour = self.env["order.activity"]._get_favour()
        return Source(
            number=4,
            key=SQL("i.id"),
            values={
                "kind": SQL("'minor'"),
                "order_id": SQL("i.order_id"),
                "task_id": SQL("i.task_id"),
                "activity_id": SQL("%s", favour.id or None),
                "product_id": SQL("i.product_id"),
                "employee_id": SQL("e.id"),
                "company_id": SQL("i.company_id"),
                "date": SQL("i.date"),
                "recorded_on": SQL("i.create_date"),
                "name": SQL("i.name"),
                "source_model": SQL("'sale.minor.item'"),
                "source_id": SQL("i.id"),
                "actual_hours": SQL("i.duration"),
                "actual_cost": SQL("i.cost"),
            },
            tables=SQL(
                "sale_minor_item i LEFT JOIN sale_order o ON o.id = i.order_id"
                # Somebody is one employee at most in a company, so that this join is left out, too, if not needed.
                " LEFT JOIN hr_employee e ON e.user_id = i.user_id AND e.company_id = i.company_id"
            ),
            condition=SQL("i.state = 'done'"),
            depends=ORDER_DEPENDS
            | {
                "sale.minor.item": [
                    "order_id", "task_id", "product_id", "company_id", "date", "name", "duration", "cost", "state",
                    "user_id",
                ],
                "hr.employee": ["user_id", "company_id"],
            },
        )  # fmt: skip
