from odoo import fields, models


class OrderStageRefusal(models.TransientModel):
    """Why a department says no, or takes back its yes: the others have to know."""

    _name = "order.stage.refusal"
    _description = "Say No to an Order"

    order_ids = fields.Many2many("sale.order", required=True, string="Orders")
    decision_ids = fields.Many2many("order.stage.decision", string="Taken Back")
    note = fields.Char("Reason", required=True)

    def action_refuse(self):
        if self.decision_ids:
            self.decision_ids._take_back(self.note)
        else:
            self.order_ids._decide("no", self.note)
        return {"type": "ir.actions.act_window_close"}
