from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PostcalcCommon


@tagged("post_install", "-at_install")
class TestPlan(PostcalcCommon):
    def _plan(self, kind):
        [(hours, cost, revenue)] = self._facts(
            ("kind", "=", kind), measures=["planned_hours:sum", "planned_cost:sum", "planned_revenue:sum"]
        )
        return hours, cost, revenue

    def test_frozen_at_confirmation(self):
        """8 + 12 h; 2 500 + 12 x 35 + 10 x 20 = 3 120; 4 000 + 720 + 350 = 5 070"""
        self.assertEqual(self._plan("plan"), (20.0, 3120.0, 5070.0))
        line = self._line(self.assembly)
        self.assertEqual((line.planned_hours, line.planned_cost, line.planned_revenue), (12.0, 420.0, 720.0))

    def test_later_costs_change_nothing(self):
        self.assembly.standard_price = 99.0
        self.wardrobe.planned_hours_per_unit = 99.0
        self._line(self.assembly).purchase_price = 99.0
        self.assertEqual(self._plan("plan"), (20.0, 3120.0, 5070.0))

    def test_signature_adds_its_own_plan(self):
        """Ease a window, 85.00 at a cost of 50.00; 2 h of assembly less, -70.00 and -120.00"""
        self._sign(self._make_change(self._add(self.window), self._reduce(self._line(self.assembly), 2), send=True))
        self.assertEqual(self._plan("plan"), (20.0, 3120.0, 5070.0))
        self.assertEqual(self._plan("change"), (-2.0, -20.0, -35.0))
        line = self._line(self.assembly)
        self.assertEqual((line.planned_hours, line.planned_cost, line.planned_revenue), (10.0, 350.0, 600.0))

    def test_amounts_without_dust(self):
        """100.10 - 33.40 is 66.69999999999999 in binary fractions, and 66.70 in money: kept is the money."""
        plan = self.env["order.postcalc.plan"].sudo().create(
            {
                "order_id": self.order.id, "date": "2026-01-05", "name": "Difference", "company_id": self.company.id,
                "cost": 100.1 - 33.4, "revenue": 33.4 - 100.1,
            }
        )  # fmt: skip
        self.env.flush_all()
        self.env.cr.execute("SELECT cost::text, revenue::text FROM order_postcalc_plan WHERE id = %s", [plan.id])
        self.assertEqual(self.env.cr.fetchall(), [("66.7", "-66.7")])

    def test_nobody_rewrites_it(self):
        with self.assertRaisesRegex(UserError, "frozen"):
            self.order.sudo().plan_ids.write({"hours": 1})
        with self.assertRaisesRegex(UserError, "frozen"):
            self.order.sudo().plan_ids.unlink()

    def test_confirmed_anew(self):
        """Cancelled, made a quotation again with 20 h of assembly, confirmed: 8 + 20 h."""
        self.order._action_cancel()
        self.order.action_draft()
        self._line(self.assembly).product_uom_qty = 20
        self.order.action_confirm()
        self.assertEqual(self._plan("plan"), (28.0, 3400.0, 5550.0))

    def test_labour_and_cost(self):
        """3 h at 40.00"""
        self._log(3)
        self.assertEqual(
            self._facts(("kind", "=", "labour"), measures=["actual_hours:sum", "actual_cost:sum"]), [(3.0, 120.0)]
        )

    def test_who_sees_it(self):
        """Sellers that of their own orders; managers all of their companies; technicians and customers none."""
        elsewhere = self.env["res.company"].create({"name": "Another joinery"})
        stranger = new_test_user(
            self.env,
            "joinery_far_away",
            "sales_team.group_sale_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        Plan = self.env["order.postcalc.plan"]
        for user, count in ((self.seller, 3), (self.manager, 3), (self.other_seller, 0), (stranger, 0)):
            with self.subTest(user=user.login):
                self.assertEqual(Plan.with_user(user).search_count([("order_id", "=", self.order.id)]), count)
        for user in (self.technician, self.customer_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Plan.with_user(user).search([])
