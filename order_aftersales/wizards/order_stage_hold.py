from odoo import fields, models


class OrderStageHold(models.TransientModel):
    """Why an order waits, and until when."""

    _name = "order.stage.hold"
    _description = "Let Orders Wait"

    order_ids = fields.Many2many("sale.order", required=True, string="Orders")
    reason = fields.Char(required=True)
    until = fields.Date("Wait Until", required=True)

    def action_hold(self):
        self.order_ids._hold(self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}
