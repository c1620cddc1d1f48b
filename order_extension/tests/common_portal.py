import re

from odoo.tests import HttpCase

from .common import SIGNATURE, ChangeOrderCommon


class ChangeOrderPortalCommon(ChangeOrderCommon, HttpCase):
    """Pages and calls of the customer portal, as a browser makes them.

    The change order that most tests use adds "Ease a stuck window" to the order of 5 070.00:
    85.00 + 16.15 tax = 101.15, new net sum 5 155.00, with taxes 6 033.30 + 101.15 = 6 134.45.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        (cls.customer | cls.stranger_user.partner_id).lang = "en_US"
        cls.customer.name = "Lena Sommer"
        cls.stranger_user.partner_id.email = "stranger@example.com"

    def setUp(self):
        super().setUp()
        self.change = self._make_change(send=True)
        self.authenticate(None, None)

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _url(self, change, suffix="", token=True, **params):
        """URL of the page or of what is below it; ``token`` may be one that doesn't belong to it."""
        if token:
            params["access_token"] = change._portal_ensure_token() if token is True else token
        query = "&".join(f"{key}={value}" for key, value in params.items())
        return f"/my/change_orders/{change.id}{suffix}?{query}"

    def _get(self, change, suffix="", token=True, **params):
        """Open the page. Where it ended, in ``url``, tells whether it was shown."""
        return self.url_open(self._url(change, suffix, token, **params))

    def _assert_shown(self, response, change):
        self.assertEqual(response.status_code, 200)
        self.assertIn(f"/my/change_orders/{change.id}", response.url)
        self.assertIn("o_change_order_total", response.text)

    def _assert_not_shown(self, response, change):
        self.assertNotIn(f"/my/change_orders/{change.id}?", response.url)
        self.assertNotIn("o_change_order_total", response.text)
        self.assertNotIn(change.title, response.text)

    def _assert_language(self, response, lang):
        self.assertIn(f'"bundle_params": {{"lang": "{lang}"', response.text)

    def _accept(self, change, token=True, **params):
        """Call what the signature form calls, and return the answer."""
        params = {
            "name": "Lena Sommer",
            "signature": SIGNATURE,
            "content_hash": change.content_hash,
            **params,
        }
        if token:
            params["access_token"] = change._portal_ensure_token() if token is True else token
        answer = self.make_jsonrpc_request(f"/my/change_orders/{change.id}/accept", params)
        change.invalidate_recordset()
        return answer

    def _decline(self, change, reason="Too expensive", token=True, csrf=True):
        """Send the form of the page, with the CSRF token that the page gave."""
        data = {"decline_message": reason}
        if token:
            data["access_token"] = change._portal_ensure_token() if token is True else token
        if csrf:
            page = self._get(self.change).text
            data["csrf_token"] = re.search(r'csrf_token: "([^"]+)"|name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        response = self.url_open(f"/my/change_orders/{change.id}/decline", data=data)
        change.invalidate_recordset()
        return response

    def _assert_nothing_signed(self, change, state="sent"):
        """Neither the change order nor its order have changed."""
        self.assertEqual(change.state, state)
        self.assertFalse(change.signed_by or change.signed_on or change.signature or change.signed_content)
        self.order.invalidate_recordset()
        self.assertEqual(len(self.order.order_line), 3, "no section and no line was added")
        self.assertEqual(self.order.amount_untaxed, 5070.00)
