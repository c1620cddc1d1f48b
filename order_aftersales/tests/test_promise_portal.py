from odoo.tests import HttpCase, tagged

from .common_promise import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromisePortal(PromiseCommon, HttpCase):
    """What the customer reads on the page of his order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.customer_user.tz = "Europe/Berlin"

    def _get_page(self):
        self.authenticate(self.customer_user.login, self.customer_user.login)
        response = self.url_open(self.order.get_portal_url())
        self.assertEqual(response.status_code, 200)
        self.assertIn(self.order.name, response.text)
        return response.text

    def test_promised(self):
        page = self._get_page()
        self.assertEqual(page.count("Delivery Date:"), 1)
        self.assertIn("05/10/2030", page)
        self.assertNotIn("<del", page)

    def test_moved(self):
        """The first date struck through, the new one beside it; why is nobody's business outside."""
        self._move(note="The supplier forgot us", department_id=self.warehouse_department.id)
        page = self._get_page()
        self.assertEqual(page.count("Delivery Date:"), 1)
        self.assertRegex(page, r"<del[^>]*>05/10/2030</del>")
        self.assertIn("05/14/2030", page)
        for internal in ("Material late", "The supplier forgot us", "Warehouse"):
            self.assertNotIn(internal, page)

    def test_moved_on_the_same_day(self):
        self.order.commitment_date = "2030-05-10 15:00:00"
        self.assertNotIn("<del", self._get_page())

    def test_quotation(self):
        self.order = self._make_order(confirm=False, state="sent")
        page = self._get_page()
        self.assertIn("05/10/2030", page)
        self.assertNotIn("<del", page)
