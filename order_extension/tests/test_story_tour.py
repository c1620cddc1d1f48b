"""The whole story in a real browser: captured on site, sent, signed on a phone, applied, billed."""

from odoo.tests import HttpCase, tagged

from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestStoryTour(ChangeOrderCommon, HttpCase):
    def _tour_on_phone(self, url, tour, **kwargs):
        self.browser_size = "390x844"
        self.touch_enabled = True
        self.start_tour(url, tour, **kwargs)

    def _tour_on_desktop(self, url, tour, **kwargs):
        self.browser_size = "1366x768"
        self.touch_enabled = False
        self.start_tour(url, tour, **kwargs)

    def test_from_the_site_to_the_invoice(self):
        task = self.order.order_line.task_id
        self.assertFalse(self.order.change_order_ids)

        # On site: the technician, on his phone.
        self._tour_on_phone(
            f"/odoo/action-project.action_view_my_task/{task.id}",
            "order_extension_story_technician",
            login=self.technician.login,
        )
        change = self.order.change_order_ids
        # 2 x 85.00 = 170.00, 19 % = 32.30
        self.assertRecordValues(
            change,
            [{"state": "draft", "create_uid": self.technician.id, "task_id": task.id, "amount_total": 202.3}],
        )

        # In the office: the seller sends it.
        self._tour_on_desktop(
            f"/odoo/change-orders/{change.id}", "order_extension_story_seller", login=self.seller.login
        )
        self.assertRecordValues(change, [{"state": "sent", "sent_by_id": self.seller.id}])
        self.assertIn(self.customer, change.message_ids.partner_ids)
        self.assertEqual(self.order.amount_untaxed, 5070.0, "nothing has grown yet")

        # At home: the customer opens the link of the mail on her phone, without any login, and signs.
        self.env.flush_all()
        self._tour_on_phone(change.get_portal_url(), "order_extension_portal_sign")
        self.env.invalidate_all()
        self.assertRecordValues(
            change, [{"state": "signed", "signed_by": "Lena Sommer", "signed_channel": "portal"}]
        )
        line = change.line_ids.applied_line_id
        self.assertRecordValues(
            line, [{"order_id": self.order.id, "product_uom_qty": 2, "price_unit": 85.0, "price_subtotal": 170.0}]
        )
        # 5 070.00 + 170.00 = 5 240.00, 19 % = 995.60
        self.assertRecordValues(
            self.order, [{"amount_untaxed": 5240.0, "amount_tax": 995.6, "amount_total": 6235.6}]
        )

        # In the books: the invoice shows it under its own section, to the cent.
        invoice = self.order.with_user(self.seller)._create_invoices().sudo()
        invoice.action_post()
        self.assertRecordValues(
            invoice, [{"amount_untaxed": 5240.0, "amount_tax": 995.6, "amount_total": 6235.6}]
        )
        section = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "line_section")
        self.assertIn(f"{change.name}, signed by Lena Sommer", section.name)
        self.assertEqual(change.invoice_status, "invoiced")
