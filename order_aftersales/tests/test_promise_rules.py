"""Days of a promise: pure arithmetic, where the customer is."""

import doctest
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.order_aftersales import days, promise
from odoo.addons.order_aftersales.days import end_of_day, get_zone, local_day
from odoo.addons.order_aftersales.promise import Part, delivered_on, is_kept, is_perfect, slip_days

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland",
    "Pacific/Kiritimati",
)  # fmt: skip
moments = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30))
zones = st.sampled_from(ZONES)
parts = st.builds(Part, is_closed=st.booleans(), is_complete=st.booleans(), closed_on=st.none() | moments)


@tagged("post_install", "-at_install")
class TestPromiseRules(BaseCase):
    def test_examples(self):
        self.assertFalse(doctest.testmod(promise).failed)
        self.assertFalse(doctest.testmod(days).failed)

    def test_summer_time_begins(self):
        """31 March 2030 has 23 hours in Berlin, and is one day all the same."""
        self.assertEqual(slip_days(datetime(2030, 3, 30, 23, 30), datetime(2030, 3, 31, 22, 30), "Europe/Berlin"), 1)
        self.assertEqual(end_of_day(datetime(2030, 3, 31, 10), "Europe/Berlin"), datetime(2030, 3, 31, 21, 59, 59))
        self.assertEqual(end_of_day(datetime(2030, 3, 30, 10), "Europe/Berlin"), datetime(2030, 3, 30, 22, 59, 59))

    def test_unknown_zone(self):
        """A name that nobody knows, or none, is universal time rather than an error in the midst of an order."""
        for tz in (None, False, "", "Middle/Earth", "../etc/passwd"):
            self.assertEqual(str(get_zone(tz)), "UTC")

    @given(moments, zones)
    def test_the_day_is_kept_until_it_ends(self, promised, tz):
        """Any moment of the promised day keeps the promise, the first one after it doesn't."""
        end = end_of_day(promised, tz)
        self.assertTrue(is_kept(promised, promised, tz))
        self.assertTrue(is_kept(promised, end, tz))
        self.assertFalse(is_kept(promised, end + timedelta(seconds=1), tz))
        self.assertEqual(local_day(end, tz), local_day(promised, tz))
        # of a day or of a moment of it
        self.assertEqual(end_of_day(local_day(promised, tz), tz), end)

    @given(st.lists(moments, min_size=2, max_size=6), zones)
    def test_slips_add_up(self, dates, tz):
        """The slips one by one come to what the last date differs from the first: nothing gets lost on the way."""
        steps = [slip_days(before, after, tz) for before, after in pairwise(dates)]
        self.assertEqual(sum(steps), slip_days(dates[0], dates[-1], tz))

    @given(moments, moments, zones)
    def test_late_is_the_contrary_of_kept(self, promised, delivered, tz):
        self.assertEqual(is_kept(promised, delivered, tz), slip_days(promised, delivered, tz) <= 0)

    @given(moments, zones)
    def test_no_date_no_slip(self, moment, tz):
        self.assertEqual(slip_days(None, moment, tz), 0)
        self.assertEqual(slip_days(moment, False, tz), 0)

    @given(st.lists(parts, max_size=6), moments)
    def test_delivered_with_the_last_part(self, some, now):
        """Open as long as one part is; then when the last one came; never before any other."""
        moment = delivered_on(some, now)
        if not some or not all(part.is_closed for part in some):
            self.assertIsNone(moment)
        elif moment:
            self.assertTrue(all(part.closed_on <= moment for part in some if part.closed_on))
            self.assertIn(moment, [now, *(part.closed_on for part in some)])
        else:
            self.assertFalse(any(part.is_complete or part.closed_on for part in some))

    @given(st.lists(parts, min_size=1, max_size=5), parts, moments)
    def test_one_more_part_is_never_earlier(self, some, more, now):
        before, after = delivered_on(some, now), delivered_on([*some, more], now)
        if after and before and before != now:
            self.assertGreaterEqual(after, before)

    @given(st.tuples(*[st.booleans()] * 4))
    def test_perfect_is_all_four(self, flags):
        self.assertEqual(is_perfect(*flags), all(flags))
