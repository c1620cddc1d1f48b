"""Whose cost and revenue it is: hours, analytic entries, invoices."""

from odoo.fields import Command
from odoo.tests import tagged

from .facts_common import FactsCommon


@tagged("post_install", "-at_install")
class TestFactsLabour(FactsCommon):
    def test_by_task_even_in_a_shared_project(self):
        """3 h x 40.00 on the order's task, 2 h x 30.00 on the other order's task in the same project."""
        other = self._make_order()
        task = other.order_line.task_id[:1]
        task.project_id = self.project
        task.sale_line_id = other.order_line.filtered("task_id")[:1]
        self._log(3)
        self._log(2, employee=self.other_employee, task=task)
        self.assertEqual(self._costs(), {"labour": 120.0})
        self.assertEqual(self._costs(other), {"labour": 60.0})

    def test_favours_and_hours_without_order_line(self):
        """Hours that nobody pays for are the order's, too: 1.5 h x 40.00"""
        self._log(1.5, so_line=False, is_so_line_edited=True)
        self.assertEqual(self._costs(), {"labour": 60.0})

    def test_project_without_task(self):
        """On the project itself: 1 h x 40.00"""
        self.env["account.analytic.line"].create(
            {
                "name": "Site meeting",
                "date": "2026-03-02",
                "unit_amount": 1,
                "employee_id": self.employee.id,
                "project_id": self.project.id,
            }
        )
        self.assertEqual(self._costs(), {"labour": 40.0})

    def test_moved_to_another_order(self):
        """The hours follow their task: 2 h x 40.00"""
        other = self._make_other_order()
        log = self._log(2)
        log.task_id = other.order_line.task_id[:1]
        self.assertEqual(self._costs(), {})
        self.assertEqual(self._costs(other), {"labour": 80.0})

    def test_minor_item_is_no_working_time(self):
        """A favour of half an hour with material for 12.00 is one record, and no timesheet."""
        item = self.env["sale.minor.item"].create(
            {
                "name": "Shelf moved",
                "order_id": self.order.id,
                "duration": 0.5,
                "material_cost": 12.0,
                "user_id": self.technician.id,
            }
        )
        self.assertEqual(list(self._costs()), ["minor"])
        self.assertEqual(self._cost("minor"), item.cost)
        self.assertFalse(self.env["account.analytic.line"].search([("postcalc_order_id", "=", self.order.id)]))

    def test_cancelled_favour(self):
        """Noted on the wrong order: 0.5 h x 40.00 that this one has not cost."""
        item = self.env["sale.minor.item"].create(
            {"name": "Shelf moved", "order_id": self.order.id, "duration": 0.5, "user_id": self.technician.id}
        )
        self.assertEqual(self._costs(), {"minor": 20.0})
        item._cancel("Wrong order")
        self.assertEqual(self._costs(), {})

    def test_open_source(self):
        log = self._log(1)
        self.env.flush_all()
        fact = self.env["order.postcalc.report"].search([("order_id", "=", self.order.id), ("kind", "=", "labour")])
        self.assertEqual(
            (fact.action_open_source()["res_model"], fact.action_open_source()["res_id"]), (log._name, log.id)
        )
        plan = self.env["order.postcalc.report"].search(
            [("order_id", "=", self.order.id), ("kind", "=", "plan")], limit=1
        )
        self.assertEqual(plan.action_open_source()["res_model"], "sale.order")
        # Whoever may not see other people's timesheets gets to the task, or hears what it is from.
        self.seller.group_ids -= self.env.ref("project.group_project_user")
        action = fact.with_user(self.seller).action_open_source()
        self.assertIn(action.get("res_model") or action["tag"], ("project.task", "display_notification"))


