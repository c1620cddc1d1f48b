"""What a line of an order is expected to take, and what of it was agreed and frozen."""

from odoo import api, fields, models

#: The groups that may see costs.
COST_GROUPS = "order_postcalc.group_user"


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of the Company")
    activity_id = fields.Many2one(related="product_id.activity_id")
    expected_hours = fields.Float(
        compute="_compute_expected_hours",
        store=True,
        readonly=False,
        precompute=True,
        copy=True,
        help="Hours that this line is expected to take. Frozen as planned hours when the order is confirmed.",
    )
    expected_cost = fields.Monetary(
        compute="_compute_expected_cost",
        currency_field="company_currency_id",
        groups=COST_GROUPS,
        help="What this line is expected to cost, in the currency of the company.",
    )
    plan_ids = fields.One2many("order.postcalc.plan", "order_line_id", string="Frozen Plan", groups=COST_GROUPS)
    planned_hours = fields.Float(
        compute="_compute_planned", store=True, copy=False, help="Agreed with the order and its signed extensions."
    )
    planned_cost = fields.Monetary(
        compute="_compute_planned",
        store=True,
        copy=False,
        currency_field="company_currency_id",
        groups=COST_GROUPS,
        help="Expected when it was agreed, in the currency of the company.",
    )
    planned_revenue = fields.Monetary(
        compute="_compute_planned",
        store=True,
        copy=False,
        currency_field="company_currency_id",
        help="Agreed price without taxes, in the currency of the company.",
    )

    # === COMPUTE ===

    @api.depends("product_id", "product_uom_id", "product_uom_qty", "display_type")
    def _compute_expected_hours(self):
        for line in self:
            if line.display_type or line.is_downpayment or line.is_expense:
                line.expected_hours = 0.0
            else:
                line.expected_hours = line.product_id._get_planned_hours(line.product_uom_qty, line.product_uom_id)

    @api.depends("expected_hours", "purchase_price", "product_uom_qty", "order_id.currency_rate")
    def _compute_expected_cost(self):
        for line in self:
            line.expected_cost = line._get_expected_cost()

    def _get_expected_cost(self):
        """Return what this line is expected to cost as it stands, in the company's currency."""
        self.ensure_one()
        return self._get_cost_of(self.product_uom_qty, self.expected_hours)

    def _get_cost_of(self, quantity, hours):
        """Return what ``quantity`` of this line, taking ``hours``, is expected to cost, in the company's currency."""
        self.ensure_one()
        if self.display_type or self.is_downpayment:
            return 0.0
        company = self.company_id or self.env.company
        if self.purchase_price:
            cost = self.purchase_price * quantity / (self.order_id.currency_rate or 1.0)
        else:
            cost = hours * company.sudo()._get_planned_hour_cost()
        return company.currency_id.round(cost)

    # The way over the records themselves, as they come in sudo only.
    @api.depends("plan_ids.hours", "plan_ids.cost", "plan_ids.revenue")
    def _compute_planned(self):
        rows = (
            self.env["order.postcalc.plan"]
            .sudo()
            ._read_group(
                [("order_line_id", "in", self.ids)], ["order_line_id"], ["hours:sum", "cost:sum", "revenue:sum"]
            )
        )
        figures = {line.id: sums for line, *sums in rows}
        for line in self:
            line.planned_hours, line.planned_cost, line.planned_revenue = figures.get(line._origin.id, (0.0, 0.0, 0.0))

    # === FREEZE ===

    def _get_plan_revenue(self):
        """The net price of this line in the currency of the company."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return company.currency_id.round(self.price_subtotal / (self.order_id.currency_rate or 1.0))

    def _get_plan_figures(self):
        """Hours, cost and net price of this line as it stands, amounts in the currency of the company."""
        self.ensure_one()
        # Not by the fields: filling Odoo's cache with amounts nobody reads costs more than the amounts.
        return (self.expected_hours, self._get_expected_cost(), self._get_plan_revenue())

    def _prepare_plan_vals(self):
        """The plan of this line as it stands, less what is planned for it already."""
        self.ensure_one()
        hours, cost, revenue = self._get_plan_figures()
        return {
            "order_id": self.order_id.id,
            "order_line_id": self.id,
            "change_order_id": self.change_order_id.id,
            "change_order_line_id": self.change_order_line_id.id,
            "date": self._get_agreed_date(),
            "name": (self.name or "").split("\n")[0] or self.product_id.display_name or "/",
            "product_id": self.product_id.id,
            "activity_id": self._get_plan_activity().id,
            "hours": hours - self.planned_hours,
            "cost": cost - self.planned_cost,
            "revenue": revenue - self.planned_revenue,
            "company_id": (self.company_id or self.env.company).id,
        }

    def _get_plan_activity(self):
        """What is planned for this line: the allowance for favours is used up by these."""
        self.ensure_one()
        if self.is_minor_items_allowance:
            return self.env["order.activity"]._get_favour()
        return self.product_id.activity_id

    def _get_agreed_date(self):
        """The day on which this line was agreed: that of the signature, else of the order's confirmation."""
        self.ensure_one()
        moment = self.change_order_id.signed_on or self.order_id.date_order
        return fields.Datetime.context_timestamp(self, moment).date()

    def _is_planned(self):
        """Whether this line has a plan at all: sections have none, and advances are no part of what was agreed."""
        self.ensure_one()
        return not self.display_type and not self.is_downpayment and not self.is_expense
