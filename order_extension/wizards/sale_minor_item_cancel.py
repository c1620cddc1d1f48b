from odoo import fields, models


class SaleMinorItemCancel(models.TransientModel):
    _name = "sale.minor.item.cancel"
    _description = "Cancel a Minor Item"

    item_id = fields.Many2one("sale.minor.item", "Minor Item", required=True, ondelete="cascade")
    reason = fields.Text(required=True)

    def action_cancel_minor_item(self):
        self.ensure_one()
        self.item_id._cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
