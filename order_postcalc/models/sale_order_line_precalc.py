"""What a line of a quotation is expected to leave."""

from odoo import api, fields, models

from odoo.addons.order_extension.by_hand import is_by_hand

from .sale_order_line_plan import COST_GROUPS

#: What the expected cost of a line follows from, and who sells can enter.
COST_FIELDS = frozenset({"purchase_price", "expected_hours"})


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

    # === COST LOWERED BY HAND ===

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if is_by_hand(self.env):
            given = (not COST_FIELDS.isdisjoint(vals) for vals in vals_list)
            self.browse(line.id for line, is_given in zip(lines, given, strict=True) if is_given)._note_lowered_costs(
                lambda line: line._get_usual_unit_cost()
            )
        return lines

    def write(self, vals):
        if COST_FIELDS.isdisjoint(vals) or not is_by_hand(self.env):
            return super().write(vals)
        # In sudo: whoever sells need not see costs. Another product costs something else.
        before = {line.id: line._get_unit_cost() for line in self.sudo() if "product_id" not in vals}
        result = super().write(vals)
        self._note_lowered_costs(lambda line: before.get(line.id, 0.0))
        return result

    def _note_lowered_costs(self, get_cost_before):
        """Put on the quotations which costs somebody has lowered: a margin can be made to fit by them as well.

        Without figures: costs are not for all who read the order.
        """
        # In sudo: as above.
        for order, lines in self.sudo().grouped("order_id").items():
            currency = order.company_id.currency_id
            lowered = [
                (line.name or line.product_id.display_name or "").split("\n")[0]
                for line in lines
                if order._is_quotation() and currency.compare_amounts(line._get_unit_cost(), get_cost_before(line)) < 0
            ]
            if lowered:
                order.with_env(self.env)._post_lines(self.env._("Expected cost lowered by hand:"), lowered)

    def _get_unit_cost(self):
        """Return what one unit of this line is expected to cost as it stands, in the company's currency."""
        self.ensure_one()
        quantity = self.product_uom_qty or 1.0
        return self._get_cost_of(quantity, self.expected_hours) / quantity if self._is_planned() else 0.0

    def _get_usual_unit_cost(self):
        """Return what one unit of this line would be expected to cost if nobody had said so."""
        self.ensure_one()
        usual = self.new(
            {
                "order_id": self.order_id.id,
                "product_id": self.product_id.id,
                "product_uom_id": self.product_uom_id.id,
                "product_uom_qty": self.product_uom_qty,
            }
        )
        return usual._get_unit_cost()

    # === EXPECTED COST ===

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
