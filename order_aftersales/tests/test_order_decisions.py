import runpy
from pathlib import Path

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import AftersalesCommon

MIGRATION = Path(__file__).parents[1] / "migrations" / "19.0.1.1.0" / "post-migration.py"


@tagged("post_install", "-at_install")
class TestOrderDecisions(AftersalesCommon):
    """Where people decide: who may, who has to, and what it changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entry, cls.selection = cls._stage("entry"), cls._stage("selection")
        cls.entry.department_id = cls.sales_department
        cls.entry.codeciding_department_ids = cls.workshop
        cls.waiting = cls._make_order(lines=[(cls.fitting, 4)])

    def test_each_department_has_to_say_yes(self):
        order = self.waiting
        self.assertEqual(order.decision_waits_for, "Sales, Workshop")
        order.with_user(self.seller).action_stage_yes()
        self.assertEqual(order.order_stage_id, self.entry)
        self.assertEqual(order.decision_waits_for, "Workshop")
        order.with_user(self.technician).action_stage_yes()
        self.assertEqual(order.order_stage_id, self.selection)
        decisions = order.stage_decision_ids.sorted("id")
        self.assertEqual(decisions.user_id, self.seller | self.technician)
        self.assertEqual(decisions.mapped("department_id.name"), ["Sales", "Workshop"])
        self.assertIn("yes to “Entry checked”", order.message_ids[0].body)

    def test_order_that_was_decided_on_is_kept(self):
        """Cancelled orders can be deleted, with a decision or a moved promise they can't."""
        moved, free = self._make_order(lines=[(self.fitting, 1)]), self._make_order(lines=[(self.fitting, 1)])
        moved.commitment_date = "2030-01-01 12:00:00"
        moved.commitment_date = "2030-01-03 12:00:00"
        self.waiting.with_user(self.seller).action_stage_yes()
        (self.waiting | moved | free)._action_cancel()
        for order in (self.waiting, moved):
            with self.assertRaisesRegex(UserError, "stays on file"):
                order.unlink()
        free.unlink()

    def test_a_no_stops_it(self):
        """The reason is asked for, and the others' yes stays."""
        order = self.waiting
        order.with_user(self.seller).action_stage_yes()
        action = order.with_user(self.planner).action_stage_no()
        with Form(self.env[action["res_model"]].with_user(self.planner).with_context(**action["context"])) as form:
            form.note = "The address is missing"
        form.record.action_refuse()
        self.assertEqual(order.order_stage_id, self.entry)
        self.assertEqual(order.decision_waits_for, "Workshop")
        self.assertEqual(order.stage_decision_ids.sorted("id")[-1].note, "The address is missing")
        self.assertIn("The address is missing", order.message_ids[0].body)
        order.with_user(self.planner).action_stage_yes()
        self.assertEqual(order.order_stage_id, self.selection)

    def test_a_yes_taken_back(self):
        """The last word counts, as long as the order is still there."""
        order = self.waiting
        order.with_user(self.seller)._decide("yes")
        order.with_user(self.seller)._decide("no", "Wrong price")
        order.with_user(self.technician)._decide("yes")
        self.assertEqual(order.order_stage_id, self.entry)

    def _take_back(self, decisions, user, note="Wrong price"):
        """As the button and its dialog do it."""
        action = decisions.with_user(user).action_take_back()
        with Form(self.env[action["res_model"]].with_user(user).with_context(**action["context"])) as form:
            form.note = note
        form.record.action_refuse()

    def test_a_yes_taken_back_when_the_order_has_gone_on(self):
        """Who has said it takes it back, or a leader; it is noted, and the order waits there again."""
        order = self.waiting
        for user in (self.seller, self.technician):
            order.with_user(user).action_stage_yes()
        self.assertEqual(order.order_stage_id, self.selection)
        decision = order.stage_decision_ids.filtered(lambda one: one.user_id == self.technician)
        self.assertEqual(order.with_user(self.technician).taken_back_name, "Take Back: Entry checked")
        for stranger in (self.service, self.storekeeper):
            self.assertFalse(order.with_user(stranger).taken_back_name)
            with self.assertRaisesRegex(AccessError, f"of {order.name} is taken back by"):
                decision.with_user(stranger).action_take_back()
            with self.assertRaises(AccessError):
                decision.with_user(stranger)._take_back("Because")
        self._take_back(decision, self.technician)
        self.assertEqual((order.order_stage_id, order.decision_waits_for), (self.entry, "Workshop"))
        last = order.stage_decision_ids.sorted("id")[-1]
        self.assertEqual((last.answer, last.user_id, last.department_id), ("withdrawn", self.technician, self.workshop))
        self.assertIn("is taken back. Wrong price", order.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "no yes to “Entry checked”"):
            decision.with_user(self.technician).action_take_back()
        order.with_user(self.technician).action_stage_yes()
        self.assertEqual(order.order_stage_id, self.selection)
        self._take_back(order.stage_decision_ids.filtered("is_last")[0], self.planner)  # leads projects
        self.assertEqual(order.order_stage_id, self.entry)

    def test_a_yes_of_several_departments_taken_back(self):
        """Who speaks for both takes both back at once."""
        order = self.waiting.with_user(self.manager)
        order.action_stage_yes()
        action = order.action_take_back_decision()
        wizard = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
        wizard.create({"note": "Wrong address"}).action_refuse()
        self.assertEqual((order.order_stage_id, order.decision_waits_for), (self.entry, "Sales, Workshop"))

    def test_a_yes_that_the_work_has_overtaken(self):
        """What is delivered can't wait for its check any more."""
        order = self.waiting
        self._pass_decisions(order)
        self.assertEqual(order.with_user(self.manager).taken_back_name, "Take Back: Schedule agreed")
        self._deliver(order)
        decision = order.stage_decision_ids[:1].with_user(self.manager)
        self.assertFalse(decision.can_take_back or order.with_user(self.manager).taken_back_name)
        with self.assertRaisesRegex(UserError, f"{order.name} has gone on"):
            decision.action_take_back()
        with self.assertRaisesRegex(UserError, "no yes"):
            order.with_user(self.manager).action_take_back_decision()

    def test_buttons_name_what_is_decided(self):
        """On the card and on both forms the yes names the decision, and stands in one box with it."""
        order = self.waiting.with_user(self.seller)
        self.assertEqual((order.decision_yes, order.decision_no), ("Yes: Entry checked", "No: Entry checked"))
        for name, view_type in (
            ("order_aftersales.sale_order_view_form_board", "form"),
            ("sale.view_order_form", "form"),
            ("order_aftersales.sale_order_view_kanban_board", "kanban"),
        ):
            arch = etree.fromstring(order.get_view(self.env.ref(name).id, view_type)["arch"])
            with self.subTest(name):
                (button,) = arch.xpath("//button[@name='action_stage_yes'][.//field[@name='decision_yes']]")
                self.assertTrue(button.getparent().xpath("./button[@name='action_stage_no']"))

    def test_decisions_of_before_the_upgrade(self):
        """Of what a department has said to the same order and stage, the last counts; other departments' stay."""
        order = self.waiting
        for user, answer in ((self.seller, "yes"), (self.planner, "no"), (self.seller, "no"), (self.seller, "yes")):
            order.with_user(user)._decide(answer, "Because")
        decisions = order.stage_decision_ids.sorted("id")
        self.env.flush_all()
        self.env.cr.execute("UPDATE order_stage_decision SET is_last = TRUE WHERE id IN %s", [decisions._ids])
        runpy.run_path(str(MIGRATION))["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual(decisions.mapped("is_last"), [False, True, False, True])

    def test_others_may_not(self):
        for user in (self.storekeeper, self.bookkeeper, self.service):
            with self.subTest(user.login):
                order = self.waiting.with_user(user)
                self.assertFalse(order.can_decide_stage)
                with self.assertRaisesRegex(AccessError, f"of {order.name} is decided by Sales, Workshop"):
                    order.action_stage_yes()
        self.assertFalse(self.waiting.stage_decision_ids)

    def test_other_seller_does_not_see_it(self):
        """Sellers with their own documents only: what they can't read they can't decide."""
        with self.assertRaises(AccessError):
            self.waiting.with_user(self.other_seller).action_stage_yes()

    def test_portal_may_not(self):
        self.waiting.message_subscribe(self.customer.ids)
        with self.assertRaises(AccessError):
            self.waiting.with_user(self.customer_user)._decide("yes")

    def test_manager_speaks_for_all(self):
        """Who keeps the map may decide where others are missing; it is written down that it was him."""
        self.waiting.with_user(self.manager).action_stage_yes()
        self.assertEqual(self.waiting.order_stage_id, self.selection)
        self.assertEqual(self.waiting.stage_decision_ids.user_id, self.manager)
        self.assertEqual(len(self.waiting.stage_decision_ids), 2)

    def test_part_of_a_department(self):
        """Who works in a part of it speaks for the department."""
        bench = self.env["hr.department"].create(
            {"name": "Bench room", "parent_id": self.workshop.id, "company_id": self.company.id}
        )
        self.technician.with_company(self.company).employee_id.department_id = bench
        self.assertTrue(self.waiting.with_user(self.technician).can_decide_stage)

    def test_leaders_only(self):
        self._pass_decisions(self.waiting, "entry")
        self.assertFalse(self.waiting.with_user(self.seller).can_decide_stage)
        with self.assertRaisesRegex(AccessError, "decided by leaders"):
            self.waiting.with_user(self.seller).action_stage_yes()
        # the head of the workshop leads projects
        self.waiting.with_user(self.planner).action_stage_yes()
        self.assertEqual(self.waiting.order_stage_id.code, "scheduling")

    def test_nothing_to_decide(self):
        order = self._make_order(lines=[(self.window, 1)], confirm=False)
        self.assertFalse(order.is_decision_due)
        with self.assertRaisesRegex(UserError, f"Nothing is to be decided about {order.name}"):
            order.with_user(self.manager).action_stage_yes()

    def test_several_at_once(self):
        """All or none: one that is not to be decided is named, and nothing is written for the others."""
        other = self._make_order(lines=[(self.fitting, 1)])
        (self.waiting + other).with_user(self.manager).action_stage_yes()
        self.assertEqual((self.waiting + other).order_stage_id, self.selection)
        quotation = self._make_order(lines=[(self.window, 1)], confirm=False)
        before = self.env["order.stage.decision"].search_count([])
        with self.assertRaisesRegex(UserError, quotation.name):
            (other + quotation).with_user(self.manager).action_stage_yes()
        self.assertEqual(self.env["order.stage.decision"].search_count([]), before)

    def test_decisions_stay(self):
        self._pass_decisions(self.waiting, "entry")
        with self.assertRaisesRegex(UserError, "stays as it was made"):
            self.waiting.stage_decision_ids.write({"answer": "no"})
        for user in (self.seller, self.planner, self.manager):
            decision = self.waiting.stage_decision_ids.with_user(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                decision.unlink()
        with self.assertRaises(AccessError):
            self.env["order.stage.decision"].with_user(self.manager).create(
                {
                    "order_id": self.waiting.id,
                    "stage_id": self.selection.id,
                    "user_id": self.seller.id,
                    "date": "2026-01-01",
                    "answer": "yes",
                }
            )

    def test_nobody_goes_around_it(self):
        """What this add-on keeps on an order is nobody's to write, over RPC either: each field, whoever it is."""
        other = {
            "boolean": True, "char": "x", "text": "x", "integer": 7, "float": 7.0, "json": {"x": 7},
            "date": "2026-12-24", "datetime": "2026-12-24 12:00:00", "many2many": [Command.link(self.seller.id)],
        }  # fmt: skip
        others = {"order_stage_id": self._stage("done").id, "priority_override_by_id": self.seller.id}
        for user in (self.seller, self.manager, self.env.user):
            order = self.waiting.with_user(user)
            kept = {name for name in order._get_kept_fields() if order._fields[name]._module == "order_aftersales"}
            self.assertGreaterEqual(
                kept,
                {
                    "order_stage_id", "stage_entered_on", "stage_deadline", "is_order_open", "are_decisions_waived",
                    "hold_until", "first_promised_date", "is_perfect",
                    "priority_score", "priority_override", "selection_decision", "has_held_invoice",
                },
            )  # fmt: skip
            for name in sorted(kept):
                field = order._fields[name]
                value = others.get(name) or other.get(field.type) or field.get_values(self.env)[-1]
                if not field.relational and self.waiting.sudo()[name] == value:
                    value = False  # what it holds says nothing new; to empty it would
                with (
                    self.subTest(user.login, field=name),
                    self.assertRaisesRegex(UserError, "can't be (written|chang)"),
                ):
                    order.write({name: value})
        self.assertEqual(self.waiting.order_stage_id, self.entry)

    def test_nobody_begins_around_it(self):
        """A new order is asked for its decisions, whatever the one who makes it, his context or his defaults say."""
        vals = {"partner_id": self.customer.id, "are_decisions_waived": True}
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self.env["sale.order"].with_user(self.manager).create(vals)
        self.env["ir.default"].set("sale.order", "are_decisions_waived", True)
        orders = self.env["sale.order"].with_user(self.seller).with_context(default_are_decisions_waived=True)
        self.assertFalse(orders.create({"partner_id": self.customer.id}).are_decisions_waived)

    def test_before_the_stages(self):
        """Nobody is asked about what was confirmed before they were introduced."""
        self.waiting._as_transition().are_decisions_waived = True
        self.assertEqual(self.waiting.order_stage_id.code, "fulfilment")
        self.assertFalse(self.waiting.is_decision_due)

    def test_billing_is_released(self):
        """The decision at billing moves nothing: it is said in the order, and asked for until it is."""
        order = self._make_order(lines=[(self.window, 1)])
        self._pass_decisions(order)
        self.assertEqual(order.order_stage_id.code, "billing")
        self.assertEqual(order.decision_name, "Billing released")
        self._pass_decisions(order, "billing")
        self.assertEqual(order.order_stage_id.code, "billing")
        self.assertFalse(order.is_decision_due)

    def test_waits_for_my_decision(self):
        """The filter of the board finds what a user may decide, and no longer when his department has said yes."""
        orders = self.env["sale.order"]

        def found(user):
            return self.waiting in orders.with_user(user).search([("is_my_decision", "=", True)])

        self.assertTrue(found(self.seller) and found(self.technician))
        self.assertFalse(found(self.storekeeper))
        self.waiting.with_user(self.seller)._decide("yes")
        self.assertFalse(found(self.seller))
        self.assertTrue(found(self.technician))
        self.assertFalse(self.waiting.with_user(self.seller).is_my_decision)

    def test_taken_back_waits_again(self):
        """Sales says yes, then no: the order waits for Sales again, and the filter says so."""
        self.waiting.with_user(self.seller)._decide("yes")
        self.waiting.with_user(self.seller)._decide("no", "Wrong price")
        self.assertEqual(self.waiting.decision_waits_for, "Sales, Workshop")
        orders = self.env["sale.order"].with_user(self.seller)
        self.assertIn(self.waiting, orders.search([("is_my_decision", "=", True)]))
        self.assertTrue(self.waiting.with_user(self.seller).is_my_decision)
        self.waiting.with_user(self.seller)._decide("yes")
        self.assertNotIn(self.waiting, orders.search([("is_my_decision", "=", True)]))

    def test_speaks_for_two_departments(self):
        """The manager speaks for both: as long as one of them has not said yes, the order waits for him."""
        orders = self.env["sale.order"].with_user(self.manager)
        self.waiting.with_user(self.seller)._decide("yes")
        self.assertIn(self.waiting, orders.search([("is_my_decision", "=", True)]))
        self.assertTrue(self.waiting.with_user(self.manager).can_decide_stage)

    def test_what_others_say_changes_no_word(self):
        """Sales and workshop have said yes, accounting hasn't: Sales isn't asked again, nor when the order goes on."""
        self.entry.codeciding_department_ids |= self.accounting
        self.waiting.with_user(self.seller)._decide("yes")
        self.waiting.with_user(self.technician)._decide("yes")
        self.assertFalse(self.waiting.with_user(self.seller).is_my_decision)
        self.assertTrue(self.waiting.with_user(self.bookkeeper).is_my_decision)
        self.waiting.with_user(self.bookkeeper)._decide("yes")
        self.selection.department_id = self.sales_department
        self._pass_decisions(self.waiting, "selection")
        self.assertEqual(self.waiting.stage_decision_ids.mapped("is_last"), [True] * 4)

    def test_waived_orders_wait_for_nobody(self):
        """Confirmed before the stages were introduced, to be invoiced now: nobody is asked to release the bill."""
        order = self._make_order(lines=[(self.window, 1)])
        order._as_transition().are_decisions_waived = True
        self.assertEqual(order.order_stage_id.code, "billing")
        self.assertFalse(order.is_decision_due)
        found = self.env["sale.order"].with_user(self.manager).search([("is_my_decision", "=", True)])
        self.assertNotIn(order, found)

    def test_cancelled_orders_wait_for_nobody(self):
        """Its invoice is open, so it is in billing; nobody is asked to release it any more."""
        order = self._make_order(lines=[(self.window, 1)])
        order._create_invoices().action_post()
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(order.order_stage_id.code, "billing")
        self.assertFalse(order.is_decision_due)
        self.assertNotIn(order, self.env["sale.order"].with_user(self.manager).search([("is_my_decision", "=", True)]))

    def test_documents_are_not_decided(self):
        """In fulfilment nobody is asked for a yes, whoever he is."""
        self._pass_decisions(self.waiting)
        self.assertEqual(self.waiting.order_stage_id.code, "fulfilment")
        order = self.waiting.with_user(self.manager)
        self.assertFalse(order.is_decision_due or order.can_decide_stage or order.decision_waits_for)
        self._stage("fulfilment").department_id = self.sales_department
        order.invalidate_recordset()
        self.assertFalse(order.is_decision_due or order.can_decide_stage or order.decision_waits_for)

    def test_yes_counts_where_it_was_said(self):
        """Sales has said yes to the entry; the selection, where Sales decides, too, waits for it again."""
        self.selection.department_id = self.sales_department
        self._pass_decisions(self.waiting, "entry")
        self.assertEqual(self.waiting.decision_waits_for, "Sales")
        self.assertIn(
            self.waiting, self.env["sale.order"].with_user(self.manager).search([("is_my_decision", "=", True)])
        )
        self._pass_decisions(self.waiting, "selection")
        said = [
            message for message in self.waiting.message_ids if "yes to “Accepted, with its priority”" in message.body
        ]
        self.assertEqual(len(said), 1)

    def test_leader_of_another_department(self):
        """He is a leader, but this is decided by accounting: he is told so."""
        self.selection.department_id = self.accounting
        self._pass_decisions(self.waiting, "entry")
        with self.assertRaisesRegex(AccessError, "is decided by Accounting"):
            self.waiting.with_user(self.planner).action_stage_yes()

    def test_mine_and_coming(self):
        """Who is in charge, helps or decides has it now; who comes next in the map sees it coming."""
        self._stage("selection").department_id = self.sales_department
        self._stage("scheduling").department_id = self.warehouse_department
        orders = self.env["sale.order"]

        def found(user, name):
            in_list = self.waiting in orders.with_user(user).search([(name, "=", True)])
            self.assertEqual(in_list, self.waiting.with_user(user)[name])
            return in_list

        self.assertTrue(found(self.seller, "is_mine_now") and found(self.technician, "is_mine_now"))
        self.assertFalse(found(self.storekeeper, "is_mine_now") or found(self.storekeeper, "is_coming_to_me"))
        self._pass_decisions(self.waiting, "entry")
        self.assertTrue(found(self.storekeeper, "is_coming_to_me"))
        self.entry.codeciding_department_ids = [Command.clear()]
        self._pass_decisions(self.waiting, "selection")
        self.assertTrue(found(self.storekeeper, "is_mine_now"))
        self.assertFalse(found(self.storekeeper, "is_coming_to_me"))
        # the seller looks after it
        self.assertTrue(found(self.seller, "is_mine_now"))
        self.assertFalse(found(self.technician, "is_mine_now"))
