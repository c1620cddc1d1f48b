from odoo import fields, models


class SaleOrderMarginOverride(models.TransientModel):
    _name = "sale.order.margin.override"
    _description = "Approve a Margin below the Floor"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade", readonly=True)
    message = fields.Text(related="order_id.margin_floor_message")
    reason = fields.Text(required=True)

    def action_approve(self):
        self.ensure_one()
        self.order_id._approve_margin(self.reason)
        return {"type": "ir.actions.act_window_close"}
