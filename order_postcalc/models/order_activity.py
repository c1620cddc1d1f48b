from odoo import fields, models


class OrderActivity(models.Model):
    """What an hour was spent on: assembly, travel, rework …"""

    _name = "order.activity"
    _description = "Activity"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: for all companies.")
