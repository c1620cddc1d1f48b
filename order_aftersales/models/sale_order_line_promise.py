from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_promised_goods(self):
        """Whether these are goods that the customer waits for, not the carriage, a payment or a heading."""
        self.ensure_one()
        return (
            not self.display_type
            and not self.is_downpayment
            and self.product_id.type == "consu"
            and not self._is_delivery()
        )
