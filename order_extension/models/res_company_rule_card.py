"""The rules of small extras as employees are told them."""

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_amount

from ..extra_routing import ExtraLimits
from ..rule_card import rules_hash
from .extra_limits_mixin import LIMIT_FIELDS

#: What the company says on site, by the way that a wish goes.
WORDING_FIELDS = {
    "minor_item": "extra_wording_minor_item",
    "change_order": "extra_wording_change_order",
    "follow_up": "extra_wording_follow_up",
    "decline": "extra_wording_decline",
}
#: Working day of a company without a calendar.
DEFAULT_HOURS_PER_DAY = 8.0


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_extra_rules_hash(self):
        """Return the fingerprint of what this company allows and says on site, in whatever language.

        It is no stored field, as changing a translation recomputes nothing.
        """
        self.ensure_one()
        # In sudo: everybody inside is bound by the rules, whichever company he has switched to.
        company = self.sudo()
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        return rules_hash(
            {field: company[field] for field in LIMIT_FIELDS},
            {
                route: [company.with_context(lang=language)[field] for language in languages]
                for route, field in WORDING_FIELDS.items()
            },
        )

    def _get_extra_wording(self, route, goodwill=False):
        """Return what to say to the customer, in the user's language.

        :param str route: one of :data:`extra_routing.ROUTES`
        :param bool goodwill: whether it is free although the allowance does not pay for it
        """
        self.ensure_one()
        if goodwill and route == "minor_item":
            return self.env._("I'm happy to do that for you this time, free of charge.")
        return self.sudo()[WORDING_FIELDS[route]] or self._get_usual_extra_wording(route)

    def _get_usual_extra_wording(self, route):
        return {
            "minor_item": self.env._(
                "I'm happy to do that for you right away. Your order has an allowance for small extras, which covers"
                " it."
            ),
            "change_order": self.env._(
                "I'd be glad to do that for you. As it goes beyond your order, I'll show you the price first, and start"
                " as soon as you have signed."
            ),
            "follow_up": self.env._(
                "That is a good idea, and it deserves proper planning. I'll pass it on, and we'll get back to you in a"
                " few days."
            ),
            "decline": self.env._(
                "I'm sorry, I can't offer you that. What you have ordered will of course be done exactly as agreed."
            ),
        }[route]

    def _get_extra_limits(self):
        """Return the limits of this company, in its own currency."""
        self.ensure_one()
        company = self.sudo()
        return ExtraLimits(*(company[field] for field in LIMIT_FIELDS))

    def _get_extra_rules_sentences(self, limits=None, currency=None):
        """Return the rules in plain sentences, in the user's language.

        :param ExtraLimits limits: those of an order; without them, those of the company
        :param currency: what the amounts of ``limits`` are in; without it, the company's one
        """
        self.ensure_one()
        limits = limits or self._get_extra_limits()
        currency = currency or self.sudo().currency_id
        sentences = [
            self.env._(
                "A small extra is free when it takes at most %(minutes)s minutes and is worth at most %(amount)s, as"
                " long as the order's allowance covers it.",
                minutes=f"{limits.item_minutes:g}",
                amount=format_amount(self.env, limits.item_amount, currency),
            )
        ]
        if limits.customer_share:
            sentences.append(
                self.env._(
                    "In 12 months, a customer gets at most %(share)s %% of what was ordered for free.",
                    share=f"{limits.customer_share * 100:g}",
                )
            )
        sentences.append(
            self.env._("Anything beyond that is an extension: priced first, then signed, and only then done.")
        )
        follow_up = self._get_follow_up_sentence(limits, currency)
        return [*sentences, follow_up] if follow_up else sentences

    def _get_follow_up_sentence(self, limits, currency):
        amount = format_amount(self.env, limits.follow_up_amount, currency)
        days = f"{limits.follow_up_days:g}"
        if limits.follow_up_amount and limits.follow_up_days:
            return self.env._(
                "From %(amount)s or %(days)s working days on, it is an order of its own: the seller follows up.",
                amount=amount,
                days=days,
            )
        if limits.follow_up_amount:
            return self.env._("From %s on, it is an order of its own: the seller follows up.", amount)
        if limits.follow_up_days:
            return self.env._("From %s working days on, it is an order of its own: the seller follows up.", days)
        return ""

    def _get_route_labels(self):
        """How the ways that a wish can go are called, from the laxest to the strictest."""
        return {
            "minor_item": self.env._("Free, as a minor item"),
            "change_order": self.env._("Extension, signed first"),
            "follow_up": self.env._("Follow-up by the seller"),
            "decline": self.env._("Declined politely"),
        }

    def _get_extra_rules_html(self, limits=None, currency=None):
        """Return the rules and what to say as they are shown on a card."""
        self.ensure_one()
        rules = Markup("").join(
            Markup("<li>%s</li>") % sentence for sentence in self._get_extra_rules_sentences(limits, currency)
        )
        return Markup('<ul class="ps-3 mb-0">%s</ul>') % rules

    def _get_extra_wordings_html(self):
        """Return what to say on each way as a list."""
        self.ensure_one()
        colors = {"minor_item": "success", "change_order": "info", "follow_up": "warning", "decline": "secondary"}
        return Markup("").join(
            Markup(
                '<div class="mb-3"><span class="badge text-bg-%(color)s">%(label)s</span>'
                '<div class="mt-1 fst-italic">%(wording)s</div></div>'
            )
            % {"color": colors[route], "label": label, "wording": self._get_extra_wording(route)}
            for route, label in self._get_route_labels().items()
        )

    def _get_extra_rules_text(self):
        """Return the rules and what to say as plain text, to be kept with an acknowledgement."""
        self.ensure_one()
        wordings = [f"{label}: {self._get_extra_wording(route)}" for route, label in self._get_route_labels().items()]
        return "\n".join([*self._get_extra_rules_sentences(), "", *wordings])

    # === ACKNOWLEDGEMENT ===

    def _has_to_acknowledge_extra_rules(self, user=None):
        """Whether ``user`` (or the present one) has yet to confirm the rules of this company as they are now."""
        self.ensure_one()
        user = user or self.env.user
        if not user._records_extras():
            return False
        Acknowledgement = self.env["sale.extra.rule.acknowledgement"].sudo()
        return not Acknowledgement.search_count(
            [
                ("user_id", "=", user.id),
                ("company_id", "=", self.id),
                ("rules_hash", "=", self._get_extra_rules_hash()),
            ],
            limit=1,
        )

    def _prepare_rule_acknowledgement_vals(self):
        self.ensure_one()
        return {
            "user_id": self.env.uid,
            "company_id": self.id,
            "rules_hash": self._get_extra_rules_hash(),
            "rules_text": self._get_extra_rules_text(),
            "acknowledged_on": fields.Datetime.now(),
        }

    # === WORKING DAY ===

    def _get_working_day_hours(self):
        """How many hours a working day of this company has."""
        self.ensure_one()
        # In sudo: a number, and whoever records on site need not see calendars.
        return self.sudo().resource_calendar_id.hours_per_day or DEFAULT_HOURS_PER_DAY
