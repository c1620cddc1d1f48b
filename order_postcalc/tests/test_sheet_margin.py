"""What lists of orders show of the margin, and when it was worked out."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_sheet import SheetCommon


@tagged("post_install", "-at_install")
class TestSheetMargin(SheetCommon):
    """The order of 5 070.00, planned at 3 120.00: a margin of 1 950.00."""

    def _kept(self, order=None):
        """Planned and expected margin, and the variance between them."""
        order = order or self.order
        self.assertTrue(order.postcalc_as_of)
        return order.postcalc_planned_margin, order.postcalc_forecast_margin, order.postcalc_margin_variance

    def test_confirmation(self):
        """1 950.00 of 5 070.00 are 38.4615 %; a quotation has nothing to show."""
        order = self._make_order(confirm=False)
        self.assertFalse(order.postcalc_as_of)
        order.action_confirm()
        self.assertEqual(self._kept(order), (1950, 1950, 0))
        self.assertEqual(order.postcalc_margin_share, 0.384615)

    def test_signature(self):
        """A window for 85.00 at 50.00: 35.00 more, planned and expected. Offered alone it counts nowhere."""
        change = self._make_change(self._add(self.window), send=True)
        self.assertEqual(self._kept(), (1950, 1950, 0))
        self._sign(change)
        self.assertEqual(self._kept(), (1985, 1985, 0))

    def test_invoice(self):
        """19 h at 40.00 are 760.00 instead of 420.00: 1 610.00, which is 340.00 less, seen with the next invoice.

        2 h more, 80.00, with a credit note or with the invoice taken back.
        """
        self.company.margin_erosion_threshold = 0.05
        self._log(19)
        self.assertEqual(self._kept(), (1950, 1950, 0))
        invoice = self._invoice()
        self.assertEqual(self._kept(), (1950, 1610, -340))
        self.assertTrue(self.order.is_margin_eroding)
        self._log(2)
        invoice.button_draft()
        self.assertEqual(self._kept(), (1950, 1530, -420))

    def test_discount(self):
        """A wardrobe for 4 000.00 at 2 500.00, less a discount of 70.00: 1 430.00, before the invoice as after it."""
        discount = self._make_product("Discount", 0.0, type="service")
        order = self._make_order([(self.wardrobe, 1), (discount, 1)], confirm=False)
        order.order_line.filtered(lambda line: line.product_id == discount).price_unit = -70
        order.action_confirm()
        self.assertEqual(self._kept(order), (1430, 1430, 0))
        self._invoice(order)
        self.assertEqual(self._kept(order), (1430, 1430, 0))

    def test_bill(self):
        """A bill of 3 000.00 on the project, where goods of 2 700.00 were planned: 300.00 less."""
        project = self.order.order_line.task_id.project_id[:1]
        if not project.account_id:
            project._create_analytic_account()
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-03-10",
                "invoice_line_ids": [
                    (0, 0, {"name": "Oak", "price_unit": 3000.0, "tax_ids": [],
                            "analytic_distribution": {str(project.account_id.id): 100}})
                ],
            }
        )  # fmt: skip
        bill.with_user(self.bookkeeper).action_post()
        self.assertEqual(self._kept(), (1950, 1650, -300))

    def test_closing(self):
        """8 h at 40.00, 320.00, of 5 070.00: 4 750.00 are left, a gain of 2 800.00 against the plan.

        Open again, the rest of the plan is expected: 4 h at 35.00 and 2 700.00 of goods, 1 910.00.
        """
        self._invoice()
        self._log(8)
        self.order.with_user(self.manager).action_close_postcalc()
        self.assertEqual(self._kept(), (1950, 4750, 2800))
        self.assertFalse(self.order.is_margin_eroding)
        self.order.with_user(self.manager)._reopen_postcalc("A bill came late")
        self.assertEqual(self._kept(), (1950, 1910, -40))

    def test_written_by_nobody(self):
        for name in ("postcalc_forecast_margin", "postcalc_margin_variance", "postcalc_as_of", "margin_erosion"):
            value = "2026-01-01 00:00:00" if name == "postcalc_as_of" else 1.0
            with self.subTest(field=name), self.assertRaises(UserError):
                self.order.with_user(self.manager).write({name: value})

    def test_worst_first(self):
        """19 h make 340.00 less; 8 h and done are 100.00 more; a third order is as planned."""
        self._log(19)
        better, planned = self._make_order(), self._make_order()
        self._log(8, task=better.order_line.task_id[:1])
        better.order_line.task_id.state = "1_done"
        orders = self.order | better | planned
        orders._update_postcalc_margin()
        self.assertEqual([self._kept(order)[2] for order in orders], [-340, 100, 0])
        view = self.env.ref("order_postcalc.sale_order_view_list_postcalc")
        arch = self.env["sale.order"].with_user(self.seller).get_view(view.id, "list")["arch"]
        self.assertIn('default_order="postcalc_margin_variance,', arch)
        found = self.env["sale.order"].search([("id", "in", orders.ids)], order="postcalc_margin_variance")
        self.assertEqual(list(found), [self.order, planned, better])
