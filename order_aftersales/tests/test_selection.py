from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_priority import PriorityCommon


@tagged("post_install", "-at_install")
class TestSelection(PriorityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.capacity = cls.env.ref("order_aftersales.order_rejection_reason_capacity")
        cls.stage = cls.env.ref("order_aftersales.order_stage_selection")
        cls.env.ref("order_aftersales.order_stage_entry").is_gate = False
        cls.quotation = cls._make_order([(cls.boards, 10)], confirm=False)

    def _answer(self, orders, user=None, **values):
        wizard = self.env["order.selection.answer"].with_user(user or self.planner)
        values = {"decision": "rejected", "reason_id": self.capacity.id, **values}
        return wizard.create({"order_ids": [Command.set(orders.ids)], **values}).action_answer()

    def _decisions(self, order):
        return [
            (each.decision, each.is_last) for each in self.env["order.selection.decision"].search(
                [("order_id", "=", order.id)], order="id"
            )
        ]  # fmt: skip

    # === ACCEPT ===

    def test_confirmed_order_waits_for_its_selection(self):
        self.assertEqual(self.order.order_stage_id, self.stage)
        self.assertTrue(self.order.is_to_select)
        self.order.with_user(self.planner).action_accept_selection()
        self.assertNotEqual(self.order.order_stage_id, self.stage)
        self.assertEqual(self.order.selection_decision, "accepted")
        decision = self.order.selection_decision_ids
        self.assertEqual((decision.user_id, decision.amount, decision.was_confirmed), (self.planner, 5070.0, True))
        self.assertEqual((decision.score, decision.partner_id), (self.order.priority_score, self.customer))
        self.assertEqual(decision.with_user(self.seller).explanation, self.order.priority_explanation)
        self.assertIn("Accepted, with a priority of 100", self.order.message_ids[0].body)
        with self.assertRaisesRegex(UserError, self.order.name):
            self.order.with_user(self.planner).action_accept_selection()

    def test_accepted_quotation_taken_back(self):
        """It is to be selected again; who may not select may not take it back, either."""
        quotation = self.quotation
        quotation.with_user(self.planner).action_accept_selection()
        self.assertFalse(quotation.with_user(self.planner).is_to_select)
        self.assertFalse(quotation.with_user(self.storekeeper).can_take_back_selection)
        with self.assertRaises(AccessError):
            quotation.with_user(self.storekeeper).action_take_back_selection()
        with self.assertRaises(AccessError):
            quotation.with_user(self.storekeeper)._take_back_selection()
        action = quotation.with_user(self.planner).action_take_back_selection()
        wizard = self.env[action["res_model"]].with_user(self.planner).with_context(**action["context"])
        with Form(wizard) as form:
            form.note = "The wrong line"
        form.record.action_answer()
        self.assertFalse(quotation.selection_decision)
        self.assertTrue(quotation.is_to_select)
        self.assertEqual(self._decisions(quotation), [("accepted", False), ("withdrawn", True)])
        self.assertIn("The wrong line", quotation.message_ids[0].body)
        with self.assertRaisesRegex(UserError, f"{quotation.name} was not accepted"):
            quotation.with_user(self.planner).action_take_back_selection()

    def test_accepted_order_taken_back(self):
        """By the list or by the board: it waits for its selection again, as long as nothing is delivered."""
        order = self.order.with_user(self.planner)
        for take_back in (order._take_back_selection, lambda: order.taken_back_id._take_back("Too early")):
            order.action_accept_selection()
            self.assertNotEqual(order.order_stage_id, self.stage)
            self.assertTrue(order.can_take_back_selection)
            take_back()
            self.assertEqual(order.order_stage_id, self.stage)
            self.assertFalse(order.selection_decision)
        order.action_accept_selection()
        self.order.stage_task_ids[:1].state = "1_done"
        self.assertFalse(order.can_take_back_selection)

    def test_accepting_is_no_single_click(self):
        """Wherever orders are accepted in the list or on a card: a button that can be read, which asks once more."""
        for name, view_type in (("list", "list"), ("kanban", "kanban")):
            view = self.env.ref(f"order_aftersales.sale_order_selection_view_{name}")
            orders = self.env["sale.order"].with_user(self.planner)
            arch = etree.fromstring(orders.get_view(view.id, view_type)["arch"])
            buttons = arch.xpath("//button[@name='action_accept_selection']")
            self.assertTrue(buttons)
            for button in buttons:
                self.assertTrue(button.get("confirm"), name)
                self.assertTrue(button.get("string") or button.text.strip(), name)

    def test_the_yes_of_the_board_accepts(self):
        self.order.with_user(self.planner).action_stage_yes()
        self.assertEqual(self._decisions(self.order), [("accepted", True)])

    def test_departments_decide_together(self):
        """Accepted when sales and workshop have said yes, and not before."""
        self.stage.write(
            {
                "department_id": self.sales_department.id,
                "codeciding_department_ids": [Command.set(self.workshop.ids)],
            }
        )
        self.seller.group_ids |= self.env.ref("order_aftersales.group_leader")
        self.order.with_user(self.planner).action_accept_selection()
        self.assertFalse(self.order.selection_decision)
        self.assertEqual(self.order.decision_waits_for, "Sales")
        self.assertTrue(self.order.is_to_select)
        self.order.with_user(self.seller).action_accept_selection()
        self.assertEqual(self._decisions(self.order), [("accepted", True)])
        self.assertNotEqual(self.order.order_stage_id, self.stage)

    def test_leader_of_a_department_that_is_not_asked(self):
        self.stage.department_id = self.sales_department
        for method in ("action_accept_selection", "action_reject_selection", "action_postpone_selection"):
            with self.subTest(method=method), self.assertRaisesRegex(AccessError, "Sales"):
                getattr(self.order.with_user(self.planner), method)()
        self.assertFalse(self.order.with_user(self.planner).can_select)
        self.assertTrue(self.order.with_user(self.manager).can_select)
        view = self.env.ref("order_aftersales.sale_order_selection_view_list")
        self.assertNotIn("<header", self.env["sale.order"].with_user(self.planner).get_view(view.id, "list")["arch"])
        self.assertIn("<header", self.env["sale.order"].with_user(self.manager).get_view(view.id, "list")["arch"])

    def test_quotation_is_accepted_by_word(self):
        self.quotation.with_user(self.planner).action_accept_selection()
        self.assertEqual((self.quotation.state, self.quotation.selection_decision), ("draft", "accepted"))
        self.assertFalse(self.quotation.is_to_select)
        with self.assertRaisesRegex(UserError, "accepted already"):
            self.quotation.with_user(self.planner).action_accept_selection()

    def test_several_at_once_or_none(self):
        other = self._make_order([(self.boards, 3)], confirm=False)
        other.action_cancel()
        with self.assertRaisesRegex(UserError, f"{other.name} is cancelled"):
            (self.quotation | other).with_user(self.planner).action_accept_selection()
        self.assertFalse(self.quotation.selection_decision)
        (self.quotation | self.order).with_user(self.planner).action_accept_selection()
        self.assertEqual((self.quotation | self.order).mapped("selection_decision"), ["accepted", "accepted"])

    # === REJECT ===

    def test_reject_confirmed(self):
        """The planner, who may write no order, rejects it: it is cancelled, and so is its delivery."""
        order = self._make_order([(self.fitting, 2)])
        action = order.with_user(self.planner).action_reject_selection()
        self.assertEqual(action["context"]["default_order_ids"], order.ids)
        self._answer(order, note="Full until June")
        self.assertEqual((order.state, order.selection_decision), ("cancel", "rejected"))
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
        decision = order.selection_decision_ids
        self.assertEqual((decision.reason_id, decision.note), (self.capacity, "Full until June"))
        self.assertIn("No capacity until the wanted date. Full until June", "".join(order.message_ids.mapped("body")))
        self.assertEqual(order.order_stage_id.code, "done")

    def test_reject_needs_a_reason(self):
        with self.assertRaisesRegex(UserError, f"choose why {self.order.name}"):
            self._answer(self.order, reason_id=False)
        self.assertEqual(self.order.state, "sale")
        self.assertFalse(self.order.selection_decision)

    def test_what_is_delivered_or_billed_is_not_rejected(self):
        """Nothing is rejected, though the other could be."""
        self.order.order_line.filtered(lambda line: line.product_id == self.boards).qty_delivered = 4
        with self.assertRaisesRegex(UserError, f"{self.order.name} can't be rejected: something of it is delivered"):
            self._answer(self.order | self.quotation)
        self.assertEqual(self.quotation.state, "draft")
        self.assertFalse(self.quotation.selection_decision)
        billed = self._make_order([(self.window, 1)])
        invoice = billed._create_invoices()
        self.assertTrue(billed.with_user(self.planner).can_reject)
        invoice.action_post()
        billed.invalidate_recordset()
        self.assertFalse(billed.with_user(self.planner).can_reject)
        with self.assertRaisesRegex(UserError, "it is billed already"):
            billed.with_user(self.planner).action_reject_selection()
        self.quotation.locked = True
        with self.assertRaisesRegex(UserError, "it is locked"):
            self._answer(self.quotation)

    def test_draft_invoices_are_cancelled_with_it(self):
        order = self._make_order([(self.window, 1)])
        invoice = order._create_invoices()
        self._answer(order)
        self.assertEqual((order.state, invoice.state), ("cancel", "cancel"))

    def test_rejected_quotation_taken_up_again(self):
        self._answer(self.quotation)
        self.assertEqual(self.quotation.state, "cancel")
        with self.assertRaisesRegex(UserError, "cancelled already"):
            self._answer(self.quotation)
        self.quotation.with_user(self.seller).action_draft()
        self.assertFalse(self.quotation.selection_decision)
        self.assertTrue(self.quotation.is_to_select)
        self.quotation.with_user(self.planner).action_accept_selection()
        self.assertEqual(self._decisions(self.quotation), [("rejected", False), ("accepted", True)])

    def test_customer_is_told_only_if_wanted(self):
        other = self._make_order([(self.boards, 3)], confirm=False)
        sent = []
        with patch.object(
            type(self.order),
            "_send_order_notification_mail",
            lambda order, template, **_kwargs: sent.append((order, template)),
        ):
            self._answer(other)
            self._answer(self.quotation, tell_customer=True)
        self.assertEqual(sent, [(self.quotation, self.env.ref("order_aftersales.mail_template_order_rejected"))])

    def test_mail_to_the_customer(self):
        self._answer(self.quotation, tell_customer=True, note="He never pays")
        message = self.quotation.message_ids.filtered(lambda each: self.customer in each.notified_partner_ids)
        self.assertEqual(len(message), 1)
        self.assertIn("thank you for your trust", message.body)
        self.assertNotIn("He never pays", message.body)

    # === LATER ===

    def test_decide_later(self):
        with self.assertRaisesRegex(UserError, "a day after today"):
            self._answer(self.order, decision="later", until="2030-04-29")
        self._answer(self.order, decision="later", until="2030-05-03", note="Waits for the architect")
        self.assertEqual(self.order.selection_decision, "later")
        self.assertTrue(self.order.is_to_select)
        self.assertEqual(str(self.order.selection_postponed_until), "2030-05-03")
        self.order.with_user(self.planner).action_accept_selection()
        self.assertFalse(self.order.selection_postponed_until)
        self.assertEqual(self._decisions(self.order), [("later", False), ("accepted", True)])
        with self.assertRaisesRegex(UserError, "Nothing is to be decided"):
            self._answer(self.order, decision="later")

    # === WHO ===

    def test_only_leaders_select(self):
        for user in (self.seller, self.storekeeper, self.bookkeeper, self.service):
            for order in (self.order, self.quotation):
                with self.subTest(user=user.login, order=order.name):
                    seen = order.with_user(user)
                    self.assertFalse(seen.can_select or seen.can_reject)
                    for attempt in (
                        seen.action_accept_selection,
                        seen.action_reject_selection,
                        seen.action_postpone_selection,
                        lambda seen=seen: seen._reject_selection(self.capacity),
                        lambda seen=seen: seen._postpone_selection(),
                        lambda order=order, user=user: self._answer(order, user),
                    ):
                        with self.assertRaises(AccessError):
                            attempt()
        for user in (self.seller, self.manager):
            with self.assertRaisesRegex(UserError, "can't be written directly"):
                self.order.with_user(user).write({"selection_decision": "accepted"})
        stranger = self._make_user("leader_elsewhere", "project.group_project_manager", self.other_company)
        with self.assertRaises(AccessError):
            self.order.with_user(stranger).action_accept_selection()
        with self.assertRaises(AccessError):
            self._answer(self.order, stranger)

    def test_decisions_stay_as_they_were_made(self):
        self._answer(self.quotation)
        decision = self.quotation.selection_decision_ids
        for user in (self.manager, self.planner, self.env.user):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                decision.with_user(user).write({"decision": "accepted"})
        with self.assertRaises(UserError):
            decision.sudo().note = "Otherwise"
        for user in (self.manager, self.planner):
            with self.assertRaises(AccessError):
                decision.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.env["order.selection.decision"].with_user(user).create({"order_id": self.order.id})

    def test_who_reads_decisions(self):
        """As the orders: sellers those of their own, the other departments all of the company."""
        self._answer(self.quotation)
        decision = self.quotation.selection_decision_ids
        found = {
            user.login: bool(self.env["order.selection.decision"].with_user(user).search([("id", "=", decision.id)]))
            for user in (self.seller, self.other_seller, self.planner, self.storekeeper, self.manager)
        }
        self.assertEqual(list(found.values()), [True, False, True, True, True])
        with self.assertRaises(AccessError):
            decision.with_user(self.customer_user).read(["note"])
        stranger = self._make_user("seller_elsewhere", "sales_team.group_sale_manager", self.other_company)
        self.assertFalse(self.env["order.selection.decision"].with_user(stranger).search([("id", "=", decision.id)]))
        with self.assertRaises(AccessError):
            decision.with_user(self.storekeeper).read(["score_parts"])

    def test_reasons_of_another_company(self):
        reason = self.env["order.rejection.reason"].create({"name": "Theirs", "company_id": self.other_company.id})
        with self.assertRaises(UserError):
            self._answer(self.quotation, self.manager, reason_id=reason.id)
        self.assertEqual(self.quotation.state, "draft")

    # === SCREENS ===

    def test_form_offers_it(self):
        methods = [action["method"] for action in self.quotation.with_user(self.planner).priority_details["actions"]]
        self.assertEqual(methods, ["action_accept_selection", "action_reject_selection", "action_override_priority"])
        self.assertEqual(self.quotation.with_user(self.seller).priority_details["actions"], [])
        with Form(self.quotation.with_user(self.seller)) as form:
            form.client_order_ref = "K-17"

    def test_list_opens_with_scores_of_now(self):
        self._make_goal(kind="unwanted")
        self.assertEqual(self.order.priority_score, 100)
        with self.assertRaisesRegex(AccessError, "Only leaders"):
            self.env["sale.order"].with_user(self.seller).action_open_selection()
        action = self.env["sale.order"].with_user(self.planner).action_open_selection()
        self.assertEqual(action["xml_id"], "order_aftersales.order_selection_action")
        self.assertEqual(self.order.priority_score, 29)
        found = self.env["sale.order"].with_user(self.planner).search(
            [("is_to_select", "=", True), ("company_id", "=", self.company.id)]
        )  # fmt: skip
        self.assertEqual(found, self.order | self.quotation)

    def test_as_many_queries_for_many_in_the_list(self):
        orders = self.env["sale.order"].union(
            *(self._make_order([(self.boards, 2)], confirm=place % 2) for place in range(8))
        )
        names = ["priority_details", "can_select", "can_reject", "decision_waits_for", "is_to_select"]
        orders.with_user(self.planner).read(names)
        counts = []
        for batch in (orders[:4], orders):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch.with_user(self.planner).read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_report_in_the_currency_of_the_company(self):
        """350.00 at a rate of 2 is 175.00."""
        self.quotation.currency_rate = 2.0
        self._answer(self.quotation)
        rows = self.env["order.selection.decision"]._read_group(
            [("order_id", "=", self.quotation.id)], ["decision", "reason_id", "seller_id"], ["amount:sum", "score:avg"]
        )
        self.assertEqual(rows, [("rejected", self.capacity, self.seller, 175.0, 100.0)])
