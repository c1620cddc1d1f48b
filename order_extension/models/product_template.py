from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    is_minor_item = fields.Boolean(
        "Usual Small Service",
        index="btree_not_null",
        help="Offered to whoever records a small extra on site, with its name and usual time.",
    )
    minor_item_minutes = fields.Integer(
        "Standard Minutes",
        help="What it usually takes. A service that is not sold by time costs its price for this time.",
    )

    _minor_item_minutes_positive = models.Constraint(
        "CHECK(minor_item_minutes >= 0)", "The standard minutes of a small service can't be negative."
    )
