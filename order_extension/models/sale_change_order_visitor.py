"""Who is at the customer's page of a change order, and what they may do and see there."""

from odoo import api, models


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    def _may_be_answered_by(self, user):
        """Whether ``user``, who may see the page, may also answer: choose, decline, propose, write a comment.

        A colleague needs the right to write, whatever link they have: who only reads the books answers for nobody.
        """
        self.ensure_one()
        if not user._is_internal():
            return True
        # The page works in the company of the offer, which may be none of theirs.
        return self.with_user(user).with_context(allowed_company_ids=[]).has_access("write")

    @api.model
    def _get_thread_with_access(self, thread_id, *, mode="read", **kwargs):
        """A link that opens the page to a colleague who only reads doesn't let them comment on it."""
        thread = super()._get_thread_with_access(thread_id, mode=mode, **kwargs)
        if thread and mode != "read" and not thread._may_be_answered_by(self.env.user):
            return self.browse()
        return thread
