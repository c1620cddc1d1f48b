from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..extra_routing import (
    REASONS,
    ROUTES,
    ExtraFacts,
    ExtraLimits,
    cover,
    is_more,
    may_choose,
    route_extra,
)

#: 30.00 and 15 minutes per item, 2 % of a year's volume, an order of its own from 2 000.00 or 3 days on
LIMITS = ExtraLimits(30.0, 15, 0.02, 2000.0, 3.0)
#: A quarter of an hour at 60.00 on an order of 5 070.00 with 0.75 % = 38.03 of allowance, nothing of it used
FACTS = ExtraFacts(15.0, 15, 0.03, 38.03, 38.03, 0.0, 5070.0)

amounts = st.integers(0, 10_000_000).map(lambda cents: cents / 100)
minutes = st.integers(0, 10_000)
facts = st.builds(
    ExtraFacts,
    value=amounts,
    minutes=minutes,
    days=st.integers(0, 100).map(lambda days: days / 4),
    allowance=amounts,
    allowance_left=amounts,
    customer_used=amounts,
    customer_volume=amounts,
)
limits = st.builds(
    ExtraLimits,
    item_amount=amounts,
    item_minutes=minutes,
    customer_share=st.integers(0, 100).map(lambda percent: percent / 100),
    follow_up_amount=amounts,
    follow_up_days=st.integers(0, 100).map(lambda days: days / 4),
)


@tagged("post_install", "-at_install")
class TestExtraRouting(BaseCase):
    def _assert_route(self, route, reason, limits=LIMITS, **values):
        self.assertEqual(route_extra(FACTS._replace(**values), limits), (route, reason))

    def test_small_and_paid_for(self):
        self._assert_route("minor_item", "fits")

    def test_limits_are_inclusive(self):
        """15 minutes and 30.00 are within, 16 minutes and 30.01 are not."""
        self._assert_route("minor_item", "fits", value=30.0)
        self._assert_route("change_order", "too_dear", value=30.01)
        self._assert_route("change_order", "too_long", minutes=16)

    def test_allowance(self):
        self._assert_route("change_order", "no_allowance", allowance=0.0, allowance_left=0.0)
        self._assert_route("minor_item", "fits", allowance_left=15.0)
        self._assert_route("change_order", "allowance_used_up", allowance_left=14.99)
        self._assert_route("change_order", "allowance_used_up", value=0.0, allowance_left=0.0)

    def test_customer_share(self):
        """2 % of 5 070.00 are 101.40: 86.40 and 15.00 are just within."""
        self._assert_route("minor_item", "fits", customer_used=86.40)
        self._assert_route("change_order", "customer_share", customer_used=86.41)
        self._assert_route("minor_item", "fits", LIMITS._replace(customer_share=0.0), customer_used=9999.0)

    def test_large(self):
        """From 2 000.00 or 3 days on; 0 switches a limit off."""
        self._assert_route("change_order", "too_dear", value=1999.99)
        self._assert_route("follow_up", "large_amount", value=2000.0)
        self._assert_route("follow_up", "large_days", days=3.0)
        no_limit = LIMITS._replace(follow_up_amount=0.0, follow_up_days=0.0)
        self._assert_route("change_order", "too_dear", no_limit, value=99999.0, days=99.0)

    def test_negative_facts_are_refused(self):
        for field in ("value", "minutes", "days"):
            with self.assertRaises(ValueError):
                route_extra(FACTS._replace(**{field: -1}), LIMITS)

    def test_cover(self):
        """The allowance pays for what fits into it; used up, it pays for nothing."""
        self.assertEqual(cover(15.0, 15.0), "allowance")
        self.assertEqual(cover(15.01, 15.0), "goodwill")
        self.assertEqual(cover(0.0, 0.0), "goodwill")
        self.assertEqual(cover(0.1 + 0.2, 0.3), "allowance")

    @given(facts, limits)
    def test_always_one_route_and_one_reason(self, facts, limits):
        route, reason = route_extra(facts, limits)
        self.assertIn(route, ROUTES[:3])
        self.assertIn(reason, REASONS)
        self.assertEqual(route == "minor_item", reason == "fits")

    @given(facts, limits)
    def test_free_only_within_every_limit(self, facts, limits):
        if route_extra(facts, limits).route == "minor_item":
            self.assertFalse(is_more(facts.value, limits.item_amount))
            self.assertFalse(is_more(facts.minutes, limits.item_minutes))
            self.assertEqual(cover(facts.value, facts.allowance_left), "allowance")
            if limits.customer_share:
                self.assertFalse(
                    is_more(facts.customer_used + facts.value, limits.customer_share * facts.customer_volume)
                )

    @given(facts, limits, amounts, minutes)
    def test_more_is_never_laxer(self, facts, limits, more_value, more_minutes):
        """A wish that is worth more, or takes longer, is treated at least as strictly."""
        larger = facts._replace(value=facts.value + more_value, minutes=facts.minutes + more_minutes)
        self.assertTrue(may_choose(route_extra(larger, limits).route, route_extra(facts, limits).route))

    @given(facts, limits, amounts)
    def test_less_allowance_is_never_laxer(self, facts, limits, used):
        poorer = facts._replace(allowance_left=max(0.0, facts.allowance_left - used))
        self.assertTrue(may_choose(route_extra(poorer, limits).route, route_extra(facts, limits).route))

    def test_stricter_may_be_chosen_laxer_not(self):
        self.assertTrue(may_choose("change_order", "minor_item"))
        self.assertTrue(may_choose("follow_up", "follow_up"))
        self.assertTrue(may_choose("decline", "minor_item"))
        self.assertFalse(may_choose("minor_item", "change_order"))
        self.assertFalse(may_choose("change_order", "follow_up"))
