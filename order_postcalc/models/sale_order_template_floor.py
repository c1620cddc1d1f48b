from odoo import fields, models


class SaleOrderTemplate(models.Model):
    _inherit = "sale.order.template"

    has_margin_floor = fields.Boolean(
        "Own Margin Floor", help="Quotations from this template have a margin floor of their own."
    )
    margin_floor = fields.Float(
        digits=(16, 6), help="Lowest margin of quotations from this template, as a share of the net price."
    )

    _margin_floor_valid = models.Constraint("CHECK(margin_floor < 1)", "The margin floor must be below 100 %.")
