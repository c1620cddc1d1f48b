"""The pre-calculation of a quotation: what it is expected to cost and to leave."""

from odoo import api, fields, models

from ..margin_floor import Calculation, distance_to_floor, lowest_price
from ..target_costing import allowable_cost
from .sale_order_line_plan import COST_GROUPS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    precalc_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of the Company")
    precalc_revenue = fields.Monetary(
        "Net Price",
        compute="_compute_precalc",
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="Without taxes and down payments, in the currency of the company.",
    )
    precalc_hours = fields.Float("Expected Hours", compute="_compute_precalc", groups=COST_GROUPS)
    precalc_cost = fields.Monetary(
        "Expected Cost", compute="_compute_precalc", currency_field="precalc_currency_id", groups=COST_GROUPS
    )
    precalc_cost_work = fields.Monetary(
        "Work",
        compute="_compute_precalc",
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="Expected cost of the services.",
    )
    precalc_cost_material = fields.Monetary(
        "Material",
        compute="_compute_precalc",
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="Expected cost of the goods.",
    )
    precalc_cost_favours = fields.Monetary(
        "Set aside for Favours",
        compute="_compute_precalc",
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="The allowance for minor items: it is there to be used up.",
    )
    precalc_margin = fields.Monetary(
        "Expected Margin", compute="_compute_precalc", currency_field="precalc_currency_id", groups=COST_GROUPS
    )
    precalc_margin_share = fields.Float(
        "Expected Margin (%)", compute="_compute_precalc", groups=COST_GROUPS, help="Of the net price."
    )
    precalc_margin_per_hour = fields.Monetary(
        "Margin per Hour",
        compute="_compute_precalc",
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="What every expected hour leaves.",
    )
    precalc_lines_without_cost = fields.Text(compute="_compute_precalc", groups=COST_GROUPS)

    # The target
    has_target_costing = fields.Boolean(compute="_compute_precalc_target", groups=COST_GROUPS)
    precalc_target_margin = fields.Float("Target Margin", compute="_compute_precalc_target", groups=COST_GROUPS)
    precalc_target_cost = fields.Monetary(
        "Allowable Cost",
        compute="_compute_precalc_target",
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="What the price leaves for cost when the target margin of the quotation template is kept.",
    )
    precalc_target_gap = fields.Monetary(
        "Above the Allowable Cost",
        compute="_compute_precalc_target",
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="By how much the expected cost is higher; negative: lower.",
    )

    # The floor
    margin_floor = fields.Float(
        compute="_compute_margin_floor",
        digits=(16, 6),
        groups=COST_GROUPS,
        help="Lowest margin, as a share of the net price: that of the quotation template, else of the company.",
    )
    margin_floor_price = fields.Monetary(
        "Lowest Net Price",
        compute="_compute_margin_floor",
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="The net price that leaves just the margin of the floor.",
    )
    margin_floor_distance = fields.Monetary(
        "Distance to the Floor",
        compute="_compute_margin_floor",
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="By how much the net price could still go down; negative: by how much it is too low.",
    )
    is_below_floor = fields.Boolean(compute="_compute_margin_floor", groups=COST_GROUPS)

    # === COMPUTE ===

    @api.depends_context("lang")
    @api.depends(
        "order_line.expected_hours", "order_line.expected_cost", "order_line.expected_revenue", "order_line.name",
        "order_line.product_uom_qty", "precalc_line_ids",
    )  # fmt: skip
    def _compute_precalc(self):
        for order in self:
            lines = order.order_line.filtered(lambda line: line._is_planned())
            favours = lines.filtered("is_minor_items_allowance")
            work = (lines - favours).filtered(lambda line: line.product_id.type == "service")
            cost = sum(lines.mapped("expected_cost"))
            revenue = sum(lines.mapped("expected_revenue"))
            hours = sum(lines.mapped("expected_hours"))
            calculation = Calculation(revenue, cost)
            order.precalc_revenue = revenue
            order.precalc_hours = hours
            order.precalc_cost = cost
            order.precalc_cost_work = sum(work.mapped("expected_cost"))
            order.precalc_cost_favours = sum(favours.mapped("expected_cost"))
            order.precalc_cost_material = cost - order.precalc_cost_work - order.precalc_cost_favours
            order.precalc_margin = calculation.margin
            order.precalc_margin_share = calculation.share
            order.precalc_margin_per_hour = calculation.margin / hours if hours else 0.0
            order.precalc_lines_without_cost = order._get_missing_cost_message(
                lines.filtered(lambda line: line._lacks_cost())
            )

    def _get_missing_cost_message(self, lines):
        """Name the ``lines`` without cost: a margin that leaves them out says little."""
        names = [(line.name or line.product_id.display_name or "").split("\n")[0] for line in lines]
        if not names:
            return False
        if len(names) == 1:
            return self.env._(
                "“%s” has no cost, so the margin looks better than it is. Enter its hours, or the cost of its product.",
                names[0],
            )
        return self.env._(
            "%(count)s lines have no cost, so the margin looks better than it is: %(names)s. Enter their hours, or the"
            " cost of their products.",
            count=len(names),
            names=", ".join(f"“{name}”" for name in names),
        )

    @api.depends(
        "precalc_revenue", "precalc_cost", "sale_order_template_id.has_target_costing",
        "sale_order_template_id.target_margin",
    )  # fmt: skip
    def _compute_precalc_target(self):
        for order in self:
            template = order.sudo().sale_order_template_id  # as for the floor, below
            calculation = order._get_precalculation()
            order.has_target_costing = template.has_target_costing
            order.precalc_target_margin = template.target_margin
            order.precalc_target_cost = allowable_cost(
                calculation.price, template.target_margin, (order.company_id or self.env.company).currency_id.rounding
            )
            order.precalc_target_gap = calculation.cost - order.precalc_target_cost

    @api.depends(
        "precalc_revenue", "precalc_cost", "company_id.margin_floor",
        "sale_order_template_id.has_margin_floor", "sale_order_template_id.margin_floor",
    )  # fmt: skip
    def _compute_margin_floor(self):
        for order in self:
            floor = order._get_margin_floor()
            rounding = (order.company_id or self.env.company).currency_id.rounding
            calculation = order._get_precalculation()
            order.margin_floor = floor
            order.margin_floor_price = lowest_price(calculation.cost, floor, rounding)
            order.margin_floor_distance = distance_to_floor(calculation, floor, rounding)
            order.is_below_floor = order.margin_floor_distance < 0

    def _get_margin_floor(self):
        """Return the lowest margin of this quotation as a share of its net price."""
        self.ensure_one()
        # In sudo: whoever may see the order need not be allowed to read quotation templates.
        template = self.sudo().sale_order_template_id
        if template.has_margin_floor:
            return template.margin_floor
        return (self.company_id or self.env.company).margin_floor

    def _get_precalculation(self):
        """Return net price and expected cost of this quotation, in the currency of the company."""
        self.ensure_one()
        figures = [line._get_plan_figures() for line in self.order_line if line._is_planned()]
        currency = (self.company_id or self.env.company).currency_id
        return Calculation(
            currency.round(sum(revenue for _hours, _cost, revenue in figures)),
            currency.round(sum(cost for _hours, cost, _revenue in figures)),
        )
