import doctest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.order_aftersales import late_risk
from odoo.addons.order_aftersales.late_risk import Outlook, WorkingTime, late_risks

TODAY = date(2030, 5, 6)
hours = st.floats(0, 500).map(lambda value: round(value, 2))
days = st.integers(-30, 60).map(lambda number: TODAY + timedelta(days=number))
outlooks = st.builds(
    Outlook,
    today=st.just(TODAY),
    promised=days,
    open_hours=hours,
    hours_left=hours,
    people=st.integers(0, 5),
    load_hours=hours,
    goods=st.lists(st.none() | days, max_size=4).map(tuple),
)


@tagged("post_install", "-at_install")
class TestLateRiskRules(BaseCase):
    def test_examples(self):
        self.assertFalse(doctest.testmod(late_risk).failed)

    @given(outlooks)
    def test_every_reason_has_a_figure(self, outlook):
        """Each reason comes once and by something; once the day has passed nothing else matters."""
        risks = late_risks(outlook)
        codes = [code for code, _figure in risks]
        self.assertEqual(len(codes), len(set(codes)))
        self.assertTrue(all(figure > 0 for _code, figure in risks))
        self.assertEqual("passed" in codes, outlook.promised < TODAY)
        self.assertFalse("passed" in codes and len(codes) > 1)
        self.assertFalse({"hours", "capacity"} <= set(codes))

    @given(outlooks, st.integers(1, 40), hours)
    def test_a_later_promise_is_never_riskier(self, outlook, later, more):
        """With more time until the promise no reason comes that was not there, and none grows."""
        before = dict(late_risks(outlook))
        relaxed = Outlook(
            **{
                **outlook.__dict__,
                "promised": outlook.promised + timedelta(days=later),
                "hours_left": outlook.hours_left + more,
            }
        )
        if "passed" not in before:
            for code, figure in late_risks(relaxed):
                # Fewer hours that are short in the order itself may leave hours that are short elsewhere.
                if code == "capacity" and "hours" in before:
                    continue
                self.assertIn(code, before)
                self.assertLessEqual(figure, before[code] + 1e-9)

    def test_nothing_is_open(self):
        self.assertEqual(late_risks(Outlook(TODAY, TODAY)), ())
        self.assertEqual(late_risks(Outlook(TODAY, TODAY, goods=(TODAY,))), ())

    @given(st.lists(st.integers(1, 9), max_size=20), st.integers(0, 400))
    def test_working_time(self, spans, moment):
        """As if the hours up to the moment were counted one by one."""
        intervals, start = [], 0
        for index, span in enumerate(spans):
            start += index % 3
            intervals.append((start, start + span))
            start += span
        counted = sum(begin <= hour < end for hour in range(moment) for begin, end in intervals)
        self.assertEqual(WorkingTime(intervals).until(moment), counted)
