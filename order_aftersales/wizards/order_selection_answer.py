from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.order_selection_decision import DECISIONS, WITHDRAWN


class OrderSelectionAnswer(models.TransientModel):
    _name = "order.selection.answer"
    _description = "Reject Orders, Decide Later or Take Back"

    order_ids = fields.Many2many("sale.order", string="Orders", required=True)
    has_confirmed = fields.Boolean(compute="_compute_orders")
    company_ids = fields.Many2many("res.company", compute="_compute_orders")
    decision = fields.Selection([*(each for each in DECISIONS if each[0] != "accepted"), WITHDRAWN], required=True)
    reason_id = fields.Many2one(
        "order.rejection.reason",
        domain="['|', ('company_id', '=', False), ('company_id', 'in', company_ids)]",
    )
    note = fields.Text("Note for Colleagues")
    until = fields.Date("Decide on")
    tell_customer = fields.Boolean("Tell the Customer by E-Mail")

    @api.depends("order_ids")
    def _compute_orders(self):
        for wizard in self:
            wizard.has_confirmed = "sale" in wizard.order_ids.mapped("state")
            wizard.company_ids = wizard.order_ids.company_id

    def action_answer(self):
        self.ensure_one()
        if self.decision == "later":
            self.order_ids._postpone_selection(self.until, self.note)
        elif self.decision == "withdrawn":
            self.order_ids._take_back_selection(self.note)
        else:
            if self.reason_id.company_id and self.reason_id.company_id != self.order_ids.company_id:
                raise UserError(self.env._("“%s” is a reason of another company.", self.reason_id.name))
            self.order_ids._reject_selection(self.reason_id, self.note, self.tell_customer)
        return {"type": "ir.actions.act_window_close"}
