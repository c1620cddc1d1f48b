"""What a line of a quotation is expected to leave."""

from odoo import api, fields, models

from .sale_order_line_plan import COST_GROUPS


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    expected_revenue = fields.Monetary(
        "Net Price",
        compute="_compute_expected_margin",
        currency_field="company_currency_id",
        help="Price without taxes, in the currency of the company.",
    )
    expected_margin = fields.Monetary(
        compute="_compute_expected_margin",
        currency_field="company_currency_id",
        groups=COST_GROUPS,
        help="What the price leaves over the expected cost, in the currency of the company.",
    )
    expected_margin_share = fields.Float(
        "Expected Margin (%)", compute="_compute_expected_margin", groups=COST_GROUPS, aggregator=None
    )

    @api.depends("expected_cost", "price_subtotal", "order_id.currency_rate", "display_type", "is_downpayment")
    def _compute_expected_margin(self):
        for line in self:
            revenue = line._get_plan_revenue() if line._is_planned() else 0.0
            # In sudo: the price is for everybody, and comes with what is not.
            margin = revenue - line.sudo().expected_cost
            line.expected_revenue = revenue
            line.expected_margin = margin
            line.expected_margin_share = margin / revenue if revenue else 0.0

    # The allowance is there to be used up: what the customer pays for it is set aside for favours.
    @api.depends("is_minor_items_allowance", "price_subtotal")
    def _compute_expected_cost(self):
        return super()._compute_expected_cost()

    def _get_cost_of(self, quantity, hours):
        if self.is_minor_items_allowance and not self.display_type and not self.purchase_price:
            sold = self.product_uom_qty
            return self._get_plan_revenue() * quantity / sold if sold else 0.0
        return super()._get_cost_of(quantity, hours)

    def _lacks_cost(self):
        """Whether this line is sold without anybody having said what it costs; a discount costs nothing."""
        self.ensure_one()
        return (
            self._is_planned()
            and not self.is_minor_items_allowance
            and bool(self.product_uom_qty)
            and self.price_subtotal >= 0
            and not self.expected_cost
        )
