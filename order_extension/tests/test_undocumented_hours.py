"""Hours recorded beyond those that the customer has ordered."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestUndocumentedHours(ChangeOrderCommon):
    """The order has 12 hours of assembly, which has a task."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "task_id" not in cls.env["account.analytic.line"]._fields:
            cls.skipTest(cls, "hr_timesheet is not installed: nobody records hours")
        cls.line = cls.order.order_line.filtered(lambda line: line.product_id == cls.assembly)
        cls.task = cls.line.task_id
        cls.recorder = new_test_user(
            cls.env,
            "joinery_recorder",
            "hr_timesheet.group_hr_timesheet_user,order_extension.group_technician",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            lang="en_US",
        )
        cls.env.user.group_ids |= cls.env.ref("hr.group_hr_user")
        cls.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id, "company_id": cls.company.id}
                for user in (cls.recorder, cls.env.user)
            ]
        )
        cls.task.user_ids |= cls.recorder

    def _record(self, hours, task=None, user=None, **values):
        task = task or self.task
        return (
            self.env["account.analytic.line"]
            .with_user(user or self.recorder)
            .create(
                {
                    "name": "/",
                    "project_id": task.project_id.id,
                    "task_id": task.id,
                    "unit_amount": hours,
                    **values,
                }
            )
        )

    def _notes(self, record, text):
        return record.message_ids.filtered(lambda message: text in (message.body or ""))

    def _assert_noted(self, times):
        self.assertEqual(len(self._notes(self.order, "More hours are recorded than were ordered")), times)
        self.assertEqual(len(self._notes(self.task, "More hours are recorded than the customer")), times)

    def test_within_the_order_nothing_happens(self):
        self._record(8)
        self._record(4)
        self.assertEqual(self.line.hours_beyond_order, 0.0)
        self._assert_noted(0)

    def test_noted_once_when_it_is_exceeded(self):
        """10 + 3.5 = 13.5 of 12; then 14.5."""
        self._record(10)
        self._record(3.5)
        self.assertEqual(self.line.hours_beyond_order, 1.5)
        self.assertEqual(self.task.with_user(self.recorder).hours_beyond_order, 1.5)
        self._assert_noted(1)
        self.assertIn("Assembly: 13.5 hours of 12", self._notes(self.order, "More hours").body)
        self._record(1)
        self.assertEqual(self.line.hours_beyond_order, 2.5)
        self._assert_noted(1)

    def test_tasks_are_found(self):
        Task = self.env["project.task"].with_user(self.recorder)
        domain = [("hours_beyond_order", ">", 0), ("id", "=", self.task.id)]
        self.assertFalse(Task.search(domain))
        self._record(13)
        self.assertEqual(Task.search(domain), self.task)

    def test_an_entry_that_is_made_larger(self):
        entry = self._record(12)
        entry.unit_amount = 12.5
        self.assertEqual(self.line.hours_beyond_order, 0.5)
        self._assert_noted(1)

    def test_an_entry_that_is_moved_to_the_task(self):
        workshop = self.env["project.project"].create({"name": "Workshop", "company_id": self.company.id})
        inside = self.env["project.task"].create({"name": "Tidy up", "project_id": workshop.id})
        inside.user_ids = self.recorder
        entry = self._record(13, task=inside)
        self._assert_noted(0)
        entry.write({"task_id": self.task.id, "project_id": self.task.project_id.id})
        self._assert_noted(1)

    def test_several_entries_at_once(self):
        self.env["account.analytic.line"].with_user(self.recorder).create(
            [
                {"name": "/", "project_id": self.task.project_id.id, "task_id": self.task.id, "unit_amount": hours}
                for hours in (7, 7)
            ]
        )
        self.assertEqual(self.line.hours_beyond_order, 2.0)
        self._assert_noted(1)

    def test_deleted_hours_count_no_more(self):
        entry = self._record(13)
        entry.unlink()
        self.assertEqual(self.line.hours_beyond_order, 0.0)

    def test_minutes_that_add_up_to_the_order(self):
        """720 entries of a minute are 12 hours, whatever their sum is in binary."""
        self.env["account.analytic.line"].create(
            [
                {"name": "/", "project_id": self.task.project_id.id, "task_id": self.task.id, "unit_amount": 20 / 60}
                for _number in range(36)
            ]
        )
        self.assertEqual(self.line.hours_beyond_order, 0.0)

    def test_off(self):
        self.company.undocumented_hours_policy = "off"
        self._record(13)
        self._assert_noted(0)
        self.assertEqual(self.line.hours_beyond_order, 1.0)

    def test_block(self):
        self.company.undocumented_hours_policy = "block"
        entry = self._record(12)
        with self.assertRaises(UserError) as caught:
            self._record(0.5)
        for text in (self.task.name, "12 hours", "12.5", "Record an extra"):
            self.assertIn(text, str(caught.exception))
        with self.assertRaises(UserError):
            entry.unit_amount = 13
        self.line.invalidate_recordset()
        self.assertEqual(self.line.hours_beyond_order, 0.0)

    def test_block_lets_mend(self):
        """What was recorded before it was forbidden can be made less, described and deleted."""
        entry = self._record(14)
        self.company.undocumented_hours_policy = "block"
        entry.write({"unit_amount": 13.5})
        entry.write({"name": "Wardrobe set up"})
        self.assertEqual(self.line.hours_beyond_order, 1.5)
        entry.unlink()

    def test_block_notes_what_odoo_records_itself(self):
        self.company.undocumented_hours_policy = "block"
        self._record(13, user=self.env.ref("base.user_root"), employee_id=self.recorder.employee_ids.id)
        self._assert_noted(1)

    def test_extension_on_the_task_adds_its_hours(self):
        """12 h of the order and 3 h of an extension without a task of its own: 15 h."""
        self.company.undocumented_hours_policy = "block"
        hour = self._make_product("Joiner's hour", 65.0, uom_id=self.env.ref("uom.product_uom_hour").id)
        change = self._make_change(self._add(hour, 3), task_id=self.task.id, send=True)
        with self.assertRaises(UserError):
            self._record(13)
        self._sign(change)
        self._record(15)
        self.assertEqual(self.line.hours_beyond_order, 0.0)
        with self.assertRaises(UserError):
            self._record(0.25)

    def test_hours_of_an_extension_count_once(self):
        """Of the extension's 3 h, 2 h are recorded on its own line: 12 + 1 are left for the order's line."""
        hour = self._make_product("Joiner's hour", 65.0, uom_id=self.env.ref("uom.product_uom_hour").id)
        change = self._sign(self._make_change(self._add(hour, 3), task_id=self.task.id, send=True))
        extension = change.line_ids.applied_line_id
        self._record(13)
        self.assertEqual(self.line.hours_beyond_order, 0.0)
        self._record(2, so_line=extension.id, is_so_line_edited=True, user=self.env.user)
        self.assertEqual(extension.hours_beyond_order, 0.0)
        self.assertEqual(self.line.hours_beyond_order, 0.0)
        self._record(1)
        self.assertEqual(self.line.hours_beyond_order, 1.0)

    def test_signature_ends_it(self):
        """13 of 12 h; with 2 h more signed 13 of 14 h; noted again at 15 h."""
        self._record(13)
        self._sign(self._make_change(self._add_hours(2), task_id=self.task.id, send=True))
        self.assertEqual(self.line.hours_beyond_order, 0.0)

    def _add_hours(self, hours):
        product = self._make_product("Joiner's hour", 65.0, uom_id=self.env.ref("uom.product_uom_hour").id)
        return self._add(product, hours)

    def test_reduction_takes_hours_away(self):
        """8 h recorded, of 12 h are 5 h taken off: 1 h beyond."""
        self._record(8)
        self._sign(self._make_change(self._reduce(self.line, 5), send=True))
        self.assertEqual(self.line.hours_beyond_order, 1.0)

    def test_allowed_to_proceed(self):
        if "is_proceeding" not in self.env["sale.change.order"]._fields:
            self.skipTest("nothing can proceed without a signature")
        self.company.undocumented_hours_policy = "block"
        change = self._make_change(self._add_hours(2), task_id=self.task.id)
        change._as_transition().write({"proceed_on": "2026-01-01 10:00:00", "proceed_by": "Lena Sommer"})
        self._record(14)
        self._assert_noted(0)

    def test_hours_given_away_are_not_counted(self):
        self._record(12)
        self._record(1, so_line=False, is_so_line_edited=True, user=self.env.user)
        self.assertEqual(self.line.hours_beyond_order, 0.0)
        self._assert_noted(0)

    def test_days_are_hours(self):
        """2 days are 16 h: 17 h are 1 h beyond."""
        day = self._make_product(
            "Joiner's day", 480.0, service_tracking="task_in_project", uom_id=self.env.ref("uom.product_uom_day").id
        )
        order = self._make_order([(day, 2)])
        self._record(17, task=order.order_line.task_id, user=self.env.user)
        self.assertEqual(order.order_line.hours_beyond_order, 1.0)

    def test_sold_as_a_whole_has_no_hours(self):
        kitchen = self._make_product("Kitchen set up", 3000.0, service_tracking="task_in_project")
        order = self._make_order([(kitchen, 1)])
        self._record(40, task=order.order_line.task_id, user=self.env.user)
        self.assertEqual(order.order_line.hours_beyond_order, 0.0)

    def test_billed_by_what_is_recorded(self):
        """Ordered hours are ordered hours: 5 h of 4 h are noted, and the 5th is not covered: 70.00."""
        hour = self._make_product(
            "Hour as needed",
            70.0,
            service_tracking="task_in_project",
            invoice_policy="delivery",
            service_type="timesheet",
            uom_id=self.env.ref("uom.product_uom_hour").id,
        )
        order = self._make_order([(hour, 4)])
        self._record(5, task=order.order_line.task_id, user=self.env.user)
        self.assertEqual(order.order_line.hours_beyond_order, 1.0)
        self.assertEqual((order.order_line.unsigned_qty, order.order_line.unsigned_amount), (1.0, 70.00))

    def test_no_query_in_a_loop(self):
        """Three times as many entries cost no more queries of ours than a constant number per batch."""
        vals = {"name": "/", "project_id": self.task.project_id.id, "task_id": self.task.id, "unit_amount": 0.1}
        entries = self.env["account.analytic.line"].create([dict(vals) for _number in range(30)])
        entries.sudo().so_line.mapped("order_id.change_order_ids")
        self.env.flush_all()
        with self.assertQueryCount(0):
            entries._answer_hours_beyond_order()
