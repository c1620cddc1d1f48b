from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    is_damage_return = fields.Boolean(
        "Came Back Damaged", copy=False, help="The customer sends it back because it was damaged or faulty."
    )
