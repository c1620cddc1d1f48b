from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingPayment(BillingCommon):
    """What was paid is recorded and invoiced, whatever is wrong with the invoice: nobody is there to answer."""

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

    def test_draft_that_differs(self):
        """10 are billed and paid, none is delivered: refused by hand; the payment posts it, and the seller is told."""
        self.env["ir.config_parameter"].sudo().set_param("sale.automatic_invoice", False)
        draft = self._bill(self.goods_line, 10)
        self.assertTrue(draft.is_billing_held)
        for context in ({}, {"cron_id": 1}, {"follows_payment": True}):  # no more than a caller can send
            posting = draft.with_user(self.bookkeeper).with_context(**context)
            with self.assertRaisesRegex(UserError, "bills what was not delivered"):
                posting.action_post()
        transaction = self._pay(self.goods_order, amount=100.0, invoice_ids=[Command.set(draft.ids)])
        self.assertTrue(transaction.is_post_processed)
        self.assertEqual(transaction.payment_id.amount, 100.0)
        self.assertEqual((draft.state, draft.is_billing_held), ("posted", False))
        note = draft.message_ids.filtered(lambda message: "although it differs" in (message.body or ""))
        self.assertIn("Delivered and not billed yet: 0.00", note.body)
        self.assertTrue(note.subtype_id.internal, "nothing for the customer to read")
        activity = self.goods_order.activity_ids.filtered(lambda activity: draft.name in (activity.summary or ""))
        self.assertEqual(activity.user_id, self.seller)

    def test_posted_by_a_job(self):
        """As after a payment; but what somebody has put on the clock is theirs to answer for (test_billing_release)."""
        draft = self._bill(self.goods_line, 10)
        draft.with_user(self.env.ref("base.user_root")).with_context(cron_id=1).action_post()
        self.assertEqual(draft.state, "posted")
        self.assertTrue(self.goods_order.activity_ids.filtered(lambda activity: draft.name in (activity.summary or "")))

    def test_warned_of(self):
        """With a warning, who posts by hand reads it on the draft and leaves a note; nobody is stopped."""
        self.company.billing_check_policy = "warn"
        draft = self._bill(self.goods_line, 10)
        self.assertEqual((draft.is_billing_held, draft.billing_issue_count), (False, 1))
        draft.with_user(self.bookkeeper).action_post()
        self.assertEqual(draft.state, "posted")
        self.assertIn("Delivered and not billed yet: 0.00", draft.message_ids[0].body)
        self.assertFalse(self.goods_order.activity_ids.filtered(lambda one: draft.name in (one.summary or "")))
        other = self._bill(self.goods_line, 10)
        self.company.billing_check_policy = "block"
        self.assertTrue(other.is_billing_held, "a policy holds for the drafts that there are")

    def test_reference_that_is_missing(self):
        self.customer.invoice_reference = "required"
        transaction = self._pay(self.goods_order)
        self.assertEqual(transaction.payment_id.amount, self.goods_order.amount_total)
        self.assertEqual(transaction.invoice_ids.state, "posted")
