from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, new_test_user, tagged

from ..capture_rate import capture_rate, team_capture_rates
from .common import PostcalcCommon

HOURS = st.floats(min_value=0, max_value=1e6, allow_nan=False).map(lambda hours: round(hours, 2))


@tagged("post_install", "-at_install")
class TestCaptureRateRules(BaseCase):
    @given(HOURS, HOURS)
    def test_between_nothing_and_everything(self, documented, undocumented):
        rate = capture_rate(documented, undocumented)
        if rate is None:
            self.assertFalse(documented or undocumented)
        else:
            self.assertTrue(0 <= rate <= 1)
            self.assertEqual(rate == 1, undocumented <= documented * 1e-15)

    @given(HOURS, HOURS, HOURS)
    def test_noting_more_never_lowers_it(self, documented, undocumented, more):
        before, after = capture_rate(documented, undocumented), capture_rate(documented + more, undocumented)
        self.assertTrue(before is None or after >= before - 1e-12)

    @given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 6), HOURS, HOURS), max_size=12), st.integers(1, 4))
    def test_no_team_is_too_small(self, people, at_least):
        rates = team_capture_rates(people, at_least)
        for team in {row[0] for row in people}:
            members = {row[1] for row in people if row[0] == team and (row[2] or row[3])}
            self.assertEqual(team in rates, len(members) >= at_least)


@tagged("post_install", "-at_install")
class TestCaptureRate(PostcalcCommon):
    """12 hours of assembly are ordered."""

    def _rate(self, date_from="2026-03-01", date_to="2026-03-31", company=None):
        return (company or self.company)._get_capture_rate(date_from, date_to)

    def _favour(self, hours, user=None, on="2026-03-05", **values):
        return self.env["sale.minor.item"].create(
            {
                "order_id": self.order.id,
                "task_id": self.order.order_line.task_id.id,
                "name": "Adjust a door",
                "duration": hours,
                "date": on,
                "user_id": (user or self.technician).id,
                **values,
            }
        )

    def test_no_data(self):
        self.assertIsNone(self._rate())

    def test_everything_documented(self):
        self._favour(0.5)
        self._log(12)
        self.assertEqual(self._rate(), 1.0)

    def test_hours_that_nobody_documented(self):
        """1 h noted; 15 h recorded of 12: 1 / (1 + 3)"""
        self._favour(1)
        self._log(15)
        self.assertEqual(self._rate(), 0.25)

    def test_extensions(self):
        """2 h of assembly offered, on which 1 h too many: 2 / (2 + 1). Once they are declined: 0 / (0 + 1)."""
        self._log(13)
        change = self._make_change(self._add(self.assembly, 2), captured_on="2026-03-03 10:00:00")
        self.assertEqual(self._rate(), 0.0, "a draft that nobody was offered")
        change.action_mark_sent()
        self.assertAlmostEqual(self._rate(), 2 / 3)
        change.action_revise()
        self.assertAlmostEqual(self._rate(), 2 / 3, msg="what is offered stands until its revision is sent")
        change._decline("Lena Sommer", "Too dear")
        self.assertEqual(self._rate(), 0.0)

    def test_a_revision_is_one_extension(self):
        """2 h, offered again: still 2 of 3 h"""
        self._log(13)
        change = self._make_change(self._add(self.assembly, 2), send=True, captured_on="2026-03-03 10:00:00")
        revision = self.env["sale.change.order"].browse(change.action_revise()["res_id"])
        revision.action_mark_sent()
        self.assertAlmostEqual(self._rate(), 2 / 3)

    def test_signed_hours_are_ordered(self):
        """12 h, and 2 h on the extension of 2 h: nothing is beyond the order"""
        change = self._make_change(self._add(self.assembly, 2), send=True, captured_on="2026-03-03 10:00:00")
        self._sign(change)
        self._log(12)
        self._log(2, task=change.line_ids.applied_line_id.task_id)
        self.assertEqual(self._rate(), 1.0)

    def test_an_option_that_is_not_taken(self):
        """1 h of two, of which one is optional; 1 h too many: 1 / 2"""
        self._log(13)
        self._make_change(
            self._add(self.assembly, 1),
            self._add(self.assembly, 1, is_optional=True),
            send=True,
            captured_on="2026-03-03 10:00:00",
        )
        self.assertEqual(self._rate(), 0.5)

    def test_cancelled_favours_are_none(self):
        self._favour(1)._cancel("Recorded twice")
        self.assertIsNone(self._rate())

    def test_hours_beyond_are_shared_over_the_days(self):
        """16 h of 12, half of them in April: of 4 h beyond, 2 h in each month; 2 h noted in March: 2 / (2 + 2)"""
        self._favour(2)
        self._log(8)
        self._log(8, date="2026-04-02")
        self.assertEqual(self._rate(), 0.5)
        self.assertEqual(self._rate("2026-04-01", "2026-04-30"), 0.0)
        self.assertAlmostEqual(self._rate(date(2026, 1, 1), date(2026, 12, 31)), 1 / 3)

    def test_another_company(self):
        self._favour(2)
        self.assertIsNone(self._rate(company=self.env["res.company"].create({"name": "Another joinery"})))

    def test_whoever_asks(self):
        self._favour(1)
        self._log(15)
        self.assertEqual(self._rate(company=self.company.with_user(self.technician)), 0.25)

    def test_teams(self):
        """Site: 1 + 1 + 1 h noted, 3 h beyond 12 h, all of the first one's: 3 / (3 + 3). The workshop is one person."""
        site, workshop = self.env["hr.department"].create(
            [{"name": name, "company_id": self.company.id} for name in ("Site", "Workshop")]
        )
        third, fourth = (
            new_test_user(
                self.env,
                name,
                "order_extension.group_technician",
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            for name in ("joinery_third", "joinery_fourth")
        )
        people = self.employee | self.other_employee | self._make_employee(third, 35.0)
        people.department_id = site
        self._make_employee(fourth, 35.0).department_id = workshop
        self._log(15)
        for user in (self.technician, self.other_technician, third, fourth):
            self._favour(1, user=user)
        rates = self.company._get_team_capture_rates("2026-03-01", "2026-03-31")
        self.assertEqual(rates, {site.id: 0.5})
