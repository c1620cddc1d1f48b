from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.tests import tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingWay(BillingCommon):
    """Customers are invoiced the way they want, whoever creates the invoices, from one order or from many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = cls.env["res.partner"].create(
            {"name": "Building site", "parent_id": cls.customer.id, "type": "delivery"}
        )
        cls.other_goods_order = cls._make_order([(cls.fitting, 4)], partner_shipping_id=cls.site.id)

    def _deliver_on(self, date, order, quantities=None):
        with freeze_time(date):
            picking = self._deliver(order, quantities)
        picking.date_done = datetime.fromisoformat(date)
        picking.move_ids.date = datetime.fromisoformat(date)
        return picking

    # === GROUPING ===

    def test_no_wish(self):
        """As Odoo does it: one invoice per delivery address, or per order if the user wants that."""
        self._deliver(self.goods_order)
        self._deliver(self.other_goods_order)
        again = self._make_order([(self.fitting, 1)])
        self._deliver(again)
        orders = self.goods_order | self.other_goods_order | again
        self.assertEqual(len(self._invoice(orders)), 2)
        orders.invoice_ids.unlink()
        self.assertEqual(len(self._invoice(orders, grouped=True)), 3)

    def test_one_per_order(self):
        self.customer.invoice_grouping = "order"
        again = self._make_order([(self.fitting, 1)])
        for order in (self.goods_order, again):
            self._deliver(order)
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set((self.goods_order | again).ids)], "consolidated_billing": True}
        )
        self.assertEqual(wizard.invoicing_ways, "Lena Sommer: One per order")
        wizard.create_invoices()
        self.assertEqual([len(order.invoice_ids) for order in (self.goods_order, again)], [1, 1])
        self.assertNotEqual(self.goods_order.invoice_ids, again.invoice_ids)

    def test_one_per_site(self):
        self.customer.invoice_grouping = "site"
        again = self._make_order([(self.fitting, 1)], partner_shipping_id=self.customer.id)
        orders = self.goods_order | self.other_goods_order | again
        for order in orders:
            self._deliver(order)
        invoices = self._invoice(orders, grouped=True)
        self.assertEqual(len(invoices), 2)
        self.assertEqual(self.goods_order.invoice_ids, again.invoice_ids)
        self.assertEqual(self.other_goods_order.invoice_ids.partner_shipping_id, self.site)

    def test_one_per_delivery(self):
        """6 on the first of May, 4 on the tenth: 150.00 and 100.00, each with the delivery's own date."""
        self.customer.invoice_grouping = "delivery"
        first = self._deliver_on("2030-05-01", self.goods_order, {self.fitting: 6})
        second = self._deliver_on("2030-05-10", self.goods_order)
        invoices = self._invoice(self.goods_order).sorted("delivery_date")
        self.assertEqual(invoices.billing_picking_id, first | second)
        self.assertEqual(invoices.mapped("amount_untaxed"), [150.0, 100.0])
        self.assertEqual(invoices.mapped("delivery_date"), [Date.to_date("2030-05-01"), Date.to_date("2030-05-10")])
        self.assertEqual(invoices[0].invoice_origin, f"{self.goods_order.name}, {first.name}")
        self.assertEqual(self.goods_line.qty_to_invoice, 0.0)
        self.assertRight(invoices.invoice_line_ids)
        invoices.action_post()

    def test_delivered_since(self):
        """The first delivery is billed already: only the second one is left."""
        self.customer.invoice_grouping = "delivery"
        self._deliver_on("2030-05-01", self.goods_order, {self.fitting: 6})
        self._invoice(self.goods_order)
        second = self._deliver_on("2030-05-10", self.goods_order)
        invoice = self._invoice(self.goods_order)
        self.assertEqual((invoice.billing_picking_id, invoice.amount_untaxed), (second, 100.0))

    def test_deliveries_and_work(self):
        """What is not delivered goes with the last delivery; the deduction where most is left to pay."""
        self.customer.invoice_grouping = "delivery"
        order = self._make_order([(self.fitting, 10), (self.window, 1)])
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": "fixed", "fixed_amount": 119.0}
        )
        wizard._create_invoices(order).action_post()
        self._deliver_on("2030-05-01", order, {self.fitting: 8})
        self._deliver_on("2030-05-10", order)
        invoices = self._invoice(order, final=True).sorted("delivery_date")
        # 8 × 25 − 100 and 2 × 25 + 85
        self.assertEqual(invoices.mapped("amount_untaxed"), [100.0, 135.0])
        self.assertEqual(sum(invoices.mapped("amount_untaxed")) + 100.0, order.amount_untaxed)

    def test_deduction_too_large_to_divide(self):
        self.customer.invoice_grouping = "delivery"
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(self.goods_order.ids)],
                "advance_payment_method": "percentage", "amount": 80,
            }
        )  # fmt: skip
        wizard._create_invoices(self.goods_order).action_post()
        self._deliver_on("2030-05-01", self.goods_order, {self.fitting: 6})
        self._deliver_on("2030-05-10", self.goods_order)
        invoice = self._invoice(self.goods_order, final=True)
        self.assertEqual((len(invoice), invoice.amount_untaxed), (1, 50.0))

    def test_return_before_the_invoice(self):
        """2 of the first 6 came back: 4 and 4 are left."""
        self.customer.invoice_grouping = "delivery"
        first = self._deliver_on("2030-05-01", self.goods_order, {self.fitting: 6})
        self._deliver_on("2030-05-10", self.goods_order)
        wizard = self.env["stock.return.picking"].with_context(
            active_id=first.id, active_ids=first.ids, active_model="stock.picking"
        )
        wizard = wizard.create({})
        wizard.product_return_moves.quantity = 2
        back = wizard._create_return()
        back.move_ids.write({"quantity": 2, "picked": True})
        back.button_validate()
        invoices = self._invoice(self.goods_order)
        self.assertEqual(invoices.mapped("amount_untaxed"), [100.0, 100.0])

    @freeze_time("2030-05-15")
    def test_one_per_month(self):
        """April and May of two orders to two sites: what isn't delivered by a transfer belongs to this month."""
        self.customer.invoice_grouping = "month"
        self._deliver_on("2030-04-20", self.goods_order, {self.fitting: 6})
        self._deliver_on("2030-05-02", self.goods_order)
        self._deliver_on("2030-05-03", self.other_goods_order)
        invoices = self._invoice(self.goods_order | self.other_goods_order).sorted("billing_month")
        self.assertEqual(invoices.mapped("billing_month"), [Date.to_date("2030-04-01"), Date.to_date("2030-05-01")])
        # 6 × 25, and 4 × 25 + 4 × 25
        self.assertEqual(invoices.mapped("amount_untaxed"), [150.0, 200.0])
        self.assertEqual(invoices.partner_shipping_id, self.customer, "no site is that of all")

    @freeze_time("2030-05-15")
    def test_later_in_the_month(self):
        """From one order after the other, the customer still gets one invoice."""
        self.customer.invoice_grouping = "month"
        invoice = self._invoice(self.order)
        self.assertEqual(invoice.billing_month, Date.to_date("2030-05-01"))
        self._deliver_on("2030-05-12", self.goods_order)
        again = self._invoice(self.goods_order)
        self.assertEqual(again, invoice)
        self.assertEqual(invoice.amount_untaxed, 5070.0 + 250.0)
        self.assertEqual(invoice.invoice_origin, f"{self.order.name}, {self.goods_order.name}")
        self.assertRight(invoice.invoice_line_ids)
        invoice.action_post()
        self._deliver_on("2030-05-13", self.other_goods_order)
        self.assertNotEqual(self._invoice(self.other_goods_order), invoice, "what is posted is closed")

    def test_different_customers(self):
        """Each gets what he wants, in one go."""
        neighbour = self.env["res.partner"].create({"name": "Neighbour"})
        self.customer.invoice_grouping = "delivery"
        theirs = self._make_order([(self.fitting, 2)], partner_id=neighbour.id)
        theirs_too = self._make_order([(self.fitting, 2)], partner_id=neighbour.id)
        self._deliver_on("2030-05-01", self.goods_order, {self.fitting: 6})
        self._deliver_on("2030-05-10", self.goods_order)
        self._deliver(theirs)
        self._deliver(theirs_too)
        invoices = self._invoice(self.goods_order | theirs | theirs_too)
        self.assertEqual(sorted(invoices.mapped("amount_untaxed")), [100.0, 100.0, 150.0])

    def test_nothing_to_invoice(self):
        self.customer.invoice_grouping = "delivery"
        with self.assertRaises(UserError) as error:
            self._invoice(self.goods_order)
        self.assertIn("No items are available to invoice", str(error.exception))
        self.assertFalse(self.goods_order.with_context(raise_if_nothing_to_invoice=False)._create_invoices())
        # One of two orders has nothing yet: the other one is invoiced.
        self._deliver(self.other_goods_order)
        self.assertEqual(len(self._invoice(self.goods_order | self.other_goods_order)), 1)

    def test_as_a_seller(self):
        """Who may create invoices from his orders need neither see the warehouse nor the invoices."""
        for way in ("delivery", "month"):
            self.customer.invoice_grouping = way
            order = self._make_order([(self.fitting, 3)])
            self._deliver_on("2030-05-01", order, {self.fitting: 2})
            wizard = self.env["sale.advance.payment.inv"].with_user(self.seller)
            wizard.create({"sale_order_ids": [Command.set(order.ids)]}).create_invoices()
            self.assertEqual(order.invoice_ids.amount_untaxed, 50.0)
            self._deliver_on("2030-05-02", order)
            wizard.create({"sale_order_ids": [Command.set(order.ids)]}).create_invoices()
            self.assertEqual(sum(order.invoice_ids.mapped("amount_untaxed")), 75.0)

    # === WHOSE WAY ===

    def test_whose_way(self):
        """The company's way holds for its contacts, unless the one that gets the invoices has its own."""
        firm = self.env["res.partner"].create({"name": "Builders", "is_company": True, "invoice_grouping": "order"})
        contact = self.env["res.partner"].create({"name": "Accounts", "parent_id": firm.id, "type": "invoice"})
        self.assertEqual(contact._get_invoicing_way("invoice_grouping"), "order")
        contact.invoice_grouping = "month"
        self.assertEqual(contact._get_invoicing_way("invoice_grouping"), "month")
        self.assertEqual(firm._get_invoicing_way("invoice_grouping"), "order")
        other = self._create_company(name="The Other Joinery")
        self.assertFalse(contact.with_company(other)._get_invoicing_way("invoice_grouping"))

    # === DETAIL ===

    def _make_sections(self, order):
        for name, sequence in (("Furniture", 1), ("Boards", 50)):
            self.env["sale.order.line"].create(
                {"order_id": order.id, "display_type": "line_section", "name": name, "sequence": sequence}
            )
        order.order_line.filtered(lambda line: line.product_id == self.boards).sequence = 60
        order.invalidate_recordset(["order_line"])

    def _get_printed(self, invoice):
        """Return what stands on the paper: names and sums."""
        html = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", invoice.ids)[0].decode()
        return html

    def test_sections_only(self):
        """4 720.00 for the furniture, 350.00 for the boards: what is behind it isn't printed."""
        self.customer.invoice_detail = "sections"
        self._make_sections(self.order)
        invoice = self._invoice(self.order)
        self.assertEqual(invoice.amount_untaxed, 5070.0)
        html = self._get_printed(invoice)
        for word in ("Furniture", "4,720.00", "Boards", "350.00"):
            self.assertIn(word, html)
        for word in ("Fitted wardrobe", "Shelf board", "Assembly"):
            self.assertNotIn(word, html)

    def test_lump_sum(self):
        self.customer.invoice_detail = "lump_sum"
        self._make_sections(self.order)
        self.order.client_order_ref = "PO 4711"
        invoice = self._invoice(self.order)
        self.assertEqual(invoice.amount_untaxed, 5070.0)
        html = self._get_printed(invoice)
        for word in (f"As ordered: {self.order.name}, your reference PO 4711", "5,070.00"):
            self.assertIn(word, html)
        for word in ("Furniture", "Boards", "Fitted wardrobe", "Shelf board"):
            self.assertNotIn(word, html)
        self.assertRight(invoice.invoice_line_ids)

    def test_lump_sum_of_two_orders_and_a_deduction(self):
        self.customer.write({"invoice_detail": "lump_sum", "invoice_grouping": "site"})
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(self.order.ids)], "advance_payment_method": "percentage", "amount": 10}
        )
        wizard._create_invoices(self.order).action_post()
        self._deliver(self.goods_order)
        invoice = self._invoice(self.order | self.goods_order, final=True)
        # 5 070 − 507 + 250
        self.assertEqual((len(invoice), invoice.amount_untaxed), (1, 4813.0))
        sections = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "line_section")
        self.assertEqual(sections.mapped("collapse_composition"), [True, True, False])
        html = self._get_printed(invoice)
        for word in ("5,070.00", "250.00", "Down Payments", "507.00"):
            self.assertIn(word, html)
        self.assertNotIn("Fitting set", html)

    # === REFERENCE ===

    def test_reference(self):
        self.customer.write({"invoice_reference": "required", "invoice_reference_label": "purchase order number"})
        self.assertTrue(self.order.is_reference_missing)
        with self.assertRaises(UserError) as error:
            self._invoice(self.order | self.goods_order)
        for word in (self.order.name, "Lena Sommer", "purchase order number"):
            self.assertIn(word, str(error.exception))
        self.assertNotIn(self.goods_order.name, str(error.exception), "nothing can be invoiced of it yet")
        self.order.client_order_ref = "PO 4711"
        self.assertFalse(self.order.is_reference_missing)
        invoice = self._invoice(self.order)
        self.assertEqual(invoice.ref, "PO 4711")
        for missing in (False, " ", self.order.name):
            invoice.ref = missing
            with self.assertRaises(UserError) as error:
                invoice.action_post()
            self.assertIn("purchase order number", str(error.exception))
        invoice.ref = "PO 4711"
        invoice.action_post()

    def test_reference_of_a_down_payment(self):
        self.customer.invoice_reference = "required"
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(self.order.ids)], "advance_payment_method": "percentage", "amount": 10}
        )
        self.assertEqual(wizard.invoicing_ways, "Lena Sommer: With reference: customer reference")
        with self.assertRaises(UserError):
            wizard.create_invoices()
        self.order.client_order_ref = "PO 4711"
        wizard.create_invoices()
        self.assertEqual(self.order.invoice_ids.ref, "PO 4711")

    def test_reference_and_payment(self):
        """A payment on the web comes in, and nobody is there to ask: the invoice goes, and says what is missing."""
        self.customer.invoice_reference = "required"
        with self.assertRaisesRegex(UserError, "Enter the Customer Reference"):
            self.order.with_context(leave_billing_held=True)._create_invoices()
        invoice = self.order.with_user(self.customer_user).sudo()._create_invoices()
        self.assertFalse(invoice.with_env(self.env)._leave_billing_held()._post())
        self.assertEqual(invoice.state, "draft")
        invoice._post()
        self.assertEqual(invoice.state, "posted")
        self.assertIn("wants this on each invoice", invoice.message_ids[0].body)
