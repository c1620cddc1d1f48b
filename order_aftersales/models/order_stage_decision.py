from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


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
    is_last = fields.Boolean(
        "Last Decision",
        default=True,
        readonly=True,
        help="The one that counts; what the department has said before about the same order and stage is history.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        decisions = super().create(vals_list)
        decisions._supersede_earlier()
        return decisions

    def _supersede_earlier(self):
        """What a department has said before doesn't count any more; it stays on file."""
        earlier = self.search(
            Domain("id", "not in", self.ids)
            & Domain("is_last", "=", True)
            & Domain.OR(
                Domain("order_id", "=", decision.order_id.id)
                & Domain("stage_id", "=", decision.stage_id.id)
                & Domain("department_id", "=", decision.department_id.id)
                for decision in self
            )
        )
        earlier.write({"is_last": False})

    def write(self, vals):
        if vals.keys() - {"is_last"} or not self.env.su:
            raise UserError(self.env._("A decision stays as it was made. Decide again instead."))
        return super().write(vals)
