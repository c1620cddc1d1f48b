"""The ways out for an invoice that is held: correct it, hold lines back, override with a reason."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingRelease(BillingCommon):
    # === OVERRIDE ===

    def test_override(self):
        invoice = self._bill(self.goods_line, 10)
        self._override(invoice, reason="Billed ahead, as agreed by phone")
        self.assertFalse(invoice.is_billing_held)
        self.assertEqual(invoice.billing_override_reason, "Billed ahead, as agreed by phone")
        self.assertEqual(invoice.billing_override_user_id, self.accountant)
        note = invoice.message_ids[0].body
        self.assertIn("Billed ahead, as agreed by phone", note)
        self.assertIn("Delivered and not billed yet: 0.00", note)
        invoice.with_user(self.bookkeeper).action_post()
        self.assertEqual(invoice.state, "posted")
        # It stays on file what it was, also when the goods are delivered later.
        self._deliver(self.goods_order)
        self.assertIssue(invoice.invoice_line_ids, "Delivered and not billed yet: 0.00")
        row = self.env["order.billing.report"].search([("move_id", "=", invoice.id)])
        self.assertEqual((row.state, row.override_user_id, row.surplus), ("posted", self.accountant, 250.0))
        # Odoo's form of invoices refuses sellers: they get the order.
        self.assertEqual(row.with_user(self.bookkeeper).action_open_invoice()["res_model"], "account.move")
        self.assertEqual(row.with_user(self.seller).action_open_invoice()["res_model"], "sale.order")

    def test_override_and_post(self):
        invoice = self._bill(self.goods_line, 10).with_user(self.accountant)
        wizard = self.env["order.billing.override"].with_user(self.accountant)
        wizard = wizard.with_context(**invoice.action_override_billing()["context"]).create({"reason": "Agreed"})
        self.assertIn("Fitting set", wizard.issue_summary)
        wizard.action_override_and_post()
        self.assertEqual(invoice.state, "posted")

    def test_override_is_void_after_a_change(self):
        """It covers what was seen, no more: another figure is another decision."""
        self._deliver(self.goods_order, {self.fitting: 8})
        invoice = self._bill(self.goods_line, 10)
        line = invoice.invoice_line_ids
        self._override(invoice)
        for values in ({"quantity": 12}, {"price_unit": 30.0, "quantity": 10}):
            self._set(line, **values)
            self.assertTrue(invoice.is_billing_held)
            self.assertTrue(invoice.is_billing_override_void)
            with self.assertRaises(UserError):
                invoice.action_post()
        self._set(line, quantity=10, price_unit=25.0)
        self.assertFalse(invoice.is_billing_held, "this is what was seen")
        invoice.invoice_line_ids = [Command.create({"name": "Travel", "quantity": 1, "price_unit": 40})]
        self.assertTrue(invoice.is_billing_held, "the new line was not seen")

    def test_override_survives_what_gets_right(self):
        invoice = self._invoice(self.order)
        boards = invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.boards)
        self._set(boards, quantity=11)
        self._override(invoice)
        self._set(boards, quantity=10)
        self.assertFalse(invoice.is_billing_held)
        invoice.action_post()

    def test_override_of_what_was_not_seen(self):
        invoice = self._bill(self.goods_line, 10)
        wizard = self.env["order.billing.override"].with_user(self.accountant)
        wizard = wizard.with_context(default_move_ids=invoice.ids).create({"reason": "Agreed"})
        self._set(invoice.invoice_line_ids, quantity=20)
        with self.assertRaises(UserError):
            wizard.action_override()
        self.assertFalse(invoice.billing_override_reason)

    def test_override_needs_a_reason(self):
        invoice = self._bill(self.goods_line, 10)
        for reason in (" \n ", "", False):
            with self.assertRaises(UserError):
                invoice.with_user(self.accountant)._override_billing(reason, invoice._get_billing_figures())

    def test_nothing_to_override(self):
        self._deliver(self.goods_order)
        invoice = self._invoice(self.goods_order)
        with self.assertRaises(UserError):
            invoice.with_user(self.accountant)._override_billing("Just so", [])
        invoice.action_post()
        with self.assertRaises(UserError):
            invoice.with_user(self.accountant)._override_billing("Just so", [])

    def test_who_may_override(self):
        invoice = self._bill(self.goods_line, 10)
        self.assertTrue(invoice.with_user(self.accountant).can_override_billing)
        for user in (self.bookkeeper, self.seller, self.manager, self.storekeeper, self.technician):
            self.assertFalse(self.env["account.move"].with_user(user)._can_override_billing())
            with self.assertRaises(AccessError):
                invoice.with_user(user).action_override_billing()
            with self.assertRaises(AccessError):
                self.env["order.billing.override"].with_user(user).create(
                    {"move_ids": [Command.set(invoice.ids)], "reason": "Mine"}
                )

    def test_nobody_writes_it(self):
        """Neither a right nor an import gives what an action gives."""
        invoice = self._bill(self.goods_line, 10)
        for user in (self.env.user, self.accountant, self.bookkeeper):
            for name, value in (
                ("billing_override_reason", "Mine"),
                ("billing_override_user_id", user.id),
                ("billing_overridden_issues", invoice._get_billing_figures()),
                ("billing_held_from_id", invoice.id),
            ):
                with self.assertRaises(UserError):
                    invoice.with_user(user).write({name: value})
        copy = invoice.copy()
        self.assertFalse(copy.billing_override_reason)

    # === HOLD ===

    def test_hold_back_the_surplus(self):
        """8 of 10 are delivered: 8 × 25.00 can go, 2 × 25.00 wait."""
        self._deliver(self.goods_order, {self.fitting: 8})
        invoice = self._bill(self.goods_line, 10)
        invoice.ref = "Order 4711"
        held = invoice.with_user(self.bookkeeper)._hold_billing_issues()
        self.assertEqual((invoice.amount_untaxed, held.amount_untaxed), (200.0, 50.0))
        self.assertEqual(self.goods_line.qty_invoiced, 10.0)
        self.assertEqual(held.invoice_line_ids.sale_line_ids, self.goods_line)
        self.assertEqual(
            (held.billing_held_from_id, held.ref, held.invoice_origin), (invoice, "Order 4711", self.goods_order.name)
        )
        self.assertFalse(invoice.is_billing_held)
        self.assertTrue(held.is_billing_held)
        self.assertIssue(held.invoice_line_ids, "Billed: 2.00", "Delivered and not billed yet: 0.00")
        invoice.with_user(self.bookkeeper).action_post()
        with self.assertRaises(UserError):
            held.action_post()
        self._deliver(self.goods_order)
        self.assertRight(held.invoice_line_ids)
        held.action_post()
        self.assertEqual(self.goods_line.qty_invoiced_posted, 10.0)

    def test_hold_back_lines(self):
        """The boards are billed at a wrong price; wardrobe and assembly (4 720.00) go, section by section."""
        for name, sequence in (("Furniture", 1), ("Boards", 50)):
            self.env["sale.order.line"].create(
                {"order_id": self.order.id, "display_type": "line_section", "name": name, "sequence": sequence}
            )
        self._line(self.boards).sequence = 60
        self.order.invalidate_recordset(["order_line"])
        invoice = self._invoice(self.order)
        boards = invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.boards)
        self._set(boards, price_unit=40.0)
        total = invoice.amount_untaxed
        held = invoice._hold_billing_issues()
        self.assertEqual(held.invoice_line_ids.mapped("name"), ["Boards", "Shelf board"])
        self.assertEqual((invoice.amount_untaxed, held.amount_untaxed), (4720.0, 400.0))
        self.assertEqual(invoice.amount_untaxed + held.amount_untaxed, total)
        self.assertNotIn("Boards", invoice.invoice_line_ids.mapped("name"), "nothing stands under it any more")
        self.assertEqual(self.order.order_line.mapped("qty_to_invoice"), [0.0] * 5)
        self.assertEqual(held.invoice_line_ids.mapped("billing_issue_kind"), [False, "price"])
        invoice.action_post()

    def test_hold_back_what_no_order_has(self):
        """Alone on its draft, it still is what nobody has agreed to."""
        invoice = self._invoice(self.order)
        invoice.invoice_line_ids = [Command.create({"name": "Travel", "quantity": 2, "price_unit": 40})]
        held = invoice._hold_billing_issues()
        self.assertEqual(held.amount_untaxed, 80.0)
        self.assertEqual(held.invoice_line_ids.billing_issue_kind, "not_agreed")
        with self.assertRaises(UserError):
            held.action_post()

    def test_hold_back_everything(self):
        invoice = self._bill(self.goods_line, 10)
        with self.assertRaises(UserError) as error:
            invoice._hold_billing_issues()
        self.assertIn("nothing of it can go", str(error.exception))
        self.assertEqual(invoice.invoice_line_ids.quantity, 10)

    def test_hold_back_nothing(self):
        with self.assertRaises(UserError):
            self._invoice(self.order)._hold_billing_issues()

    def test_hold_back_more_than_the_down_payment_leaves(self):
        """80.00 were paid in advance; without the 8 that are missing, 2 × 25.00 are left to deduct them from."""
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(self.goods_order.ids)],
                "advance_payment_method": "percentage",
                "amount": 32,
            }
        )
        wizard._create_invoices(self.goods_order).action_post()
        self._deliver(self.goods_order, {self.fitting: 10})
        final = self._invoice(self.goods_order, final=True)
        self.assertEqual(final.amount_untaxed, 170.0)
        self.goods_order.picking_ids.move_ids.quantity = 2
        self.goods_line.invalidate_recordset()
        line = final.invoice_line_ids.filtered(lambda one: one.product_id == self.fitting)
        self.assertEqual(line.billing_expected_qty, 2.0)
        with self.assertRaises(UserError) as error, self.cr.savepoint():
            final._hold_billing_issues()
        self.assertIn("down payment", str(error.exception))

    def test_hold_back_hours(self):
        """The hours of what waits are billed by the draft that waits."""
        if "timesheet_ids" not in self.env["account.move"]._fields:
            self.skipTest("needs sale_timesheet")
        project = self.env["project.project"].create({"name": "Repairs", "allow_billable": True})
        service = self._make_product(
            "Repair by the hour", 60.0, service_tracking="task_global_project", project_id=project.id,
            uom_id=self.env.ref("uom.product_uom_hour").id,
        )  # fmt: skip
        service.service_policy = "delivered_timesheet"
        order = self._make_order([(service, 5), (self.window, 1)])
        hours = self.env["account.analytic.line"].create(
            {
                "name": "Hinges", "project_id": project.id, "task_id": order.order_line.task_id.id, "unit_amount": 3.0,
                "employee_id": self.technician.employee_id.id,
            }
        )  # fmt: skip
        invoice = self._invoice(order)
        self.assertEqual(hours.timesheet_invoice_id, invoice)
        line = invoice.invoice_line_ids.filtered(lambda one: one.product_id == service)
        self._set(line, price_unit=70.0)
        held = invoice.with_user(self.bookkeeper)._hold_billing_issues()
        self.assertEqual(hours.timesheet_invoice_id, held)
        self.assertEqual((invoice.amount_untaxed, held.amount_untaxed), (85.0, 210.0))

    # === POSTING ===

    def test_post_many(self):
        """What is right is posted, what is held stays: one doesn't wait for the other."""
        right, wrong = self._invoice(self.order), self._bill(self.goods_line, 10)
        action = (right | wrong).with_user(self.bookkeeper).action_validate_moves_with_confirmation()
        self.assertEqual((right.state, wrong.state), ("posted", "draft"))
        self.assertIn("Fitting set", action["params"]["message"])
        with self.assertRaises(UserError):
            wrong.action_validate_moves_with_confirmation()

    def test_post_many_with_the_wizard(self):
        right, wrong = self._invoice(self.order), self._bill(self.goods_line, 10)
        wizard = self.env["validate.account.move"].create({"move_ids": [Command.set((right | wrong).ids)]})
        self.assertEqual(wizard.billing_held_move_ids, wrong)
        wizard.leave_billing_held = False
        with self.assertRaises(UserError), self.cr.savepoint():
            wizard.validate_move()
        self.assertEqual(right.state, "draft")
        wizard.leave_billing_held = True
        wizard.validate_move()
        self.assertEqual((right.state, wrong.state), ("posted", "draft"))

    def test_post_in_the_future(self):
        """It is scheduled, and checked when the day has come."""
        invoice = self._bill(self.goods_line, 10)
        invoice.write({"invoice_date": "2050-01-01", "date": "2050-01-01"})
        invoice._post(soft=True)
        self.assertEqual((invoice.state, invoice.auto_post), ("draft", "at_date"))
        invoice.write({"date": "2020-01-01", "invoice_date": "2020-01-01"})
        with self.assertRaises(UserError):
            invoice._post(soft=True)

    def test_checked_anew(self):
        """Nothing tells the invoice that the product is billed as delivered from now on: posting looks again."""
        invoice = self._invoice(self.order)
        self.assertRight(invoice.invoice_line_ids)
        self.boards.invoice_policy = "delivery"
        self.assertRight(invoice.invoice_line_ids)
        with self.assertRaises(UserError) as error:
            invoice.action_post()
        self.assertIn("Shelf board", str(error.exception))

    def test_reset_to_draft(self):
        self._deliver(self.goods_order)
        invoice = self._invoice(self.goods_order)
        invoice.action_post()
        self.goods_line.price_unit = 20.0
        self.assertRight(invoice.invoice_line_ids)
        invoice.button_draft()
        self.assertIssue(invoice.invoice_line_ids, "25.00", "20.00")

    def test_posted_by_the_clock(self):
        """Odoo posts what is due one by one where one of them can't be: the reason stands in its chatter."""
        right, wrong = self._invoice(self.order), self._bill(self.goods_line, 10)
        (right | wrong).write({"auto_post": "at_date", "date": "2020-01-01", "invoice_date": "2020-01-01"})
        self.env.flush_all()
        # Odoo rolls back in between, so it needs a cursor of its own.
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["account.move"]._autopost_draft_entries()
        self.env.invalidate_all()
        self.assertEqual((right.state, wrong.state), ("posted", "draft"))
        self.assertIn("Fitting set", wrong.message_ids[0].body)

    def test_hold_back_of_a_credit_note(self):
        """It can't be split: what it charges is no part of what it credits."""
        line = self._bill(self.goods_line, 10).invoice_line_ids
        line.move_id.action_switch_move_type()
        self._set(line, quantity=-10)
        self.assertFalse(line.move_id.can_hold_billing_issues)
        with self.assertRaises(UserError):
            line.move_id._hold_billing_issues()

    def test_order_of_a_held_invoice(self):
        """The seller, who has agreed on the price, sees on the order what is wrong with its invoice."""
        invoice = self._invoice(self.order)
        boards = invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.boards)
        self.assertFalse(self.order.has_held_invoice)
        self._set(boards, price_unit=40.0)
        self.assertTrue(invoice.can_hold_billing_issues)
        order = self.order.with_user(self.seller)
        self.assertTrue(order.has_held_invoice)
        self.assertIn("40.00", order.held_invoice_summary)
        self._override(invoice)
        self.assertFalse(order.has_held_invoice)

    # === ACCESS, SPEED ===

    def test_report(self):
        """A seller sees what concerns his customers, the bookkeeper all, a storekeeper nothing."""
        invoice = self._bill(self.goods_line, 10)
        domain = [("move_id", "=", invoice.id)]
        report = self.env["order.billing.report"]
        for user, count in ((self.seller, 1), (self.other_seller, 0), (self.manager, 1), (self.bookkeeper, 1)):
            self.assertEqual(report.with_user(user).search_count(domain), count, user.login)
        for user in (self.storekeeper, self.technician, self.customer_user):
            with self.assertRaises(AccessError):
                report.with_user(user).search_count(domain)
        row = report.search(domain)
        self.assertEqual(
            (row.kind, row.state, row.order_id, row.surplus), ("quantity", "held", self.goods_order, 250.0)
        )
        groups = report._read_group(domain, ["partner_id", "date:month", "kind"], ["surplus:sum", "__count"])
        self.assertEqual(groups[0][3:], (250.0, 1))

    def test_the_customer_reads_none_of_it(self):
        invoice = self._bill(self.goods_line, 10)
        self._override(invoice)
        invoice.action_post()
        for name in ("billing_issue", "billing_issue_kind"):
            with self.assertRaises(AccessError):
                invoice.invoice_line_ids.with_user(self.customer_user).read([name])
        with self.assertRaises(AccessError):
            invoice.with_user(self.customer_user).read(["billing_override_reason"])

    def test_search(self):
        wrong = self._bill(self.goods_line, 10).invoice_line_ids
        right = self._invoice(self.order).invoice_line_ids
        both = [("id", "in", (wrong | right).ids)]
        lines = self.env["account.move.line"]
        self.assertEqual(lines.search([*both, ("billing_issue", "!=", False)]), wrong)
        self.assertEqual(lines.search([*both, ("billing_issue", "=", False)]), right)

    def test_words_in_the_users_language(self):
        """Only figures are stored."""
        line = self._bill(self.goods_line, 10).invoice_line_ids
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertIn("10,00", line.with_context(lang="fr_FR").billing_issue)
        self.assertIn("10.00", line.with_context(lang="en_US").billing_issue)

    def test_queries(self):
        """As many queries for 40 lines as for 4."""
        counts = []
        for number in (4, 40):
            order = self._make_order([(self.fitting, 1)] * number)
            move = self.env["account.move"].create(
                {
                    **order._prepare_invoice(),
                    "invoice_line_ids": [
                        Command.create(line._prepare_invoice_line(quantity=1)) for line in order.order_line
                    ],
                }
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            move._get_posting_objections()
            move.invoice_line_ids.mapped("billing_issue")
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLess(counts[1], 40)
