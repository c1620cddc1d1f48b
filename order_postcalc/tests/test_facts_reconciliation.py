"""The facts of an order against the profitability panel of its project: equal, but for what is said here by number."""

from odoo.fields import Command
from odoo.tests import tagged

from .facts_common import FactsCommon


@tagged("post_install", "-at_install")
class TestFactsReconciliation(FactsCommon):
    def _panel(self):
        """What the panel has as billed and invoiced, by section; cost positive."""
        items = self.project._get_profitability_items(with_action=False)
        costs = {row["id"]: round(-row["billed"], 2) for row in items["costs"]["data"] if round(row["billed"], 2)}
        revenues = {
            row["id"]: round(row["invoiced"], 2) for row in items["revenues"]["data"] if round(row["invoiced"], 2)
        }
        return costs, revenues

    def _assert_differs(self, costs=0.0, revenues=0.0):
        """The facts are that much more than the panel."""
        panel_costs, panel_revenues = self._panel()
        self.assertAlmostEqual(self._cost() - sum(panel_costs.values()), costs, 2, f"{self._costs()} {panel_costs}")
        self.assertAlmostEqual(self._revenue() - sum(panel_revenues.values()), revenues, 2, str(panel_revenues))

    def _analytic(self, percentage=100):
        return {"analytic_distribution": {self.account.id: percentage}}

    def test_cost_that_both_know(self):
        """3 h x 40.00 = 120.00; bills 1 000.00 and half of 300.00; a crane entered by hand, 250.00"""
        self._log(3)
        self._make_bill({"price_unit": 1000.0, **self._analytic()})
        self._make_bill({"price_unit": 300.0, **self._analytic(50)})
        self.env["account.analytic.line"].create(
            {"name": "Crane", "date": "2026-03-05", "amount": -250.0, "account_id": self.account.id}
        )
        self.assertEqual(self._costs(), {"labour": 120.0, "purchase": 1150.0, "other": 250.0})
        self._assert_differs()

    def test_revenue_that_both_know(self):
        """Advance, final invoice less the advance, credit note for the final invoice."""
        self._advance(1190.0)
        self.assertEqual(self._revenue(), 1000.0)
        self._assert_differs()
        invoice = self._invoice(final=True)
        self.assertEqual(self._revenue(), 5070.0)
        self._assert_differs()
        self._reverse(invoice)
        self.assertEqual(self._revenue(), 1000.0)
        self._assert_differs()

    def test_favours_are_not_in_the_panel(self):
        """0.5 h x 40.00 + material for 12.00"""
        self.env["sale.minor.item"].create(
            {
                "name": "Shelf moved",
                "order_id": self.order.id,
                "duration": 0.5,
                "material_cost": 12.0,
                "user_id": self.technician.id,
            }
        )
        self.assertEqual(self._costs(), {"minor": 32.0})
        self._assert_differs(costs=32.0)

    def test_goodwill_is_in_the_panel_by_account_only(self):
        """200.00 off without an account: in the facts by the invoice that it corrects."""
        invoice = self._invoice()
        for line, panel_knows in (({}, 0.0), (self._analytic(), 200.0)):
            credit = self.env["account.move"].create(
                {
                    "move_type": "out_refund",
                    "partner_id": invoice.partner_id.id,
                    "reversed_entry_id": invoice.id,
                    "invoice_date": "2026-05-20",
                    "invoice_line_ids": [
                        Command.create({"name": "Goodwill", "price_unit": 200.0, "tax_ids": [Command.clear()], **line})
                    ],
                }
            )
            credit.action_post()
            self.assertEqual(self._revenue("invoice"), 4870.0)
            self._assert_differs(revenues=panel_knows - 200.0)
            credit.button_draft()
            credit.button_cancel()

    def test_balance_sheet_accounts_are_in_the_panel(self):
        """An advance of 500.00 to a vendor is a cost there."""
        asset = self.company_data["default_account_assets"]
        self._make_bill({"price_unit": 500.0, "account_id": asset.id, **self._analytic()})
        self._assert_differs(costs=-500.0)

    def test_deliveries(self):
        """The panel knows a delivery by its analytic entry only, and counts a bill for the same goods beside it.

        10 boards of 20.00 delivered. Billed at 23.00: 230.00 in both.
        """
        if not self.env["order.postcalc.report"]._has_deliveries():
            self.skipTest("deliveries need sale_stock and stock_account")
        move = self.order.order_line.move_ids.filtered(lambda move: move.product_id == self.boards)
        move.picking_id.move_ids.write({"quantity": 0, "picked": False})
        move.write({"quantity": 10, "picked": True})
        move.picking_id._action_done()
        self.assertEqual(self._costs(), {"material": 200.0})
        self._assert_differs(costs=200.0)
        self._make_bill({"product_id": self.boards.id, "quantity": 10, "price_unit": 23.0, **self._analytic()})
        self.assertEqual(self._costs(), {"purchase": 230.0})
        self._assert_differs()

    def test_purchases(self):
        """4 panes of 100.00 for a line of the order, without the account: not in the panel.

        With the account: what is received but not billed, 3 x 100.00, is still to be billed there; the bill for 4 at
        110.00 is the same in both.
        """
        if not self.env["order.postcalc.report"]._has_fields("purchase.order.line", "sale_line_id"):
            self.skipTest("purchases for order lines need sale_purchase")
        glazing = self._make_product("Glazing", 150.0, purchase_method="receive")
        for values, known in (({"sale_line_id": self._line(self.wardrobe).id}, False), (self._analytic(), True)):
            purchase = self.env["purchase.order"].create(
                {
                    "partner_id": self.vendor.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": glazing.id,
                                "product_qty": 4,
                                "price_unit": 100.0,
                                "tax_ids": [Command.clear()],
                                **values,
                            }
                        )
                    ],
                }
            )
            purchase.button_confirm()
            before = self._cost()
            self._assert_differs(costs=before)
            purchase.order_line.qty_received = 3
            self.assertEqual(self._cost() - before, 300.0)
            self._assert_differs(costs=before + 300.0)
            bill = self._make_bill(
                {
                    "quantity": 4,
                    "price_unit": 110.0,
                    "product_id": glazing.id,
                    "purchase_line_id": purchase.order_line.id,
                    "analytic_distribution": values.get("analytic_distribution", False),
                }
            )
            self.assertEqual(bill.amount_untaxed, 440.0)
            self.assertEqual(self._cost() - before, 440.0)
            self._assert_differs(costs=before + (0.0 if known else 440.0))

    def test_expenses(self):
        """115.00 with taxes: 100.00, re-invoiced at 100.00."""
        if not self.env["order.postcalc.report"]._has_fields("hr.expense", "sale_order_id"):
            self.skipTest("expenses of orders need sale_expense")
        self.env.user.group_ids |= self.env.ref("hr_expense.group_hr_expense_manager")
        hotel = self._make_product("Hotel", 0.0, can_be_expensed=True, expense_policy="cost")
        self.employee.work_contact_id = self.env["res.partner"].create({"name": "Technician at home"})
        expense = self.env["hr.expense"].create(
            {
                "name": "Night",
                "employee_id": self.employee.id,
                "product_id": hotel.id,
                "total_amount_currency": 115.0,
                "tax_ids": [Command.set(self.company_data["default_tax_purchase"].ids)],
                "company_id": self.company.id,
                "date": "2026-03-10",
                "sale_order_id": self.order.id,
            }
        )
        expense.action_submit()
        if expense.state == "submitted":
            expense.action_approve()
        expense._post_without_wizard()
        self.assertEqual(self._costs(), {"expense": 100.0})
        self._assert_differs()
        self._invoice()
        self.assertEqual(self._revenue(), 5170.0)
        self._assert_differs()

    def test_drafts_are_to_be_billed(self):
        self._make_bill({"price_unit": 1000.0, **self._analytic()}, post=False)
        self._invoice(post=False)
        self._assert_differs()
