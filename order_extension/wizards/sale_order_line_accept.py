from odoo import fields, models


class SaleOrderLineAccept(models.TransientModel):
    _name = "sale.order.line.accept"
    _description = "Accept without a Signature"

    line_ids = fields.Many2many("sale.order.line", string="Lines", required=True)
    reason = fields.Text(required=True)

    def action_accept(self):
        self.ensure_one()
        self.line_ids._accept_without_signature(self.reason)
        return {"type": "ir.actions.act_window_close"}
