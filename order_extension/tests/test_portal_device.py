"""The technician hands his device over: the customer signs on it, without the technician's session."""

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import JsonRpcException, tagged
from odoo.tools import misc, mute_logger

from ..models.sale_change_order_signing import HANDOVER_SCOPE
from .common_portal import ChangeOrderPortalCommon


@tagged("post_install", "-at_install")
class TestPortalDevice(ChangeOrderPortalCommon):
    def setUp(self):
        super().setUp()
        self._login(self.technician)

    def _payload(self, values=None, **kwargs):
        values = values or [self.change.id, self.technician.id]
        return misc.hash_sign(self.env, kwargs.pop("scope", HANDOVER_SCOPE), values, **kwargs)

    def _is_technician_logged_in(self):
        try:
            with mute_logger("odoo.http"):
                info = self.make_jsonrpc_request("/web/session/get_session_info")
        except JsonRpcException:
            return False
        return info["uid"] == self.technician.id

    def test_the_customer_signs_without_the_technicians_session(self):
        self.assertTrue(self._is_technician_logged_in())
        old_session = self.opener.cookies["session_id"]
        action = self.change.with_user(self.technician).action_sign_on_device()
        page = self.url_open(action["url"])
        self._assert_shown(page, self.change)
        self.assertIn('id="change_order_accept"', page.text)

        # nothing of the technician's is in reach: neither pages, nor calls, nor his old session
        self.assertFalse(self._is_technician_logged_in())
        self.assertIn("/web/login", self.url_open("/odoo").url)
        call = {"model": "project.task", "method": "search_read", "args": [[], ["name"]], "kwargs": {}}
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request("/web/dataset/call_kw", call)
        self.assertNotEqual(self.opener.cookies["session_id"], old_session)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request("/web/dataset/call_kw", call, cookies={"session_id": old_session})

        # the signature tells on whose device it was given
        answer = self._accept(self.change)
        self.assertTrue(answer.get("force_refresh"), answer)
        self.assertEqual(self.change.signed_channel, "device")
        self.assertEqual(self.change.signed_device_user_id, self.technician)
        page = self.url_open(answer["redirect_url"]).text
        self.assertIn("Give the device back", page)
        self.assertIn("/web/login?redirect=/odoo/", page)

    def test_the_device_is_noted_for_this_one_only(self):
        other = self._make_change(title="Another one", send=True)
        self._get(self.change, "/device", token=False, handover=self._payload())
        self._accept(other)
        self.assertEqual(other.signed_channel, "portal")
        self.assertFalse(other.signed_device_user_id)
        self.assertNotIn("Give the device back", self._get(other).text)

    def test_draft_is_sent_by_the_handover(self):
        draft = self._make_change(user=self.technician, title="Found on site")
        action = draft.with_user(self.technician).action_sign_on_device()
        self._assert_shown(self.url_open(action["url"]), draft)

    def _assert_refused(self, change=None, **params):
        response = self._get(change or self.change, "/device", token=False, **params)
        self.assertNotIn("o_change_order_total", response.text)
        self.assertTrue(self._is_technician_logged_in(), "a link that is not valid logs nobody out")

    def test_link_that_is_not_valid_logs_nobody_out(self):
        other = self._make_change(title="Another one", send=True)
        payload = self._payload()
        for name, params in {
            "none": {},
            "empty": {"handover": ""},
            "nonsense": {"handover": "nonsense"},
            "not base64": {"handover": "ä!"},
            "tampered": {"handover": payload[:-4] + "AAAA"},
            "of another change order": {"handover": self._payload([other.id, self.technician.id])},
            "of another user": {"handover": self._payload([self.change.id, self.other_technician.id])},
            "of another purpose": {"handover": self._payload(scope="another.scope")},
        }.items():
            with self.subTest(name):
                self._assert_refused(**params)

    def test_link_expires(self):
        with freeze_time("2026-01-01 08:00:00"):
            payload = self._payload(expiration_hours=1)
        self._assert_refused(handover=payload)

    def test_link_does_not_give_more_than_its_user_may_read(self):
        self.env["project.task"].search([("sale_order_id", "=", self.order.id)]).user_ids = [Command.clear()]
        self._assert_refused(handover=self._payload())

    def test_draft_is_not_handed_over_without_being_sent(self):
        draft = self._make_change(title="Not yet sent")
        self._assert_refused(draft, handover=self._payload([draft.id, self.technician.id]))

    def test_without_login_there_is_nothing_to_hand_over(self):
        self.authenticate(None, None)
        response = self._get(self.change, "/device", token=False, handover=self._payload())
        self.assertIn("/web/login", response.url)
        self.assertNotIn("o_change_order_total", response.text)

    def test_customers_language_on_a_device_with_another_one(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self.technician.lang = "en_US"
        self.opener.cookies["frontend_lang"] = "en_US"
        page = self._get(self.change, "/device", token=False, handover=self._payload())
        self._assert_language(page, "fr_FR")
