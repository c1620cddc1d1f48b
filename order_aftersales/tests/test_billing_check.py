from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingCheck(BillingCommon):
    # === POLICIES ===

    def test_ordered_quantities(self):
        """4 000.00 + 12 × 60.00 + 10 × 35.00, paid in advance: nothing need be delivered."""
        invoice = self._invoice(self.order)
        self.assertEqual(invoice.amount_untaxed, 5070.0)
        self.assertRight(invoice.invoice_line_ids)
        boards = invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.boards)
        self._set(boards, quantity=11)
        self.assertIssue(boards, "Billed: 11.00", "Ordered and not billed yet: 10.00")
        self.assertEqual((boards.billing_issue_kind, boards.billing_surplus), ("quantity", 35.0))
        self.assertTrue(invoice.is_billing_held)
        self._set(boards, quantity=9)
        self.assertRight(boards)
        self.assertFalse(invoice.is_billing_held)

    def test_delivered_goods(self):
        """8 of 10 are delivered; the draft follows the next delivery."""
        self._deliver(self.goods_order, {self.fitting: 8})
        invoice = self._bill(self.goods_line, 10)
        line = invoice.invoice_line_ids
        self.assertIssue(line, "Billed: 10.00", "Delivered and not billed yet: 8.00")
        self.assertEqual(line.billing_surplus, 50.0)
        with self.assertRaises(UserError) as error:
            invoice.action_post()
        for word in ("Fitting set", "Billed: 10.00", "Delivered and not billed yet: 8.00", "Hold These Lines"):
            self.assertIn(word, str(error.exception))
        self.assertEqual(invoice.state, "draft")
        backorder = self.goods_order.picking_ids.filtered(lambda one: one.state != "done")
        backorder.move_ids.quantity = 2
        backorder.move_ids.picked = True
        backorder.button_validate()
        self.assertRight(line)
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_delivered_by_hand(self):
        advice = self._make_product("Advice", 90.0)
        advice.service_policy = "delivered_manual"
        order = self._make_order([(advice, 4)])
        order.order_line.qty_delivered = 3
        line = self._bill(order.order_line, 4).invoice_line_ids
        self.assertIssue(line, "Delivered and not billed yet: 3.00")
        order.order_line.qty_delivered = 4
        self.assertRight(line)

    def test_milestones(self):
        plan = self._make_product("Plan of the kitchen", 1000.0)
        plan.service_policy = "delivered_milestones"
        order = self._make_order([(plan, 1)])
        line = order.order_line
        project = self.env["project.project"].create({"name": "Kitchen", "partner_id": self.customer.id})
        milestone = self.env["project.milestone"].create(
            {"name": "Drawn", "project_id": project.id, "sale_line_id": line.id, "quantity_percentage": 0.5}
        )
        billed = self._bill(line, 0.5).invoice_line_ids
        self.assertIssue(billed, "Delivered and not billed yet: 0.00")
        milestone.is_reached = True
        self.assertRight(billed)
        self._set(billed, quantity=1)
        self.assertEqual((billed.billing_expected_qty, billed.billing_surplus), (0.5, 500.0))

    def test_delivered_timesheets(self):
        if "timesheet_ids" not in self.env["account.move"]._fields:
            self.skipTest("needs sale_timesheet")
        service = self._make_product(
            "Repair by the hour", 60.0, service_tracking="task_global_project",
            project_id=self.env["project.project"].create({"name": "Repairs", "allow_billable": True}).id,
            uom_id=self.env.ref("uom.product_uom_hour").id,
        )  # fmt: skip
        service.service_policy = "delivered_timesheet"
        order = self._make_order([(service, 5)])
        task = order.order_line.task_id
        self.env["account.analytic.line"].create(
            {
                "name": "Hinges", "project_id": task.project_id.id, "task_id": task.id, "unit_amount": 3.0,
                "employee_id": self.technician.employee_id.id or self._make_employee(self.technician, self.workshop).id,
            }
        )  # fmt: skip
        self.assertEqual(order.order_line.qty_delivered, 3.0)
        invoice = self._invoice(order)
        self.assertRight(invoice.invoice_line_ids)
        self._set(invoice.invoice_line_ids, quantity=5)
        self.assertIssue(invoice.invoice_line_ids, "Billed: 5.00 Hours", "Delivered and not billed yet: 3.00 Hours")

    # === PRICES ===

    def test_price(self):
        self._deliver(self.goods_order)
        line = self._invoice(self.goods_order).invoice_line_ids
        self._set(line, price_unit=27.5)
        self.assertIssue(line, "27.50", "25.00")
        self.assertEqual((line.billing_issue_kind, line.billing_surplus), ("price", 25.0))
        self._set(line, price_unit=20)
        self.assertRight(line)

    def test_discount(self):
        self._deliver(self.goods_order)
        self.goods_line.discount = 10
        line = self._invoice(self.goods_order).invoice_line_ids
        self.assertRight(line)
        self._set(line, discount=0)
        self.assertEqual((line.billing_issue_kind, line.billing_expected_price), ("discount", 22.5))
        self.assertIssue(line, "25.00", "22.50", "10.00 %")
        self._set(line, price_unit=22.5)
        self.assertRight(line)

    def test_the_agreement_changes(self):
        """The seller grants a discount on the order: the draft is held until it has it as well."""
        self._deliver(self.goods_order)
        invoice = self._invoice(self.goods_order)
        self.goods_line.discount = 20
        self.assertEqual(invoice.invoice_line_ids.billing_issue_kind, "discount")
        self.assertTrue(invoice.is_billing_held)

    def test_both(self):
        self._deliver(self.goods_order, {self.fitting: 8})
        line = self._bill(self.goods_line, 10, price_unit=30).invoice_line_ids
        # 10 × 30 − 8 × 25
        self.assertEqual((line.billing_issue_kind, line.billing_surplus), ("quantity_price", 100.0))
        self.assertIssue(line, "Delivered and not billed yet: 8.00", "Agreed:", "25.00")

    def test_tolerance(self):
        self._deliver(self.goods_order)
        line = self._invoice(self.goods_order).invoice_line_ids
        self._set(line, price_unit=25.5)
        self.assertIssue(line)
        self.company.billing_tolerance_rate = 0.02  # 25.50 of 25.00
        self.assertRight(line)
        self.company.billing_tolerance_rate = 0.01
        self.assertIssue(line)
        self.company.billing_tolerance_amount = 5  # 10 × 0.50
        self.assertRight(line)

    def test_switched_off(self):
        invoice = self._bill(self.goods_line, 10)
        self.assertTrue(invoice.is_billing_held)
        self.company.billing_check_policy = "off"
        self.assertRight(invoice.invoice_line_ids)
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    # === OTHER INVOICES ===

    def test_billed_before(self):
        """Of two drafts for the same delivery, the older one is right."""
        self._deliver(self.goods_order, {self.fitting: 8})
        first, second = self._bill(self.goods_line, 5), self._bill(self.goods_line, 5)
        self.assertRight(first.invoice_line_ids)
        self.assertEqual(second.invoice_line_ids.billing_expected_qty, 3.0)
        first.action_post()
        self.assertIssue(second.invoice_line_ids)
        second.invoice_line_ids.quantity = 3
        second.action_post()
        self.assertEqual(self.goods_line.qty_invoiced, 8.0)

    def test_draft_that_goes(self):
        self._deliver(self.goods_order, {self.fitting: 8})
        first, second = self._bill(self.goods_line, 8), self._bill(self.goods_line, 8)
        self.assertIssue(second.invoice_line_ids, "Delivered and not billed yet: 0.00")
        first.unlink()
        self.assertRight(second.invoice_line_ids)

    def test_twice_on_one_invoice(self):
        self._deliver(self.goods_order, {self.fitting: 8})
        invoice = self._bill(self.goods_line, 5)
        invoice.invoice_line_ids = [Command.create(self.goods_line._prepare_invoice_line(quantity=5, sequence=99))]
        self.assertEqual(invoice.invoice_line_ids.mapped("billing_expected_qty"), [0.0, 3.0])

    def test_credit_note(self):
        """5 of 8 are credited: 5 may be billed again."""
        self._deliver(self.goods_order, {self.fitting: 8})
        invoice = self._invoice(self.goods_order)
        invoice.action_post()
        again = self._bill(self.goods_line, 5)
        self.assertIssue(again.invoice_line_ids)
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard = reversal.create({"journal_id": invoice.journal_id.id})
        credit = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        credit.invoice_line_ids.quantity = 5
        self.assertRight(credit.invoice_line_ids)
        credit.action_post()
        self.assertEqual(self.goods_line.qty_invoiced, 8.0)
        self.assertRight(again.invoice_line_ids)
        again.action_post()

    def test_refund_after_return(self):
        """8 delivered and billed, 3 come back: the credit note of 3 × 25.00 that Odoo makes is right."""
        picking = self._deliver(self.goods_order, {self.fitting: 8})
        self._invoice(self.goods_order).action_post()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 3
        back = wizard._create_return()
        back.move_ids.write({"quantity": 3, "picked": True})
        back.button_validate()
        self.assertEqual(self.goods_line.qty_delivered, 5.0)
        refund = self._invoice(self.goods_order, final=True)
        self.assertEqual((refund.move_type, refund.amount_untaxed), ("out_refund", 75.0))
        self.assertRight(refund.invoice_line_ids)
        refund.action_post()
        self.assertIssue(self._bill(self.goods_line, 1).invoice_line_ids)

    def test_charge_on_a_credit_note(self):
        """Odoo turns an invoice with a negative total into a credit note; what it bills is checked all the same."""
        self._deliver(self.goods_order, {self.fitting: 8})
        line = self._bill(self.goods_line, 10).invoice_line_ids
        line.move_id.action_switch_move_type()
        self.assertRight(line)
        self._set(line, quantity=-10)
        self.assertIssue(line, "Billed: 10.00", "Delivered and not billed yet: 8.00")

    # === DOWN PAYMENTS, LINES WITHOUT PRODUCT ===

    def _down_payment(self, order, percentage=30):
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": "percentage", "amount": percentage}
        )
        return wizard._create_invoices(order)

    def test_down_payment(self):
        """30 % of 250.00 before anything is delivered, deducted from the final invoice."""
        down_payment = self._down_payment(self.goods_order)
        self.assertEqual(down_payment.amount_untaxed, 75.0)
        self.assertRight(down_payment.invoice_line_ids)
        down_payment.action_post()
        self._deliver(self.goods_order)
        final = self._invoice(self.goods_order, final=True)
        self.assertEqual(final.amount_untaxed, 175.0)
        self.assertRight(final.invoice_line_ids)
        final.action_post()

    def test_sections_and_notes(self):
        self.order.order_line = [
            Command.create({"display_type": "line_section", "name": "Furniture", "sequence": 1}),
            Command.create({"display_type": "line_note", "name": "Delivered as agreed", "sequence": 2}),
        ]
        self.order.invalidate_recordset(["order_line"])
        invoice = self._invoice(self.order)
        self.assertIn("line_section", invoice.invoice_line_ids.mapped("display_type"))
        self.assertRight(invoice.invoice_line_ids)

    def test_cash_rounding(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "5 cents", "rounding": 0.05, "rounding_method": "UP", "strategy": "add_invoice_line",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )  # fmt: skip
        self.goods_line.price_unit = 25.01
        self._deliver(self.goods_order)
        invoice = self._invoice(self.goods_order)
        invoice.invoice_cash_rounding_id = rounding
        self.assertIn("rounding", invoice.line_ids.mapped("display_type"))
        invoice.action_post()

    def test_combo(self):
        combo = self.env["product.combo"].create(
            {"name": "Fittings", "combo_item_ids": [Command.create({"product_id": self.fitting.id})]}
        )
        product = self._make_product("Kit", 20.0, type="combo", combo_ids=[Command.set(combo.ids)])
        order = self._make_order([(product, 2)], confirm=False)
        self.env["sale.order.line"].create(
            {
                "order_id": order.id, "product_id": self.fitting.id, "product_uom_qty": 2,
                "combo_item_id": combo.combo_item_ids.id, "linked_line_id": order.order_line.id,
            }
        )  # fmt: skip
        order.action_confirm()
        self._deliver(order)
        invoice = self._invoice(order)
        self.assertIn("line_section", invoice.invoice_line_ids.mapped("display_type"))
        self.assertRight(invoice.invoice_line_ids)
        goods = invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.fitting)
        self._set(goods, quantity=3)
        self.assertIssue(goods, "Delivered and not billed yet: 2.00")

    # === NOT AGREED ===

    def test_line_without_order(self):
        invoice = self._invoice(self.order)
        invoice.invoice_line_ids = [Command.create({"name": "Travel", "quantity": 2, "price_unit": 40})]
        line = invoice.invoice_line_ids.filtered(lambda one: one.name == "Travel")
        self.assertIssue(line, "80.00", "no order has this line")
        self.assertEqual(line.billing_surplus, 80.0)
        self._set(line, price_unit=-40)
        self.assertRight(line)

    def test_manual_invoice(self):
        """There is nothing to compare an invoice with that bills no order."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice", "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create({"name": "Travel", "quantity": 2, "price_unit": 40})],
            }
        )  # fmt: skip
        self.assertRight(invoice.invoice_line_ids)
        invoice.action_post()

    def test_other_product(self):
        invoice = self._invoice(self.order)
        line = invoice.invoice_line_ids.filtered(lambda one: one.product_id == self.boards)
        self._set(line, product_id=self.window.id, price_unit=35)
        self.assertIssue(line, "Shelf board")
        self.assertEqual(line.billing_issue_kind, "not_agreed")

    def test_vendor_bill(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice", "partner_id": self.customer.id, "invoice_date": "2030-01-01",
                "invoice_line_ids": [Command.create({"product_id": self.fitting.id, "quantity": 2, "price_unit": 40})],
            }
        )  # fmt: skip
        self.assertRight(bill.invoice_line_ids)
        self.assertFalse(bill.is_billing_held)

    def test_one_line_for_several(self):
        """12 × 60.00 and 10 × 35.00 are 1 070.00, billed as one."""
        lines = self._line(self.assembly) | self._line(self.boards)
        line = self._bill(lines[0], 1, product_id=False, product_uom_id=False, price_unit=1070.0).invoice_line_ids
        line.sale_line_ids = lines
        self.assertRight(line)
        self._set(line, price_unit=1100.0)
        self.assertIssue(line, "1,100.00", "1,070.00")
        self.assertEqual(line.billing_surplus, 30.0)

    # === EXTENSIONS AND ALLOWANCE ===

    def test_signed_extension(self):
        """85.00 were signed for the window."""
        self._sign(self._make_change(send=True))
        invoice = self._invoice(self.order)
        line = invoice.invoice_line_ids.filtered(lambda one: one.product_id == self.window)
        self.assertEqual(line.price_unit, 85.0)
        self.assertRight(invoice.invoice_line_ids)
        self._set(line, price_unit=95)
        self.assertIssue(line, "95.00", "85.00")

    def test_allowance(self):
        """0.75 % of 5 070.00 = 38.03 come with the work, though nobody delivers an allowance."""
        order = self._make_order(confirm=False, has_minor_items=True, minor_items_rate=0.0075)
        allowance = order.order_line.filtered(lambda line: line.is_minor_items_allowance and not line.display_type)
        self.assertEqual(allowance.price_subtotal, 38.03)
        order.action_confirm()
        allowance.product_id.invoice_policy = "delivery"
        invoice = self._invoice(order)
        if allowance not in invoice.invoice_line_ids.sale_line_ids:
            invoice.invoice_line_ids = [Command.create(allowance._prepare_invoice_line(quantity=1))]
        line = invoice.invoice_line_ids.filtered(lambda one: one.sale_line_ids == allowance)
        self.assertRight(line)
        self._set(line, quantity=2)
        self.assertIssue(line, "Ordered and not billed yet: 1.00")

    # === SEVERAL ORDERS ===

    def test_several_orders(self):
        """Each line is compared with its own order."""
        other = self._make_order([(self.fitting, 4)])
        self._deliver(self.goods_order)
        self._deliver(other, {self.fitting: 3})
        invoice = self._invoice(self.goods_order | other)
        self.assertEqual(len(invoice), 1)
        self.assertRight(invoice.invoice_line_ids)
        line = invoice.invoice_line_ids.filtered(lambda one: one.sale_line_ids == other.order_line)
        self._set(line, quantity=4)
        self.assertIssue(line, "Delivered and not billed yet: 3.00")
        self.assertRight(invoice.invoice_line_ids - line)

    def test_cancelled_order(self):
        """What is cancelled is agreed no more, except for what was delivered."""
        invoice = self._bill(self._line(self.boards), 10)
        self.assertRight(invoice.invoice_line_ids)
        self.order.with_context(disable_cancel_warning=True)._action_cancel()
        invoice.button_draft()
        self.assertIssue(invoice.invoice_line_ids, "Delivered and not billed yet: 0.00")
