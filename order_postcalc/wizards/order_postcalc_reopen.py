from odoo import fields, models


class OrderPostcalcReopen(models.TransientModel):
    _name = "order.postcalc.reopen"
    _description = "Why a Post-Calculation Is Reopened"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.order_id._reopen_postcalc(self.reason)
        return {"type": "ir.actions.act_window_close"}
