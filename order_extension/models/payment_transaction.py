from odoo import models

from ..by_hand import as_payment


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _post_process(self):
        """Confirm and invoice what was paid without asking anybody, whoever sets it off: the money has come."""
        return super(PaymentTransaction, as_payment(self))._post_process()
