"""Chasing the missing signature: reminders of the customer, activities of the seller, none too many."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..change_order_chase import Offer, chase
from ..jobs import go_through

_logger = logging.getLogger(__name__)

ACTIVITY_SIGNATURE = "order_extension.mail_activity_type_signature"


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    reminder_count = fields.Integer("Reminders", readonly=True, copy=False, aggregator=None)
    last_reminded_on = fields.Date(readonly=True, copy=False)
    seller_alerted_on = fields.Date(readonly=True, copy=False)

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"reminder_count", "last_reminded_on", "seller_alerted_on"}

    def _move(self, target, vals=None):
        """Nobody is chased for the signature of what was answered, taken back or has expired."""
        super()._move(target, vals)
        if target != "sent":
            # In sudo: a customer who signs has no right on the seller's activities.
            self.sudo().activity_unlink([ACTIVITY_SIGNATURE])

    # === THE DAILY JOB ===

    @api.model
    def _cron_chase(self):
        """Remind customers and sellers of unsigned offers, one by one, each kept on its own."""

        def remind(change_order):
            change_order = change_order.try_lock_for_update(allow_referencing=True)
            # somebody may have signed or declined it since the search
            change_order.invalidate_recordset()
            change_order.filtered_domain(self._get_chase_domain())._chase()

        go_through(self.search(self._get_chase_domain(), order="id"), remind)

    @api.model
    def _get_chase_domain(self):
        sent = Domain("state", "=", "sent") & Domain("company_id.change_order_reminder_days", ">", 0)
        return sent | Domain("is_proceeding", "=", True)

    def _chase(self):
        """Do for each what is to be done today, which is mostly nothing."""
        today = fields.Date.context_today(self)
        for change_order in self:
            company = change_order.company_id
            step = chase(
                today,
                change_order._get_chased_offer(),
                company.change_order_reminder_days,
                company.change_order_reminder_max,
            )
            alert = step.alert
            if step.remind:
                # a reminder that can't be written is the seller's to make by himself
                alert |= not change_order._remind_customer(today)
            if alert:
                change_order._alert_seller(today)

    def _get_chased_offer(self):
        self.ensure_one()
        sent = self.state == "sent" and self.sent_on
        return Offer(
            sent_on=fields.Datetime.context_timestamp(self, self.sent_on).date() if sent else None,
            reminded_on=self.last_reminded_on or None,
            reminder_count=self.reminder_count,
            alerted_on=self.seller_alerted_on or None,
            valid_until=self.validity_date or None,
            can_be_written_to=self._can_be_reminded(),
            is_proceeding=self.is_proceeding,
        )

    def _can_be_reminded(self):
        """Whether the customer can be, and wishes to be, reminded of an open offer."""
        self.ensure_one()
        return bool(self.partner_id.email) and not self.partner_id.commercial_partner_id.no_follow_up

    def _remind_customer(self, today):
        """Send the reminder in the customer's language and count it; return whether it could be written."""
        self.ensure_one()
        template = self.env.ref("order_extension.mail_template_change_order_reminder", raise_if_not_found=False)
        if not template:
            return False
        try:
            with self.env.cr.savepoint():
                self.message_post_with_source(
                    template,
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
                )
        except UserError as error:
            _logger.warning("No reminder of %s: %s", self.name, error)
            return False
        self._as_transition().write({"reminder_count": self.reminder_count + 1, "last_reminded_on": today})
        return True

    # === THE SELLER ===

    def _get_chaser(self):
        """Who runs after the signature: the seller, or else who has sent or recorded it."""
        self.ensure_one()
        people = self.user_id | self.sent_by_id | self.create_uid
        return people.filtered(lambda user: user.active and not user.share)[:1]

    def _alert_seller(self, today):
        """Keep one activity up to date instead of heaping them up."""
        self.ensure_one()
        user = self._get_chaser()
        activities = self.activity_search([ACTIVITY_SIGNATURE])
        if activities:
            activities.filtered(lambda activity: activity.date_deadline != today).date_deadline = today
        elif user:
            localized = self.with_context(lang=user.lang)
            self.activity_schedule(ACTIVITY_SIGNATURE, today, summary=localized._get_chase_summary(), user_id=user.id)
        self._as_transition().seller_alerted_on = today

    def _get_chase_summary(self):
        self.ensure_one()
        if self.is_proceeding:
            return self.env._("%s: work has started, get the signature", self.name)
        if self.validity_date:
            return self.env._(
                "%(name)s: ask for the signature, it expires on %(date)s",
                name=self.name,
                date=format_date(self.env, self.validity_date),
            )
        return self.env._("%s: ask for the signature", self.name)
