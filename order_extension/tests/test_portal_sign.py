"""Signing and declining on the portal: what holds, and what is refused."""

from unittest.mock import patch

from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SIGNATURE
from .common_portal import ChangeOrderPortalCommon

CONTROLLER = "odoo.addons.order_extension.controllers.portal_answers"
MODEL = "odoo.addons.order_extension.models.sale_change_order_signing.SaleChangeOrder"
PDF_MODEL = "odoo.addons.order_extension.models.sale_change_order_signed_pdf.SaleChangeOrder"


@tagged("post_install", "-at_install")
class TestPortalAccept(ChangeOrderPortalCommon):
    def _assert_signed(self, change, answer):
        self.assertEqual(answer.get("force_refresh"), True, answer)
        self.assertEqual(change.state, "signed")
        self.assertEqual(change.signed_by, "Lena Sommer")
        self.assertTrue(change.signed_on)
        self.assertTrue(change.signature)
        # 5 070.00 + 85.00 = 5 155.00; 963.30 + 16.15 = 979.45; together 6 134.45
        self.order.invalidate_recordset()
        self.assertEqual(self.order.amount_untaxed, 5155.00)
        self.assertEqual(self.order.amount_total, 6134.45)
        added = change.line_ids.applied_line_id
        self.assertEqual((added.product_id, added.price_unit, added.product_uom_qty), (self.window, 85.0, 1.0))

    def test_accept_with_the_token_alone(self):
        with patch.dict(self.opener.headers, {"User-Agent": "Phone " + "x" * 400}):
            answer = self._accept(self.change)
        self._assert_signed(self.change, answer)
        self.assertEqual(self.change.signed_channel, "portal")
        self.assertFalse(self.change.signed_device_user_id)
        self.assertEqual(self.change.signed_ip, "127.0.0.1")
        self.assertTrue(self.change.signed_user_agent.startswith("Phone xxx"))
        self.assertEqual(len(self.change.signed_user_agent), 255)
        message = self._finish(self.change).message_ids.filtered(
            lambda message: "was signed by" in (message.body or "")
        )
        self.assertEqual(message.author_id, self.customer)
        self.assertEqual(len(message.attachment_ids), 1, "the PDF")
        page = self.url_open(answer["redirect_url"]).text
        for text in ("Thank you!", "Lena Sommer", self.change.content_hash):
            self.assertIn(text, page)
        self.assertNotIn('id="change_order_accept"', page)

    def test_accept_with_the_login_alone(self):
        self._login(self.customer_user)
        self._assert_signed(self.change, self._accept(self.change, token=False))

    def test_accept_with_everything_in_the_query_as_the_form_does(self):
        url = self.change.get_portal_url(suffix="/accept", query_string=f"&content_hash={self.change.content_hash}")
        answer = self.make_jsonrpc_request(url, {"name": "Lena Sommer", "signature": SIGNATURE})
        self.change.invalidate_recordset()
        self._assert_signed(self.change, answer)

    def test_thanks_are_only_on_a_signed_page(self):
        self.assertNotIn("Thank you!", self._get(self.change, message="signed").text)

    def test_sums_on_the_signed_page_stay_as_they_were_signed(self):
        self._accept(self.change)
        later = self._make_change(self._add(self.window, 3), send=True)
        self._sign(later)  # the order is at 5 410.00 now
        page = self._get(self.change).text
        self.assertIn("5,155.00", page)
        self.assertNotIn("5,410.00", page)

    def test_colleague_does_not_sign(self):
        """A signature in a colleague's session would look like one at the site: they hand over their device instead."""
        self._login(self.seller)
        page = self._get(self.change).text
        self.assertNotIn('id="change_order_accept"', page)
        self.assertIn('id="change_order_decline"', page)
        self.assertIn("Sign on this Device", self._accept(self.change)["error"])
        self._assert_nothing_signed(self.change)

    # === ACCESS ===

    def test_no_signature_without_the_right_token(self):
        other = self._make_change(title="Another one", send=True)
        for token in (False, "0" * 36, "ä", 17, ["x"], other._portal_ensure_token()):
            with self.subTest(token=token):
                self.assertIn("This link does not work", self._accept(self.change, token=token)["error"])
        self._login(self.stranger_user)
        self.assertIn("This link does not work", self._accept(self.change, token=False)["error"])
        self._assert_nothing_signed(self.change)

    def test_no_signature_on_a_draft(self):
        draft = self._make_change()
        self.assertIn("This link does not work", self._accept(draft)["error"])
        self._assert_nothing_signed(draft, "draft")

    def test_no_signature_on_what_does_not_exist(self):
        answer = self.make_jsonrpc_request("/my/change_orders/999999999/accept", {"access_token": "x"})
        self.assertIn("This link does not work", answer["error"])

    def test_opening_the_link_does_not_sign(self):
        response = self._get(self.change, "/accept", name="Lena", signature=SIGNATURE)
        self.assertEqual(response.status_code, 405)
        self._assert_nothing_signed(self.change)

    # === CONTENT ===

    def test_page_that_is_no_longer_true_is_refused(self):
        seen = self.change.content_hash
        other = self._make_change(self._add(self.window, 2), send=True)
        self._sign(other)  # another one was signed meanwhile: the contract sum on the open page is wrong
        answer = self._accept(self.change, content_hash=seen)
        self.assertIn("Something has changed since you opened this page", answer["error"])
        self.assertEqual(self.change.state, "sent")
        self.assertFalse(self.change.signature)
        # 5 070.00 + 170.00 is what stands before this one now: the page shows it without losing what was entered
        self.assertIn("5,240.00", answer["parts"]["contract"])
        self._accept(self.change, content_hash=answer["content_hash"])
        self.assertEqual(self.change.state, "signed", "with the sum of now it can be signed")

    def test_no_signature_without_what_was_seen(self):
        for seen in (None, "", 17, ["x"]):
            with self.subTest(seen=seen):
                answer = self._accept(self.change, content_hash=seen)
                self.assertIn("can't tell what you have seen", answer["error"])
                self.assertEqual(answer["content_hash"], self.change.content_hash)
        self._assert_nothing_signed(self.change)

    def test_hash_in_the_query_counts_too(self):
        url = self.change.get_portal_url(suffix="/accept", query_string="&content_hash=" + "0" * 64)
        answer = self.make_jsonrpc_request(url, {"name": "Lena Sommer", "signature": SIGNATURE})
        self.assertIn("Something has changed", answer["error"])
        self._assert_nothing_signed(self.change)

    def test_price_changed_behind_the_offer_is_refused(self):
        seen = self.change.content_hash
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_change_order_line SET price_unit = 8.5 WHERE change_order_id = %s", [self.change.id]
        )
        self.env.invalidate_all()
        for params in ({}, {"content_hash": seen}, {"content_hash": self.change.content_hash}):
            with self.subTest(params=params):
                answer = self._accept(self.change, **params)
                self.assertIn("has changed since it was sent", answer["error"])
        self._assert_nothing_signed(self.change)

    def test_title_changed_behind_the_offer_is_refused(self):
        self.change._as_transition().title = "Two windows"
        self.assertIn("has changed since it was sent", self._accept(self.change)["error"])
        self._assert_nothing_signed(self.change)

    # === STATES ===

    def test_signed_once_only(self):
        self._accept(self.change)
        signed_on = self.change.signed_on
        answer = self._accept(self.change, name="Somebody Else")
        self.assertIn("was signed already by Lena Sommer", answer["error"])
        self.assertNotIn("parts", answer, "there is nothing more to sign")
        self.assertEqual((self.change.signed_by, self.change.signed_on), ("Lena Sommer", signed_on))
        self.order.invalidate_recordset()
        self.assertEqual(self.order.amount_untaxed, 5155.00, "applied once")

    def test_closed_offers_are_refused(self):
        expired, declined, cancelled, replaced = (self._make_change(send=True) for _index in range(4))
        expired._as_transition().validity_date = "2020-01-31"
        declined._decline("Lena", "no")
        cancelled._cancel("mistake")
        self._revise(replaced, send=True)
        for change, state, sentence in (
            (expired, "sent", "This offer has expired"),
            (declined, "declined", "not open for signature any more"),
            (cancelled, "cancelled", "not open for signature any more"),
            (replaced, "cancelled", "was replaced by a newer one"),
        ):
            with self.subTest(state=state):
                self.assertIn(sentence, self._accept(change)["error"])
                self._assert_nothing_signed(change, state)

    def test_cancelled_order_is_refused(self):
        self.order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertIn("The order was cancelled", self._accept(self.change)["error"])
        self._assert_nothing_signed(self.change, "cancelled")

    # === INPUT ===

    def test_signature_must_be_a_picture_of_reasonable_size(self):
        for signature, sentence in (
            (None, "Please sign in the field"),
            ("", "Please sign in the field"),
            ("not base64!", "can't be read"),
            ("PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "can't be read"),  # a script
            (["list"], "can't be read"),
            ({"raw": "x"}, "can't be read"),
            ("A" * (6 * 1024 * 1024), "too large"),
        ):
            with self.subTest(signature=str(signature)[:20]):
                self.assertIn(sentence, self._accept(self.change, signature=signature)["error"])
        self._assert_nothing_signed(self.change)

    def test_name_is_required(self):
        for name in (None, "", "   ", "\u200b\u202e", {"name": "x"}):
            with self.subTest(name=name):
                self.assertIn("Please enter your name", self._accept(self.change, name=name)["error"])
        self._assert_nothing_signed(self.change)

    def test_script_in_the_name_is_shown_as_text(self):
        self._accept(self.change, name="<script>alert('x')</script>")
        self.assertEqual(self.change.state, "signed")
        for url in (self.change.get_portal_url(query_string="&message=signed"), self.order.get_portal_url()):
            page = self.url_open(url).text
            self.assertNotIn("<script>alert(", page)
            self.assertIn("&lt;script&gt;alert(", page)
        self.assertNotIn("<script>", "".join(self.change.message_ids.mapped("body")))

    # === WHEN SOMETHING FAILS ===

    def test_failure_while_applying_signs_nothing_and_says_so(self):
        def fail(change_order):
            change_order.order_id.order_line[0].product_uom_qty = 7
            raise ZeroDivisionError("secret detail")

        with patch(f"{MODEL}._apply", fail), self.assertLogs(CONTROLLER, "ERROR") as logs:
            answer = self._accept(self.change)
        self.assertIn("ZeroDivisionError", logs.output[0])
        self.assertIn("Nothing was signed. Please contact us.", answer["error"])
        self.assertNotIn("secret", answer["error"])
        self._assert_nothing_signed(self.change)
        self.assertEqual(self._line(self.wardrobe).product_uom_qty, 1)

    def test_collision_with_another_transaction_is_tried_again(self):
        sign, calls = type(self.change)._sign, []

        def collide_once(change_order, *args, **kwargs):
            calls.append(args)
            if len(calls) == 1:
                change_order.env.cr.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
            return sign(change_order, *args, **kwargs)

        with patch(f"{MODEL}._sign", collide_once), mute_logger("odoo.service.model", "odoo.sql_db"):
            answer = self._accept(self.change)
        self.assertEqual(len(calls), 2)
        self._assert_signed(self.change, answer)

    def test_signature_waits_for_neither_pdf_nor_message(self):
        with (
            patch(f"{PDF_MODEL}._render_signed_pdf", side_effect=ZeroDivisionError),
            patch(f"{MODEL}._post_signed", side_effect=ZeroDivisionError),
        ):
            answer = self._accept(self.change)
        self._assert_signed(self.change, answer)
        self.assertEqual(self.change.signed_pdf_state, "pending")


@tagged("post_install", "-at_install")
class TestPortalDecline(ChangeOrderPortalCommon):
    def test_decline_with_a_reason(self):
        page = self._decline(self.change, "Too expensive\nfor us").text
        self.assertEqual(self.change.state, "declined")
        self.assertEqual(self.change.decline_reason, "Too expensive\nfor us")
        self.assertEqual(self.change.declined_by, "Lena Sommer")
        self.assertIn("Thank you for telling us.", page)
        self.assertIn("Too expensive<br", page)
        self.assertNotIn('id="change_order_accept"', page)
        self.assertIn("Too expensive", "".join(self.change.message_ids.mapped("body")))
        self._assert_nothing_signed(self.change, "declined")

    def test_decline_with_the_login_alone(self):
        self._login(self.customer_user)
        self._decline(self.change, token=False)
        self.assertEqual(self.change.state, "declined")

    def test_decline_needs_a_reason(self):
        for reason in ("", "  \n "):
            page = self._decline(self.change, reason).text
            self.assertEqual(self.change.state, "sent")
            self.assertIn("Please tell us in a few words why you decline.", page)
            self.assertIn('id="change_order_accept"', page)
        self.assertNotIn("Please tell us in a few words why you decline.", self._get(self.change).text, "said once")

    @mute_logger("odoo.http")
    def test_decline_needs_the_form_of_the_page(self):
        self.assertEqual(self._decline(self.change, csrf=False).status_code, 400)
        self._assert_nothing_signed(self.change)

    def test_decline_needs_the_right_token(self):
        other = self._make_change(title="Another one", send=True)
        for token in (False, "0" * 36, "ä", other._portal_ensure_token()):
            with self.subTest(token=token):
                self._assert_not_shown(self._decline(self.change, token=token), self.change)
        self._login(self.stranger_user)
        self._decline(self.change, token=False)
        self._assert_nothing_signed(self.change)

    def test_opening_the_link_does_not_decline(self):
        self.assertEqual(self._get(self.change, "/decline", decline_message="x").status_code, 405)
        self._assert_nothing_signed(self.change)

    def test_signed_one_cannot_be_declined(self):
        self._accept(self.change)
        page = self.url_open(
            f"/my/change_orders/{self.change.id}/decline",
            data={
                "access_token": self.change.access_token,
                "decline_message": "no",
                "csrf_token": http.Request.csrf_token(self),
            },
        ).text
        self.assertEqual(self.change.state, "signed")
        self.assertIn("was signed already by Lena Sommer", page)

    def test_script_in_the_reason_is_shown_as_text(self):
        page = self._decline(self.change, "<script>alert('x')</script>").text
        self.assertNotIn("<script>alert(", page)
        self.assertIn("&lt;script&gt;alert(", page)
        self.assertNotIn("<script>", "".join(self.change.message_ids.mapped("body")))

    def test_failing_message_does_not_lose_the_answer(self):
        with (
            patch(
                "odoo.addons.order_extension.models.sale_change_order_signing.SaleChangeOrder._post_declined",
                side_effect=ZeroDivisionError,
            ),
            self.assertLogs(CONTROLLER, "ERROR"),
        ):
            self._decline(self.change)
        self.assertEqual(self.change.state, "declined")
