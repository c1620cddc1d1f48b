from odoo import fields, models


class SaleChangeOrderRefuse(models.TransientModel):
    _name = "sale.change.order.refuse"
    _description = "Refuse the Approval of a Change Order"

    change_order_id = fields.Many2one("sale.change.order", required=True, ondelete="cascade")
    reason = fields.Text(required=True)

    def action_refuse(self):
        self.ensure_one()
        self.change_order_id._refuse_approval(self.reason)
        return {"type": "ir.actions.act_window_close"}
