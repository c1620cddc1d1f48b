"""Telling the seller, once, that the margin of a running order melts."""

import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.order_extension.jobs import go_through

from ..erosion import eroded_by, is_eroding
from .sale_order_line_plan import COST_GROUPS

_logger = logging.getLogger(__name__)

ACTIVITY_EROSION = "order_postcalc.mail_activity_type_margin_erosion"
#: Orders that are worked out at once.
BATCH = 200


class SaleOrder(models.Model):
    _inherit = "sale.order"

    margin_erosion = fields.Float(
        readonly=True,
        copy=False,
        digits=(16, 6),
        aggregator=None,
        groups=COST_GROUPS,
        help="By how much the margin expected at completion is lower than planned, as a share of the price.",
    )
    is_margin_eroding = fields.Boolean(
        "Margin Eroding",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=COST_GROUPS,
        help="The expected margin is lower than the planned one by more than the company tolerates.",
    )
    margin_erosion_warned_on = fields.Date("Warned on", readonly=True, copy=False, groups=COST_GROUPS)
    margin_checked_on = fields.Date(readonly=True, copy=False, index="btree_not_null", groups=COST_GROUPS)

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"margin_erosion", "is_margin_eroding"}

    # === THE DAILY JOB ===

    @api.model
    def _cron_check_margin_erosion(self):
        """Work out the expected margin of the running orders, batch by batch; what is done today is not done again.

        Of all of them, not of those that were changed alone: a record that was deleted leaves no date to go by. Those
        that have waited longest come first, so that each is reached, even if a day is too short for all.
        """

        def check(orders):
            # Somebody may have closed or cancelled one since the search, or be at it now.
            orders = orders.try_lock_for_update(allow_referencing=True)
            orders.invalidate_recordset()
            orders.filtered_domain(self._get_margin_check_domain())._check_margin_erosion()

        running = self.search(self._get_margin_check_domain(), order="margin_checked_on NULLS FIRST, id")
        go_through(running, check, BATCH)

    @api.model
    def _get_margin_check_domain(self):
        today = fields.Date.context_today(self)
        running = Domain("postcalc_state", "=", "running") & (
            Domain("margin_checked_on", "=", False) | Domain("margin_checked_on", "<", today)
        )
        # Those that were closed before their figures were kept, once.
        return Domain("state", "=", "sale") & (running | Domain("postcalc_as_of", "=", False))

    def _check_margin_erosion(self):
        today = fields.Date.context_today(self)
        for order, shown in self._get_postcalc_totals().items():
            values = order._prepare_postcalc_margin_vals(shown)
            if order.postcalc_state == "running":
                values["margin_checked_on"] = today
                is_to_be_told = values["is_margin_eroding"] and not order.margin_erosion_warned_on
                if is_to_be_told and order._try_to_warn_of_margin_erosion():
                    values["margin_erosion_warned_on"] = today
            order._as_transition().write(values)

    def _prepare_postcalc_margin_vals(self, shown):
        margin, revenue = shown["margin"], shown["revenue"]
        erosion = eroded_by(margin["revised"], revenue["revised"], margin["forecast"], revenue["forecast"])
        return {
            **super()._prepare_postcalc_margin_vals(shown),
            "margin_erosion": erosion,
            "is_margin_eroding": is_eroding(erosion, self.company_id.margin_erosion_threshold),
        }

    # === THE WARNING ===

    def _get_margin_erosion_responsible(self):
        """The seller, else who leads the team, if they may see it; else nobody."""
        self.ensure_one()
        for user in (self.user_id, self.team_id.user_id):
            if user.active and not user.share and user.has_group(COST_GROUPS):
                return user
        return self.env["res.users"]

    def _try_to_warn_of_margin_erosion(self):
        """Return whether the warning went out: one order that can't be warned of keeps none of the others waiting."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._warn_of_margin_erosion()
        except Exception:  # whatever a customisation of activities may raise
            _logger.exception("No warning that the margin of %s melts; tried again tomorrow", self.name)
            return False
        return True

    def _warn_of_margin_erosion(self):
        """One activity for whoever is responsible; a note on the order when nobody is.

        Without figures: costs are not for all who read the order and its activities.
        """
        self.ensure_one()
        user = self._get_margin_erosion_responsible()
        order = self.with_context(lang=user.lang or self.company_id.partner_id.lang or self.env.lang)
        text = order.env._("The expected margin has fallen below what was planned: see the post-calculation.")
        activity_type = self.env.ref(ACTIVITY_EROSION, raise_if_not_found=False)
        if not user or not activity_type:
            self.message_post(body=text)
            _logger.info("Nobody to tell that the margin of %s melts", self.name)
            return
        self.activity_schedule(
            ACTIVITY_EROSION,
            summary=order.env._("%s: the margin melts", self.name),
            note=Markup('<p>%s</p><p><a href="%s">%s</a></p>')
            % (text, f"/odoo/sales/{self.id}/post-calculation", order.env._("Open the post-calculation")),
            user_id=user.id,
        )
