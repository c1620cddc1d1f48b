from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..attention import Watch, attention
from ..deadlines import Dates, stage_deadline
from ..stage_rules import OpportunityFacts, opportunity_stage

NOW = datetime(2026, 5, 11, 9)
SECOND = timedelta(seconds=1)


def later(hours):
    return NOW + timedelta(hours=hours)


@tagged("post_install", "-at_install")
class TestAttentionRules(BaseCase):
    """The limits, to the second: a day before is due, and three days without a step are too long."""

    def _assert_level(self, level, **values):
        watch = Watch(**{"is_open": True, "has_owner": True, "entered": later(-1), **values})
        with self.subTest(level, **values):
            self.assertEqual(attention(watch, NOW), level)

    def test_who(self):
        self._assert_level("ok")
        self._assert_level("ok", is_open=False, has_owner=False, deadline=later(-9))
        self._assert_level("unattended", has_owner=False)
        self._assert_level("unattended", has_owner=False, held_until=later(9))

    def test_waiting(self):
        self._assert_level("ok", held_until=later(9), deadline=later(-9), next_step=later(-9))
        self._assert_level("ok", held_until=NOW)
        self._assert_level("overdue", held_until=NOW - SECOND)
        self._assert_level("overdue", held_until=later(-9), next_step=later(9))

    def test_late(self):
        self._assert_level("due", deadline=NOW)
        self._assert_level("unattended", deadline=NOW - SECOND)
        self._assert_level("overdue", deadline=NOW - SECOND, next_step=later(100))
        self._assert_level("due", next_step=NOW)
        self._assert_level("overdue", next_step=NOW - SECOND)
        self._assert_level("overdue", next_step=NOW - SECOND, deadline=later(100))

    def test_nothing_planned(self):
        self._assert_level("ok", entered=later(-72))
        self._assert_level("unattended", entered=later(-72) - SECOND)
        self._assert_level("unattended", entered=later(-72) - SECOND, deadline=later(9))
        self._assert_level("ok", entered=later(-72) - SECOND, next_step=later(100))

    def test_soon(self):
        self._assert_level("due", deadline=later(24))
        self._assert_level("ok", deadline=later(24) + SECOND)
        self._assert_level("due", deadline=later(100), next_step=later(24))
        self._assert_level("due", deadline=later(24), next_step=later(100))
        self._assert_level("ok", deadline=later(100), next_step=later(24) + SECOND)

    def test_limits(self):
        """An hour before, and ten days."""
        watch = Watch(True, True, entered=later(-200), deadline=later(2))
        self.assertEqual(attention(watch, NOW, timedelta(hours=1), timedelta(days=10)), "ok")
        self.assertEqual(attention(watch, later(1), timedelta(hours=1), timedelta(days=10)), "due")
        self.assertEqual(attention(watch, later(41), timedelta(hours=1), timedelta(days=10)), "unattended")

    def test_deadlines(self):
        """A date that the customer knows beats the working hours that the house allows."""
        allowed, promised, answer, due = (datetime(2026, 5, day) for day in (1, 2, 3, 4))
        every = Dates(allowed, promised, answer, due)
        for key, date in (
            ("entry", allowed),
            ("returns", allowed),
            ("costing", answer),
            ("fulfilment", promised),
            ("billing", due),
            ("done", None),
        ):
            with self.subTest(key):
                self.assertEqual(stage_deadline(key, every), date)
                self.assertEqual(stage_deadline(key, Dates(allowed)), None if key == "done" else allowed)

    def test_opportunities(self):
        """Until it is qualified, until it has a quotation; closed ones are nowhere."""
        for stage, facts in (
            ("planning", OpportunityFacts(True, is_qualified=False)),
            ("generation", OpportunityFacts(True)),
            (None, OpportunityFacts(True, has_quotation=True)),
            (None, OpportunityFacts(False)),
            (None, OpportunityFacts(False, is_qualified=False)),
        ):
            with self.subTest(stage=stage, facts=facts):
                self.assertEqual(opportunity_stage(facts), stage)
