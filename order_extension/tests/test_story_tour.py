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
        self.window.service_tracking = "task_in_project"
        task = self.order.order_line.task_id
        self.assertFalse(self.order.change_order_ids)

        # On site: the technician, on his phone.
        self._tour_on_phone(
            f"/odoo/action-project.action_view_my_task/{task.id}",
            "order_extension_story_technician",
            login=self.technician.login,
        )
        change = self.order.change_order_ids
        # 85.00 + 19 % = 16.15
        self.assertRecordValues(
            change,
            [{"state": "draft", "create_uid": self.technician.id, "task_id": task.id, "amount_total": 101.15}],
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
        self._tour_on_phone(change.get_portal_url(), "change_order_portal_sign_phone")
        self.env.invalidate_all()
        self.assertRecordValues(change, [{"state": "signed", "signed_by": "Paul Sommer", "signed_channel": "portal"}])
        self.assertEqual(str(self.order.commitment_date), "2030-05-13 12:00:00")
        line = change.line_ids.applied_line_id
        self.assertRecordValues(
            line, [{"order_id": self.order.id, "product_uom_qty": 1, "price_unit": 85.0, "price_subtotal": 85.0}]
        )
        self.assertRecordValues(
            line.task_id,
            [{"project_id": task.project_id.id, "sale_order_id": self.order.id, "allocated_hours": 1.0}],
        )
        # 5 070.00 + 85.00 = 5 155.00, 19 % = 979.45
        self.assertRecordValues(self.order, [{"amount_untaxed": 5155.0, "amount_tax": 979.45, "amount_total": 6134.45}])

        # In the books: the invoice shows it under its own section, to the cent.
        invoice = self.order.with_user(self.seller)._create_invoices().sudo()
        invoice.action_post()
        self.assertRecordValues(invoice, [{"amount_untaxed": 5155.0, "amount_tax": 979.45, "amount_total": 6134.45}])
        section = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "line_section")
        self.assertIn(f"{change.name} {change.title}, signed by Paul Sommer", section.name)
        self.assertEqual(change.invoice_status, "invoiced")
