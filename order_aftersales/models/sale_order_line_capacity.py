from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_hours_to_work(self, hour):
        """Return the hours that this line sells: as they are expected where that is known, else as it is sold.

        :param hour: the unit of an hour
        """
        self.ensure_one()
        if self.display_type or self.is_downpayment or self.is_expense or self.product_id.type != "service":
            return 0.0
        if "expected_hours" in self._fields and self.expected_hours:
            return self.expected_hours
        unit = self.product_uom_id
        if not unit or not unit._has_common_reference(hour):
            return 0.0
        return self.product_uom_qty * unit.factor / hour.factor
