"""Properties of what counts as covered by a signature: they hold for whatever comes in."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from .. import coverage_rules as rules

quantities = st.integers(-1000, 1000)
positive = st.integers(0, 1000)


@tagged("post_install", "-at_install")
class TestCoverageRules(BaseCase):
    @given(quantities, quantities, quantities, st.booleans())
    def test_never_negative(self, ordered, delivered, signed, billed_by_delivery):
        self.assertGreaterEqual(
            rules.uncovered_quantity(ordered, delivered, signed, billed_by_delivery=billed_by_delivery), 0
        )

    @given(quantities, st.booleans())
    def test_what_was_signed_is_covered_until_more_is_delivered(self, ordered, billed_by_delivery):
        self.assertEqual(
            rules.uncovered_quantity(ordered, min(ordered, 0), ordered, billed_by_delivery=billed_by_delivery), 0
        )

    @given(positive, positive, positive)
    def test_signing_the_rest_covers_it(self, ordered, delivered, signed):
        open_quantity = rules.uncovered_quantity(ordered, delivered, signed, billed_by_delivery=True)
        covered = signed + open_quantity
        self.assertEqual(rules.uncovered_quantity(ordered, delivered, covered, billed_by_delivery=True), 0)

    @given(positive, positive, positive, st.booleans())
    def test_more_signed_is_never_less_covered(self, ordered, delivered, signed, billed_by_delivery):
        before = rules.uncovered_quantity(ordered, delivered, signed, billed_by_delivery=billed_by_delivery)
        after = rules.uncovered_quantity(ordered, delivered, signed + 1, billed_by_delivery=billed_by_delivery)
        self.assertLessEqual(after, before)

    def test_examples(self):
        for ordered, delivered, signed, by_delivery, expected in (
            (10, 0, 10, False, 0),
            (12, 0, 10, False, 2),
            (10, 12, 10, False, 0),
            (10, 12, 10, True, 2),
            (12, 11, 10, True, 2),
            (0, 3, 0, False, 3),  # an extra product on a delivery
            (8, 0, 10, False, 0),
            (-1, 0, -1, True, 0),  # a credit, signed with the order
        ):
            with self.subTest(ordered=ordered, delivered=delivered, signed=signed, by_delivery=by_delivery):
                self.assertEqual(
                    rules.uncovered_quantity(ordered, delivered, signed, billed_by_delivery=by_delivery), expected
                )

    @given(positive, positive)
    def test_a_reduction_covers_no_more_than_before(self, signed, taken_off):
        left = rules.coverage_after_reduction(signed, taken_off)
        self.assertTrue(0 <= left <= signed)
        if taken_off <= signed:
            self.assertEqual(left, signed - taken_off)

    def test_net_price(self):
        self.assertEqual(rules.net_price(80.0, 25.0), 60.0)
