from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _is_wrong_paper(self):
        """Whether the customer got a wrong paper: cancelled afterwards, or posted in spite of a difference."""
        self.ensure_one()
        if self.state == "cancel":
            return self.posted_before
        return self.state == "posted" and bool(self.billing_override_reason)
