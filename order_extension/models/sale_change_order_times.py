"""How long it takes from the wish on site to the offer, and from the offer to the signature; what waits how long."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .sale_order import OPEN_STATES


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    captured_on = fields.Datetime(
        "Captured on",
        default=fields.Datetime.now,
        copy=False,
        index=True,
        help="When the wish was recorded on site. Set it back when it was noted on paper first.",
    )
    # No average in lists: an offer that was never made would count as made in no time. The analysis has the averages.
    hours_to_offer = fields.Float(
        "Hours to the Offer",
        compute="_compute_hours",
        store=True,
        aggregator=None,
        help="From capturing the wish until the offer was sent.",
    )
    hours_to_signature = fields.Float(
        "Hours to the Signature",
        compute="_compute_hours",
        store=True,
        aggregator=None,
        help="From sending the offer until it was signed.",
    )
    age_days = fields.Integer(
        "Days Unsigned",
        compute="_compute_age_days",
        search="_search_age_days",
        help="Whole days since a wish was captured that is not signed yet, a draft or an offer.",
    )

    @api.depends("captured_on", "sent_on", "signed_on")
    def _compute_hours(self):
        for change_order in self:
            change_order.hours_to_offer = self._hours_between(change_order.captured_on, change_order.sent_on)
            change_order.hours_to_signature = self._hours_between(change_order.sent_on, change_order.signed_on)

    @api.model
    def _hours_between(self, start, end):
        return max(0.0, (end - start).total_seconds() / 3600) if start and end else 0.0

    @api.depends("state", "captured_on")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for change_order in self:
            waiting = change_order.state in OPEN_STATES and change_order.captured_on
            change_order.age_days = max(0, (now - change_order.captured_on).days) if waiting else 0

    def _search_age_days(self, operator, value):
        """Only thresholds are asked for; what is not open is 0 days old."""
        if operator not in (">", ">=", "<", "<=") or not isinstance(value, (int, float)):
            return NotImplemented
        days = int(value) + (operator in (">", "<="))
        if days <= 0:
            at_least = Domain.TRUE
        else:
            at_least = Domain("state", "in", OPEN_STATES) & Domain(
                "captured_on", "<=", fields.Datetime.now() - timedelta(days=days)
            )
        return at_least if operator in (">", ">=") else ~at_least

    @api.constrains("captured_on")
    def _check_captured_on(self):
        now = fields.Datetime.now()
        for change_order in self:
            if change_order.captured_on and change_order.captured_on > now:
                raise ValidationError(
                    self.env._(
                        "%s can't have been captured in the future. Set back its date of capture.", change_order.name
                    )
                )

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | {"captured_on"}
