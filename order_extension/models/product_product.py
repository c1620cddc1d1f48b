from odoo import models

from ..small_extra import unit_minutes


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_hours_per_unit(self, uom):
        """How many hours one ``uom`` of this service is, 0 when that is no unit of time."""
        hour = self.env.ref("uom.product_uom_hour")
        if not uom or not uom._has_common_reference(hour):
            return 0.0
        return uom._compute_quantity(1.0, hour, round=False)

    def _get_unit_minutes(self, uom):
        """How many minutes of work one ``uom`` of this service stands for."""
        self.ensure_one()
        return unit_minutes(self._get_hours_per_unit(uom), self.minor_item_minutes)
