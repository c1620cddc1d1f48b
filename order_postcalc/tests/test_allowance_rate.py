"""Which rate comes of which orders, without a database."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..allowance_rate import (
    MOST_CORRECTION,
    STEP,
    Sample,
    bars,
    correction_for,
    quantile,
    recommend,
    round_rate,
    within_limits,
)

amounts = st.integers(0, 10_000_000).map(lambda cents: cents / 100)
volumes = st.integers(1, 10_000_000).map(lambda cents: cents / 100)
samples = st.lists(st.builds(Sample, volumes, amounts), max_size=30)
captures = st.none() | st.integers(0, 1000).map(lambda promille: promille / 1000)
limits = st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda pair: [step * 0.0005 for step in sorted(pair)])


def _recommend(samples, capture_rate=None, lowest=0.005, highest=0.01, min_orders=3):
    return recommend(samples, capture_rate=capture_rate, lowest=lowest, highest=highest, min_orders=min_orders)


@tagged("post_install", "-at_install")
class TestAllowanceRate(BaseCase):
    def test_by_hand(self):
        """15 + 5 + 10 of 1 000 + 2 000 + 1 000 = 0.75 %; of the orders 1.5 %, 0.25 % and 1 %"""
        found = _recommend([Sample(1000.0, 15.0), Sample(2000.0, 5.0), Sample(1000.0, 10.0)])
        self.assertEqual((found.orders, found.volume, found.favours), (3, 4000.0, 30.0))
        self.assertEqual((found.raw, found.adjusted, found.rate, found.limit), (0.0075, 0.0075, 0.0075, None))
        self.assertEqual((found.lower_quartile, found.median, found.upper_quartile), (0.00625, 0.01, 0.0125))
        self.assertEqual(found.largest_share, 0.5)

    def test_capture_rate(self):
        """0.6 % recorded of 80 %: 0.75 %"""
        found = _recommend([Sample(1000.0, 6.0)] * 3, capture_rate=0.8)
        self.assertEqual((round(found.adjusted, 6), found.rate), (0.0075, 0.0075))

    def test_correction_is_limited(self):
        """Of 10 % recorded, no more than twice 0.3 % is believed: 0.6 %"""
        found = _recommend([Sample(1000.0, 3.0)] * 3, capture_rate=0.1)
        self.assertEqual((found.adjusted, found.rate, found.is_correction_limited), (0.006, 0.006, True))
        self.assertEqual(correction_for(0.0), (2.0, True))
        self.assertEqual(correction_for(0.5), (2.0, False))

    def test_floor_and_cap(self):
        self.assertEqual(_recommend([Sample(1000.0, 0.0)] * 3)[7:9], (0.005, "lowest"))
        self.assertEqual(_recommend([Sample(1000.0, 90.0)] * 3)[7:9], (0.01, "highest"))
        # limits that are no whole steps hold all the same
        self.assertEqual(_recommend([Sample(1000.0, 0.0)] * 3, lowest=0.0052).rate, 0.0052)

    def test_small_sample(self):
        found = _recommend([Sample(1000.0, 7.0)] * 2)
        self.assertEqual((found.orders, found.raw, found.rate, found.limit), (2, 0.007, None, None))
        self.assertEqual(_recommend([], min_orders=0).rate, None)

    def test_orders_without_volume_are_left_out(self):
        found = _recommend([Sample(1000.0, 7.0), Sample(0.0, 50.0), Sample(-10.0, 50.0)])
        self.assertEqual((found.orders, found.favours, found.raw), (1, 7.0, 0.007))

    def test_quantiles(self):
        self.assertEqual(quantile([], 0.5), 0.0)
        self.assertEqual(quantile([4.0], 0.25), 4.0)
        self.assertEqual(quantile([1.0, 3.0], 0.5), 2.0)

    def test_bars(self):
        """None, up to 0.25 %, 0.50 % …, the upper end included, and over 2.00 %"""
        self.assertEqual(bars([0.0, 0.001, 0.0025, 0.00251, 0.02, 0.5], count=9), [1, 2, 1, 0, 0, 0, 0, 0, 1, 1])

    @given(samples, captures, limits)
    def test_within_limits_and_steps(self, samples, capture_rate, lowest_highest):
        lowest, highest = lowest_highest
        found = _recommend(samples, capture_rate, lowest, highest)
        if found.orders < 3:
            self.assertIsNone(found.rate)
            return
        self.assertTrue(lowest <= found.rate <= highest)
        self.assertAlmostEqual(found.rate / STEP, round(found.rate / STEP), 6)
        self.assertGreaterEqual(found.adjusted, found.raw)
        self.assertLessEqual(found.adjusted, found.raw * MOST_CORRECTION + 1e-12)
        if found.limit is None:
            self.assertLessEqual(abs(found.rate - found.adjusted), STEP / 2 + 1e-9)

    @given(samples, captures)
    def test_spread_and_bars(self, samples, capture_rate):
        found = _recommend(samples, capture_rate)
        rates = sorted(sample.rate for sample in samples)
        if rates:
            self.assertTrue(rates[0] <= found.lower_quartile <= found.median <= found.upper_quartile <= rates[-1])
        self.assertEqual(sum(bars(rates)), len(rates))
        self.assertTrue(0 <= found.largest_share <= 1)

    @given(samples, samples)
    def test_order_of_the_sample_means_nothing(self, some, others):
        one, two = _recommend(some + others), _recommend(others + some)
        self.assertAlmostEqual(one.raw, two.raw, 9)
        self.assertEqual(one.median, two.median)

    @given(st.integers(0, 10_000).map(lambda number: number / 100_000))
    def test_rounding(self, rate):
        self.assertLessEqual(abs(round_rate(rate) - rate), STEP / 2 + 1e-12)
        self.assertEqual(round_rate(round_rate(rate)), round_rate(rate))
        self.assertEqual(within_limits(rate, 0.0, 1.0), (rate, None))
