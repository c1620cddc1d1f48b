from lxml import html

from odoo.tests import HttpCase, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestPortalStage(AftersalesCommon, HttpCase):
    """The customer reads where his order is, until when, and whom to call; nothing of the house's own affairs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller.partner_id.write({"phone": "+49 761 1234", "email": "seller@joinery.example.com"})
        cls._stage("entry").write({"department_id": cls.sales_department.id, "instructions": "Look twice at the price"})

    def _get_stage(self, order, user=None, **values):
        """The part of the order's page, as text; None when it isn't there."""
        if user:
            self.authenticate(user.login, user.login)
        response = self.url_open(order.get_portal_url(**values))
        self.assertEqual(response.status_code, 200)
        found = html.fromstring(response.text).xpath("//section[@id='order_stage']")
        return " ".join(found[0].text_content().split()) if found else None

    def test_stages_in_plain_words(self):
        order = self._make_order(lines=[(self.window, 1)], confirm=False, state="sent")
        for words, step in (
            ("Your offer is ready and waits for your answer.", "Offer"),
            ("We have your order and are checking it.", "Preparation"),
            ("The work is done. The invoice is with you or on its way.", "Invoice"),
            ("Everything is done. Thank you for your order.", "Done"),
        ):
            with self.subTest(step):
                text = self._get_stage(order, self.customer_user)
                self.assertIn(words, text)
                current = [one["name"] for one in order._get_customer_steps() if one["is_current"]]
                self.assertEqual(current, [step])
            match step:
                case "Offer":
                    order.action_confirm()
                case "Preparation":
                    self._pass_decisions(order)
                case "Invoice":
                    invoice = order._create_invoices()
                    invoice.action_post()
                    self._pay(invoice)

    def test_promise_and_contact(self):
        text = self._get_stage(self.order, self.customer_user)
        self.assertIn("Promised for 05/10/2030", text)
        self.assertIn("+49 761 1234", text)
        for internal in ("Look twice", "Sales", "unattended", "Receipt and entry"):
            self.assertNotIn(internal, text)
        page = html.fromstring(self.url_open(self.order.get_portal_url()).text)
        contacts = page.xpath("//*[starts-with(normalize-space(text()), 'Your contact')]")
        self.assertEqual(len(contacts), 1, "one person, said once")

    def test_contact_who_can_be_called(self):
        """Who looks after the order, if he has a phone; else the salesperson."""
        self.order.with_user(self.planner).action_take_over()
        self.assertEqual(self.order._get_customer_contact(), self.seller.partner_id)
        self.planner.partner_id.phone = "+49 761 5678"
        self.assertEqual(self.order._get_customer_contact(), self.planner.partner_id)

    def test_hold(self):
        """That it waits and until when, not why."""
        self.order._hold("The customer has not paid", self.order.commitment_date.date())
        text = self._get_stage(self.order, self.customer_user)
        self.assertIn("We have to wait until 05/10/2030", text)
        self.assertNotIn("paid", text)

    def test_service_only_for_those_who_need_it(self):
        self.assertEqual(
            [step["name"] for step in self.order._get_customer_steps()],
            ["Offer", "Preparation", "Work", "Invoice", "Done"],
        )
        order = self._make_order(lines=[(self.window, 0)])
        self._pass_decisions(order)
        self.env["order.case"].create({"name": "Hinge", "order_id": order.id})
        self.assertEqual(
            [(step["name"], step["is_reached"]) for step in order._get_customer_steps()][-2:],
            [("Service", True), ("Done", False)],
        )

    def test_own_stage_prepares_the_work(self):
        material = self.env["order.stage"].create({"name": "Material check", "sequence": 35})
        order = self._make_order(lines=[(self.window, 1)])
        self.assertEqual(order.order_stage_id, material)
        self.assertEqual(order._get_customer_step(), "preparation")
        self.assertNotIn("Material check", self._get_stage(order, self.customer_user))

    def test_cancelled(self):
        self.order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertIsNone(self._get_stage(self.order, self.customer_user))

    def test_who_sees_it(self):
        """With the link alone, too; another customer, or anybody without the link, is sent away."""
        self.assertIn("Promised for", self._get_stage(self.order))
        bare = f"/my/orders/{self.order.id}"
        for user in (None, self.stranger_user):
            self.authenticate(user and user.login, user and user.login)
            response = self.url_open(bare, allow_redirects=False)
            self.assertEqual(response.status_code, 303)
            self.assertNotIn("order_stage", response.text)
