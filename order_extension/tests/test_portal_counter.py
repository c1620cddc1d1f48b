"""The customer proposes what he would sign; the seller answers with a new revision."""

import re
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.sale_change_order_proposal import ACTIVITY
from .common_portal import ChangeOrderPortalCommon

CONTROLLER = "odoo.addons.order_extension.controllers.portal_answers"
COUNTER = "odoo.addons.order_extension.models.sale_change_order_proposal.SaleChangeOrder"


class CounterCommon(ChangeOrderPortalCommon):
    def _send_proposal(self, change, proposal="Without the paint, please", amount="", token=True, csrf=True):
        """Send the form of the page, with the CSRF token that the page gave."""
        data = {"proposal": proposal, "amount": amount}
        if token:
            data["access_token"] = change._portal_ensure_token() if token is True else token
        if csrf:
            page = self._get(self.change).text
            data["csrf_token"] = re.search(r'csrf_token: "([^"]+)"', page)[1]
        response = self.url_open(f"/my/change_orders/{change.id}/propose", data=data)
        change.invalidate_recordset()
        return response

    def _get_activities(self, change):
        return change.activity_ids.filtered(lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY))

    def _assert_no_proposal(self, change):
        self.assertFalse(change.counter_proposal or change.counter_proposed_on or change.counter_proposed_by)
        self.assertFalse(self._get_activities(change))