@tagged("post_install", "-at_install")
class TestFactsAnalytic(FactsCommon):
    def _entry(self, amount, account=None, **values):
        return self.env["account.analytic.line"].create(
            {
                "name": "Crane",
                "date": "2026-03-05",
                "amount": amount,
                "account_id": (account or self.account).id,
                "company_id": self.company.id,
                **values,
            }
        )

    def test_entry_of_the_project(self):
        self._entry(-250.0)
        self._entry(50.0)  # given back
        self.assertEqual(self._costs(), {"other": 200.0})

    def test_account_of_two_orders_is_nobodys(self):
        """An account that projects of two orders share says nothing about the order."""
        self._entry(-250.0)
        other = self._make_order()
        other.order_line.task_id.project_id.account_id = self.account
        self.assertEqual(self._costs(), {})
        self.assertEqual(self._costs(other), {})
        other.order_line.task_id.project_id.account_id = False
        self.assertEqual(self._costs(), {"other": 250.0})

    def test_split_distribution(self):
        """A bill of 1 000.00, half and half for the projects of two orders: 500.00 each."""
        other = self._make_other_order()
        account = other.order_line.task_id.project_id.account_id
        self._make_bill({"price_unit": 1000.0, "analytic_distribution": {self.account.id: 50, account.id: 50}})
        self.assertEqual(self._costs(), {"purchase": 500.0})
        self.assertEqual(self._costs(other), {"purchase": 500.0})

    def test_joined_distribution(self):
        """60 % of 1 000.00 for the project and a department, 40 % for another department: 600.00"""
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        shop, site = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id, "company_id": self.company.id} for name in ("Shop", "Site")]
        )
        self._make_bill(
            {"price_unit": 1000.0, "analytic_distribution": {f"{self.account.id},{shop.id}": 60, str(site.id): 40}}
        )
        self.assertEqual(self._costs(), {"purchase": 600.0})

    def test_drafts_and_cancelled_bills_are_no_cost(self):
        line = {"price_unit": 300.0, "analytic_distribution": {self.account.id: 100}}
        self._make_bill(line, post=False)
        self._make_bill(line, post=False).button_cancel()
        posted = self._make_bill(line)
        self.assertEqual(self._costs(), {"purchase": 300.0})
        posted.button_draft()
        self.assertEqual(self._costs(), {})

    def test_vendor_credit_note(self):
        """800.00 billed, 150.00 of it given back: 650.00"""
        line = {"analytic_distribution": {self.account.id: 100}}
        self._make_bill({"price_unit": 800.0, **line})
        self._make_bill({"price_unit": 150.0, **line}, move_type="in_refund")
        self.assertEqual(self._costs(), {"purchase": 650.0})

    def test_foreign_bill(self):
        """1 000.00 in a currency of which 2 make one of the company: 500.00"""
        currency = self.setup_other_currency("HRK", rates=[("2020-01-01", 2.0)])
        self._make_bill(
            {"price_unit": 1000.0, "analytic_distribution": {self.account.id: 100}}, currency_id=currency.id
        )
        self.assertEqual(self._costs(), {"purchase": 500.0})

    def test_balance_sheet_accounts_are_no_cost(self):
        """An advance to a vendor, and a deposit booked by hand; the 70.00 booked on an expense account count."""
        asset = self.company_data["default_account_assets"]
        distribution = {self.account.id: 100}
        self._make_bill({"price_unit": 500.0, "account_id": asset.id, "analytic_distribution": distribution})
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-04-01",
                "line_ids": [
                    Command.create({"account_id": asset.id, "balance": -70.0, "analytic_distribution": distribution}),
                    Command.create(
                        {"account_id": self.expense_account.id, "balance": 70.0, "analytic_distribution": distribution}
                    ),
                ],
            }
        )
        entry.action_post()
        self.assertEqual(self._costs(), {"other": 70.0})


