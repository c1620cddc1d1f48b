from odoo.fields import Command
from odoo.tests import tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingPayment(BillingCommon):
    """Money that comes in is recorded, whatever is wrong with an invoice: nobody is there to answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param("sale.automatic_invoice", True)
        cls.method = cls.env["payment.method"].sudo().create({"name": "By the web", "code": "joinery_web"})
        cls.provider = cls.env["payment.provider"].sudo().create(
            {
                "name": "The web", "code": "none", "state": "test", "company_id": cls.company.id,
                "payment_method_ids": [Command.set(cls.method.ids)],
            }
        )  # fmt: skip
        cls.env["account.payment.method.line"].create(
            {
                "payment_method_id": cls.env.ref("account.account_payment_method_manual_in").id,
                "journal_id": cls.company_data["default_journal_bank"].id, "payment_provider_id": cls.provider.id,
            }
        )  # fmt: skip

    def _pay(self, order, amount=None, **values):
        transaction = self.env["payment.transaction"].sudo().create(
            {
                "provider_id": self.provider.id, "payment_method_id": self.method.id, "operation": "offline",
                "reference": f"web {order.name}", "amount": order.amount_total if amount is None else amount,
                "currency_id": order.currency_id.id, "partner_id": order.partner_id.id, "state": "done",
                "sale_order_ids": [Command.set(order.ids)], **values,
            }
        )  # fmt: skip
        transaction.with_context(skip_sale_auto_invoice_send=True)._post_process()
        return transaction

    def test_paid_in_full(self):
        """Odoo bills at once what is paid, before the delivery: the customer has agreed to that by paying."""
        transaction = self._pay(self.goods_order)
        self.assertEqual(transaction.invoice_ids.state, "posted")
        self.assertEqual(transaction.invoice_ids.invoice_line_ids.quantity, 10)
        self.assertFalse(transaction.invoice_ids.invoice_line_ids.billing_issue)

    def test_paid_in_part(self):
        """A down payment of what has come."""
        transaction = self._pay(self.goods_order, amount=100.0)
        self.assertEqual((transaction.invoice_ids.state, transaction.invoice_ids.amount_total), ("posted", 100.0))

    def test_draft_that_is_held(self):
        """The payment is there, the draft that bills too much waits."""
        self.env["ir.config_parameter"].sudo().set_param("sale.automatic_invoice", False)
        draft = self._bill(self.goods_line, 10)
        transaction = self._pay(self.goods_order, amount=100.0, invoice_ids=[Command.set(draft.ids)])
        self.assertTrue(transaction.is_post_processed)
        self.assertEqual(transaction.payment_id.amount, 100.0)
        self.assertEqual((draft.state, draft.is_billing_held), ("draft", True))

    def test_reference_that_is_missing(self):
        self.customer.invoice_reference = "required"
        transaction = self._pay(self.goods_order)
        self.assertEqual(transaction.payment_id.amount, self.goods_order.amount_total)
        self.assertEqual(transaction.invoice_ids.state, "draft")
