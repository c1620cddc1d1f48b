"""Who sees which facts."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .facts_common import FactsCommon


@tagged("post_install", "-at_install")
class TestFactsAccess(FactsCommon):
    """Two orders: that of the seller with 2 h x 40.00, that of the other seller with 1 h x 40.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_order = cls._make_order(user_id=cls.other_seller.id)
        cls._log(2)
        cls._log(1, task=cls.other_order.order_line.task_id[:1])
        cls.env.flush_all()
        cls.orders = cls.order | cls.other_order

    def _costs_for(self, user):
        """Cost by order as ``user`` sees it, in one pivot and in the list."""
        report = self.env["order.postcalc.report"].with_user(user)
        domain = [("order_id", "in", self.orders.ids), ("kind", "=", "labour")]
        pivot = dict(report._read_group(domain, ["order_id"], ["actual_cost:sum"]))
        facts = report.search(domain)
        self.assertEqual(sum(facts.mapped("actual_cost")), sum(pivot.values()))
        return {order.id: cost for order, cost in pivot.items()}

    def test_seller_sees_own_orders(self):
        self.assertEqual(self._costs_for(self.seller), {self.order.id: 80.0})
        self.assertEqual(self._costs_for(self.other_seller), {self.other_order.id: 40.0})

    def test_orders_of_nobody(self):
        self.other_order.user_id = False
        self.env.flush_all()
        self.assertEqual(self._costs_for(self.seller), {self.order.id: 80.0, self.other_order.id: 40.0})

    def test_all_orders(self):
        everything = {self.order.id: 80.0, self.other_order.id: 40.0}
        company = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)]}
        controller = new_test_user(self.env, "joinery_all", "order_postcalc.group_all", **company)
        for user in (controller, self.manager, self.bookkeeper, self.bookkeeper_all):
            with self.subTest(user=user.login):
                self.assertEqual(self._costs_for(user), everything)

    def test_others_see_nothing(self):
        for user in (self.technician, self.customer_user, self.stranger_user, self.env.ref("base.public_user")):
            with self.subTest(user=user.sudo().login):
                report = self.env["order.postcalc.report"].with_user(user)
                with self.assertRaises(AccessError):
                    report.search([])
                with self.assertRaises(AccessError):
                    report._read_group([], [], ["actual_cost:sum"])

    def test_other_company_never(self):
        other = self.env["res.company"].create({"name": "Another joinery"})
        stranger = new_test_user(
            self.env,
            "other_manager",
            "order_postcalc.group_manager,sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        # Nor is it mixed into the figures of somebody who works in both, unless he has chosen both.
        stranger.company_ids |= self.company
        for companies, expected in ((other, []), (other | self.company, [(80.0,)])):
            report = self.env["order.postcalc.report"].with_user(stranger)
            report = report.with_context(allowed_company_ids=companies.ids)
            domain = [("order_id", "=", self.order.id), ("kind", "=", "labour")]
            self.assertEqual(
                report._read_group(domain, ["order_id"], ["actual_cost:sum"])
                and report._read_group(domain, [], ["actual_cost:sum"]),
                expected,
            )
            self.assertEqual(sum(report.search(domain).mapped("actual_cost")), 80.0 if expected else 0.0)

    def test_employees_for_coaches_only(self):
        report = self.env["order.postcalc.report"]
        domain = [("order_id", "in", self.orders.ids), ("kind", "=", "labour")]
        for user in (self.seller, self.manager, self.bookkeeper, self.bookkeeper_all):
            with self.subTest(user=user.login):
                mine = report.with_user(user)
                self.assertNotIn("employee_id", mine.fields_get())
                for ask in (
                    lambda mine=mine: mine._read_group(domain, ["employee_id"], ["actual_cost:sum"]),
                    lambda mine=mine: mine.formatted_read_group(domain, ["employee_id"], ["actual_cost:sum"]),
                    lambda mine=mine: mine.search([*domain, ("employee_id", "=", self.employee.id)]),
                    lambda mine=mine: mine.search(domain, order="employee_id"),
                    lambda mine=mine: mine.search(domain).read(["employee_id"]),
                ):
                    with self.assertRaises(AccessError):
                        ask()

    def test_a_coach_sees_his_own_employees(self):
        """The cost is there for him, and whose it is only where he is the coach or the manager."""
        coach = self.bookkeeper_all
        coach.group_ids |= self.env.ref("order_postcalc.group_coach")
        report = self.env["order.postcalc.report"].with_user(coach)
        domain = [("order_id", "in", self.orders.ids), ("kind", "=", "labour")]
        nobody = self.env["hr.employee"]
        self.assertEqual(report._read_group(domain, ["employee_id"], ["actual_cost:sum"]), [(nobody, 120.0)])
        self.assertFalse(report.search([*domain, ("employee_id", "=", self.employee.id)]))
        for role in ("coach_id", "parent_id"):
            self.employee.write({"coach_id": False, "parent_id": False})
            self.employee[role] = coach.employee_id or self._make_employee(coach, 0.0)
            with self.subTest(role=role):
                self.assertEqual(
                    report._read_group(domain, ["employee_id"], ["actual_cost:sum"]), [(self.employee, 120.0)]
                )
