"""The arithmetic of the allowance and who may choose which rate, without a database."""

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..allowance import OBJECTIONS, is_exceptional, rate_objection, split_allowance

rates = st.integers(0, 1_000_000).map(lambda millionths: millionths / 1_000_000)
cents = st.integers(-10_000_000, 10_000_000)
roundings = st.sampled_from([0.01, 1.0, 0.05, 0.001])


@tagged("post_install", "-at_install")
class TestAllowanceRules(BaseCase):
    # === SPLIT ===

    def test_one_part(self):
        # 0.75 % of 5 070.00 = 38.025, half a cent goes up
        self.assertEqual(split_allowance(0.0075, [5070.0], 0.01), [38.03])
        # 0.75 % of 2.00 = 0.015, although the sum comes with the noise of floating point numbers
        self.assertEqual(split_allowance(0.0075, [0.1] * 3 + [1.7], 0.01)[-1], 0.02)

    def test_two_parts(self):
        # 0.75 % of 1 066.63 = 7.999725 → 8.00: 5.25 of 700.00, 2.749725 → 2.75 of 366.63
        self.assertEqual(split_allowance(0.0075, [700.0, 366.63], 0.01), [5.25, 2.75])

    def test_rounded_once(self):
        # 1 % of three times 10.50 is 0.315 → 0.32, but each 0.105 rounded by itself would give 0.33
        self.assertEqual(sum(split_allowance(0.01, [10.5, 10.5, 10.5], 0.01)), 0.32)
        # 1 % of three times 10.40 is 0.312 → 0.31: the first part gets the cent that is left of 3 × 0.10
        self.assertEqual(split_allowance(0.01, [10.4, 10.4, 10.4], 0.01), [0.11, 0.10, 0.10])

    def test_currencies(self):
        # Yen have no decimals: 0.75 % of 123 456 = 925.92; francs in cash are paid in steps of 0.05
        self.assertEqual(split_allowance(0.0075, [123456.0], 1.0), [926.0])
        self.assertEqual(split_allowance(0.0075, [5070.0], 0.05), [38.05])

    def test_nothing_to_share(self):
        for bases in ([], [0.0], [-100.0], [100.0, -100.0], [100.0, -300.0]):
            self.assertEqual(split_allowance(0.0075, bases, 0.01), [0.0] * len(bases))
        self.assertEqual(split_allowance(0.0, [1000.0], 0.01), [0.0])

    def test_discount_with_other_taxes(self):
        # A voucher of 100.00 without taxes lowers the sum to 900.00; 6.75 go to what is taxed
        self.assertEqual(split_allowance(0.0075, [1000.0, -100.0], 0.01), [6.75, 0.0])

    @given(rates, st.lists(cents, max_size=6), roundings)
    def test_adds_up(self, rate, bases, rounding):
        bases = [base / 100 for base in bases]
        amounts = split_allowance(rate, bases, rounding)
        unit = Decimal(repr(rounding))
        net = sum((Decimal(repr(base)) for base in bases), Decimal(0))
        expected = max((Decimal(repr(rate)) * net / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit, Decimal(0))
        self.assertEqual(sum((Decimal(repr(amount)) for amount in amounts), Decimal(0)), expected)
        self.assertEqual(len(amounts), len(bases))
        self.assertTrue(all(amount >= 0 for amount in amounts))
        self.assertTrue(all(not amount for amount, base in zip(amounts, bases, strict=True) if base <= 0))

    @given(rates, st.lists(st.integers(0, 10_000_000), min_size=1, max_size=6))
    def test_each_part_gets_its_share(self, rate, bases):
        bases = [base / 100 for base in bases]
        for amount, base in zip(split_allowance(rate, bases, 0.01), bases, strict=True):
            # a cent for the share of its own, half a cent for its part of the rounding of the sum
            self.assertLess(abs(amount - rate * base), 0.0151)

    # === RATE ===

    def _objection(self, rate, is_manager=False, has_reason=False, proposals=(0.0075,)):
        return rate_objection(rate, proposals, 0.005, 0.01, is_manager=is_manager, has_reason=has_reason)

    def test_within_the_limits(self):
        for rate in (0.0, 0.005, 0.0075, 0.0100000001, 0.01):
            self.assertIsNone(self._objection(rate), rate)

    def test_outside_the_limits(self):
        for rate in (0.0049, 0.0101, 0.5, 1.0):
            self.assertEqual(self._objection(rate), "manager_only")
            self.assertEqual(self._objection(rate, has_reason=True), "manager_only")
            self.assertEqual(self._objection(rate, is_manager=True), "reason_missing")
            self.assertIsNone(self._objection(rate, is_manager=True, has_reason=True))

    def test_impossible(self):
        for rate in (-0.001, 1.001, 75):
            self.assertEqual(self._objection(rate, is_manager=True, has_reason=True), "impossible")

    def test_proposals_are_fine(self):
        self.assertIsNone(self._objection(0.02, proposals=(0.02, 0.0075)))

    @given(rates, rates, rates, st.booleans(), st.booleans())
    def test_more_rights_never_hurt(self, rate, lowest, highest, is_manager, has_reason):
        order = [*OBJECTIONS, None]

        def mildness(**rights):
            return order.index(rate_objection(rate, (), lowest, highest, **rights))

        given_rights = mildness(is_manager=is_manager, has_reason=has_reason)
        self.assertLessEqual(given_rights, mildness(is_manager=True, has_reason=has_reason))
        self.assertLessEqual(given_rights, mildness(is_manager=is_manager, has_reason=True))
        if not is_exceptional(rate, (), lowest, highest):
            self.assertIsNone(rate_objection(rate, (), lowest, highest, is_manager=False, has_reason=False))
