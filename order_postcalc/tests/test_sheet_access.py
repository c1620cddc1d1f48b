"""Who sees what an order has cost: on the screen, on paper, in the spreadsheet and by RPC."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .test_sheet import SheetCommon


@tagged("post_install", "-at_install")
class TestSheetAccess(SheetCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self._log(5)
        self.stranger = new_test_user(
            self.env,
            "joinery_far_away",
            "sales_team.group_sale_manager,order_postcalc.group_manager,account.group_account_invoice",
            company_id=self.company_data_2["company"].id,
            company_ids=[Command.set(self.company_data_2["company"].ids)],
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_data_2 = cls.setup_other_company()

    def _fetch(self, user, path):
        self.env.flush_all()
        self.authenticate(user.login, user.login)
        return self.url_open(path, allow_redirects=False)

    def test_who_may(self):
        for user in (self.seller, self.manager, self.bookkeeper):
            sheet = self.order.with_user(user).get_postcalc_sheet()
            self.assertEqual(sheet["total"]["cells"]["cost"]["actual"], 200, user.login)

    def test_who_may_not(self):
        for user in (self.other_seller, self.technician, self.customer_user, self.stranger_user, self.stranger):
            with self.assertRaises(AccessError, msg=user.login):
                self.order.with_user(user).get_postcalc_sheet()

    def test_no_names_of_employees(self):
        """What a colleague has worked is for his coach only: the sheet knows orders, activities and kinds."""
        self._log(30, employee=self.other_employee)
        text = str(self.order.with_user(self.seller).get_postcalc_sheet())
        for employee in (self.employee, self.other_employee):
            self.assertNotIn(employee.name, text)

    def test_spreadsheet_route(self):
        """As for the facts: who may not export gets no file, and no button for it."""
        path = f"/order_postcalc/sheet/{self.order.id}.xlsx"
        self.seller.group_ids |= self.env.ref("base.group_allow_export")
        response = self._fetch(self.seller, path)
        self.assertEqual(response.status_code, 200)
        self.assertIn(self.order.name, response.headers["Content-Disposition"])
        self.assertTrue(self.order.with_user(self.seller).get_postcalc_sheet()["header"]["can_export"])
        self.seller.group_ids -= self.env.ref("base.group_allow_export")
        self.assertFalse(self.order.with_user(self.seller).get_postcalc_sheet()["header"]["can_export"])
        self.assertEqual(self._fetch(self.seller, path).status_code, 404)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(path, allow_redirects=False).headers["Location"])

    def test_spreadsheet_route_tells_no_stranger_what_exists(self):
        """An order that is not his and one that does not exist: the same answer."""
        # A number that no order has had or will have.
        paths = [f"/order_postcalc/sheet/{order_id}.xlsx" for order_id in (self.order.id, 2**31 - 1)]
        for user in (self.other_seller, self.technician, self.customer_user, self.stranger):
            hidden, missing = (self._fetch(user, path) for path in paths)
            self.assertEqual((hidden.status_code, missing.status_code), (404, 404), user.login)
            self.assertNotIn(self.order.name, hidden.text, user.login)
            self.assertNotIn("spreadsheet", hidden.headers["Content-Type"], user.login)
        self.assertEqual(self._fetch(self.seller, paths[1]).status_code, 404)

    def test_report_route(self):
        path = f"/report/html/order_postcalc.report_order_postcalc_sheet/{self.order.id}"
        response = self._fetch(self.seller, path)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Fitted wardrobe", response.text)
        for user in (self.other_seller, self.technician, self.customer_user, self.stranger):
            response = self._fetch(user, path)
            self.assertNotEqual(response.status_code, 200, user.login)
            self.assertNotIn("3,120.00", response.text)

    def test_no_button_for_technicians(self):
        for user, sees in ((self.seller, True), (self.technician, False)):
            arch = self.env["project.project"].with_user(user).get_view(view_type="form")["arch"]
            self.assertEqual("action_view_postcalc" in arch, sees, user.login)
            buttons = self.order.order_line.task_id.project_id.with_user(user)._get_stat_buttons()
            self.assertEqual("action_view_postcalc" in [button["action"] for button in buttons], sees, user.login)
        arch = self.env["sale.order"].with_user(self.seller).get_view(view_type="form")["arch"]
        self.assertIn("action_view_postcalc_sheet", arch)

    def test_closings_of_own_orders_only(self):
        self.order.with_user(self.manager).action_close_postcalc()
        Closing = self.env["order.postcalc.closing"]
        for user, count in ((self.seller, 1), (self.manager, 1), (self.other_seller, 0), (self.stranger, 0)):
            self.assertEqual(
                Closing.with_user(user).search_count([("order_id", "=", self.order.id)]), count, user.login
            )
        with self.assertRaises(AccessError):
            Closing.with_user(self.technician).search([])

    def test_project_opens_its_order(self):
        """One order: its sheet. Two: a list to choose from. Somebody else's: none."""
        project = self.order.order_line.task_id.project_id
        action = project.with_user(self.seller).action_view_postcalc()
        self.assertEqual((action["tag"], action["context"]), ("order_postcalc.sheet", {"active_id": self.order.id}))
        second = self._make_order(project_id=project.id)
        action = project.with_user(self.seller).action_view_postcalc()
        self.assertEqual(set(action["domain"][0][2]), {self.order.id, second.id})
