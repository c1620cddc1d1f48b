"""Invoicing what was signed, and opening the order: by sellers, bookkeepers and others, each with their own rights."""

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestChangeOrderInvoicing(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = new_test_user(
            cls.env,
            "joinery_audit",
            "account.group_account_readonly",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _read_form(self, record, view_id):
        """Read all that the form shows to the user of ``record``, as the web client does."""
        arch = etree.fromstring(record.get_views([(view_id, "form")])["views"]["form"]["arch"])
        specification = {}
        for node in arch.xpath("//field[not(ancestor::field)]"):
            inner = {field.get("name"): {} for field in node.iter("field") if field is not node}
            specification[node.get("name")] = {"fields": inner} if inner else {}
        self.env.flush_all()
        self.env.invalidate_all()
        return record.web_read(specification)[0]

    def test_bookkeeper_invoices_the_change_order(self):
        """The window of 85.00 and nothing else of the order, which is 5 070.00; with 19 % 101.15."""
        change = self._sign(self._make_change(send=True)).with_user(self.bookkeeper)
        self.assertTrue(change.can_invoice)
        action = change.action_create_invoice()
        self.assertEqual(action["tag"], "display_notification", "stays where one is")
        self.assertIn("101.15", action["params"]["message"])
        invoice = self.order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_untaxed), ("draft", 85.0))
        self.assertIn(str(invoice.id), action["params"]["links"][0]["url"])
        self.env.invalidate_all()
        self.assertEqual(change.invoice_status, "invoiced")
        self.assertFalse(change.can_invoice)
        with self.assertRaisesRegex(UserError, "can be invoiced now"):
            change.action_create_invoice()

    def test_several_at_once(self):
        """One invoice per customer: 85.00 of one order and 170.00 of another; what is not signed is named."""
        first = self._sign(self._make_change(send=True))
        other = self._make_order(((self.wardrobe, 1),))
        second = self._sign(self._make_change(self._add(self.window, 2), order_id=other.id, send=True))
        draft = self._make_change()
        action = (first | second | draft).with_user(self.bookkeeper).action_create_invoice()
        invoice = (self.order | other).invoice_ids
        self.assertEqual(invoice.mapped("amount_untaxed"), [255.0])
        self.assertIn(draft.name, action["params"]["message"])

    def test_seller_is_told_and_gets_no_link(self):
        """Odoo's form of invoices is closed to sellers: they stay on their order, here and after Odoo's own dialog."""
        change = self._sign(self._make_change(send=True)).with_user(self.seller)
        self.assertTrue(change.can_invoice)
        params = change.action_create_invoice()["params"]
        self.assertFalse(params["links"])
        self.assertIn("101.15", params["message"])
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.seller)
            .create({"sale_order_ids": [Command.set(self.order.ids)], "advance_payment_method": "delivered"})
        )
        self.order.order_line.filtered(lambda line: not line.change_order_id).qty_delivered = 1
        action = wizard.create_invoices()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(len(self.order.invoice_ids), 2)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_nobody_else_invoices(self):
        change = self._sign(self._make_change(send=True, task_id=self.order.order_line.task_id[:1].id))
        for user in (self.technician, self.auditor, self.other_seller):
            with self.subTest(user.login):
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    change.with_user(user).action_create_invoice()
                with self.assertRaises(AccessError):
                    self.order.with_user(user).action_create_draft_invoice()
        for user in (self.technician, self.auditor):
            self.assertFalse(change.with_user(user).can_invoice)
        self.assertFalse(self.order.invoice_ids)

    def test_what_is_delivered_first_waits(self):
        """A window that is billed as delivered can't be invoiced before it is done."""
        self.window.invoice_policy = "delivery"
        change = self._sign(self._make_change(send=True))
        self.assertEqual((change.invoice_status, change.can_invoice), ("open", False))
        change.line_ids.applied_line_id.qty_delivered = 1
        self.env.invalidate_all()
        self.assertTrue(change.can_invoice)

    # === OPENING THE ORDER ===

    def test_order_opens_in_a_form_that_one_can_read(self):
        """Who does not sell gets a form of their own, from wherever it is opened, and can read all of it."""
        change = self._sign(self._make_change(send=True))
        for user in (self.bookkeeper, self.auditor):
            with self.subTest(user.login):
                order = self.order.with_user(user)
                action = change.with_user(user).action_view_order()
                view_id = action["views"][0][0]
                self.assertEqual(view_id, order._get_form_to_read().id)
                values = self._read_form(order, view_id)
                self.assertEqual(values["name"], self.order.name)
                self.assertEqual(order.get_formview_action()["views"], action["views"])
                self.assertEqual(order.get_views([(False, "form")])["views"]["form"]["id"], view_id, "from a list, too")
        for user in (self.seller, self.manager):
            action = change.with_user(user).action_view_order()
            self.assertEqual(action["views"], [(False, "form")], "who sells has the form of Odoo")
            form = self.order.with_user(user).get_views([(False, "form")])["views"]["form"]
            self.assertEqual(form["id"], self.env.ref("sale.view_order_form").id)

    def test_order_opens_from_its_invoice(self):
        change = self._sign(self._make_change(send=True)).with_user(self.bookkeeper)
        change.action_create_invoice()
        action = self.order.invoice_ids.with_user(self.bookkeeper).action_view_source_sale_orders()
        self.assertEqual(action["views"][0][0], self.order.with_user(self.bookkeeper)._get_form_to_read().id)

    def test_plain_form(self):
        """The form that this add-on brings is enough by itself, with the right to invoices alone."""
        form = self.env.ref("order_extension.sale_order_view_form_read")
        self._sign(self._make_change(send=True))
        for user in (self.bookkeeper, self.auditor):
            values = self._read_form(self.order.with_user(user), form.id)
            # 5 070.00 + 85.00
            self.assertEqual(values["tax_totals"]["base_amount_currency"], 5155.0)
        action = self.order.with_user(self.bookkeeper).action_create_draft_invoice()
        self.assertEqual(action["tag"], "display_notification")
        self.assertTrue(self.order.invoice_ids)
