from datetime import timedelta
from itertools import pairwise

from odoo import fields
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The joinery's orders on the board, as the demo data tell it; see demo/sale_order_story_demo.xml."""

    def setUp(self):
        super().setUp()
        if not self.env.ref("order_aftersales.order_vance", raise_if_not_found=False):
            self.skipTest("the demo data are not loaded")
        self.people = {
            login: self.env.ref(f"{module}.user_{login}")
            for module, logins in (
                ("order_extension", ("seller", "bookkeeper")),
                ("order_aftersales", ("planner", "storekeeper", "service")),
            )
            for login in logins
        }

    def _order(self, name, module="order_aftersales"):
        return self.env.ref(f"{module}.order_{name}")

    def _orders(self, names):
        return self.env["sale.order"].browse([self._order(name).id for name in names.split()])

    def _ours(self, login, domain):
        """Names of the story's open orders that the user finds by ``domain``."""
        found = self.env["sale.order"].with_user(self.people[login]).search(domain)
        return {
            name.removeprefix("order_")
            for name, id_ in self.env["ir.model.data"]
            .search([("module", "=", "order_aftersales"), ("model", "=", "sale.order")])
            .mapped(lambda data: (data.name, data.res_id))
            if id_ in found.ids
        }

    def test_stages(self):
        """Each stage has an order, or an opportunity, and who is in charge of it looks after it."""
        for name, code, login in (
            ("clinic_2", "generation", "seller"),
            ("bookshop_2", "costing", "seller"),
            ("clark", "entry", "seller"),
            ("vance", "entry", None),
            ("law_2", "selection", "planner"),
            ("duarte", "scheduling", "planner"),
            ("nair", "scheduling", "planner"),
            ("fields", "fulfilment", "planner"),
            ("kindergarten_2", "fulfilment", "planner"),
            ("grant", "billing", "bookkeeper"),
            ("bakery_2", "billing", "bookkeeper"),
            ("brooks_1", "returns", "service"),
            ("clinic_1", "aftersales", "service"),
            ("bakery_1", "done", None),
            ("popup", "done", None),
        ):
            order = self._order(name)
            self.assertEqual(order.order_stage_id.code, code, name)
            self.assertEqual(order.stage_owner_id, self.people.get(login, self.env["res.users"]), name)
        for name, code in (("holm", "planning"), ("guesthouse", "generation")):
            self.assertEqual(self.env.ref(f"order_aftersales.lead_{name}").order_stage_id.code, code)

    def test_the_other_orders_fit_in(self):
        """Nobody is asked about what was confirmed before; somebody looks after each."""
        for name, code, login in (
            ("wardrobe", "fulfilment", "planner"),
            ("door", "fulfilment", "planner"),
            ("hall", "costing", "seller"),
        ):
            order = self._order(name, "order_extension")
            self.assertEqual((order.order_stage_id.code, order.stage_owner_id), (code, self.people[login]), name)

    def test_history(self):
        """The bakery's counter: seven stages, one after the other, none with an end before its beginning."""
        visits = self._order("bakery_1").stage_visit_ids.sorted("id")
        self.assertEqual(
            visits.stage_id.mapped("code"),
            ["costing", "entry", "selection", "scheduling", "fulfilment", "billing", "done"],
        )
        for before, after in pairwise(visits):
            self.assertEqual(before.left_on, after.entered_on)
            self.assertGreater(before.duration_days, 0.0)
        self.assertGreater(visits[0].entered_on, fields.Datetime.now() - timedelta(days=120))
        decided = self._order("bakery_1").stage_decision_ids.mapped("date")
        self.assertTrue(all(visits[0].entered_on < date < visits[-1].entered_on for date in decided))

    def test_a_decision_of_two_departments(self):
        order = self._order("clark")
        self.assertEqual(order.decision_waits_for, "Production")
        decision = order.stage_decision_ids
        self.assertEqual((decision.department_id.name, decision.answer), ("Sales Office", "yes"))
        self.assertTrue(order.with_user(self.people["planner"]).can_decide_stage)
        order.with_user(self.people["planner"]).action_stage_yes()
        self.assertEqual(order.order_stage_id.code, "selection")

    def test_the_unattended_is_found(self):
        unattended = self._orders(
            "clark vance law_2 duarte nair fields kindergarten_2 grant bakery_2 brooks_1 clinic_1"
        )
        unattended = unattended.filtered(lambda order: order.attention == "unattended")
        self.assertEqual(unattended, self._order("vance"))
        self.assertEqual(unattended.attention_reason, "Nobody is responsible.")
        told = unattended.activity_ids.filtered("automated")
        self.assertEqual(told.user_id, self.people["seller"])  # the head of the department

    def test_on_hold(self):
        order = self._order("nair")
        self.assertTrue(order.is_on_hold)
        self.assertEqual(order.hold_reason, "The screed has to dry first")
        self.assertGreater(order.hold_until, fields.Date.today())

    def test_moved_promise(self):
        """Promised for 3 working days ago, now for 4 working days from today, with one or two weekends between."""
        order = self._order("kindergarten_2")
        slip = order.promise_slip_ids
        self.assertEqual(slip.reason_id, self.env.ref("order_aftersales.slip_reason_material_late"))
        self.assertEqual(slip.user_id, self.people["planner"])
        self.assertEqual((slip.old_date, slip.new_date), (order.first_promised_date, order.commitment_date))
        self.assertIn(order.promise_slip_days, (8, 9, 10, 11))
        self.assertTrue(order.is_short_of_stock)
        self.assertLess(slip.moved_on, fields.Datetime.now() - timedelta(days=4))

    def test_promises_kept(self):
        """Of the six orders of the past three are perfect."""
        for name, expected in (
            # on time, in full, undamaged, right papers
            ("bakery_1", (True, True, True, True)),
            ("kindergarten_1", (True, True, True, True)),
            ("clinic_1", (True, True, True, True)),
            ("law_1", (False, True, True, True)),
            ("bookshop_1", (True, False, True, True)),
            ("brooks_1", (True, True, False, True)),
        ):
            order = self._order(name)
            self.assertEqual(
                (order.is_on_time, order.is_in_full, order.is_undamaged, order.has_right_papers), expected, name
            )
            self.assertEqual(order.is_perfect, all(expected), name)
        slip = self._order("law_1").promise_slip_ids
        self.assertEqual(slip.reason_id, self.env.ref("order_aftersales.slip_reason_capacity"))

    def test_held_invoice(self):
        """4 doors were ordered at 540.00, 3 taken; 4 x 560.00 - 3 x 540.00 = 620.00."""
        invoice = self._order("grant").invoice_ids
        self.assertEqual(invoice.state, "draft")
        self.assertTrue(invoice.is_billing_held)
        line = invoice.invoice_line_ids.filtered("billing_issue_kind")
        self.assertEqual((line.billing_expected_qty, line.billing_surplus), (3.0, 620.00))
        for figure in ("4", "3", "560.00", "540.00"):
            self.assertIn(figure, line.billing_issue)
        bookkeeper = self.env.ref("order_extension.user_bookkeeper")
        self.assertTrue(invoice.with_user(bookkeeper).can_override_billing, "one of the logins can let it go")

    def test_selection(self):
        order = self._order("law_2").with_user(self.people["planner"])
        self.assertTrue(order.can_select)
        self.assertIn("goals reached", order.priority_explanation)
        rejected = self._order("popup")
        self.assertEqual((rejected.state, rejected.selection_decision), ("cancel", "rejected"))
        decision = rejected.selection_decision_ids
        self.assertEqual(decision.reason_id, self.env.ref("order_aftersales.order_rejection_reason_capacity"))
        self.assertGreater(order.priority_score, rejected.priority_score)

    def test_claim_and_case(self):
        self.assertEqual(self._order("brooks_1").case_ids.kind, "claim")
        back = self._order("brooks_1").picking_ids.filtered("is_damage_return")
        self.assertEqual((len(back), sum(back.move_ids.mapped("product_uom_qty"))), (1, 1.0))
        self.assertEqual(self._order("clinic_1").case_ids.kind, "maintenance")

    def test_mine_now(self):
        """What each sees as his: what he looks after, and what is in a stage of his department."""
        sales = {"clinic_2", "bookshop_2", "clark", "vance"}
        deciding = {"law_2", "duarte", "nair"}
        work, bills = {"fields", "kindergarten_2"}, {"grant", "bakery_2"}
        for login, expected in (
            ("seller", sales | deciding | bills | {"clinic_1"}),
            ("planner", sales | deciding | work),
            ("storekeeper", work | {"brooks_1"}),
            ("bookkeeper", bills | {"brooks_1"}),
            ("service", {"brooks_1", "clinic_1"}),
        ):
            self.assertEqual(self._ours(login, [("is_mine_now", "=", True)]), expected, login)

    def test_waits_for_my_decision(self):
        for login, expected in (
            ("seller", {"vance"}),
            ("planner", {"clark", "vance", "law_2", "duarte", "nair"}),
            ("storekeeper", set()),
            ("bookkeeper", set()),
            ("service", set()),
        ):
            self.assertEqual(self._ours(login, [("is_my_decision", "=", True)]), expected, login)
