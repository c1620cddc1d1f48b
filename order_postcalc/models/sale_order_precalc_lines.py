"""The lines of the pre-calculation: lines of the order, whose hours and cost are estimated where both show."""

from odoo import api, fields, models

from .sale_order_line_plan import COST_GROUPS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # No second `order_line` in the form: whatever fills that form in by code would find the list with less fields.
    precalc_line_ids = fields.One2many(
        "sale.order.line",
        compute="_compute_precalc_line_ids",
        readonly=False,
        string="Lines of the Pre-Calculation",
        groups=COST_GROUPS,
        help="Those lines of the quotation that are saved. "
        "Hours and cost that are changed here are those of the lines.",
    )

    @api.depends(
        "order_line.sequence", "order_line.product_uom_qty", "order_line.display_type", "order_line.is_downpayment",
        "order_line.is_expense",
    )  # fmt: skip
    def _compute_precalc_line_ids(self):
        for order in self:
            order.precalc_line_ids = order.order_line.filtered(
                lambda line: line._origin and line._is_planned() and line.product_uom_qty
            )
