from odoo import fields, models
from odoo.exceptions import UserError


class OrderStageDecision(models.Model):
    """A yes or no of a department, where people decide. Never changed: whoever changes his mind says so again."""

    _name = "order.stage.decision"
    _description = "Decision on an Order"
    _order = "id desc"
    _rec_name = "stage_id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    stage_id = fields.Many2one("order.stage", required=True, readonly=True, index=True, ondelete="restrict")
    department_id = fields.Many2one("hr.department", "For Department", readonly=True, index="btree_not_null")
    user_id = fields.Many2one("res.users", "Decided By", required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    answer = fields.Selection([("yes", "Yes"), ("no", "No")], required=True, readonly=True)
    note = fields.Char("Reason", readonly=True)

    def write(self, vals):
        if self:
            raise UserError(self.env._("A decision stays as it was made. Decide again instead."))
        return super().write(vals)
