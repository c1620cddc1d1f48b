"""What is bought for an order: purchase lines, their bills, what is received and what is on its way."""

from unittest import SkipTest

from odoo.fields import Command
from odoo.tests import tagged

from .facts_common import FactsCommon


@tagged("post_install", "-at_install")
class TestFactsPurchase(FactsCommon):
    """The glazing of the order's wardrobe is bought from a subcontractor: 4 panes of 100.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env["order.postcalc.report"]._has_fields("purchase.order.line", "sale_line_id"):
            raise SkipTest("purchases for order lines need sale_purchase")
        cls.env.user.group_ids |= cls.env.ref("purchase.group_purchase_manager")
        cls.glazing = cls._make_product("Glazing", 150.0, purchase_method="receive")

    def _buy(self, quantity=4, price=100.0, confirm=True, line=None, **values):
        """Return the line of a purchase order; with ``line`` it is made for that line of an order."""
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.glazing.id,
                            "name": "Glazing",
                            "product_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                            "sale_line_id": line.id if line else False,
                            **values,
                        }
                    )
                ],
            }
        )
        if confirm:
            order.button_confirm()
        return order.order_line

    def _bill_purchase(self, line, quantity, price=None, move_type="in_invoice", **values):
        return self._make_bill(
            {
                "product_id": line.product_id.id,
                "quantity": quantity,
                "price_unit": line.price_unit if price is None else price,
                "purchase_line_id": line.id,
                "analytic_distribution": line.analytic_distribution,
            },
            move_type=move_type,
            **values,
        )

    def _figures(self, order=None):
        """Cost and committed cost."""
        return self._total("actual_cost", order=order), self._total("committed_cost", order=order)

    def test_ordered_received_billed(self):
        """4 panes of 100.00: ordered; 3 received; a bill for 2 at 110.00; one for the others at 100.00."""
        line = self._buy(line=self._line(self.wardrobe))
        self.assertEqual(self._figures(), (0.0, 400.0))
        line.qty_received = 3
        self.assertEqual(self._figures(), (300.0, 100.0))
        self._bill_purchase(line, 2, 110.0)
        self.assertEqual(self._figures(), (320.0, 100.0))  # 220.00 billed + 1 x 100.00 received
        self._bill_purchase(line, 2)
        self.assertEqual(self._figures(), (420.0, 0.0))
        [(order_line, cost)] = [
            row for row in self._facts(("kind", "=", "purchase"), groupby=["order_line_id"]) if row[1]
        ]
        self.assertEqual((order_line, cost), (self._line(self.wardrobe), 420.0))

    def test_requests_and_cancelled_orders_are_nothing(self):
        self._buy(line=self._line(self.wardrobe), confirm=False)
        self._buy(line=self._line(self.wardrobe)).order_id.button_cancel()
        self.assertEqual(self._figures(), (0.0, 0.0))

    def test_draft_bill(self):
        """2 panes received; the draft of a bill for them changes nothing until it is posted."""
        line = self._buy(line=self._line(self.wardrobe))
        line.qty_received = 2
        bill = self._bill_purchase(line, 2, 120.0, post=False)
        self.assertEqual(self._figures(), (200.0, 200.0))
        bill.action_post()
        self.assertEqual(self._figures(), (240.0, 200.0))

    def test_billed_before_it_is_received(self):
        line = self._buy(line=self._line(self.wardrobe))
        self._bill_purchase(line, 4)
        self.assertEqual(self._figures(), (400.0, 0.0))
        line.qty_received = 4
        self.assertEqual(self._figures(), (400.0, 0.0))

    def test_vendor_credit_note(self):
        """400.00 billed and one pane given back, that is to be replaced: received, and billed again some day."""
        line = self._buy(line=self._line(self.wardrobe))
        line.qty_received = 4
        self._bill_purchase(line, 4)
        self._bill_purchase(line, 1, move_type="in_refund")
        self.assertEqual(self._figures(), (400.0, 0.0))
        line.qty_received = 3
        self.assertEqual(self._figures(), (300.0, 100.0))

    def test_order_line_and_account_both(self):
        """The account of the other order's project doesn't get what was bought for a line of this one."""
        other = self._make_other_order()
        account = other.order_line.task_id.project_id.account_id
        line = self._buy(line=self._line(self.wardrobe), analytic_distribution={account.id: 100})
        line.qty_received = 1
        self.assertEqual(self._figures(), (100.0, 300.0))
        self._bill_purchase(line, 4)
        self.assertEqual(self._figures(), (400.0, 0.0))
        self.assertEqual(self._figures(other), (0.0, 0.0))

    def test_own_account_and_order_line(self):
        """Two ways lead to the order; it is ordered, received and billed at 400.00 once."""
        line = self._buy(line=self._line(self.wardrobe), analytic_distribution={self.account.id: 100})
        self.assertEqual(self._figures(), (0.0, 400.0))
        line.qty_received = 4
        self.assertEqual(self._figures(), (400.0, 0.0))
        self._bill_purchase(line, 4)
        self.assertEqual(self._figures(), (400.0, 0.0))

    def test_by_account(self):
        """Half for this order, half for the other one; 2 of 4 received, then 1 billed at 120.00.

        Each: 50 % of 120.00 + 50 % of 1 x 100.00; committed 50 % of 2 x 100.00.
        """
        other = self._make_other_order()
        account = other.order_line.task_id.project_id.account_id
        line = self._buy(analytic_distribution={self.account.id: 50, account.id: 50})
        self.assertEqual(self._figures(), (0.0, 200.0))
        line.qty_received = 2
        self.assertEqual(self._figures(), (100.0, 100.0))
        self._bill_purchase(line, 1, 120.0)
        self.assertEqual(self._figures(), (110.0, 100.0))
        self.assertEqual(self._figures(other), (110.0, 100.0))

    def test_by_joined_accounts(self):
        """60 % for the project and one department, 15 % for it and another one: 75 % of 400.00"""
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        shop, site = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id, "company_id": self.company.id} for name in ("Shop", "Site")]
        )
        line = self._buy(
            analytic_distribution={
                f"{self.account.id},{shop.id}": 60,
                f"{site.id},{self.account.id}": 15,
                str(shop.id): 25,
            }
        )
        self.assertEqual(self._figures(), (0.0, 300.0))
        self._bill_purchase(line, 4)
        self.assertEqual(self._figures(), (300.0, 0.0))

    def test_foreign_purchase(self):
        """4 panes of 100.00 in a currency of which 2 make one of the company, less 10 %: 180.00"""
        currency = self.setup_other_currency("HRK", rates=[("2020-01-01", 2.0)])
        line = self._buy(line=self._line(self.wardrobe), discount=10.0, confirm=False)
        line.order_id.currency_id = currency
        line.write({"price_unit": 100.0, "discount": 10.0})
        line.order_id.button_confirm()
        self.assertEqual(self._figures(), (0.0, 180.0))

    def test_other_unit_on_the_bill(self):
        """Ordered: 2 dozen at 1 200.00; the bill says 12 pieces at 100.00."""
        dozen = self.env.ref("uom.product_uom_dozen")
        line = self._buy(2, 1200.0, line=self._line(self.wardrobe), product_uom_id=dozen.id)
        bill = self._bill_purchase(line, 12, 100.0, post=False)
        bill.invoice_line_ids.product_uom_id = self.env.ref("uom.product_uom_unit")
        bill.invoice_line_ids.write({"quantity": 12, "price_unit": 100.0})
        bill.action_post()
        self.assertEqual(self._figures(), (1200.0, 1200.0))

    def test_received_without_being_ordered(self):
        """2 panes more than the 0 that are ordered: 2 x 100.00 less 10 % = 180.00"""
        line = self._buy(0, line=self._line(self.wardrobe), discount=10.0)
        line.qty_received = 2
        self.assertEqual(self._figures(), (180.0, 0.0))

    def test_billed_on_a_balance_sheet_account(self):
        """What is booked as goods in stock, or as an advance, is no cost of the order yet."""
        line = self._buy(line=self._line(self.wardrobe))
        asset = self.company_data["default_account_assets"]
        self._make_bill(
            {
                "product_id": line.product_id.id,
                "quantity": 4,
                "price_unit": 100.0,
                "purchase_line_id": line.id,
                "account_id": asset.id,
            }
        )
        self.assertEqual(self._figures(), (0.0, 0.0))

    def test_reinvoiced_bill(self):
        """A crane for 300.00 that the customer pays: cost once, and his invoice is the revenue."""
        crane = self._make_product("Crane", 0.0, expense_policy="cost")
        self._make_bill({"product_id": crane.id, "price_unit": 300.0, "analytic_distribution": {self.account.id: 100}})
        line = self.order.order_line.filtered("is_expense")
        self.assertEqual(len(line), 1)
        self.assertEqual(self._costs(), {"purchase": 300.0})
        self._invoice()
        self.assertEqual(self._revenue(), 5370.0)
        self.assertEqual(self._costs(), {"purchase": 300.0})


@tagged("post_install", "-at_install")
class TestFactsExpense(FactsCommon):
    """A night in a hotel, 115.00 with taxes of 15 %: 100.00"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env["order.postcalc.report"]._has_fields("hr.expense", "sale_order_id"):
            raise SkipTest("expenses of orders need sale_expense")
        cls.env.user.group_ids |= cls.env.ref("hr_expense.group_hr_expense_manager")
        cls.tax = cls.company_data["default_tax_purchase"]
        cls.hotel = cls._make_product("Hotel", 0.0, can_be_expensed=True, expense_policy="cost")
        cls.meal = cls._make_product("Meal", 0.0, can_be_expensed=True, expense_policy="no")
        cls.employee.work_contact_id = cls.env["res.partner"].create({"name": "Technician at home"})

    def _spend(self, product=None, post=True, **values):
        expense = self.env["hr.expense"].create(
            {
                "name": "Night",
                "employee_id": self.employee.id,
                "product_id": (product or self.hotel).id,
                "total_amount_currency": 115.0,
                "tax_ids": [Command.set(self.tax.ids)],
                "company_id": self.company.id,
                "date": "2026-03-10",
                **values,
            }
        )
        expense.action_submit()
        if expense.state == "submitted":
            expense.action_approve()
        if post:
            expense._post_without_wizard()
        return expense

    def test_reinvoiced(self):
        """Cost once, by its journal entry; revenue by the customer's invoice."""
        expense = self._spend(sale_order_id=self.order.id)
        self.assertTrue(expense.analytic_distribution)
        self.assertEqual(self._costs(), {"expense": 100.0})
        self._invoice()
        self.assertEqual((self._costs(), self._revenue()), ({"expense": 100.0}, 5170.0))
        self._reverse_entry(expense.account_move_id)
        self.assertEqual(self._costs(), {})

    def _reverse_entry(self, move):
        move._reverse_moves([{"date": "2026-06-01", "invoice_date": "2026-06-01"}], cancel=True)

    def test_taxes_that_nobody_gives_back(self):
        """A tax without an account of its own is a cost as well: 115.00"""
        self.tax.invoice_repartition_line_ids.account_id = False
        self._spend(sale_order_id=self.order.id)
        self.assertEqual(self._costs(), {"expense": 115.0})

    def test_whole_expense_whatever_the_distribution(self):
        """Re-invoiced to this order: the other project's account changes nothing."""
        other = self._make_other_order()
        account = other.order_line.task_id.project_id.account_id
        expense = self._spend(sale_order_id=self.order.id, post=False)
        expense.analytic_distribution = {self.account.id: 50, account.id: 50}
        expense._post_without_wizard()
        self.assertEqual((self._costs(), self._costs(other)), ({"expense": 100.0}, {}))

    def test_only_on_the_account(self):
        """Not re-invoiced, half of it the project's."""
        self._spend(self.meal, analytic_distribution={self.account.id: 50})
        self.assertEqual(self._costs(), {"expense": 50.0})

    def test_not_posted(self):
        self._spend(sale_order_id=self.order.id, post=False)
        self._spend(self.meal, post=False, analytic_distribution={self.account.id: 100})
        self.assertEqual(self._costs(), {})
