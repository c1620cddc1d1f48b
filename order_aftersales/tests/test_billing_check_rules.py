"""What is wrong with a line of an invoice, without a database."""

import doctest
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from .. import billing_check
from ..billing_check import (
    DISCOUNT,
    NOT_AGREED,
    PRICE,
    QUANTITY,
    QUANTITY_PRICE,
    BilledLine,
    Tolerance,
    find_mismatch,
    get_releasable_quantity,
)  # fmt: skip

quantities = st.integers(0, 10_000).map(lambda hundredths: hundredths / 100)
prices = st.integers(-10_000, 1_000_000).map(lambda cents: cents / 100)
discounts = st.sampled_from([0.0, 5.0, 10.0, 33.0, 50.0, 100.0])
lines = st.builds(
    BilledLine,
    quantity=quantities,
    allowed=quantities,
    billed_before=quantities,
    price=prices,
    discount=discounts,
    agreed_price=st.one_of(st.none(), prices),
    agreed_discount=discounts,
)
tolerances = st.builds(Tolerance, share=st.sampled_from([0.0, 0.01, 0.1]), amount=st.sampled_from([0.0, 0.05, 10.0]))


@tagged("post_install", "-at_install")
class TestBillingCheckRules(BaseCase):
    def _check(self, line, kind, expected_quantity, expected_price, surplus, **tolerance):
        found = find_mismatch(line, Tolerance(**tolerance))
        self.assertEqual(found.kind, kind)
        self.assertAlmostEqual(found.expected_quantity, expected_quantity)
        self.assertAlmostEqual(found.expected_price, expected_price)
        self.assertAlmostEqual(found.surplus, surplus)

    def test_examples(self):
        self.assertFalse(doctest.testmod(billing_check).failed)

    def test_right(self):
        self.assertIsNone(find_mismatch(BilledLine(8, allowed=8, price=35, agreed_price=35)))
        self.assertIsNone(find_mismatch(BilledLine(3, allowed=8, billed_before=5, price=35, agreed_price=35)))

    def test_quantity(self):
        # 10 billed, 8 delivered: 2 × 35.00 too much
        self._check(BilledLine(10, allowed=8, price=35, agreed_price=35), QUANTITY, 8, 35, 70)
        # 8 delivered, 5 billed before: 3 are left, 4 × 35.00 too much
        self._check(BilledLine(7, allowed=8, billed_before=5, price=35, agreed_price=35), QUANTITY, 3, 35, 140)
        # more is billed already than was delivered: nothing is left, not less than nothing
        self._check(BilledLine(1, allowed=8, billed_before=9, price=35, agreed_price=35), QUANTITY, 0, 35, 35)

    def test_price_and_discount(self):
        # 8 × (38 − 35)
        self._check(BilledLine(8, allowed=8, price=38, agreed_price=35), PRICE, 8, 35, 24)
        # the discount of 10 % is missing: 8 × (35 − 31.50)
        self._check(BilledLine(8, allowed=8, price=35, agreed_price=35, agreed_discount=10), DISCOUNT, 8, 31.5, 28)
        # dearer, with the discount that was agreed
        self._check(
            BilledLine(8, allowed=8, price=40, discount=10, agreed_price=35, agreed_discount=10), PRICE, 8, 31.5, 36
        )
        # 10 × 40 − 8 × 35
        self._check(BilledLine(10, allowed=8, price=40, agreed_price=35), QUANTITY_PRICE, 8, 35, 120)

    def test_not_agreed(self):
        self._check(BilledLine(2, price=35), NOT_AGREED, 0, 0, 70)
        self.assertIsNone(find_mismatch(BilledLine(2, price=0)), "what is free need not be agreed")
        self.assertIsNone(find_mismatch(BilledLine(1, price=-35)), "neither a deduction")

    def test_discount_line(self):
        # a deduction of 50.00 was agreed, and 30.00 are deducted
        self._check(BilledLine(1, allowed=1, price=-30, agreed_price=-50), PRICE, 1, -50, 20)
        self.assertIsNone(find_mismatch(BilledLine(2, allowed=1, price=-50, agreed_price=-50)))

    def test_tolerance(self):
        line = BilledLine(102, allowed=100, price=35, agreed_price=35)  # 2 %, 70.00 too much
        self.assertIsNotNone(find_mismatch(line, Tolerance(share=0.01)))
        self.assertIsNone(find_mismatch(line, Tolerance(share=0.02)))
        self.assertIsNone(find_mismatch(line, Tolerance(amount=70)))
        self.assertIsNotNone(find_mismatch(line, Tolerance(amount=69)))
        # What was tolerated once is not tolerated again: 2 more are 4 % too much.
        again = BilledLine(2, allowed=100, billed_before=102, price=35, agreed_price=35)
        self.assertIsNotNone(find_mismatch(again, Tolerance(share=0.02)))
        # 1 000 pieces at 1.239 instead of 1.234 are 5.00 too much, however small it looks
        self.assertIsNotNone(find_mismatch(BilledLine(1000, allowed=1000, price=1.239, agreed_price=1.234)))

    # === PROPERTIES ===

    @given(lines, tolerances)
    def test_in_favour_of_the_customer(self, line, tolerance):
        """Less and cheaper than agreed is right, whatever was agreed."""
        if line.agreed_price is None:
            return
        right = replace(
            line,
            quantity=min(line.quantity, max(line.allowed - line.billed_before, 0)),
            price=min(line.price, line.agreed_price),
            discount=line.agreed_discount,
        )
        self.assertIsNone(find_mismatch(right, tolerance))

    @given(lines, tolerances)
    def test_there_is_a_surplus(self, line, tolerance):
        mismatch = find_mismatch(line, tolerance)
        if mismatch:
            self.assertGreater(mismatch.surplus, 0)
            self.assertLessEqual(mismatch.expected_quantity, line.quantity)
            self.assertLessEqual(
                mismatch.expected_price, max(line.net_price, 0) if line.net_price > 0 else line.net_price
            )

    @given(lines, tolerances)
    def test_what_is_expected_is_right(self, line, tolerance):
        """Whoever bills what the check says is let through, and what is released is right as well."""
        mismatch = find_mismatch(line, tolerance)
        if mismatch and mismatch.kind != NOT_AGREED:
            corrected = replace(line, quantity=mismatch.expected_quantity, price=mismatch.expected_price, discount=0.0)
            self.assertIsNone(find_mismatch(corrected, tolerance))
        released = get_releasable_quantity(line, mismatch)
        self.assertLessEqual(released, line.quantity)
        self.assertIsNone(find_mismatch(replace(line, quantity=released), tolerance))

    @given(lines, tolerances, quantities)
    def test_a_delivery_never_makes_it_worse(self, line, tolerance, more):
        """Where a deduction was agreed, each further one that is billed as a price is worse, of course."""
        assume(line.agreed_price is None or line.agreed_price >= 0)
        before = find_mismatch(line, tolerance)
        after = find_mismatch(replace(line, allowed=line.allowed + more), tolerance)
        if before is None:
            self.assertIsNone(after)
        elif after is not None:
            self.assertLessEqual(after.surplus, before.surplus + 1e-6)

    @given(lines)
    def test_tolerance_only_lets_more_pass(self, line):
        if find_mismatch(line, Tolerance(share=0.01, amount=0.05)):
            self.assertIsNotNone(find_mismatch(line))
