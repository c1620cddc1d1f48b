"""The arithmetic of the margin floor, without a database."""

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..margin_floor import Calculation, distance_to_floor, is_below_floor, is_still_approved, lowest_price

prices = st.integers(0, 100_000_000).map(lambda cents: cents / 100)
floors = st.integers(-500_000, 990_000).map(lambda millionths: millionths / 1_000_000)
roundings = st.sampled_from([0.01, 1.0, 0.05, 0.001])
calculations = st.builds(Calculation, prices, prices)


@tagged("post_install", "-at_install")
class TestMarginFloor(BaseCase):
    def test_lowest_price(self):
        # 3 120 / 0.8; 100 / 0.7 = 142.857…, the next franc in coins is 142.90, the next yen 143
        self.assertEqual(lowest_price(3120.0, 0.2, 0.01), 3900.0)
        self.assertEqual(lowest_price(100.0, 0.3, 0.01), 142.86)
        self.assertEqual(lowest_price(100.0, 0.3, 0.05), 142.9)
        self.assertEqual(lowest_price(100.0, 0.3, 1.0), 143.0)
        # a floor of 0 covers the cost, one of -10 % allows a tenth less than nothing: 110 / 1.1
        self.assertEqual(lowest_price(100.0, 0.0, 0.01), 100.0)
        self.assertEqual(lowest_price(110.0, -0.1, 0.01), 100.0)

    def test_noise_of_floating_point_numbers(self):
        # 0.1 + 0.2 = 0.30000000000000004 costs 0.30
        self.assertEqual(lowest_price(0.1 + 0.2, 0.0, 0.01), 0.3)
        self.assertFalse(is_below_floor(Calculation(0.3, 0.1 + 0.2), 0.0, 0.01))

    def test_no_price_leaves_everything(self):
        with self.assertRaises(ValueError):
            lowest_price(100.0, 1.0, 0.01)

    def test_nothing_and_credit(self):
        self.assertFalse(is_below_floor(Calculation(0.0, 0.0), 0.2, 0.01))
        self.assertTrue(is_below_floor(Calculation(0.0, 5.0), 0.0, 0.01))
        self.assertTrue(is_below_floor(Calculation(-5.0, 0.0), 0.0, 0.01))
        self.assertEqual(Calculation(0.0, 5.0).share, 0.0)

    def test_approval(self):
        """Approved: 3 800.00 at a cost of 3 120.00, 100.00 below the floor of 20 %, a margin of 17.89 %."""
        approved = Calculation(3800.0, 3120.0)
        for price, cost, holds in (
            (3800.0, 3120.0, True),
            (3799.99, 3120.0, False),
            (3800.0, 3120.01, False),
            (3900.0, 3120.0, True),
            # half the work at half the price: 50.00 are missing
            (1900.0, 1560.0, True),
            # twice: 200.00 are missing
            (7600.0, 6240.0, False),
            # 75.00 are missing, but the margin of 100.00 of 700.00 is 14.3 % only
            (700.0, 620.0, False),
            (0.0, 50.0, False),
        ):
            with self.subTest(price=price, cost=cost):
                self.assertEqual(is_still_approved(Calculation(price, cost), approved, 0.2, 0.01), holds)

    def test_approved_gift(self):
        approved = Calculation(0.0, 100.0)
        self.assertTrue(is_still_approved(Calculation(0.0, 100.0), approved, 0.2, 0.01))
        self.assertFalse(is_still_approved(Calculation(0.0, 101.0), approved, 0.2, 0.01))

    @given(prices, floors, roundings)
    def test_lowest_price_is_just_enough(self, cost, floor, rounding):
        lowest = lowest_price(cost, floor, rounding)
        self.assertGreaterEqual(lowest * (1 - floor) + 1e-6, cost)
        self.assertLess((lowest - rounding) * (1 - floor), cost + 1e-6)
        self.assertFalse(is_below_floor(Calculation(lowest, cost), floor, rounding))
        self.assertTrue(is_below_floor(Calculation(round(lowest - rounding, 3), cost), floor, rounding))

    @given(calculations, floors, roundings)
    def test_distance_is_what_the_price_can_go_down_by(self, calculation, floor, rounding):
        distance = distance_to_floor(calculation, floor, rounding)
        there = Calculation(round(calculation.price - distance, 3), calculation.cost)
        self.assertFalse(is_below_floor(there, floor, rounding))
        self.assertEqual(distance < 0, is_below_floor(calculation, floor, rounding))

    @given(calculations, floors, roundings, prices, prices)
    def test_approved_is_what_is_no_worse(self, approved, floor, rounding, more, less):
        self.assertTrue(is_still_approved(approved, approved, floor, rounding))
        better = Calculation(round(approved.price + more, 2), round(max(approved.cost - less, 0.0), 2))
        self.assertTrue(is_still_approved(better, approved, floor, rounding))

    @given(calculations, floors, roundings, prices)
    def test_no_worse_price_is_approved(self, approved, floor, rounding, less):
        assume(less > 0 and is_below_floor(approved, floor, rounding))
        worse = Calculation(round(approved.price - less, 2), approved.cost)
        self.assertFalse(is_still_approved(worse, approved, floor, rounding))
