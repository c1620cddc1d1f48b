"""What remains, as rules: each of them for any figures at all."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.order_postcalc import erosion, forecast, sheet_figures
from odoo.addons.order_postcalc.erosion import eroded_by, is_eroding
from odoo.addons.order_postcalc.forecast import Progress, cover, remaining_cost, remaining_hours, remaining_revenue
from odoo.addons.order_postcalc.sheet_figures import COLUMNS, Figures, cells, total

AMOUNTS = st.integers(0, 10_000_000).map(lambda cents: cents / 100)
SIGNED = st.integers(-10_000_000, 10_000_000).map(lambda cents: cents / 100)
HOURS = st.integers(0, 100_000).map(lambda minutes: minutes / 60)
SHARES = st.floats(0, 1)
PROGRESS = st.builds(
    Progress,
    is_labour=st.booleans(),
    is_over=st.booleans(),
    delivered=st.floats(-0.5, 2),
    delivered_revenue=st.none() | AMOUNTS,
)
FIGURES = st.builds(Figures, **dict.fromkeys(sheet_figures.NAMES, SIGNED))


@tagged("post_install", "-at_install")
class TestForecast(BaseCase):
    def test_examples(self):
        for module in (forecast, sheet_figures, erosion):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed, module.__name__)

    @given(HOURS, HOURS, PROGRESS)
    def test_hours_at_completion(self, planned, actual, progress):
        """Never fewer than worked; while the tasks are open, never fewer than planned."""
        remaining = remaining_hours(planned, actual, progress)
        self.assertGreaterEqual(remaining, 0)
        if progress.is_over:
            self.assertEqual(remaining, 0)
        else:
            self.assertAlmostEqual(actual + remaining, max(planned, actual))

    @given(HOURS, AMOUNTS, HOURS, AMOUNTS, SIGNED, AMOUNTS, PROGRESS)
    def test_cost_at_completion(self, hours, cost, actual_hours, labour, other, committed, progress):
        """Never less than what is on record and what is ordered; nothing else remains of what is over."""
        remaining = remaining_cost(hours, cost, actual_hours, labour, other, committed, progress)
        self.assertGreaterEqual(remaining, committed)
        if progress.is_over:
            self.assertEqual(remaining, committed)
        self.assertLessEqual(remaining, max(cost, committed) + 1e-6)

    @given(AMOUNTS, AMOUNTS, SHARES)
    def test_goods_as_planned(self, cost, committed, delivered):
        """Bought at the planned price they cost what was planned, however much is delivered."""
        booked = cost * delivered
        remaining = remaining_cost(0, cost, 0, 0, booked, 0, Progress(delivered=delivered))
        self.assertAlmostEqual(booked + remaining, cost, 4)

    @given(HOURS, AMOUNTS, HOURS)
    def test_hours_as_planned(self, hours, cost, worked):
        """Hours that cost what they were planned to make the planned cost, or more when there are more of them."""
        rate = cost / hours if hours else 0.0
        remaining = remaining_cost(hours, cost, worked, worked * rate, 0, 0, Progress(is_labour=True))
        self.assertAlmostEqual(worked * rate + remaining, max(cost if hours else 0.0, worked * rate), 4)

    @given(SIGNED, SIGNED, PROGRESS)
    def test_revenue_at_completion(self, planned, invoiced, progress):
        """Never less than what is invoiced, and for a discount, which is a negative price, never more."""
        remaining = remaining_revenue(planned, invoiced, progress)
        further = min if planned < 0 else max
        self.assertEqual(remaining, further(remaining, 0))
        if progress.delivered_revenue is None:
            self.assertAlmostEqual(invoiced + remaining, further(planned, invoiced))

    @given(st.lists(AMOUNTS, max_size=8), AMOUNTS)
    def test_cover(self, remaining, booked):
        """The parts add up to the cent, none is negative, and none grows."""
        left = cover(remaining, booked)
        self.assertEqual(len(left), len(remaining))
        self.assertAlmostEqual(sum(left), max(sum(remaining) - booked, 0), 2)
        for before, after in zip(remaining, left, strict=True):
            self.assertGreaterEqual(after, 0)
            self.assertLessEqual(after, before + 0.011)

    @given(st.lists(FIGURES, min_size=1, max_size=6))
    def test_totals(self, rows):
        """What is shown of the rows adds up to what is shown as the total."""
        shown = [cells(row.rounded(lambda amount: round(amount, 2))) for row in rows]
        whole = cells(total(rows))
        for measure in ("hours", "cost", "revenue", "margin"):
            for column in COLUMNS:
                if column != "deviation_share" and whole[measure][column] is not None:
                    self.assertAlmostEqual(
                        sum(row[measure][column] for row in shown), whole[measure][column], 3, (measure, column)
                    )

    @given(SIGNED, AMOUNTS, SIGNED, AMOUNTS, st.floats(0, 1))
    def test_erosion(self, margin, revenue, expected, expected_revenue, threshold):
        eroded = eroded_by(margin, revenue, expected, expected_revenue)
        self.assertFalse(is_eroding(eroded, 0))
        if is_eroding(eroded, threshold):
            self.assertLess(expected / expected_revenue, margin / revenue)
