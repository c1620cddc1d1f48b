from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ..jobs import go_through
from .common import ChangeOrderCommon
from .jobs_common import JobsCommon


@tagged("post_install", "-at_install")
class TestGoThrough(JobsCommon, TransactionCase):
    module = "order_extension"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.partner"].create([{"name": f"Person {number}"} for number in range(5)])
        cls.kept = []

        def commit(job, processed=0, remaining=None):
            cls.kept.append(remaining if remaining is not None else -processed)
            return cls.seconds_left

        cls.seconds_left = 60
        cls.classPatch(cls.registry["ir.cron"], "_commit_progress", commit)

    def test_one_fails_in_a_batch(self):
        """The fourth fails: its batch of 3 and 4 is undone and tried again one by one; 1, 2, 3 and 5 are kept."""
        self.kept.clear()
        self._refuse(self.people[3], "comment IS NOT NULL")
        with self.assertLogs("odoo.addons.order_extension.jobs", "WARNING") as logged:
            in_time = go_through(self.people, lambda some: some.write({"comment": "seen"}), batch=2)
        self.assertTrue(in_time)
        self.assertEqual([bool(person.comment) for person in self.people], [True, True, True, False, True])
        self.assertEqual(self.kept, [5, -2, -2, -1])
        texts = [record.getMessage() for record in logged.records]
        self.assertEqual(len(texts), 2)
        self.assertIn(f"res.partner({self.people[3].id},)", texts[0])
        self.assertIn("1 of Contact failed", texts[1])

    def test_time_is_over(self):
        """What was kept is kept, and the next run begins behind it."""
        self.kept.clear()
        self.seconds_left = type(self).seconds_left = 0
        try:
            self.assertFalse(go_through(self.people, lambda some: some.write({"comment": "seen"}), batch=2))
        finally:
            type(self).seconds_left = 60
        self.assertEqual([bool(person.comment) for person in self.people], [True, True, False, False, False])
        self.assertTrue(go_through(self.people.browse(), lambda some: some.unlink()))


@tagged("post_install", "-at_install")
class TestJobsOfChangeOrders(JobsCommon, ChangeOrderCommon):
    module = "order_extension"

    def test_one_offer_that_cannot_expire(self):
        bad, good = self._make_change(send=True), self._make_change(send=True)
        (bad | good)._as_transition().write({"validity_date": fields.Date.today() - timedelta(days=1)})
        self._refuse(bad, "state = 'expired'")
        self.assertIn(str(bad), self._run_job("order_extension.ir_cron_expire_change_orders")[0])
        self.assertEqual((bad | good).mapped("state"), ["sent", "expired"])

    def test_one_customer_who_cannot_be_reminded(self):
        self.company.write({"change_order_reminder_days": 3, "change_order_reminder_max": 2})
        with freeze_time("2026-03-02 10:00:00"):
            bad, good = (self._make_change(send=True, validity_date=False) for _number in range(2))
        self._refuse(bad, "reminder_count > 0")
        with freeze_time("2026-03-05 06:00:00"):
            self.assertIn(str(bad), self._run_job("order_extension.ir_cron_chase_change_orders")[0])
        self.assertEqual((bad | good).mapped("reminder_count"), [0, 1])
