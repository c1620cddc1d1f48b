"""Customers at work, in a real browser: on a phone and at a desk."""

from unittest.mock import patch

from odoo.http import request
from odoo.tests import tagged

from ..controllers.portal import ChangeOrderPortal
from .common import SIGNATURE
from .common_portal import ChangeOrderPortalCommon


class ChangeOrderTour(ChangeOrderPortalCommon):
    def setUp(self):
        super().setUp()
        self.change = self._make_change(days_added=3, title="Stuck window, and how it came to be stuck", send=True)

    def _reload(self):
        self.env.invalidate_all()
        return self.change


@tagged("post_install", "-at_install")
class TestPortalPhone(ChangeOrderTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_sign_with_the_finger(self):
        self.start_tour(self.change.get_portal_url(), "change_order_portal_sign_phone")
        change = self._reload()
        self.assertEqual((change.state, change.signed_by, change.signed_channel), ("signed", "Paul Sommer", "portal"))
        self.assertIn("Chrome", change.signed_user_agent)
        # 5 070.00 + 85.00, and 10 May plus 3 days
        self.assertEqual(self.order.amount_untaxed, 5155.00)
        self.assertEqual(str(self.order.commitment_date), "2030-05-13 12:00:00")

    def test_decline(self):
        self.start_tour(self.change.get_portal_url(), "change_order_portal_decline")
        self.assertEqual((self._reload().state, self.change.decline_reason), ("declined", "Too expensive for us"))

    def test_refusal_is_told_and_can_be_mended(self):
        other = self._make_change(self._add(self.window, 2), title="Two windows", send=True)
        get_change_order = ChangeOrderPortal._get_change_order

        def sign_another_one_meanwhile(controller, *args, **kwargs):
            change_order = get_change_order(controller, *args, **kwargs)
            elsewhere = change_order.browse(other.id)
            if request.httprequest.path.endswith("/accept") and elsewhere.state == "sent":
                # 170.00 are signed while the page is open: its contract sum is wrong then
                elsewhere._sign("Lena Sommer", SIGNATURE)
            return change_order

        with patch.object(ChangeOrderPortal, "_get_change_order", sign_another_one_meanwhile):
            self.start_tour(self.change.get_portal_url(), "change_order_portal_refused")
        self.assertEqual(self._reload().state, "signed")
        self.assertEqual(self.order.amount_untaxed, 5325.00)  # 5 070.00 + 170.00 + 85.00


@tagged("post_install", "-at_install")
class TestPortalDesk(ChangeOrderTour):
    def setUp(self):
        super().setUp()
        (self.env["sale.change.order"].search([]) - self.change)._as_transition().state = "cancelled"

    def test_login_to_signature(self):
        self.start_tour("/my/home", "change_order_portal_login", login=self.customer_user.login)
        self.assertEqual((self._reload().state, self.change.signed_by), ("signed", "Lena Sommer"))

    def test_decline(self):
        self.start_tour(self.change.get_portal_url(), "change_order_portal_decline")
        self.assertEqual(self._reload().state, "declined")
