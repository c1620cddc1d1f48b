"""How a change order moves: sent, declined, cancelled, expired.

Signing and applying are in models/sale_change_order_signing.py, revisions in models/sale_change_order_revision.py.
"""

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..change_order_rules import can_move, clean_line, clean_text
from ..jobs import go_through
from ..row_lock import lock_rows


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    def _move(self, target, vals=None):
        """Write the state ``target`` and what belongs to it, if it may follow.

        It is written in sudo: whoever calls this has made sure that the user (or the signatory) may do it.

        :raise UserError: when it may not
        """
        for change_order in self:
            if not can_move(change_order.state, target):
                raise UserError(
                    self.env._(
                        "%(name)s is already “%(state)s” and can't become “%(target)s”.",
                        name=change_order.name,
                        state=change_order._get_state_label(),
                        target=dict(self._fields["state"]._description_selection(self.env))[target],
                    )
                )
        self._as_transition().write({"state": target, **(vals or {})})

    def _lock_for_transition(self):
        """Keep everybody else off these change orders and their orders until this transaction ends.

        :raise UserError: when somebody else has been at it for some seconds
        """
        self.order_id._lock_for_extension()
        self._lock_rows()

    def _lock_rows(self):
        """Keep everybody else off these change orders alone until this transaction ends.

        :raise UserError: when somebody else has been at it for some seconds
        """
        try:
            lock_rows(self.sudo())
        except LockError as error:
            raise UserError(
                self.env._(
                    "%s is being changed by somebody else at this moment. Nothing was done. Please try again in a few"
                    " seconds.",
                    ", ".join(self.mapped("name")),
                )
            ) from error
        # What another transaction wrote before the lock was had would be read from memory otherwise.
        self.invalidate_recordset()

    # === SEND ===

    def _check_can_be_offered(self):
        """Raise in the user's words when it can't be sent now."""
        self._check_offer_is_complete()

    def _check_offer_is_complete(self):
        """Raise in the user's words when there is something that the customer can't be asked to sign."""
        self.order_id._check_can_extend()
        for change_order in self:
            problem = change_order._get_offer_problem()
            if problem:
                message = f"{change_order.name}: {problem}"
                raise UserError(message)

    def _get_offer_problem(self):
        """Return in one sentence why this can't be offered or signed as it stands, or an empty string."""
        self.ensure_one()
        if not self.line_ids and not self.days_added:
            return self.env._("There is nothing to sign yet. Add at least one line.")
        if self.validity_date and self.validity_date < fields.Date.context_today(self):
            return self.env._("It was valid until %s. Choose a later date.", format_date(self.env, self.validity_date))
        # What the customer leaves must not keep him from signing the rest.
        lines = self.sudo().line_ids if self.state == "draft" else self.sudo()._get_agreed_lines()
        return next(filter(None, (line._get_offer_problem() for line in lines)), "")

    def action_send(self):
        """Open the mail composer; the change order is sent with the mail."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("draft", "sent"):
            raise UserError(self.env._("%s can't be sent any more. Make a new revision to offer it again.", self.name))
        self._check_can_be_offered()
        template = self.env.ref("order_extension.mail_template_change_order", raise_if_not_found=False)
        return {
            "name": self.env._("Send %s", self.name),
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id if template else False,
                "default_email_layout_xmlid": "mail.mail_notification_layout_with_responsible_signature",
                "email_notification_allow_footer": True,
                "hide_mail_template_management_options": True,
                "mark_change_order_as_sent": True,
                "force_email": True,
            },
        }

    def action_mark_sent(self):
        """Offer it without a mail: by hand, by a link or on the spot."""
        self.check_access("write")
        self._lock_for_sending()
        self._check_can_be_offered()
        self._freeze_offer()
        for change_order in self:
            change_order._move(
                "sent",
                {
                    "sent_on": fields.Datetime.now(),
                    "sent_by_id": self.env.user.id,
                    "offer_hash": change_order._get_offer_hash(),
                },
            )
            change_order._portal_ensure_token()
            change_order.sudo().message_subscribe(partner_ids=change_order.partner_id.ids)

    def _lock_for_sending(self):
        self._lock_for_transition()

    def _freeze_offer(self):
        """Write down what is sent along and must not follow later changes of settings."""

    def message_post(self, **kwargs):
        # The dialog of the mail says so. It is for whoever could mark it as sent without a mail, which is asked there;
        # comments of others come in sudo, with a context that is theirs.
        if self.env.context.get("mark_change_order_as_sent") and not self.env.su:
            self.filtered(lambda change_order: change_order.state == "draft").action_mark_sent()
        return super().message_post(**kwargs)

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Say on the customer's button what it is for."""
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals=msg_vals)
        if self and len(self) == 1:
            for name, _match, options in groups:
                if name == "portal_customer":
                    options.setdefault("button_access", {})["title"] = self._get_access_title()
        return groups

    def _get_access_title(self):
        return self.env._("View & Sign") if self._has_to_be_signed() else self.env._("View Change Order")

    # === END WITHOUT A SIGNATURE ===

    def _decline(self, name, reason):
        """The customer says no. The order stays as it is.

        :param str name: who declines
        :param str reason: why, in the customer's words
        :raise UserError: without a reason, or when there is nothing to decline
        """
        self.ensure_one()
        reason = clean_text(reason)
        if not reason:
            raise UserError(self.env._("Please tell us in a few words why you decline."))
        self._lock_for_transition()
        if not self._has_to_be_signed():
            raise UserError(self._get_not_signable_message())
        self._move(
            "declined",
            {"declined_on": fields.Datetime.now(), "declined_by": clean_line(name), "decline_reason": reason},
        )

    def action_cancel(self):
        """Open the question why."""
        self.ensure_one()
        return {
            "name": self.env._("Cancel %s", self.name),
            "type": "ir.actions.act_window",
            "res_model": "sale.change.order.cancel",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_change_order_id": self.id},
        }

    def _cancel(self, reason):
        """Take an offer back. A signed one stands: it can only be countered by another one."""
        reason = clean_text(reason)
        if not reason:
            raise UserError(self.env._("Please say in a few words why it is cancelled."))
        self._lock_for_transition()
        self._move(
            "cancelled",
            {"cancelled_on": fields.Datetime.now(), "cancelled_by_id": self.env.user.id, "cancel_reason": reason},
        )

    @api.model
    def _cron_expire(self):
        """Expire offers whose last day is over, one by one."""
        domain = Domain("state", "=", "sent") & Domain("validity_date", "<", fields.Date.context_today(self))

        def expire(change_order):
            change_order = change_order.try_lock_for_update()
            # somebody may have signed it since the search
            change_order.invalidate_recordset()
            for late in change_order.filtered_domain(domain):
                late._move("expired", {"expired_on": fields.Datetime.now()})

        go_through(self.search(domain), expire)
