"""The allowance on invoices: what was agreed to the cent, and never ahead of the work it belongs to."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_allowance import AllowanceCommon


@tagged("post_install", "-at_install")
class TestAllowanceInvoicing(AllowanceCommon):
    """The quotation with planting at 7 %: 5 070.00 + 366.63 = 5 436.63 net.

    0.75 % of it is 40.774725, so 40.77. The share of 5 070.00 in that is 38.0206, the one of 366.63 is 2.7494: 38.02
    and 2.74, and the cent that is left goes where more was cut off, to 2.75.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote.order_line = [Command.create({"product_id": cls.service_7.id})]
        cls.quote.action_apply_minor_items()

    def _invoices(self, order=None, **options):
        invoices = (order or self.quote)._create_invoices(**options)
        invoices.action_post()
        return invoices

    def _down_payment(self, order, percentage):
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids, active_model="sale.order")
        invoices = wizard.create({"advance_payment_method": "percentage", "amount": percentage})._create_invoices(order)
        invoices.action_post()
        return invoices

    def _assert_same_sums(self, order, invoices):
        """Net, tax and total of the invoices, credit notes counting against them, are those of the order."""
        round_amount = order.currency_id.round
        for field in ("amount_untaxed", "amount_tax", "amount_total"):
            signed = (invoice[field] * (-1 if invoice.move_type == "out_refund" else 1) for invoice in invoices)
            self.assertEqual(round_amount(sum(signed)), round_amount(order[field]), field)

    def _invoiced_allowance(self, order=None):
        lines = self._allowance(order)
        return (order or self.quote).currency_id.round(sum(lines.mapped("untaxed_amount_invoiced")))

    # === WHOLE ===

    def test_whole(self):
        self.quote.action_confirm()
        invoice = self._invoices()
        self._assert_same_sums(self.quote, invoice)
        self.assertEqual(self.quote.invoice_status, "invoiced")
        # 19 %: 760.00 + 136.80 + 66.50 + 7.22 (of 38.02) = 970.52; 7 %: 25.66 + 0.19 (of 2.75) = 25.85
        self.assertRecordValues(invoice, [{"amount_untaxed": 5477.4, "amount_tax": 996.37, "amount_total": 6473.77}])
        lines = invoice.invoice_line_ids.filtered(lambda line: line.sale_line_ids.is_minor_items_allowance)
        self.assertRecordValues(
            lines,
            [
                {"price_subtotal": 38.02, "tax_ids": self.tax_19.ids},
                {"price_subtotal": 2.75, "tax_ids": self.tax_7.ids},
            ],
        )

    def test_taxes_rounded_globally(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        quote = self.quote.copy()
        quote.action_confirm()
        # 19 % of 5 108.02 = 970.5238; 7 % of 369.38 = 25.8566: a cent more than line by line
        self.assertRecordValues(quote, [{"amount_untaxed": 5477.4, "amount_tax": 996.38}])
        self._assert_same_sums(quote, self._invoices(quote))

    def test_price_included_taxes(self):
        included = self._make_tax("19 % included", 19, price_include_override="tax_included")
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            quote = self._make_order(confirm=False)
            quote.order_line.tax_ids = included
            quote.order_line[0].price_unit = 999.99
            self._apply(quote)
            quote.action_confirm()
            # With taxes 999.99 + 720.00 + 350.00 = 2 069.99; net 840.33 + 605.04 + 294.12 = 1 739.49
            # 0.75 % of it = 13.046175 → 13.05; with 19 %: 15.5295 → 15.53
            self._assert_allowance(13.05, quote)
            self.assertEqual(quote.amount_total, 2085.52)
            self._assert_same_sums(quote, self._invoices(quote))

    def test_in_another_currency(self):
        for currency, rate, price in (
            (self.setup_other_currency("GBP", rates=[("2020-01-01", 0.8637)]), 0.01, 3333.33),
            (self.setup_other_currency("JPY", rates=[("2020-01-01", 161.37)]), 0.0075, 123457.0),
        ):
            for method in ("round_per_line", "round_globally"):
                self.company.tax_calculation_rounding_method = method
                pricelist = self.env["product.pricelist"].create({"name": "Abroad", "currency_id": currency.id})
                quote = self._make_order(
                    ((self.window, 1), (self.service_7, 3)),
                    confirm=False,
                    pricelist_id=pricelist.id,
                    minor_items_rate=rate,
                )
                self._product_line(self.window, quote).price_unit = price
                net = quote.amount_untaxed
                self._apply(quote)
                self.assertEqual(quote.currency_id, currency)
                self.assertEqual(quote.minor_items_amount, currency.round(net * rate))
                self.assertEqual(quote.amount_untaxed, currency.round(net + quote.minor_items_amount))
                quote.action_confirm()
                invoice = self._invoices(quote)
                self._assert_same_sums(quote, invoice)
                self.assertEqual(self._invoiced_allowance(quote), quote.minor_items_amount)
                self.assertEqual(
                    self.company.currency_id.compare_amounts(sum(invoice.line_ids.mapped("balance")), 0.0), 0
                )

    # === IN PARTS ===

    def test_partial(self):
        self.boards.invoice_policy = "delivery"
        self.quote.action_confirm()
        self._product_line(self.boards).qty_delivered = 4
        first = self._invoices()
        self.assertEqual(self._invoiced_allowance(), 40.77)
        self._product_line(self.boards).qty_delivered = 10
        second = self._invoices()
        self._assert_same_sums(self.quote, first + second)
        self.assertEqual(self._invoiced_allowance(), 40.77, "it is not billed again")

    def test_not_ahead_of_the_work(self):
        products = self.wardrobe | self.boards | self.assembly | self.service_7
        products.invoice_policy = "delivery"
        self.quote.action_confirm()
        self.assertEqual(self.quote.invoice_status, "no")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.quote._create_invoices()
        self._product_line(self.boards).qty_delivered = 1
        self.assertEqual(self.quote.invoice_status, "to invoice")
        invoice = self._invoices()
        self.assertEqual(invoice.amount_untaxed, 75.77)  # 35.00 + 40.77

    def test_left_over_alone(self):
        """Once everything else is billed, the allowance can be: for instance credited and billed again."""
        self.quote.action_confirm()
        invoice = self.quote._create_invoices()
        invoice.invoice_line_ids.filtered(lambda line: line.sale_line_ids.is_minor_items_allowance).unlink()
        invoice.action_post()
        self.assertEqual(self.quote.invoice_status, "to invoice")
        self._assert_same_sums(self.quote, invoice + self._invoices())

    def test_down_payment(self):
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            quote = self.quote.copy()
            quote.action_confirm()
            down_payment = self._down_payment(quote, 30)
            self.assertEqual(down_payment.amount_total, quote.currency_id.round(quote.amount_total * 0.3))
            self._assert_allowance(40.77, quote)
            final = self._invoices(quote, final=True)
            self._assert_same_sums(quote, down_payment + final)
            self.assertEqual(quote.invoice_status, "invoiced")

    def test_down_payment_is_no_base(self):
        """An order that is cancelled and reset keeps its down payment lines, at the end and out of the base."""
        self.quote.action_confirm()
        self._down_payment(self.quote, 30)
        self.quote._action_cancel()
        self.quote.action_draft()
        self.quote.order_line = [Command.create({"product_id": self.window.id, "sequence": 99})]
        self._assert_allowance(41.41)  # 0.75 % of 5 521.63 = 41.412225
        kinds = [
            "payment" if line.is_downpayment else "allowance" if line.is_minor_items_allowance else "product"
            for line in self.quote.order_line
        ]
        self.assertEqual(kinds, ["product"] * 5 + ["allowance"] * 2 + ["payment"] * 3)

    def test_credit_note(self):
        self.quote.action_confirm()
        invoice = self._invoices()
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        credit = self.env["account.move"].browse(reversal.refund_moves()["res_id"])
        credit.action_post()
        self.assertRecordValues(credit, [{"amount_untaxed": 5477.4, "amount_total": 6473.77}])
        self.assertEqual(self._invoiced_allowance(), 0.0)
        again = self._invoices()
        self._assert_same_sums(self.quote, invoice + credit + again)
        self.assertEqual(self._invoiced_allowance(), 40.77)

    def test_several_orders_on_one_invoice(self):
        """Odoo merges no quotations, but it bills several orders of a customer together."""
        other = self.quote.copy()
        other.order_line.filtered(lambda line: line.product_id == self.wardrobe).price_unit = 1000.0
        (self.quote + other).action_confirm()
        invoice = self._invoices(self.quote + other)
        self.assertEqual(len(invoice), 1)
        self.assertEqual(self._invoiced_allowance(), 40.77)
        self.assertEqual(self._invoiced_allowance(other), 18.27)  # 0.75 % of 2 436.63 = 18.274725
        self.assertEqual(
            invoice.amount_untaxed, self.quote.currency_id.round(self.quote.amount_untaxed + other.amount_untaxed)
        )
        self.assertEqual(
            invoice.amount_total, self.quote.currency_id.round(self.quote.amount_total + other.amount_total)
        )

    def test_with_sections(self):
        """Its section goes on the invoice with it, and waits with it."""
        (self.wardrobe | self.boards | self.assembly | self.service_7).invoice_policy = "delivery"
        self.quote.order_line = [Command.create({"display_type": "line_section", "name": "Room", "sequence": 1})]
        self.quote.action_confirm()
        self.assertFalse(self.quote._get_invoiceable_lines())
        self.quote.order_line.filtered(lambda line: not line.is_minor_items_allowance).qty_delivered = 1
        invoice = self._invoices()
        sections = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "line_section")
        self.assertEqual(sections.mapped("name"), ["Room", "Small jobs on site"])

    # === NEXT TO OTHER ADD-ONS ===

    def test_no_task_and_no_delivery(self):
        self.quote.action_confirm()
        lines = self._allowance()
        self.assertFalse(lines.task_id)
        self.assertFalse(lines.project_id)
        if "move_ids" in lines._fields:
            self.assertFalse(lines.move_ids)

    def test_margin(self):
        if "margin" not in self.quote._fields:
            self.skipTest("sale_margin is not installed")
        self.assertEqual(sum(self._allowance().mapped("margin")), 40.77, "the allowance itself costs nothing")
