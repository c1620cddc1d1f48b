from odoo import fields, models


class OrderRejectionReason(models.Model):
    _name = "order.rejection.reason"
    _description = "Reason to Reject an Order"
    _order = "sequence, id"

    name = fields.Char("Reason", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
