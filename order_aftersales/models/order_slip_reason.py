from odoo import fields, models


class OrderSlipReason(models.Model):
    _name = "order.slip.reason"
    _description = "Reason to Move a Promised Date"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_customers_doing = fields.Boolean(
        "Caused by the Customer",
        help="The customer wanted it, has agreed to it, or was not ready. It is still a slip, but shown apart.",
    )
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: for all companies.")
