from odoo.fields import Command
from odoo.tests import tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingConversions(BillingCommon):
    """Units, currencies, taxes and companies that differ between the order and the invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit, cls.dozen = cls.env.ref("uom.product_uom_unit"), cls.env.ref("uom.product_uom_dozen")
        cls.fitting.uom_ids = cls.dozen
        cls.dozen_order = cls._make_order([(cls.fitting, 2)], confirm=False)
        cls.dozen_line = cls.dozen_order.order_line
        cls.dozen_line.write({"product_uom_id": cls.dozen.id, "price_unit": 100.0})
        cls.dozen_order.action_confirm()

    # === UNITS ===

    def test_units_of_a_dozen(self):
        """2 dozen at 100.00; 18 units are delivered, and 18 billed at 8.33."""
        self._deliver(self.dozen_order, {self.fitting: 18})
        self.assertEqual(self.dozen_line.qty_delivered, 1.5)
        line = self._bill(self.dozen_line, 18, product_uom_id=self.unit.id, price_unit=8.33).invoice_line_ids
        self.assertEqual(line.product_uom_id, self.unit)
        self.assertRight(line)
        self._set(line, quantity=20)
        self.assertIssue(line, "Billed: 20.00 Units", "Delivered and not billed yet: 18.00 Units")
        self._set(line, quantity=18, price_unit=100.0)
        self.assertEqual(line.billing_issue_kind, "price")
        self.assertAlmostEqual(line.billing_expected_price, 8.33333333)

    def test_no_exact_number_of_dozens(self):
        """7 units are 0.58 dozen for Odoo, which would be 6.96 units: a rounding, not a mismatch."""
        self._deliver(self.dozen_order, {self.fitting: 7})
        self.assertEqual(self.dozen_line.qty_delivered, 0.58)
        line = self._bill(self.dozen_line, 7, product_uom_id=self.unit.id, price_unit=8.33).invoice_line_ids
        self.assertRight(line)
        self._set(line, quantity=8)
        self.assertIssue(line)

    def test_roundings_dont_add_up(self):
        """12 units, billed one by one: Odoo rounds each 0.0833 dozen up to 0.09, and has 1.08 in the end."""
        self._deliver(self.dozen_order, {self.fitting: 12})
        for _number in range(12):
            self._bill(self.dozen_line, 1, product_uom_id=self.unit.id, price_unit=8.33)
        self.assertEqual(self.dozen_line.qty_invoiced, 1.08)
        self.assertRight(self.dozen_line.invoice_lines)
        self.assertIssue(self._bill(self.dozen_line, 1, product_uom_id=self.unit.id).invoice_line_ids)

    def test_dozens_of_a_unit(self):
        """10 units at 25.00, of which 9 are delivered: a dozen at 300.00 is 3 units too much."""
        self._deliver(self.goods_order, {self.fitting: 9})
        line = self._bill(self.goods_line, 1, product_uom_id=self.dozen.id, price_unit=300.0).invoice_line_ids
        self.assertEqual((line.billing_issue_kind, line.billing_expected_qty), ("quantity", 0.75))
        self.assertEqual(line.billing_surplus, 75.0)

    def test_other_kind_of_unit(self):
        self._deliver(self.goods_order)
        line = self._bill(self.goods_line, 10).invoice_line_ids
        self._set(line, product_uom_id=self.env.ref("uom.product_uom_kgm").id, price_unit=25.0)
        self.assertEqual(line.billing_issue_kind, "not_agreed")

    # === CURRENCIES ===

    def _foreign_currency(self):
        """2 units of it are one of the company's from 2030 on, 3 before."""
        currency = self.env["res.currency"].create({"name": "XJO", "symbol": "J", "rounding": 0.01})
        currency.rate_ids = [
            Command.create({"name": date, "rate": rate, "company_id": self.company.id})
            for date, rate in (("2029-01-01", 3.0), ("2030-01-01", 2.0))
        ]
        return currency

    def test_invoice_in_another_currency(self):
        """25.00 of the company's are 50.00 in 2030, and 75.00 in 2029."""
        currency = self._foreign_currency()
        self._deliver(self.goods_order)
        invoice = self._bill(self.goods_line, 10, price_unit=50.0)
        invoice.write({"currency_id": currency.id, "invoice_date": "2030-03-01"})
        line = invoice.invoice_line_ids
        line.price_unit = 50.0
        self.assertRight(line)
        line.price_unit = 55.0
        self.assertIssue(line, "55.00", "50.00")
        self.assertEqual(line.billing_surplus, 50.0)
        invoice.invoice_date = "2029-03-01"
        line.price_unit = 55.0
        self.assertRight(line)

    def test_order_in_another_currency(self):
        currency = self._foreign_currency()
        pricelist = self.env["product.pricelist"].create({"name": "Abroad", "currency_id": currency.id})
        order = self._make_order([(self.fitting, 10)], confirm=False, pricelist_id=pricelist.id)
        order.order_line.price_unit = 60.0
        order.action_confirm()
        self._deliver(order)
        invoice = self._invoice(order)
        self.assertEqual(invoice.currency_id, currency)
        self.assertRight(invoice.invoice_line_ids)
        invoice.invoice_date = "2030-03-01"
        self._set(invoice.invoice_line_ids, price_unit=61.0)
        # 10 × 1.00, which are 5.00 of the company's
        self.assertEqual(invoice.invoice_line_ids.billing_surplus, 10.0)
        row = self.env["order.billing.report"].search([("move_id", "=", invoice.id)])
        self.assertEqual(row.surplus, 5.0)
        self.company.billing_tolerance_amount = 5.0
        self.assertRight(invoice.invoice_line_ids)

    def test_queries(self):
        """Rates and units are read once, not line by line."""
        currency, counts = self._foreign_currency(), []
        for number in (3, 30):
            order = self._make_order([(self.fitting, 1)] * number)
            lines = [
                Command.create(line._prepare_invoice_line(quantity=1, product_uom_id=self.dozen.id, price_unit=700.0))
                for line in order.order_line
            ]
            move = self.env["account.move"].create(
                {**order._prepare_invoice(), "currency_id": currency.id, "invoice_line_ids": lines}
            )
            move.invoice_date = "2030-03-01"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(move._get_posting_objections()), 1)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    # === TAXES ===

    def test_prices_with_taxes(self):
        """119.00 with 19 % were agreed. Without taxes, that is 100.00: abroad, 119.00 would be 19.00 too much."""
        included = self._make_tax("19 % included", 19, price_include_override="tax_included")
        abroad = self._make_tax("0 % abroad", 0)
        self.fitting.write({"list_price": 119.0, "taxes_id": [Command.set(included.ids)]})
        order = self._make_order([(self.fitting, 1)])
        self.assertEqual(order.amount_untaxed, 100.0)
        self._deliver(order)
        line = self._invoice(order).invoice_line_ids
        self.assertRight(line)
        line.write({"tax_ids": [Command.set(abroad.ids)], "price_unit": 119.0})
        self.assertEqual((line.billing_issue_kind, line.billing_surplus), ("price", 19.0))
        line.price_unit = 100.0
        self.assertRight(line)
        # 7 % instead, included: 107.00 is what was agreed
        reduced = self._make_tax("7 % included", 7, price_include_override="tax_included")
        line.write({"tax_ids": [Command.set(reduced.ids)], "price_unit": 107.0})
        self.assertRight(line)
        line.price_unit = 110.0
        self.assertEqual(line.billing_expected_price, 107.0)

    def test_other_rate_without_taxes_included(self):
        """The price without taxes stays what it is, whatever the rate."""
        self._deliver(self.goods_order)
        line = self._invoice(self.goods_order).invoice_line_ids
        line.tax_ids = self.tax_7
        line.price_unit = 25.0
        self.assertRight(line)

    # === COMPANIES ===

    def test_another_company(self):
        """Each company decides for itself, whoever looks."""
        other = self._create_company(name="The Other Joinery")
        self._switch_on(other)
        self.company.billing_check_policy = "off"
        invoice = self._bill(self.goods_line, 10)
        self.assertRight(invoice.invoice_line_ids)
        order = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "order_line": [
                        Command.create({"product_id": self.fitting.id, "product_uom_qty": 10, "tax_ids": False})
                    ],
                }
            )
        )
        order.action_confirm()
        line = order.order_line
        foreign = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    **order._prepare_invoice(),
                    "invoice_line_ids": [Command.create(line._prepare_invoice_line(quantity=10))],
                }
            )
        )
        self.assertTrue(foreign.is_billing_held)
        report = self.env["order.billing.report"]
        self.assertFalse(report.with_user(self.bookkeeper).search([("move_id", "=", foreign.id)]))
        self.assertEqual(len(report.sudo().search([("move_id", "=", foreign.id)])), 1)