@tagged("post_install", "-at_install")
class TestPortalCounter(CounterCommon):
    def test_what_the_customer_writes_is_text(self):
        """In the seller's list of things to do nothing of it becomes a heading, a picture or a hidden link."""
        self._send_proposal(self.change, '<h1>Pay <a href="/mine">here</a></h1> <img src="x"/>', "90.5")
        note = self._get_activities(self.change).note
        self.assertIn('&lt;h1&gt;Pay &lt;a href="/mine"&gt;here', note)
        for tag in ("<h1", "<a", "<img"):
            self.assertNotIn(tag, note)

    def test_proposal_reaches_the_seller(self):
        offer_hash, content_hash = self.change.offer_hash, self.change.content_hash
        page = self._send_proposal(self.change, "Without the paint,\nplease", "90.5").text
        self.assertEqual(self.change.counter_proposal, "Without the paint,\nplease")
        self.assertEqual((self.change.counter_amount, self.change.counter_proposed_by), (90.5, "Lena Sommer"))
        self.assertEqual(self.change.counter_proposed_on.date(), fields.Date.today())
        self.assertEqual(self.change.counter_state, "open")
        activity = self._get_activities(self.change)
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn("Without the paint", activity.note)
        self.assertIn("90.50", activity.note)
        message = self.change.message_ids.filtered(lambda message: "Without the paint" in (message.body or ""))
        self.assertEqual(message.author_id, self.customer)
        self.assertIn(self.seller.partner_id, message.notified_partner_ids)
        for text in ("Thank you, we will answer you.", "Without the paint,<br", "90.50"):
            self.assertIn(text, page)
        # the offer is what it was, and open
        self.assertEqual((self.change.state, self.change.offer_hash), ("sent", offer_hash))
        self.assertEqual(self.change.content_hash, content_hash)
        self.assertIn('id="change_order_accept"', page)
        self._accept(self.change, content_hash=content_hash)
        self.assertEqual(self.change.state, "signed")
        self.assertFalse(self._get_activities(self.change), "answered by the signature")
        self.assertNotIn("o_change_order_proposed", self._get(self.change).text)

    def test_second_proposal_takes_the_place_of_the_first(self):
        self._send_proposal(self.change, "First wish", "90")
        self._send_proposal(self.change, "Second wish")
        self.assertEqual((self.change.counter_proposal, self.change.counter_amount), ("Second wish", 0))
        self.assertEqual(len(self._get_activities(self.change)), 1)
        history = "".join(self.change.message_ids.mapped("body"))
        self.assertIn("First wish", history)
        self.assertIn("Second wish", history)

    def test_revision_answers_it(self):
        self._send_proposal(self.change, "Without the paint", "90.50")
        revision = self.change.browse(self.change.with_user(self.seller).action_revise()["res_id"])
        self.assertEqual((revision.answered_proposal, revision.answered_amount), ("Without the paint", 90.50))
        self.assertFalse(revision.counter_proposed_on, "it is no proposal on the new one")
        self.assertEqual(self.change.counter_state, "open", "nothing is answered before it is sent")
        revision.action_mark_sent()
        self.assertEqual((self.change.counter_state, revision.counter_state), ("answered", False))
        self.assertFalse(self._get_activities(self.change))
        page = self._get(revision).text
        self.assertIn("This answers your proposal of", page)
        self.assertIn("Without the paint", page)
        self.assertNotIn("This answers your proposal", self._get(self.change).text)

    def test_found_by_the_seller(self):
        other = self._make_change(send=True)
        self._send_proposal(self.change)
        view = self.env.ref("order_extension.sale_change_order_view_search").arch
        domain = re.search(r'name="counter_proposals".*?domain="([^"]+)"', view, re.DOTALL)[1]
        found = self.change.search([("state", "=", "sent"), ("counter_proposed_on", "!=", False)])
        self.assertIn("counter_proposed_on", domain)
        self.assertIn(self.change, found)
        self.assertNotIn(other, found)

    def test_without_a_seller_whoever_sent_it_is_asked(self):
        self.order.user_id = False
        change = self._make_change(user=self.manager, send=True)
        change._propose("Lena", "cheaper")
        self.assertEqual(self._get_activities(change).user_id, self.manager)

    # === INPUT ===

    def test_words_are_needed(self):
        for proposal in ("", "  \n ", "\u200b\u202e"):
            page = self._send_proposal(self.change, proposal, "50").text
            self.assertIn("Please tell us in a few words what should be different.", page)
        self._assert_no_proposal(self.change)

    def test_total_is_read_as_it_was_meant(self):
        for amount in ("much less", "1e5", "nan", "9999999999", "--5"):
            with self.subTest(amount=amount):
                self.assertIn("read the total that you wish", self._send_proposal(self.change, amount=amount).text)
        page = self._send_proposal(self.change, amount="1.250").text
        for text in ("tell whether “1.250” is", "1,250.00", "1.25"):
            self.assertIn(text, page)
        self._assert_no_proposal(self.change)
        for amount, value in (
            ("1.250,00", 1250.0),
            (" 70 ", 70.0),
            ("-20.00", -20.0),
            ("1 234,50 USD", 1234.5),
            ("", 0.0),
        ):
            self._send_proposal(self.change, amount=amount)
            self.assertEqual(self.change.counter_amount, value)

    def test_what_was_typed_comes_back_with_the_error(self):
        page = html.fromstring(self._send_proposal(self.change, "Without <the> paint,\nplease", "1.250").text)
        (dialog,) = page.xpath("//div[@id='change_order_propose'][@data-reopen]")
        self.assertEqual(dialog.xpath(".//textarea")[0].text, "Without <the> paint,\nplease")
        self.assertEqual(dialog.xpath(".//input[@name='amount']/@value"), ["1.250"])
        self.assertIn("1.250", dialog.xpath(".//*[@role='alert']")[0].text_content())
        self.assertFalse(page.xpath("//div[@id='change_order_decline'][@data-reopen]"))
        again = html.fromstring(self._get(self.change).text)
        self.assertFalse(again.xpath("//*[@data-reopen]"), "shown once")

    def test_what_was_typed_is_not_lost_when_the_offer_has_ended(self):
        self.change._as_transition().validity_date = "2020-01-31"
        page = html.fromstring(self._send_proposal(self.change, "Without the paint", "90").text)
        notice = page.xpath("//*[hasclass('o_change_order_notice')]")[0].text_content()
        for text in ("This offer has expired", "Without the paint", "90"):
            self.assertIn(text, notice)

    def test_long_and_hostile_text(self):
        page = self._send_proposal(self.change, "<script>alert('x')</script>" + "y" * 5000).text
        self.assertEqual(len(self.change.counter_proposal), 2000)
        self.assertNotIn("<script>alert(", page)
        self.assertIn("&lt;script&gt;alert(", page)
        bodies = self.change.message_ids.mapped("body") + self._get_activities(self.change).mapped("note")
        self.assertNotIn("<script>", "".join(bodies))

    # === ACCESS ===

    @mute_logger("odoo.http")
    def test_needs_the_form_of_the_page(self):
        self.assertEqual(self._send_proposal(self.change, csrf=False).status_code, 400)
        self._assert_no_proposal(self.change)

    def test_opening_a_link_proposes_nothing(self):
        self.assertEqual(self._get(self.change, "/propose", proposal="x").status_code, 405)
        self._assert_no_proposal(self.change)

    def test_needs_the_right_token(self):
        other = self._make_change(title="Another one", send=True)
        for token in (False, "0" * 36, "ä", other._portal_ensure_token()):
            with self.subTest(token=token):
                self._assert_not_shown(self._send_proposal(self.change, token=token), self.change)
        self._login(self.stranger_user)
        self._send_proposal(self.change, token=False)
        self._assert_no_proposal(self.change)
        self._login(self.customer_user)
        self._send_proposal(self.change, token=False)
        self.assertTrue(self.change.counter_proposal)

    def test_only_while_it_can_be_signed(self):
        signed, declined, expired, draft = (self._make_change(send=index < 3) for index in range(4))
        self._sign(signed)
        declined._decline("Lena", "no")
        expired._as_transition().validity_date = "2020-01-31"
        for change in (signed, declined, expired, draft):
            with self.subTest(state=change.state):
                self._send_proposal(change)
                self._assert_no_proposal(change)
                with self.assertRaises(UserError):
                    change._propose("Lena", "cheaper")

    def test_nobody_writes_it_by_hand(self):
        for user in (self.seller, self.manager):
            with self.assertRaisesRegex(UserError, "can't be written directly"):
                self.change.with_user(user).counter_proposal = "I would like to pay more"

    def test_failing_message_does_not_lose_the_proposal(self):
        with (
            patch(f"{COUNTER}._post_proposed", side_effect=ZeroDivisionError),
            self.assertLogs(CONTROLLER, "ERROR"),
        ):
            self._send_proposal(self.change)
        self.assertEqual(self.change.counter_state, "open")


@tagged("post_install", "-at_install")
class TestPortalCounterPhone(CounterCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_propose(self):
        self.start_tour(self.change.get_portal_url(), "change_order_portal_propose")
        self.env.invalidate_all()
        self.assertEqual((self.change.state, self.change.counter_amount), ("sent", 90.5))
        self.assertEqual(self.change.counter_proposal, "Without the paint")
