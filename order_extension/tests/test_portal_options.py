"""Optional lines on the portal: tick, see what it comes to, sign what is ticked."""

from odoo.fields import Command
from odoo.http import request
from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tools import misc, mute_logger

from ..models.sale_change_order_signing import HANDOVER_SCOPE
from .common_portal import ChangeOrderPortalCommon
from .test_change_order_options import OptionsCommon


class PortalOptionsCommon(OptionsCommon, ChangeOrderPortalCommon):
    """The window, 85.00, with an oil finish, 120.00, and lights, 149.70, as options; 19 % on everything."""

    def setUp(self):
        super().setUp()
        self.change = self._make_options(title="Window and finish")
        self.oil_line = self._option(self.change, self.oil)

    def _call_select(self, change, line, selected=True, token=True):
        """Call what a tick on the page calls, and return the answer."""
        params = {"line_id": line.id if hasattr(line, "id") else line, "selected": selected}
        if token:
            params["access_token"] = change._portal_ensure_token() if token is True else token
        answer = self.make_jsonrpc_request(f"/my/change_orders/{change.id}/select", params)
        self.env.invalidate_all()
        return answer

    def _assert_untouched(self):
        self.assertFalse(self.change.line_ids.filtered("is_selected"))
        self.assertEqual(self.change.amount_total, 101.15)