@tagged("post_install", "-at_install")
class TestFactsInvoice(FactsCommon):
    def setUp(self):
        super().setUp()
        # Everything is invoiced as ordered.
        self.assertEqual(self.order.amount_untaxed, 5070.0)

    def test_posted_only(self):
        invoice = self._invoice(post=False)
        self.assertEqual(self._revenue(), 0.0)
        invoice.action_post()
        self.assertEqual(self._revenue(), 5070.0)
        self.assertEqual(self._cost(), 0.0)

    def test_analytic_entries_of_invoices_are_no_second_revenue(self):
        """The invoice lines have the project's account, too."""
        invoice = self._invoice(post=False)
        invoice.invoice_line_ids.analytic_distribution = {self.account.id: 100}
        invoice.action_post()
        self.assertEqual((self._revenue(), self._cost()), (5070.0, 0.0))

    def test_advance_and_its_deduction(self):
        """1 000.00 (1 190.00 with taxes) in advance; the final invoice is 5 070.00 less 1 000.00."""
        self._advance(1190.0)
        self.assertEqual((self._revenue("downpayment"), self._revenue("invoice")), (1000.0, 0.0))
        self._invoice(final=True)
        self.assertEqual((self._revenue("downpayment"), self._revenue("invoice")), (0.0, 5070.0))

    def test_credit_note_of_the_invoice(self):
        """The reversal takes the lines with it."""
        self._reverse(self._invoice())
        self.assertEqual(self._revenue(), 0.0)

    def test_goodwill_credit(self):
        """200.00 off the invoice of this order, linked to none of its lines: 4 870.00"""
        invoice = self._invoice()
        self._goodwill(invoice, 200.0)
        self.assertEqual(self._revenue("invoice"), 4870.0)

    def test_goodwill_on_the_invoice_of_two_orders_is_nobodys(self):
        other = self._make_order()
        invoice = self._invoice(self.order | other)
        self._goodwill(invoice, 200.0)
        self.assertEqual((self._revenue(), self._revenue(order=other)), (5070.0, 5070.0))

    def test_goodwill_with_the_account_of_the_project(self):
        """Two ways lead to the order; one counts: 4 870.00. On an invoice of two orders the account decides."""
        invoice = self._invoice()
        self._goodwill(invoice, 200.0, analytic_distribution={self.account.id: 100})
        self.assertEqual(self._revenue("invoice"), 4870.0)
        others = self._make_other_order() | self._make_other_order()
        invoice = self._invoice(others)
        account = others[0].order_line.task_id.project_id.account_id
        self._goodwill(invoice, 70.0, analytic_distribution={account.id: 100})
        self.assertEqual([self._revenue(order=order) for order in others], [5000.0, 5070.0])

    def test_goodwill_that_is_not_posted(self):
        """The customer has nothing of a draft: 5 070.00"""
        credit = self._goodwill(self._invoice(), 200.0)
        credit.button_draft()
        self.assertEqual(self._revenue("invoice"), 5070.0)

    def _goodwill(self, invoice, amount, **line):
        credit = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "reversed_entry_id": invoice.id,
                "invoice_date": "2026-05-20",
                "invoice_line_ids": [
                    Command.create({"name": "Goodwill", "price_unit": amount, "tax_ids": [Command.clear()], **line})
                ],
            }
        )
        credit.action_post()
        return credit

    def test_line_that_bills_several_lines(self):
        """1 070.00 for assembly (720.00) and boards (350.00): 720 / 1 070 of it and 350 / 1 070 of it."""
        lines = self._line(self.assembly) | self._line(self.boards)
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-05-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Assembly with boards",
                            "price_unit": 1000.0,
                            "tax_ids": [Command.clear()],
                            "sale_line_ids": [Command.set(lines.ids)],
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        shares = dict(
            self._facts(("kind", "=", "invoice"), groupby=["order_line_id"], measures=["invoiced_revenue:sum"])
        )
        self.assertAlmostEqual(shares[lines[0]], 1000.0 * 720 / 1070)
        self.assertAlmostEqual(shares[lines[1]], 1000.0 * 350 / 1070)
        self.assertAlmostEqual(sum(shares.values()), 1000.0)

    def test_line_that_bills_several_lines_without_a_price(self):
        """300.00 for two lines of 0.00: 150.00 each, and not 300.00 twice."""
        self.company.margin_floor_policy = "off"
        order = self._make_order([(self.assembly, 12), (self.boards, 10)], confirm=False)
        order.action_confirm()
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-05-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "At a flat rate",
                            "price_unit": 300.0,
                            "tax_ids": [Command.clear()],
                            "sale_line_ids": [Command.set(order.order_line.ids)],
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        order.order_line.price_unit = 0.0
        shares = self._facts(
            ("kind", "=", "invoice"), groupby=["order_line_id"], measures=["invoiced_revenue:sum"], order=order
        )
        self.assertEqual([amount for _line, amount in shares], [150.0, 150.0])

    def test_foreign_order(self):
        """10 140.00 in a currency of which 2 make one of the company: 5 070.00"""
        currency = self.setup_other_currency("HRK", rates=[("2020-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "Abroad", "currency_id": currency.id})
        order = self._make_order(pricelist_id=pricelist.id, confirm=False)
        for line, price in zip(order.order_line, (8000.0, 120.0, 70.0), strict=True):
            line.price_unit = price
        order.action_confirm()
        self._invoice(order)
        self.assertEqual((order.amount_untaxed, self._revenue(order=order)), (10140.0, 5070.0))

    def test_journal_entry_with_order_lines_is_no_invoice(self):
        """A deposit booked by hand."""
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_revenue"].id,
                            "balance": -500.0,
                            "sale_line_ids": [Command.set(self._line(self.assembly).ids)],
                        }
                    ),
                    Command.create({"account_id": self.company_data["default_account_assets"].id, "balance": 500.0}),
                ],
            }
        )
        entry.action_post()
        self.assertEqual(self._revenue(), 0.0)
