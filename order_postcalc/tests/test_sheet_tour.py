"""The sheet in a real browser: at a desk and on a phone."""

from odoo.tests import HttpCase, tagged

from .test_sheet import SheetCommon


class SheetTour(SheetCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self._log(5)
        self.url = f"/odoo/sales/{self.order.id}/post-calculation"


@tagged("post_install", "-at_install")
class TestSheetTour(SheetTour):
    def test_figures_and_what_is_behind_them(self):
        self.start_tour(self.url, "order_postcalc_sheet", login=self.seller.login)

    def test_close(self):
        self.start_tour(self.url, "order_postcalc_close", login=self.manager.login)
        self.assertEqual(self.order.postcalc_state, "closed")

    def test_a_reload_keeps_the_frozen_copy(self):
        self.order.with_user(self.manager).action_close_postcalc()
        closing = self.order.postcalc_closing_ids
        self._log(2)
        action = "order_postcalc.order_postcalc_closing_action"
        self.start_tour(f"/odoo/action-{action}/{closing.id}", "order_postcalc_frozen", login=self.manager.login)


@tagged("post_install", "-at_install")
class TestSheetTourPhone(SheetTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_on_a_phone(self):
        self.start_tour(self.url, "order_postcalc_sheet", login=self.seller.login)
