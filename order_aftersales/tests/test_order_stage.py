from odoo.fields import Command
from odoo.tests import tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestOrderStage(AftersalesCommon):
    """Changing any document changes the stage, in the same transaction."""

    def _assert_stage(self, code, order=None):
        order = order or self.order
        self.assertEqual(order.order_stage_id.code, code)
        self.assertEqual(order.order_stage_id, self._stage(code))

    def test_quotation(self):
        order = self._make_order(lines=[(self.window, 0)], confirm=False)
        order.order_line.unlink()
        self._assert_stage("generation", order)
        order.order_line = [Command.create({"product_id": self.window.id})]
        self._assert_stage("costing", order)
        order.action_quotation_sent()
        self._assert_stage("costing", order)
        self.assertEqual(order.next_step_kind, order.validity_date and "answer")
        order.action_cancel()
        self._assert_stage("done", order)
        self.assertFalse(order.is_order_open)
        order.action_draft()
        self._assert_stage("costing", order)

    def test_whole_cycle(self):
        """From the confirmation to done; goods of the order are not stored, so deliveries are entered by pickings."""
        order = self._make_order(lines=[(self.fitting, 4), (self.assembly, 12)])
        self._assert_stage("entry", order)
        self._pass_decisions(order)
        self._assert_stage("fulfilment", order)
        self._deliver(order)
        self._assert_stage("fulfilment", order)  # the task
        self._finish_tasks(order)
        self._assert_stage("billing", order)
        invoice = order._create_invoices()
        self._assert_stage("billing", order)
        invoice.action_post()
        self._assert_stage("billing", order)
        self.assertEqual(order.next_step_kind, "payment")
        self._pay(invoice)
        self._assert_stage("done", order)
        case = self.env["order.case"].create({"name": "Hinge", "order_id": order.id, "kind": "repair"})
        self._assert_stage("aftersales", order)
        case.kind = "claim"
        self._assert_stage("returns", order)
        case.action_settle()
        self._assert_stage("done", order)
        case.action_reopen()
        self._assert_stage("returns", order)
        case.action_drop()
        self._assert_stage("done", order)

    def test_return(self):
        """Four sets delivered and paid; one comes back, and its money goes back."""
        order = self._make_order(lines=[(self.fitting, 4)])
        delivery = self._deliver(order)
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        self._assert_stage("done", order)
        wizard = self.env["stock.return.picking"].with_context(
            active_ids=delivery.ids, active_id=delivery.id, active_model="stock.picking"
        )
        wizard = wizard.create({})
        wizard.product_return_moves.quantity = 1
        with self._at("2030-01-01 08:00:00"):
            back = wizard._create_return()
        self._assert_stage("returns", order)
        self.assertFalse(order.next_step_kind)  # nobody has said when
        back.scheduled_date = "2030-02-01 08:00:00"
        self.assertEqual(order.next_step_kind, "return")
        back.move_ids.quantity = 1
        back.move_ids.picked = True
        back.button_validate()
        self._assert_stage("returns", order)  # -1 is to be invoiced: the refund
        self.assertEqual(order.order_line.qty_to_invoice, -1)
        refund = order._create_invoices(final=True)
        self.assertEqual(refund.move_type, "out_refund")
        self._assert_stage("returns", order)
        refund.action_post()
        self._assert_stage("returns", order)
        self._pay(refund)
        self._assert_stage("done", order)

    def test_draft_that_bills_too_much_is_no_return(self):
        """3 of 4 sets are taken; a draft bills 4. It is corrected where bills are made; posted, money is owed back."""
        order = self._make_order(lines=[(self.fitting, 4)])
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 3, "picked": True})
        picking.with_context(cancel_backorder=True)._action_done()
        invoice = order._create_invoices()
        line = invoice.invoice_line_ids
        self.assertEqual(line.quantity, 3)
        line.quantity = 4
        self.assertEqual(order.order_line.qty_to_invoice, -1)
        self._assert_stage("billing", order)
        self.env.user.group_ids |= self.env.ref("order_aftersales.group_billing_override")
        invoice._override_billing("Agreed on the phone", invoice._get_billing_figures())
        invoice.action_post()
        self._assert_stage("returns", order)

    def test_delivered_by_hand(self):
        """A service billed by what somebody enters as delivered is work until all is entered."""
        survey = self._make_product("Survey", 100.0, invoice_policy="delivery", service_type="manual")
        order = self._make_order(lines=[(survey, 2)])
        self._pass_decisions(order)
        self._assert_stage("fulfilment", order)
        order.order_line.qty_delivered = 2
        self._assert_stage("billing", order)

    def test_overtaken_decisions(self):
        """What is delivered can't wait for a yes any more."""
        order = self._make_order(lines=[(self.fitting, 4), (self.assembly, 1)])
        self._assert_stage("entry", order)
        self._deliver(order)
        self._assert_stage("fulfilment", order)

    def test_hours_alone_overtake_nothing(self):
        """Somebody measures on site before the order is checked: the check is still to be done."""
        self.order.order_line.task_id.write({"state": "02_changes_requested"})
        self._assert_stage("entry")

    def test_task_added_and_cancelled(self):
        order = self._make_order(lines=[(self.window, 1)])
        self._pass_decisions(order)
        self._assert_stage("billing", order)
        project = self.env["project.project"].create(
            {"name": "Windows", "allow_billable": True, "company_id": self.company.id}
        )
        task = self.env["project.task"].create(
            {"name": "Plane it", "project_id": project.id, "sale_line_id": order.order_line.id}
        )
        self._assert_stage("fulfilment", order)
        task.date_deadline = "2030-01-02 12:00:00"
        self.assertEqual((order.next_step_kind, str(order.next_step_on)), ("task", "2030-01-02 23:59:59"))
        task.state = "1_canceled"
        self._assert_stage("billing", order)
        task.state = "01_in_progress"
        self._assert_stage("fulfilment", order)
        task.unlink()
        self._assert_stage("billing", order)

    def test_signed_extension_brings_back(self):
        """Paid and done; the customer signs an extension: there is something to invoice again."""
        order = self._make_order(lines=[(self.window, 1)])
        self._pass_decisions(order)
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        self._assert_stage("done", order)
        change = self._make_change(order_id=order.id, send=True)
        self.assertTrue(order.has_unsigned_extension)
        self._assert_stage("done", order)
        self._sign(change)
        self.assertFalse(order.has_unsigned_extension)
        self._assert_stage("billing", order)

    def test_cancelled_after_billing(self):
        """A cancelled order is open as long as its invoice is."""
        order = self._make_order(lines=[(self.window, 1)])
        invoice = order._create_invoices()
        invoice.action_post()
        order.with_context(disable_cancel_warning=True).action_cancel()
        self._assert_stage("billing", order)
        self._pay(invoice)
        self._assert_stage("done", order)

    def test_next_step_is_the_nearest(self):
        order = self.order
        order.picking_ids.scheduled_date = "2030-01-02 08:00:00"
        self.assertEqual(order.next_step_kind, "delivery")
        activity = order.activity_schedule(
            "mail.mail_activity_data_todo", date_deadline="2020-01-02", user_id=self.seller.id
        )
        self.assertEqual((order.next_step_kind, str(order.next_step_on)), ("activity", "2020-01-02 23:59:59"))
        activity.date_deadline = "2020-01-05"
        self.assertEqual(str(order.next_step_on), "2020-01-05 23:59:59")
        activity.action_feedback(feedback="Called")
        self.assertEqual(order.next_step_kind, "delivery")

    def test_history(self):
        """8 May, a Friday, 8:00: ordered. Monday 10:00: checked, and accepted at 12:00."""
        with self._at("2026-05-08 08:00:00"):
            order = self._make_order(lines=[(self.fitting, 4)])
        with self._at("2026-05-11 10:00:00"):
            self._pass_decisions(order, "entry")
        with self._at("2026-05-11 12:00:00"):
            self._pass_decisions(order, "selection")
        visits = order.stage_visit_ids.sorted("id")
        self.assertEqual(visits.stage_id.mapped("code"), ["entry", "selection", "scheduling"])
        left = [str(visit.left_on) for visit in visits]
        self.assertEqual(left, ["2026-05-11 10:00:00", "2026-05-11 12:00:00", "False"])
        # 3 days and 2 hours
        self.assertAlmostEqual(visits[0].duration_days, 3 + 2 / 24)
        self.assertEqual(visits[0].owner_id, self.seller)
        self.assertEqual(visits[1:].entered_by, self.manager)
        self.assertEqual(str(order.stage_entered_on), "2026-05-11 12:00:00")

    def test_working_hours_of_the_history(self):
        """From Friday 8:00 to Monday 10:00 in a week of 8:00–12:00 and 13:00–17:00: 8 + 2 = 10 hours; 8 are allowed."""
        calendar = self.company.resource_calendar_id
        calendar.tz = "UTC"
        self._stage("entry").sla_hours = 8
        with self._at("2026-05-08 08:00:00"):
            order = self._make_order(lines=[(self.fitting, 4)])
        # 8 working hours later: until 17:00 of that day, so until that day is over
        self.assertEqual(str(order.stage_deadline), "2026-05-08 23:59:59")
        with self._at("2026-05-11 10:00:00"):
            self._pass_decisions(order, "entry")
        visit = order.stage_visit_ids.sorted("id")[0]
        self.assertEqual((visit.working_hours, visit.is_late), (10.0, True))

    def test_within_the_limit(self):
        """Both are checked on Monday 10:00: after 8 + 2 = 10 hours, which are allowed, and after 2."""
        self.company.resource_calendar_id.tz = "UTC"
        self._stage("entry").sla_hours = 10
        orders = self.env["sale.order"]
        for moment in ("2026-05-08 08:00:00", "2026-05-11 08:00:00"):
            with self._at(moment):
                orders += self._make_order(lines=[(self.fitting, 4)])
        with self._at("2026-05-11 10:00:00"):
            orders.with_user(self.manager)._decide("yes")
        visits = orders.stage_visit_ids.filtered("left_on").sorted("id")
        self.assertEqual(visits.mapped("working_hours"), [10.0, 2.0])
        self.assertEqual(visits.mapped("is_late"), [False, False])
        self._stage("selection").sla_hours = 0
        with self._at("2026-05-18 10:00:00"):
            orders.with_user(self.manager)._decide("yes")
        visits = orders.stage_visit_ids.filtered(lambda visit: visit.left_on and visit not in visits)
        self.assertEqual(visits.mapped("is_late"), [False, False])

    def test_history_of_one_moment(self):
        """What happens at one moment is one step: where it ends, who looks after it there, and which department."""
        self._stage("selection").write(
            {"department_id": self.workshop.id, "owner_rule": "user", "user_id": self.service.id}
        )
        with self._at("2026-05-08 08:00:00"):
            order = self._make_order(lines=[(self.fitting, 4)], confirm=False)
            self.env.flush_all()
            order.action_confirm()
            self._pass_decisions(order, "entry")
        visit = order.stage_visit_ids
        self.assertEqual(
            (visit.stage_id.code, visit.owner_id, visit.department_id), ("selection", self.service, self.workshop)
        )
        with self._at("2026-05-11 08:00:00"):
            later = self._make_order(lines=[(self.fitting, 4)])
        with self._at("2026-05-12 08:00:00"):
            self._pass_decisions(later, "entry")
        visit = later.stage_visit_ids.filtered(lambda visit: not visit.left_on)
        self.assertEqual((visit.owner_id, visit.department_id), (self.service, self.workshop))

    def test_deadlines_that_the_customer_knows(self):
        order = self._make_order(lines=[(self.fitting, 4)], commitment_date="2030-05-10 12:00:00")
        self._pass_decisions(order)
        self.assertEqual(str(order.stage_deadline), "2030-05-10 23:59:59")
        order.commitment_date = "2030-05-12 12:00:00"
        self.assertEqual(str(order.stage_deadline), "2030-05-12 23:59:59")

    def test_one_step_in_one_transaction(self):
        """An order that is made with its lines was never without."""
        with self._at("2026-05-08 08:00:00"):
            order = self._make_order(lines=[(self.fitting, 4)])
        self.assertEqual(order.stage_visit_ids.stage_id.mapped("code"), ["entry"])

    def test_copy(self):
        copy = self.order.copy()
        self._assert_stage("costing", copy)
        self.assertEqual(len(copy.stage_visit_ids), 1)
        self.assertFalse(copy.stage_decision_ids)

    def test_owner_follows_the_seller(self):
        """Until somebody has taken the order over."""
        self.assertEqual(self.order.stage_owner_id, self.seller)
        self.order.user_id = self.other_seller
        self.assertEqual(self.order.stage_owner_id, self.other_seller)
        self.order.with_user(self.planner).action_take_over()
        self.order.user_id = self.seller
        self.assertEqual(self.order.stage_owner_id, self.planner)

    def test_owner_rules(self):
        self._stage("entry").department_id = self.accounting
        for rule, owner in (("head", self.bookkeeper), ("user", self.service), ("seller", self.seller)):
            self._stage("entry").write({"owner_rule": rule, "user_id": self.service.id})
            order = self._make_order(lines=[(self.fitting, 4)])
            with self.subTest(rule):
                self.assertEqual(order.stage_owner_id, owner)
        self._stage("entry").write({"owner_rule": "project"})
        order = self._make_order()
        self.assertEqual(order.stage_owner_id, order.project_id.user_id or self.seller)

    def test_opportunities(self):
        new = self.env["crm.stage"].create({"name": "New wishes", "sequence": -1, "is_order_planning": True})
        good = self.env["crm.stage"].create({"name": "Qualified wishes", "sequence": 0})
        lead = self.env["crm.lead"].create({"name": "Kitchen", "type": "opportunity", "stage_id": new.id})
        self.assertEqual(lead.order_stage_id, self._stage("planning"))
        lead.stage_id = good
        self.assertEqual(lead.order_stage_id, self._stage("generation"))
        order = self._make_order(lines=[(self.window, 1)], confirm=False, opportunity_id=lead.id)
        self.assertFalse(lead.order_stage_id)
        order.action_cancel()
        self.assertEqual(lead.order_stage_id, self._stage("generation"))
        lead.action_set_lost()
        self.assertFalse(lead.order_stage_id)

    def test_many_orders_few_queries(self):
        """The stage of twenty orders is found by as many queries as that of ten."""
        orders = self.env["sale.order"]
        for _number in range(20):
            orders += self._make_order(lines=[(self.fitting, 1), (self.window, 1)])
        counts = []
        for batch in (orders[:10], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            self.env["order.stage"]._get_map(self.company.id)
            before = self.env.cr.sql_log_count
            batch._get_stage_facts()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
