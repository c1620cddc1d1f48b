from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import PostcalcCommon


@tagged("post_install", "-at_install")
class TestActivity(PostcalcCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workshop = cls.env.ref("order_postcalc.activity_workshop")
        cls.site = cls.env.ref("order_postcalc.activity_assembly")
        cls.travel = cls.env.ref("order_postcalc.activity_travel")
        cls.line = cls.order.order_line.filtered(lambda line: line.product_id == cls.assembly)
        cls.task = cls.line.task_id
        cls.other_task = cls.task.copy({"name": "Cut", "activity_id": cls.workshop.id})

    def test_of_the_product(self):
        self.assembly.activity_id = self.site
        self.assertEqual(self._log(1).activity_id, self.site)
        order = self._make_order()
        self.assertEqual(order.order_line.task_id.activity_id, self.site)

    def test_of_the_task_rather_than_of_the_product(self):
        self.assembly.activity_id = self.site
        self.task.activity_id = self.travel
        self.assertEqual(self._log(1).activity_id, self.travel)

    def test_none(self):
        self.assertFalse(self._log(1).activity_id)

    def test_another_task_moves_the_default(self):
        self.task.activity_id = self.site
        entry = self._log(1)
        entry.task_id = self.other_task
        self.assertEqual(entry.activity_id, self.workshop)

    def test_another_task_leaves_what_was_chosen(self):
        self.task.activity_id = self.site
        entry = self._log(1)
        entry.activity_id = self.travel
        entry.task_id = self.other_task
        self.assertEqual(entry.activity_id, self.travel)
        again = self._log(1, activity_id=self.travel.id)
        again.task_id = self.other_task
        self.assertEqual(again.activity_id, self.travel)

    def test_chosen_to_be_none(self):
        self.task.activity_id = self.site
        entry = self._log(1)
        entry.activity_id = False
        entry.task_id = self.other_task
        self.assertFalse(entry.activity_id)

    def test_the_default_sent_by_a_form_is_not_chosen(self):
        self.task.activity_id = self.site
        entry = self._log(1, activity_id=self.site.id)
        entry.task_id = self.other_task
        self.assertEqual(entry.activity_id, self.workshop)

    def test_in_the_form(self):
        self.task.activity_id = self.site
        form = Form(self.env["account.analytic.line"], "hr_timesheet.hr_timesheet_line_form")
        form.project_id = self.task.project_id
        form.task_id = self.task
        self.assertEqual(form.activity_id, self.site)
        form.task_id = self.other_task
        self.assertEqual(form.activity_id, self.workshop)
        form.activity_id = self.travel
        form.task_id = self.task
        self.assertEqual(form.activity_id, self.travel)

    def test_the_task_changes_what_comes(self):
        self.task.activity_id = self.site
        entry = self._log(1)
        self.task.activity_id = self.travel
        self.assertEqual(entry.activity_id, self.site)
        self.assertEqual(self._log(1).activity_id, self.travel)

    def test_other_cost_has_none(self):
        self.assembly.activity_id = self.site
        cost = self.env["account.analytic.line"].create(
            {"name": "Fuel", "amount": -20, "account_id": self.task.project_id.account_id.id, "so_line": self.line.id}
        )
        self.assertFalse(cost.activity_id)

    def test_technicians_choose_it(self):
        self.technician.group_ids |= self.env.ref("hr_timesheet.group_hr_timesheet_user")
        self.assembly.activity_id = self.site
        entry = (
            self.env["account.analytic.line"]
            .with_user(self.technician)
            .create({"name": "/", "project_id": self.task.project_id.id, "task_id": self.task.id, "unit_amount": 1})
        )
        self.assertEqual(entry.activity_id, self.site)
        entry.activity_id = self.travel
        self.assertEqual(entry.activity_id, self.travel)

    def test_customers_do_not_see_it(self):
        entry = self._log(1)
        self.task.message_subscribe(self.customer.ids)
        with self.assertRaises(AccessError):
            entry.with_user(self.customer_user).read(["activity_id"])
        with self.assertRaises(AccessError):
            self.site.with_user(self.customer_user).read(["name"])

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Another joinery"})
        foreign = self.env["order.activity"].create({"name": "Theirs", "company_id": other.id})
        self.task.project_id.company_id = self.task.company_id = self.company
        with self.assertRaises(UserError):
            self._log(1, activity_id=foreign.id)
        with self.assertRaises(UserError):
            self.task.activity_id = foreign
        with self.assertRaises(UserError):
            self.assembly.activity_id = foreign
        with self.assertRaises(AccessError):
            foreign.with_user(self.technician).read(["name"])

    def test_in_the_analysis_of_odoo(self):
        """2 h on site and 1 h in the workshop"""
        self.task.activity_id = self.site
        self._log(2)
        self._log(1, task=self.other_task)
        self.env.flush_all()
        rows = self.env["timesheets.analysis.report"]._read_group(
            [("project_id", "=", self.task.project_id.id)], ["activity_id"], ["unit_amount:sum"]
        )
        self.assertEqual(dict(rows), {self.site: 2.0, self.workshop: 1.0})