@tagged("post_install", "-at_install")
class TestPortalOptions(PortalOptionsCommon):
    def test_tick_changes_what_is_shown(self):
        """205.00 + 38.95 = 243.95; the order 5 070.00 + 205.00 = 5 275.00."""
        page = self._get(self.change).text
        self.assertIn(f'data-line-id="{self.oil_line.id}"', page)
        self.assertRegex(page, r'type="checkbox"[^>]*disabled="disabled"')  # until the script keeps what is ticked
        self.assertIn(f'data-content-hash="{self.change.content_hash}"', page)
        answer = self._call_select(self.change, self.oil_line)
        self.assertEqual(answer["selected"], self.oil_line.ids)
        self.assertEqual(answer["content_hash"], self.change.content_hash)
        for part, amounts in {
            "total": ["243.95"],
            "price": ["243.95", "205.00", "38.95"],
            "sums": ["205.00", "38.95", "243.95"],
            "contract": ["5,070.00", "205.00", "5,275.00", "6,277.25"],
            "accept": ["243.95", "Window and finish"],
        }.items():
            for amount in amounts:
                self.assertIn(amount, answer["parts"][part])
        self.assertIn("243.95", self._get(self.change).text)
        self._call_select(self.change, self.oil_line, False)
        self._assert_untouched()

    def test_ticked_and_signed(self):
        answer = self._call_select(self.change, self.oil_line)
        self.assertTrue(self._accept(self.change, content_hash=answer["content_hash"]).get("force_refresh"))
        self.assertEqual(self.change.state, "signed")
        self.order.invalidate_recordset()
        self.assertEqual(self.order.amount_untaxed, 5275.00)
        page = self._get(self.change).text
        self.assertIn("Not chosen", page)
        self.assertIn(">Chosen<", page)
        self.assertNotIn("Tick the options", page)

    def test_ticked_in_another_tab_meanwhile(self):
        seen = self.change.content_hash
        self._call_select(self.change, self.oil_line)
        answer = self._accept(self.change, content_hash=seen)
        self.assertIn("Something has changed since you opened this page", answer["error"])
        self.assertEqual(self.change.state, "sent")

    def test_preview_cannot_be_ticked(self):
        draft = self._make_options(send=False)
        self._login(self.seller)
        page = self._get(draft).text
        self.assertIn("o_change_order_option", page)
        self.assertNotIn("data-select-url", page)
        self.assertIn("not open for signature", self._call_select(draft, self._option(draft, self.oil))["error"])
        self.assertFalse(draft.line_ids.filtered("is_selected"))

    def test_without_options_nothing_can_be_ticked(self):
        page = self._get(self._make_change(send=True)).text
        self.assertNotIn("data-select-url", page)
        self.assertNotIn("data-line-id", page)

    # === ACCESS ===

    def test_who_may_tick(self):
        for login, token in ((None, True), (self.customer_user, False), (self.stranger_user, True)):
            with self.subTest(login=login and login.login, token=token):
                self.authenticate(login and login.login, login and login.login)
                self.assertNotIn("error", self._call_select(self.change, self.oil_line, True, token))
                self.assertNotIn("error", self._call_select(self.change, self.oil_line, False, token))

    def test_who_may_not(self):
        other = self._make_options()
        for token in (False, "0" * 36, "ä", 17, ["x"], other._portal_ensure_token()):
            with self.subTest(token=token):
                answer = self._call_select(self.change, self.oil_line, True, token)
                self.assertIn("This link does not work", answer["error"])
        elsewhere = self.env["res.company"].create({"name": "Other joinery"})
        company = {"company_id": elsewhere.id, "company_ids": [Command.set(elsewhere.ids)]}
        foreign = new_test_user(self.env, "foreign_seller", "sales_team.group_sale_manager", **company)
        for user in (self.stranger_user, self.other_technician, foreign):
            with self.subTest(user=user.login):
                self._login(user)
                answer = self._call_select(self.change, self.oil_line, True, token=False)
                self.assertIn("This link does not work", answer["error"])
        self._assert_untouched()

    def test_draft_and_nothing(self):
        draft = self._make_options(send=False)
        answer = self._call_select(draft, self._option(draft, self.oil))
        self.assertIn("This link does not work", answer["error"])
        answer = self.make_jsonrpc_request("/my/change_orders/999999999/select", {"line_id": 1, "selected": True})
        self.assertIn("This link does not work", answer["error"])

    def test_opening_a_link_ticks_nothing(self):
        response = self._get(self.change, "/select", line_id=self.oil_line.id, selected=True)
        self.assertEqual(response.status_code, 405)
        self._assert_untouched()

    def test_only_options_of_this_one(self):
        other = self._make_options()
        for line in (
            self._option(other, self.oil), self._option(self.change, self.window), 0, None, "x", [self.oil_line.id], {},
        ):  # fmt: skip
            with self.subTest(line=line):
                self.assertIn("is not part of", self._call_select(self.change, line)["error"])
        self._assert_untouched()
        self.assertFalse(other.line_ids.filtered("is_selected"))

    def test_only_true_is_true(self):
        for value in ("yes", 1, ["x"], None):
            self.assertNotIn("error", self._call_select(self.change, self.oil_line, value))
        self._assert_untouched()

    def test_closed_offers(self):
        signed, declined, expired = (self._make_options() for _index in range(3))
        self._sign(signed)
        declined._decline("Lena", "no")
        expired._as_transition().validity_date = "2020-01-31"
        for change, sentence in (
            (signed, "was signed already by Lena Sommer"),
            (declined, "not open for signature any more"),
            (expired, "This offer has expired"),
        ):
            with self.subTest(state=change.state):
                option = self._option(change, self.oil)
                self.assertIn(sentence, self._call_select(change, option)["error"])
                self.assertFalse(option.is_selected)

    # === DEVICE ===

    def test_on_a_device_that_was_handed_over(self):
        self._login(self.technician)
        payload = misc.hash_sign(self.env, HANDOVER_SCOPE, [self.change.id, self.technician.id])
        self.assertIn("o_change_order_option", self._get(self.change, "/device", token=False, handover=payload).text)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request("/web/session/get_session_info")  # nobody is logged in any more
        answer = self._call_select(self.change, self.oil_line)
        self._accept(self.change, content_hash=answer["content_hash"])
        self.assertEqual((self.change.state, self.change.signed_channel), ("signed", "device"))
        self.assertEqual(self.change.amount_effect, 205.00)


@tagged("post_install", "-at_install")
class TestPortalOptionsPhone(PortalOptionsCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_tick_and_sign(self):
        self.start_tour(self.change.get_portal_url(), "change_order_portal_options")
        self.env.invalidate_all()
        self.assertEqual((self.change.state, self.change.signed_by), ("signed", "Paul Sommer"))
        # 5 070.00 + 85.00 + 120.00
        self.assertEqual(self.order.amount_untaxed, 5275.00)
        self.assertEqual(self.order.order_line.change_order_line_id.product_id, self.window | self.oil)

    def test_refused_tick_is_told(self):
        """Somebody else has signed while the page was open."""
        url = self.change.get_portal_url()
        self.patch(type(self.change), "_has_to_be_signed", self._open_page_only())
        self.start_tour(url, "change_order_portal_options_refused")
        self.env.invalidate_all()
        self._assert_untouched()

    def _open_page_only(self):
        """Signable while the page is made, and not any more with the tick."""
        return lambda change_order: bool(request) and not request.httprequest.path.endswith("/select")
