from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_planned_hours(self, quantity, uom):
        """Return the hours that ``quantity`` of this product takes, in the unit ``uom``."""
        hours = self._get_hours_per_unit(uom)
        if not hours and self.planned_hours_per_unit:
            unit = uom or self.uom_id
            hours = self.planned_hours_per_unit * unit._compute_quantity(1.0, self.uom_id, round=False)
        return hours * quantity
