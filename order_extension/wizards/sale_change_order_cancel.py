from odoo import fields, models


class SaleChangeOrderCancel(models.TransientModel):
    _name = "sale.change.order.cancel"
    _description = "Cancel a Change Order"

    change_order_id = fields.Many2one("sale.change.order", required=True, ondelete="cascade")
    reason = fields.Text(required=True)

    def action_cancel_change_order(self):
        self.ensure_one()
        self.change_order_id.check_access("write")
        self.change_order_id._cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
