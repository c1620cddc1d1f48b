"""Consumers get the notice on their right of withdrawal: on the page, in the PDF, and in what they sign."""

import json

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import misc

from ..models.sale_change_order_signing import HANDOVER_SCOPE
from .common_portal import ChangeOrderPortalCommon

REPORT = "order_extension.sale_change_order_report_action"
USUAL = "within 14 days without giving a reason"


@tagged("post_install", "-at_install")
class TestWithdrawalNotice(ChangeOrderPortalCommon):
    def _get_report(self, change):
        return self.env["ir.actions.report"]._render_qweb_html(REPORT, change.ids)[0].decode()

    # === WHO ===

    def test_consumers_are_people_who_belong_to_no_company(self):
        self.assertTrue(self.change.is_consumer)
        company = self.env["res.partner"].create({"name": "Sommer Ltd", "is_company": True})
        for partner, consumer in (
            (company, False),
            (company.copy({"is_company": False, "parent_id": company.id}), False),
        ):
            self.order = self._make_order([(self.wardrobe, 1)], partner_id=partner.id)
            self.assertEqual(self._make_change().is_consumer, consumer)

    def test_seller_may_know_better(self):
        change = self._make_change(is_consumer=False, send=True)
        self.assertFalse(change.has_withdrawal_notice)
        self.assertNotIn("o_change_order_withdrawal", self._get(change).text)
        self.assertNotIn("withdrawal_notice", self._get_report(change))
        self.assertNotIn("withdrawal_notice", change._prepare_content()["offer"])
        revision = change.browse(change.action_revise()["res_id"])
        self.assertFalse(revision.is_consumer)

    def test_who_is_a_consumer_is_fixed_with_the_offer(self):
        with self.assertRaisesRegex(UserError, "no longer a draft"):
            self.change.is_consumer = False

    # === TEXT ===

    def test_usual_text_names_the_company(self):
        self.company.write({"name": "Joinery Berger", "street": "Werkstr. 1", "email": "hello@berger.example"})
        notice = self._make_change(send=True).withdrawal_notice
        self.assertIn(USUAL, notice)
        for text in ("Joinery Berger", "Werkstr. 1", "hello@berger.example"):
            self.assertIn(text, notice)

    def test_company_name_is_text(self):
        self.company.name = "Berger <script>alert(1)</script> & Sons"
        change = self._make_change()
        self.assertIn("Berger &lt;script&gt;", change._get_withdrawal_notice())
        self.assertNotIn("<script>alert(1)", change._get_withdrawal_notice())

    def test_own_text_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.company.withdrawal_notice = "<p>Our own notice</p>"
        self.company.update_field_translations("withdrawal_notice", {"de_DE": {"Our own notice": "Unsere Belehrung"}})
        self.assertIn("Our own notice", self._make_change(send=True).withdrawal_notice)
        self.customer.lang = "de_DE"
        self.assertIn("Unsere Belehrung", self._make_change(send=True).withdrawal_notice)

    def test_technician_sends_it_along(self):
        change = self._make_change(user=self.technician)
        change.with_user(self.technician).action_sign_on_device()
        self.assertIn(USUAL, change.withdrawal_notice)

    # === SHOWN, PRINTED, SIGNED ===

    def test_on_the_page_and_in_the_pdf(self):
        draft = self._make_change()
        for change in (self.change, draft):
            self.assertIn(USUAL, self._get_report(change))
        self.assertIn(USUAL, self._get(self.change).text)
        self.assertFalse(draft.withdrawal_notice, "a draft shows what would be sent")
        self._accept(self.change)
        self.assertIn(USUAL, self._get(self.change).text)
        self.assertIn(USUAL, self._get_report(self.change))

    def test_part_of_what_is_signed(self):
        self._accept(self.change, content_hash=self.change.content_hash)
        content = json.loads(self.change.signed_content)
        self.assertEqual(content["offer"]["withdrawal_notice"], self.change.withdrawal_notice)

    def test_later_texts_and_customers_change_nothing(self):
        sent = self.change.withdrawal_notice
        self.company.withdrawal_notice = "<p>A new text</p>"
        self.customer.is_company = True
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.change.withdrawal_notice, sent)
        self.assertEqual(self.change._get_withdrawal_notice(), sent)
        self._accept(self.change)
        self.assertEqual(self.change.state, "signed")
        self.assertNotIn("A new text", self._get(self.change).text)

    def test_notice_changed_behind_the_offer(self):
        self.change._as_transition().withdrawal_notice = "<p>No right at all</p>"
        self.assertIn("has changed since it was sent", self._accept(self.change)["error"])

    def test_sent_before_there_were_notices(self):
        """What version 19.0.1.0.0 sent has no notice: it is valid as it is, and gets none afterwards."""
        self.change._as_transition().write({"withdrawal_notice": False})
        self.change._as_transition().offer_hash = self.change._get_offer_hash()
        self.assertTrue(self.change.is_consumer)
        self.assertNotIn("withdrawal_notice", self.change._prepare_content()["offer"])
        self.assertNotIn(USUAL, self._get(self.change).text)
        self._accept(self.change)
        self.assertEqual(self.change.state, "signed")

    def test_nobody_writes_the_notice_by_hand(self):
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self.change.with_user(self.seller).withdrawal_notice = "<p>x</p>"

    # === WHERE ===

    def test_signed_at_the_delivery_address(self):
        self.order.partner_shipping_id = self.env["res.partner"].create(
            {"name": "Holiday home", "street": "Seeweg 2", "zip": "79822", "city": "Titisee"}
        )
        self._login(self.technician)
        payload = misc.hash_sign(self.env, HANDOVER_SCOPE, [self.change.id, self.technician.id])
        self._get(self.change, "/device", token=False, handover=payload)
        self._accept(self.change)
        self.assertEqual(self.change.signed_channel, "device")
        for text in ("Seeweg 2", "Titisee"):
            self.assertIn(text, self.change.signed_place)
        self.assertNotIn("\n", self.change.signed_place)
        self.assertNotIn(", ,", self.change.signed_place)
        self.assertIn("Seeweg 2", self._get_report(self.change))

    def test_place_of_a_portal_signature_is_unknown(self):
        self._accept(self.change)
        self.assertFalse(self.change.signed_place)
