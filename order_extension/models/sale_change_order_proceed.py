"""Approved to proceed: in an emergency the work may start before the signature, and it is on file who allowed it."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_datetime

from ..change_order_rules import clean_line

#: An expired or unsent offer can be under way as well as a sent one; a declined one must not be.
PROCEEDING_STATES = ("draft", "sent", "expired")


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    proceed_by = fields.Char("Allowed by", readonly=True, copy=False)
    proceed_channel = fields.Selection(
        [("phone", "Phone"), ("person", "In person"), ("mail", "E-mail"), ("message", "Message")],
        "Allowed through",
        readonly=True,
        copy=False,
    )
    proceed_limit = fields.Monetary(
        "Allowed up to", readonly=True, copy=False, help="With taxes, as the customer thinks of it."
    )
    proceed_on = fields.Datetime("Allowed on", readonly=True, copy=False)
    proceed_recorded_by_id = fields.Many2one("res.users", "Consent Recorded by", readonly=True, copy=False)
    is_proceeding = fields.Boolean(
        "Started without Signature",
        compute="_compute_is_proceeding",
        store=True,
        help="The customer has allowed to start, and has neither signed nor declined yet.",
    )
    exceeds_proceed_limit = fields.Boolean(compute="_compute_exceeds_proceed_limit")

    _proceeding_index = models.Index("(id) WHERE is_proceeding")

    @api.depends("state", "proceed_on")
    def _compute_is_proceeding(self):
        for change_order in self:
            change_order.is_proceeding = bool(change_order.proceed_on) and change_order.state in PROCEEDING_STATES

    @api.depends("is_proceeding", "amount_total", "proceed_limit")
    def _compute_exceeds_proceed_limit(self):
        for change_order in self:
            change_order.exceeds_proceed_limit = (
                change_order.is_proceeding
                and change_order.currency_id.compare_amounts(change_order.amount_total, change_order.proceed_limit) > 0
            )

    @api.model
    def _get_proceed_fields(self):
        return {"proceed_by", "proceed_channel", "proceed_limit", "proceed_on", "proceed_recorded_by_id"}

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | self._get_proceed_fields()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proceeding(self):
        for change_order in self:
            if change_order.proceed_on:
                raise UserError(
                    self.env._(
                        "Work on %s has started with the customer's consent, so it stays on file. Cancel it instead of"
                        " deleting it.",
                        change_order.name,
                    )
                )

    def _can_proceed(self):
        """Whether a consent to start before the signature can be recorded."""
        self.ensure_one()
        return self.state in ("draft", "sent")

    def action_proceed(self):
        """Ask who has allowed to start, and how far."""
        self.ensure_one()
        self.check_access("write")
        self._check_can_proceed()
        return {
            "name": self.env._("Approved to Proceed: %s", self.name),
            "type": "ir.actions.act_window",
            "res_model": "sale.change.order.proceed",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_change_order_id": self.id},
        }

    def _check_can_proceed(self):
        self.order_id._check_can_extend()
        if not self._can_proceed():
            raise UserError(
                self.env._(
                    "%(name)s is “%(state)s”: only for a draft, or an offer that waits for its signature, can the"
                    " customer allow to start.",
                    name=self.name,
                    state=self._get_state_label(),
                )
            )
        # What may not be sent without a manager may not be started without one either.
        if self._lacks_approval():
            raise UserError(
                self.env._(
                    "%(name)s has to be approved first: from %(amount)s on a manager agrees before the work starts. Ask"
                    " for the approval.",
                    name=self.name,
                    amount=self._format_approval_amount(),
                )
            )

    def _record_consent(self, allowed_by, channel, limit, allowed_on):
        """Put on file that the customer has allowed to start; an earlier consent stays in the history.

        :param str allowed_by: name of the person
        :param str channel: key of ``proceed_channel``
        :param float limit: amount with taxes up to which work may be done
        :param datetime allowed_on: when it was allowed
        :raise UserError: when something of it is missing or can't be
        """
        self.ensure_one()
        self.check_access("write")
        allowed_by = clean_line(allowed_by)
        if not allowed_by:
            raise UserError(self.env._("Please say who has allowed to start."))
        if channel not in dict(self._fields["proceed_channel"].selection):
            raise UserError(self.env._("Please say how it was allowed: by phone, in person, by e-mail or message."))
        if self.currency_id.compare_amounts(limit or 0.0, 0.0) <= 0:
            raise UserError(self.env._("Please say up to which amount %s has allowed the work.", allowed_by))
        if not allowed_on or allowed_on > fields.Datetime.now():
            raise UserError(self.env._("Please say when it was allowed. It can't be in the future."))
        self._lock_for_transition()
        self._check_can_proceed()
        self._as_transition().write(
            {
                "proceed_by": allowed_by,
                "proceed_channel": channel,
                "proceed_limit": limit,
                "proceed_on": allowed_on,
                "proceed_recorded_by_id": self.env.user.id,
            }
        )
        self.message_post(body=self._get_consent_note())

    def _get_consent_note(self):
        self.ensure_one()
        return self.env._(
            "Approved to proceed before the signature: %(who)s allowed it on %(when)s (%(how)s), up to %(limit)s with"
            " taxes.",
            who=self.proceed_by,
            when=format_datetime(self.env, self.proceed_on, dt_format="short"),
            how=dict(self._fields["proceed_channel"]._description_selection(self.env))[self.proceed_channel],
            limit=format_amount(self.env, self.proceed_limit, self.currency_id),
        )

    def _prepare_replacement_vals(self, revision):
        """The work goes on with the new offer, unless the customer has declined the earlier one."""
        vals = super()._prepare_replacement_vals(revision)
        if self.is_proceeding and not revision.proceed_on:
            for name in self._get_proceed_fields():
                vals[name] = self._fields[name].convert_to_write(self[name], self)
        return vals
