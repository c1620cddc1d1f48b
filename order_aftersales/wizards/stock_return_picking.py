from odoo import fields, models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    is_damage_return = fields.Boolean(
        "Damaged", help="The customer sends it back because it was damaged or faulty, not because he wants it no more."
    )

    def _prepare_picking_default_values(self):
        values = super()._prepare_picking_default_values()
        if self.is_damage_return:
            values["is_damage_return"] = True
        return values
