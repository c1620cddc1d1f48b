"""What is said about a wish: why it goes where it goes, and how to tell the customer."""

from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_amount

#: How the ways are coloured, everywhere alike.
COLORS = {"minor_item": "success", "change_order": "info", "follow_up": "warning", "decline": "secondary"}


class SaleExtraCapture(models.TransientModel):
    _inherit = "sale.extra.capture"

    def _get_route_reason(self, reason, facts, limits):
        """Return in one sentence, with the figures, what decided.

        :param str reason: one of :data:`extra_routing.REASONS`
        """
        self.ensure_one()
        words = getattr(self, f"_get_reason_{reason}")
        return words(facts, limits)

    def _money(self, amount):
        return format_amount(self.env, amount, self.currency_id or self.env.company.currency_id)

    def _get_reason_fits(self, facts, _limits):
        return self.env._(
            "%(minutes)s minutes and %(value)s are within the limits, and %(left)s of the allowance are left.",
            minutes=f"{facts.minutes:g}",
            value=self._money(facts.value),
            left=self._money(facts.allowance_left - facts.value),
        )

    def _get_reason_too_long(self, facts, limits):
        return self.env._(
            "%(minutes)s minutes are more than the %(limit)s minutes that a minor item may take.",
            minutes=f"{facts.minutes:g}",
            limit=f"{limits.item_minutes:g}",
        )

    def _get_reason_too_dear(self, facts, limits):
        return self.env._(
            "%(value)s is more than the %(limit)s that a minor item may be worth.",
            value=self._money(facts.value),
            limit=self._money(limits.item_amount),
        )

    def _get_reason_no_allowance(self, _facts, _limits):
        return self.env._("This order has no allowance for minor items, so nothing beyond it is free.")

    def _get_reason_allowance_used_up(self, facts, _limits):
        if facts.allowance_left <= 0:
            return self.env._("The order's allowance of %s for minor items is used up.", self._money(facts.allowance))
        return self.env._(
            "%(value)s is more than the %(left)s that are left of the order's allowance of %(allowance)s.",
            value=self._money(facts.value),
            left=self._money(facts.allowance_left),
            allowance=self._money(facts.allowance),
        )

    def _get_reason_customer_share(self, facts, limits):
        return self.env._(
            "With this one, the customer would have had %(used)s for free in 12 months: more than %(share)s %% of what"
            " was ordered, which is %(limit)s.",
            used=self._money(facts.customer_used + facts.value),
            share=f"{limits.customer_share * 100:g}",
            limit=self._money(facts.customer_volume * limits.customer_share),
        )

    def _get_reason_large_amount(self, facts, limits):
        return self.env._(
            "%(value)s is an order of its own: from %(limit)s on, the seller makes a separate offer.",
            value=self._money(facts.value),
            limit=self._money(limits.follow_up_amount),
        )

    def _get_reason_large_days(self, facts, limits):
        return self.env._(
            "%(days)s working days make it an order of its own: from %(limit)s days on, the seller makes a separate"
            " offer.",
            days=f"{round(facts.days, 1):g}",
            limit=f"{limits.follow_up_days:g}",
        )

    def _get_reason_work_without_price(self):
        return self.env._(
            "The working time counts as nothing, as no hourly service is known. Choose what it is priced as."
        )

    @api.depends("decision", "is_goodwill", "order_id")
    @api.depends_context("lang")
    def _compute_wording(self):
        for capture in self:
            company = capture.company_id or self.env.company
            capture.wording = capture.decision and company._get_extra_wording(capture.decision, capture.is_goodwill)

    @api.depends("is_complete", "value", "value_total", "route_reason", "decision", "wording")
    @api.depends_context("lang")
    def _compute_advice(self):
        """The answer, large and coloured: what it is, why, and what to say."""
        for capture in self:
            if not capture.decision:
                capture.advice = Markup(
                    '<div class="alert alert-secondary text-muted mb-2 py-2" role="status">%s</div>'
                ) % self.env._("How long will it take? Then you see at once whether it is free.")
                continue
            capture.advice = Markup(
                '<div class="alert alert-%(color)s mb-2 py-2" role="status">'
                '<div class="d-flex justify-content-between align-items-baseline">'
                '<strong class="fs-3">%(title)s</strong><span class="ms-2 text-end text-nowrap">%(price)s</span></div>'
                '<div>%(reason)s</div><div class="mt-2 fst-italic">%(wording)s</div></div>'
            ) % {
                "color": COLORS[capture.decision],
                "title": capture._get_advice_title(),
                "price": capture._get_price_words() if capture.is_complete else "",
                "reason": capture.route_reason if capture.is_complete else "",
                "wording": capture.wording,
            }

    def _get_price_words(self):
        """What it costs, as this customer is told it: private ones pay the taxes as well.

        What is free is weighed against the allowance, without taxes.
        """
        self.ensure_one()
        price = Markup('<span class="fs-5">%s</span>')
        if self.decision == "minor_item" or not self.order_id._says_prices_with_tax():
            return price % self._money(self.value)
        if self.currency_id.compare_amounts(self.value, self.value_total) == 0:
            return price % self._money(self.value)
        untaxed = self.env._("%s + tax", self._money(self.value))
        return price % self._money(self.value_total) + Markup('<br/><span class="small">%s</span>') % untaxed

    def _get_advice_title(self):
        self.ensure_one()
        if self.is_goodwill:
            return self.env._("Free, as goodwill")
        return {
            "minor_item": self.env._("Yes, free of charge"),
            "change_order": self.env._("Yes, once it is signed"),
            "follow_up": self.env._("The seller takes over"),
            "decline": self.env._("Decline politely"),
        }[self.decision]
