from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """A payment for a quotation that may not be confirmed is kept, and the seller is told."""
        blocked = self.filtered(lambda tx: any(order._is_margin_blocked() for order in tx.sale_order_ids))
        for order in blocked.sale_order_ids.filtered(lambda order: order._is_margin_blocked()):
            order._tell_of_payment_below_floor()
        return super(PaymentTransaction, self - blocked)._check_amount_and_confirm_order()
