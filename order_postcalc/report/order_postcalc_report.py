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
    each source.
    """

    _name = "order.postcalc.report"
    _description = "Post-Calculation"
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
        selection=lambda self: self.env["sale.order"]._fields["state"].selection, readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
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
        return SQL(" UNION ALL ").join(source.select(self.env) for source in self._get_sources())

    @api.model
    def _get_sources(self):
        """Return the sources of facts, those of modules that are installed only."""
        return [
            self._source_plan(),
            self._source_labour(),
            self._source_other(),
            self._source_minor(),
            self._source_invoice(),
        ]

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
                "currency_id": SQL("company.currency_id"),
                "date": SQL("p.date"),
                "recorded_on": SQL("p.create_date"),
                "name": SQL("p.name"),
                "source_model": SQL("'sale.order'"),
                "source_id": SQL("p.order_id"),
                "planned_hours": SQL("p.hours"),
                "planned_cost": SQL("p.cost"),
                "planned_revenue": SQL("p.revenue"),
            },
            tables=SQL(
                "order_postcalc_plan p LEFT JOIN sale_order o ON o.id = p.order_id"
                " LEFT JOIN res_company company ON company.id = p.company_id"
            ),
            condition=SQL("TRUE"),
            depends=ORDER_DEPENDS | {"order.postcalc.plan": ["hours", "cost", "revenue", "order_line_id"]},
        )

    def _source_labour(self):
        """Working time at what Odoo has it cost."""
        return Source(
            number=2,
            key=SQL("a.id"),
            values=self._get_analytic_values()
            | {
                "kind": SQL("'labour'"),
                "actual_hours": SQL("a.unit_amount"),
                "invoiced_hours": SQL("CASE WHEN a.covering_invoice_id IS NOT NULL THEN a.unit_amount ELSE 0 END"),
            },
            tables=self._get_analytic_tables(),
            condition=SQL("a.project_id IS NOT NULL AND a.postcalc_order_id IS NOT NULL"),
            depends=self._get_analytic_depends(),
        )

    def _source_other(self):
        """Other analytic cost: what is on no customer invoice, and no working time."""
        return Source(
            number=3,
            key=SQL("a.id"),
            values=self._get_analytic_values() | {"kind": SQL("'other'")},
            tables=SQL(
                "%s LEFT JOIN account_move_line ml ON ml.id = a.move_line_id"
                " LEFT JOIN account_move m ON m.id = ml.move_id",
                self._get_analytic_tables(),
            ),
            condition=SQL(
                "a.project_id IS NULL AND a.postcalc_order_id IS NOT NULL"
                " AND (m.id IS NULL OR m.move_type NOT IN ('out_invoice', 'out_refund', 'out_receipt'))"
            ),
            depends=self._get_analytic_depends(),
        )

    def _get_analytic_tables(self):
        return SQL(
            "account_analytic_line a LEFT JOIN sale_order o ON o.id = a.postcalc_order_id"
            " LEFT JOIN sale_order_line l ON l.id = a.so_line"
            " LEFT JOIN res_company company ON company.id = a.company_id"
        )

    def _get_analytic_values(self):
        return {
            "order_id": SQL("a.postcalc_order_id"),
            "order_line_id": SQL("a.so_line"),
            "change_order_id": SQL("l.change_order_id"),
            "task_id": SQL("a.task_id"),
            "project_id": SQL("a.project_id"),
            "activity_id": SQL("a.activity_id"),
            "product_id": SQL("COALESCE(a.product_id, l.product_id)"),
            "employee_id": SQL("a.employee_id"),
            "invoice_id": SQL("a.covering_invoice_id"),
            "company_id": SQL("a.company_id"),
            "currency_id": SQL("company.currency_id"),
            "date": SQL("a.date"),
            "recorded_on": SQL("a.create_date"),
            "name": SQL("a.name"),
            "source_model": SQL("'account.analytic.line'"),
            "source_id": SQL("a.id"),
            "actual_cost": SQL("-a.amount"),
        }

    def _get_analytic_depends(self):
        return ORDER_DEPENDS | {
            "account.analytic.line": [
                "postcalc_order_id", "so_line", "task_id", "project_id", "activity_id", "product_id", "employee_id",
                "covering_invoice_id", "company_id", "date", "name", "amount", "unit_amount", "move_line_id",
            ],
            "sale.order.line": ["change_order_id", "product_id"],
        }  # fmt: skip

    def _source_minor(self):
        """Favours, whoever pays for them: the allowance or the company."""
        favour = self.env.ref("order_postcalc.activity_favour", raise_if_not_found=False)
        return Source(
            number=4,
            key=SQL("i.id"),
            values={
                "kind": SQL("'minor'"),
                "order_id": SQL("i.order_id"),
                "task_id": SQL("i.task_id"),
                "activity_id": SQL("%s", favour.id if favour else None),
                "product_id": SQL("i.product_id"),
                "company_id": SQL("i.company_id"),
                "currency_id": SQL("company.currency_id"),
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
                " LEFT JOIN res_company company ON company.id = i.company_id"
            ),
            condition=SQL("i.state = 'done'"),
            depends=ORDER_DEPENDS
            | {
                "sale.minor.item": [
                    "order_id", "task_id", "product_id", "company_id", "date", "name", "duration", "cost", "state",
                ]
            },
        )  # fmt: skip

    def _source_invoice(self):
        """Posted invoices and credit notes of the order's lines; a down payment and its deduction are both here."""
        share = SQL("(SELECT count(*) FROM sale_order_line_invoice_rel other WHERE other.invoice_line_id = ml.id)")
        return Source(
            number=5,
            # One line of an invoice can bill several order lines.
            key=SQL("(ml.id::bigint << 20) + l.id %% 1048576"),
            values={
                "kind": SQL("CASE WHEN l.is_downpayment THEN 'downpayment' ELSE 'invoice' END"),
                "order_id": SQL("l.order_id"),
                "order_line_id": SQL("l.id"),
                "change_order_id": SQL("l.change_order_id"),
                "product_id": SQL("ml.product_id"),
                "invoice_id": SQL("ml.move_id"),
                "company_id": SQL("ml.company_id"),
                "currency_id": SQL("company.currency_id"),
                "date": SQL("ml.date"),
                "recorded_on": SQL("ml.create_date"),
                "name": SQL("ml.name"),
                "source_model": SQL("'account.move'"),
                "source_id": SQL("ml.move_id"),
                "invoiced_revenue": SQL("-ml.balance / %s", share),
            },
            tables=SQL(
                "sale_order_line l JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = l.id"
                " JOIN account_move_line ml ON ml.id = rel.invoice_line_id"
                " LEFT JOIN sale_order o ON o.id = l.order_id"
                " LEFT JOIN res_company company ON company.id = ml.company_id"
            ),
            condition=SQL("ml.parent_state = 'posted'"),
            depends=ORDER_DEPENDS
            | {
                "account.move.line": [
                    "move_id", "company_id", "date", "name", "product_id", "balance", "parent_state", "sale_line_ids",
                ],
                "sale.order.line": ["order_id", "change_order_id", "is_downpayment"],
            },
        )  # fmt: skip
