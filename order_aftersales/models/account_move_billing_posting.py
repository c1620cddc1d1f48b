"""What becomes of an invoice that differs when it is posted: refused by hand, noted, and told where nobody is asked."""

from markupsafe import Markup

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from odoo.addons.order_extension.by_hand import is_by_hand, is_set_off_by_a_person
from odoo.addons.order_extension.private_context import get_private, private


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Compare anew before anything is booked: some of what counts changes without a word to the invoice.

        :raise UserError: naming each line with what is expected and what is billed
        """
        objections = self._get_posting_objections(soft)
        # Somebody can answer: who posts them, or has had them posted on a day.
        asked = is_set_off_by_a_person(self.env)
        refused = {move: words for move, words in objections.items() if asked or move.auto_post != "no"}
        if refused and not get_private(self.env, "leave_billing_held"):
            raise UserError("\n\n".join(refused.values()))
        remaining = self - self._get_objected(refused)
        remarks = {move.id: move._get_posting_remarks() for move in remaining._get_drafts_posted_now(soft)}
        posted = super(AccountMove, remaining)._post(soft) if remaining else remaining
        for move in posted.filtered(lambda move: remarks.get(move.id)):
            move._note_posted_although(remarks[move.id])
        let_through = posted & self._get_objected(objections)
        let_through._tell_of_posted_although()
        return posted

    def _leave_billing_held(self):
        """Return these such that those which are held are left as drafts when they are posted, without a word."""
        return self.with_context(leave_billing_held=private())

    def action_validate_moves_with_confirmation(self):
        """Post many at once: those that are right don't wait for those that are held."""
        objections = self._get_posting_objections()
        remaining = self - self._get_objected(objections)
        if not objections or not any(move.state == "draft" for move in remaining):
            return super().action_validate_moves_with_confirmation()
        action = super(AccountMove, remaining).action_validate_moves_with_confirmation()
        return action or {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Not posted: %s", len(objections)),
                "message": "\n\n".join(objections.values()),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_posting_objections(self, soft=False):
        """Return why some of these drafts must not be posted now, in words, by draft."""
        drafts = self._get_drafts_posted_now(soft).filtered(lambda move: move._is_billing_checked())
        drafts.invoice_line_ids._recompute_billing_check()
        return {move: move._get_billing_held_message() for move in drafts if move.is_billing_held}

    def _get_drafts_posted_now(self, soft=False):
        """Return the drafts that are not only scheduled: what lies in the future is looked at when its day has come.

        In sudo: whoever posts an invoice need not see the orders that it bills.
        """
        today = fields.Date.context_today(self)
        return self.sudo().filtered(
            lambda move: move.state == "draft" and not (soft and move.date and move.date > today)
        )

    def _get_objected(self, objections):
        return self.browse(move.id for move in objections)

    # === WHEN IT IS POSTED ALL THE SAME ===

    def _get_posting_remarks(self):
        """Return what is not right about this draft and nobody has answered for, as HTML; empty if nothing."""
        self.ensure_one()
        lines = self._get_uncovered_billing_lines() if self._is_billing_checked() else self.invoice_line_ids.browse()
        return self._render_billing_issues(lines) if lines else Markup()

    def _note_posted_although(self, remarks):
        """Put on file that what differed was known."""
        self.ensure_one()
        # In sudo: the note is the add-on's; by a customer's payment it is made in the name of the system.
        move = self.sudo() if is_by_hand(self.env) else self.with_user(SUPERUSER_ID)
        move.message_post(
            body=Markup("<p>%s</p>%s")
            % (self.env._("Posted although it differs from what was delivered or agreed:"), remarks),
            author_id=move.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

    def _tell_of_posted_although(self):
        """Give the sellers of these invoices, which would have been refused by hand, an activity on their orders."""
        # In the name of the system: it may be the customer who has brought it on, by paying.
        for move in self.with_user(SUPERUSER_ID):
            for order in move.invoice_line_ids.sale_line_ids.order_id:
                seller = order.user_id.filtered(lambda user: user.active and not user.share)
                user = seller or order.company_id._get_last_resort()
                order.with_context(lang=user.lang or self.env.lang).activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=move.with_context(lang=user.lang or self.env.lang)._get_posted_although_summary(),
                    user_id=user.id,
                )

    def _get_posted_although_summary(self):
        self.ensure_one()
        return self.env._("%s was posted although it differs: see its notes", self.name)
