from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestOrderDocuments(AftersalesCommon):
    """What each document says about the stage, and what it doesn't; until when; and who looks after the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"

    def _make_invoice(self, order, due=None, post=True):
        invoice = order._create_invoices()
        invoice.write({"invoice_payment_term_id": False, **({"invoice_date_due": due} if due else {})})
        if post:
            invoice.action_post()
        return invoice

    def _make_down_payment(self, order, percent=50):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": percent,
            }
        )
        invoice = wizard._create_invoices(order)
        invoice.action_post()
        return invoice

    # ------------------------------------------------------------------ quotations

    def test_note_is_no_offer(self):
        order = self._make_order(lines=[(self.window, 1)], confirm=False)
        order.order_line.unlink()
        order.order_line = [Command.create({"display_type": "line_note", "name": "As discussed"})]
        self.assertEqual(order.order_stage_id.code, "generation")

    def test_answer_to_what_was_sent(self):
        """The customer may accept until 10 June: that is the next step and the deadline, once he has the quotation."""
        order = self._make_order(lines=[(self.window, 1)], confirm=False, validity_date="2030-06-10")
        self.assertFalse(order.next_step_kind)
        self.assertNotEqual(str(order.stage_deadline), "2030-06-10 23:59:59")
        order.action_quotation_sent()
        self.assertEqual((order.next_step_kind, str(order.next_step_on)), ("answer", "2030-06-10 23:59:59"))
        self.assertEqual(str(order.stage_deadline), "2030-06-10 23:59:59")
        order.validity_date = "2030-06-12"
        self.assertEqual(str(order.stage_deadline), "2030-06-12 23:59:59")

    def test_form(self):
        """Before it is saved a new order has no history; a saved one is in the form where it is."""
        with Form(self.env["sale.order"].with_user(self.seller)) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.window
        order = form.record
        self.assertEqual(order.stage_visit_ids.stage_id.code, "costing")
        self._pass_decisions(self.order)
        deadline = self.order.stage_deadline
        with Form(self.order.with_user(self.seller)) as form:
            form.client_order_ref = "4711"
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 2
        self.assertEqual((self.order.order_stage_id.code, self.order.stage_deadline), ("fulfilment", deadline))

    # ------------------------------------------------------------------ work

    def test_delivery_cancelled(self):
        """Nothing was delivered and nothing will be: there is no work left."""
        order = self._make_order(lines=[(self.fitting, 4)])
        self._pass_decisions(order)
        self.assertEqual(order.order_stage_id.code, "fulfilment")
        order.picking_ids.action_cancel()
        self.assertEqual(order.order_stage_id.code, "done")

    def test_return_cancelled(self):
        order = self._make_order(lines=[(self.fitting, 4)])
        delivery = self._deliver(order)
        self._pay(self._make_invoice(order))
        wizard = self.env["stock.return.picking"].with_context(
            active_ids=delivery.ids, active_id=delivery.id, active_model="stock.picking"
        )
        wizard = wizard.create({})
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        self.assertEqual(order.order_stage_id.code, "returns")
        back.action_cancel()
        self.assertEqual(order.order_stage_id.code, "done")

    def test_return_planned(self):
        """A return that is only planned has not begun anything, and is no delivery to come."""
        order = self._make_order(lines=[(self.fitting, 4)])
        delivery = self._deliver(order)
        wizard = self.env["stock.return.picking"].with_context(
            active_ids=delivery.ids, active_id=delivery.id, active_model="stock.picking"
        )
        wizard = wizard.create({})
        wizard.product_return_moves.quantity = 4
        back = wizard._create_return()
        back.scheduled_date = "2030-02-01 08:00:00"
        self.assertEqual((order.next_step_kind, str(order.next_step_on)), ("return", "2030-02-01 23:59:59"))

    def test_task_done_overtakes_the_decisions(self):
        """A task that is done is work; one that was dropped is none."""
        order = self._make_order(lines=[(self.assembly, 1)])
        order.stage_task_ids.state = "1_canceled"
        self.assertEqual(order.order_stage_id.code, "entry")
        order.stage_task_ids.state = "1_done"
        self.assertEqual(order.order_stage_id.code, "billing")

    def test_entered_by_hand_overtakes_the_decisions(self):
        survey = self._make_product("Survey", 100.0, invoice_policy="delivery", service_type="manual")
        order = self._make_order(lines=[(survey, 2)])
        self.assertEqual(order.order_stage_id.code, "entry")
        order.order_line.qty_delivered = 1
        self.assertEqual(order.order_stage_id.code, "fulfilment")

    def test_more_ordered(self):
        """Two surveys are done; one more is ordered."""
        survey = self._make_product("Survey", 100.0, invoice_policy="delivery", service_type="manual")
        order = self._make_order(lines=[(survey, 2)])
        order.order_line.qty_delivered = 2
        self.assertEqual(order.order_stage_id.code, "billing")
        order.order_line.product_uom_qty = 3
        self.assertEqual(order.order_stage_id.code, "fulfilment")

    def test_milestones(self):
        """A stair is billed by milestones: work until each is reached."""
        stair = self._make_product("Stair", 900.0, service_tracking="project_only")
        stair.service_policy = "delivered_milestones"
        order = self._make_order(lines=[(stair, 1)])
        self._pass_decisions(order)
        self.assertEqual(order.order_stage_id.code, "fulfilment")
        milestone = order.project_ids.milestone_ids or self.env["project.milestone"].create(
            {"name": "Built in", "project_id": order.project_ids.id, "sale_line_id": order.order_line.id}
        )
        milestone.write({"quantity_percentage": 1.0, "is_reached": True})
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertEqual(order.order_stage_id.code, "billing")

    def test_template_is_no_work(self):
        order = self._make_order(lines=[(self.assembly, 1)])
        self._pass_decisions(order)
        self.assertEqual(order.order_stage_id.code, "fulfilment")
        order.stage_task_ids.is_template = True
        self.assertEqual(order.order_stage_id.code, "billing")

    # ------------------------------------------------------------------ billing

    def test_down_payment(self):
        """Half is paid in advance: the other half is to be invoiced, and nothing comes back."""
        order = self._make_order(lines=[(self.window, 1)])
        self._pass_decisions(order)
        invoice = self._make_down_payment(order)
        self.assertEqual(order.order_stage_id.code, "billing")
        self._pay(invoice)
        self.assertEqual(order.order_stage_id.code, "billing")
        self._pay(self._make_invoice(order))
        self.assertEqual(order.order_stage_id.code, "done")

    def test_down_payment_before_the_delivery(self):
        order = self._make_order(lines=[(self.fitting, 4)])
        self._pass_decisions(order)
        self._pay(self._make_down_payment(order))
        self.assertEqual(order.order_stage_id.code, "fulfilment")
        self._deliver(order)
        self.assertEqual(order.order_stage_id.code, "billing")

    def test_settled_invoices(self):
        """Paid, on the way, credited, or settled in the system of before."""
        order = self._make_order(lines=[(self.window, 1)])
        self._pass_decisions(order)
        invoice = self._make_invoice(order)
        for state, code in (
            ("in_payment", "done"),
            ("partial", "billing"),
            ("paid", "done"),
            ("not_paid", "billing"),
            ("reversed", "done"),
            ("blocked", "billing"),
            ("invoicing_legacy", "done"),
        ):
            invoice.payment_state = state
            with self.subTest(state):
                self.assertEqual(order.order_stage_id.code, code)

    def test_invoice_cancelled(self):
        order = self._make_order(lines=[(self.window, 1)])
        invoice = self._make_invoice(order, post=False)
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(invoice.state, "cancel")
        self.assertEqual(order.order_stage_id.code, "done")

    def test_until_the_bill_is_due(self):
        """Two windows, billed one by one, due on 10 and 20 June: until then the order lies with the customer. While a
        draft waits, or something is to be invoiced, it lies with the house."""
        order = self._make_order(lines=[(self.window, 1)])
        self._pass_decisions(order)
        house = order.stage_deadline
        self.assertTrue(house)
        draft = self._make_invoice(order, due="2030-06-10", post=False)
        self.assertEqual(order.stage_deadline, house)
        self.assertFalse(order.next_step_kind)
        draft.action_post()
        self.assertEqual(str(order.stage_deadline), "2030-06-10 23:59:59")
        self.assertEqual((order.next_step_kind, str(order.next_step_on)), ("payment", "2030-06-10 23:59:59"))
        draft.invoice_date_due = "2030-06-11"
        self.assertEqual(str(order.stage_deadline), "2030-06-11 23:59:59")
        order.order_line.product_uom_qty = 2
        self.assertEqual(order.stage_deadline, house)
        self._make_invoice(order, due="2030-06-20")
        self.assertEqual(str(order.stage_deadline), "2030-06-20 23:59:59")
        self.assertEqual(str(order.next_step_on), "2030-06-11 23:59:59")

    def test_case_is_a_step(self):
        order = self._make_order(lines=[(self.window, 0)])
        self._pass_decisions(order)
        case = self.env["order.case"].create({"name": "Hinge", "order_id": order.id, "date_deadline": "2030-06-10"})
        self.assertEqual((order.next_step_kind, str(order.next_step_on)), ("case", "2030-06-10 23:59:59"))
        case.date_deadline = "2030-06-11"
        self.assertEqual(str(order.next_step_on), "2030-06-11 23:59:59")
        case.action_settle()
        self.assertFalse(order.next_step_kind)

    # ------------------------------------------------------------------ until when

    def test_holiday(self):
        """8 working hours from Monday 8:00; Monday is a holiday, so until Tuesday is over."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2026-05-11 00:00:00",
                "date_to": "2026-05-11 23:59:59",
            }
        )
        with self._at("2026-05-11 08:00:00"):
            order = self._make_order(lines=[(self.fitting, 1)])
        self.assertEqual(str(order.stage_deadline), "2026-05-12 23:59:59")

    def test_no_limit(self):
        self._stage("entry").sla_hours = 0
        self.assertFalse(self._make_order(lines=[(self.fitting, 1)]).stage_deadline)

    def test_orders_of_different_days(self):
        """4 working hours each, from Monday and from Tuesday 8:00, when the map changes for both at once."""
        orders = self.env["sale.order"]
        for day in ("11", "12"):
            with self._at(f"2026-05-{day} 08:00:00"):
                orders += self._make_order(lines=[(self.fitting, 1)])
        self._stage("entry").sla_hours = 4
        self.env["sale.order"]._set_stage_outdated(self.company)
        self.assertEqual(
            [str(order.stage_deadline) for order in orders], ["2026-05-11 23:59:59", "2026-05-12 23:59:59"]
        )

    def test_working_times_of_the_company(self):
        """The order's company works by UTC; whoever touches it works in another company, by the time of Auckland."""
        other = self.env["res.company"].create({"name": "Metalworks"})
        other.resource_calendar_id.tz = "Pacific/Auckland"
        self.env.user.company_ids |= other
        with self._at("2026-05-11 08:00:00"):
            order = self._make_order(lines=[(self.window, 1)])
            touched = order.with_context(allowed_company_ids=[other.id, self.company.id])
            touched.commitment_date = "2030-01-01"
            touched.env.flush_all()
        self.assertEqual(str(order.stage_deadline), "2026-05-11 23:59:59")

    # ------------------------------------------------------------------ who looks after it

    def test_project_manager(self):
        """He looks after the order while it is his work; without one, the salesperson does."""
        self.assertEqual(self._stage("fulfilment").owner_rule, "project")
        order = self._make_order()
        order.project_id.user_id = self.planner
        self._pass_decisions(order)
        self.assertEqual((order.order_stage_id.code, order.stage_owner_id), ("fulfilment", self.planner))
        other = self._make_order(lines=[(self.fitting, 1)])
        self._pass_decisions(other)
        self.assertEqual((other.order_stage_id.code, other.stage_owner_id), ("fulfilment", self.seller))

    def test_who_can_not_look_after_it(self):
        """Somebody who has left, or who is a customer."""
        self.other_seller.active = False
        for user in (self.other_seller, self.customer_user):
            self._stage("entry").write({"owner_rule": "user", "user_id": user.id})
            with self.subTest(user.login):
                self.assertFalse(self._make_order(lines=[(self.fitting, 1)]).stage_owner_id)

    def test_done_has_no_owner(self):
        order = self._make_order(lines=[(self.window, 0)])
        self.assertEqual(order.stage_owner_id, self.seller)
        self._pass_decisions(order)
        self.assertEqual(order.order_stage_id.code, "done")
        self.assertFalse(order.stage_owner_id)
        order.user_id = self.other_seller
        self.assertFalse(order.stage_owner_id)

    def test_owner_and_seller_at_once(self):
        self.order.write({"user_id": self.other_seller.id, "stage_owner_id": self.planner.id})
        self.assertEqual(self.order.stage_owner_id, self.planner)

    def test_new_seller_elsewhere(self):
        """The head of the department looks after it; the seller has taken over from him, and goes on to."""
        self._stage("entry").write({"owner_rule": "head", "department_id": self.workshop.id})
        order = self._make_order(lines=[(self.fitting, 1)])
        self.assertEqual(order.stage_owner_id, self.planner)
        order.with_user(self.seller).action_take_over()
        order.user_id = self.other_seller
        self.assertEqual(order.stage_owner_id, self.seller)

    def test_owner_follows_the_seller_of_a_project(self):
        """Where the project manager would look after it and there is none."""
        order = self._make_order(lines=[(self.fitting, 1)])
        self._pass_decisions(order)
        order.user_id = self.other_seller
        self.assertEqual(order.stage_owner_id, self.other_seller)
