from odoo import api, fields, models

from odoo.addons.order_extension.columns import add_column


class SaleOrder(models.Model):
    _inherit = "sale.order"

    is_short_of_stock = fields.Boolean(
        "Waits for Goods",
        compute="_compute_is_short_of_stock",
        store=True,
        copy=False,
        help="An open delivery waits for goods that are not in stock.",
    )

    _short_of_stock_idx = models.Index("(id) WHERE is_short_of_stock")

    def _auto_init(self):
        """Leave the orders of before to the hook: of most of them nothing is open."""
        add_column(self, "is_short_of_stock")
        return super()._auto_init()

    @api.depends("state", "picking_ids.move_ids.state")
    def _compute_is_short_of_stock(self):
        for order in self:
            # In sudo: it is the same for all, whoever's change has brought it about.
            moves = order.sudo().picking_ids.move_ids
            order.is_short_of_stock = order.state == "sale" and any(move._waits_for_goods() for move in moves)
