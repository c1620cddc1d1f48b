from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _post_process(self):
        """The money has come: it is recorded also where the invoice bills too much, which then stays a draft."""
        return super(PaymentTransaction, self.with_context(leave_billing_held=True))._post_process()
