from odoo import fields, models


class SaleChangeReason(models.Model):
    _name = "sale.change.reason"
    _description = "Change Order Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex("(name)", "This reason exists already.")
