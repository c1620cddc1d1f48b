from odoo import api, fields, models


class SaleChangeOrderLine(models.Model):
    _inherit = "sale.change.order.line"

    # As on order lines: what a product is said to take later changes nothing of what was offered.
    expected_hours = fields.Float(
        compute="_compute_expected_hours",
        store=True,
        precompute=True,
        help="Hours that what this line adds is expected to take.",
    )

    @api.depends("kind", "product_id", "product_uom_id", "quantity")
    def _compute_expected_hours(self):
        for line in self:
            line.expected_hours = (
                line.product_id._get_planned_hours(line.quantity, line.product_uom_id)
                if line.kind == "add" and line.product_id
                else 0.0
            )
