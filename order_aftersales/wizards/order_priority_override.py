from odoo import fields, models


class OrderPriorityOverride(models.TransientModel):
    _name = "order.priority.override"
    _description = "Set the Priority of an Order"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade", readonly=True)
    explanation = fields.Text(related="order_id.priority_explanation")
    score = fields.Integer("Priority", help="From 0 to 100.")
    reason = fields.Text(required=True)

    def action_set(self):
        self.ensure_one()
        self.order_id._override_priority(self.score, self.reason)
        return {"type": "ir.actions.act_window_close"}
