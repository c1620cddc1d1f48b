"""Somebody else signs than the one who has ordered: he gets it to sign, and sees nothing else."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common_portal import ChangeOrderPortalCommon

#: What is the customer's alone.
CONTRACT_FIELDS = (
    "amount_original", "amount_changes_before", "amount_before", "amount_rounding", "amount_after",
    "amount_after_total", "promised_date_before", "promised_date_after",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestChangeOrderSigner(ChangeOrderPortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tenant_user = new_test_user(
            cls.env, "joinery_tenant", "base.group_portal", name="Tom Mieter", email="tom@example.com", lang="en_US"
        )
        cls.tenant = cls.tenant_user.partner_id

    def setUp(self):
        super().setUp()
        self.tenants = self._make_change(title="Tenant's window", signer_partner_id=self.tenant.id, send=True)

    def _get_own_token(self, change=None):
        return (change or self.tenants)._for_third_party()._portal_ensure_token()

    # === THEIR PART ===

    def _assert_their_part(self, page, shown):
        """5 070.00 and what becomes of it, the scope and the messages are the customer's; 101.15 is what is signed."""
        self.assertIn("101.15", page)
        for text in ("5,070.00", "5,155.00", "6,134.45", "A cupboard, not more", "o_portal_chatter"):
            self.assertEqual(text in page, shown, text)

    def test_third_party_sees_their_part(self):
        order = self._make_order(scope_included="<p>A cupboard, not more</p>")
        change = self._make_change(order_id=order.id, signer_partner_id=self.tenant.id, send=True)
        self._assert_their_part(self._get(change).text, shown=True)
        page = self._get(change, token=self._get_own_token(change)).text
        self._assert_their_part(page, shown=False)
        self.assertNotIn(change.access_token, page)
        self._login(self.tenant_user)
        page = self._get(change, token=False).text + self.url_open("/my/change_orders").text
        self._assert_their_part(page, shown=False)
        self.assertNotIn(change.access_token, page)
        self._login(self.customer_user)
        self._assert_their_part(self._get(change, token=False).text, shown=True)

    def test_third_party_reads_their_part(self):
        own = self.tenants.with_user(self.tenant_user)
        for name in CONTRACT_FIELDS:
            self.assertTrue(self.tenants[name] or name in ("amount_changes_before", "amount_rounding"), name)
            with self.subTest(name=name), self.assertRaises(AccessError):
                own.read([name])
        for name in ("access_token", "signer_token"):
            with self.assertRaises(AccessError):
                own.read([name])
        self.assertEqual(self.tenants.amount_before, 5070.00)

    def test_pdf_of_a_third_party(self):
        """It goes to both, so it has what both may see."""
        for change, shown in ((self.tenants, False), (self.change, True)):
            report = self.env["ir.actions.report"]._render_qweb_html(
                "order_extension.sale_change_order_report_action", change.ids
            )[0]
            self.assertEqual(b"5,070.00" in report, shown)
            self.assertIn(b"101.15", report)

    def test_token_opens_this_one_only(self):
        token = self._get_own_token()
        self.assertNotEqual(token, self.tenants.access_token)
        self._assert_not_shown(self._get(self.change, token=token), self.change)
        params = {"thread_model": self.tenants._name, "thread_id": self.tenants.id, "token": token}
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request("/mail/chatter_fetch", params)

    def test_third_party_signs_with_their_token(self):
        answer = self._accept(self.tenants, token=self._get_own_token(), name="Tom Mieter")
        self.assertEqual((self.tenants.state, self.tenants.signed_visitor_id), ("signed", self.tenant))
        self.assertNotIn(self.tenants.access_token, answer["redirect_url"])
        page = self.url_open(answer["redirect_url"]).text
        self.assertIn("Thank you!", page)
        self.assertNotIn("5,155.00", page)

    # === ACCESS ===

    def test_signer_sees_what_he_is_to_sign_and_nothing_else(self):
        draft = self._make_change(title="Not sent", signer_partner_id=self.tenant.id)
        ChangeOrder = self.env["sale.change.order"].with_user(self.tenant_user)
        self.assertEqual(ChangeOrder.search([]), self.tenants.with_user(self.tenant_user))
        self.assertEqual(ChangeOrder.env["sale.change.order.line"].search([]).ids, self.tenants.line_ids.ids)
        for record in (draft, self.change, self.order, self.order.order_line):
            with self.subTest(record=record):
                self.assertFalse(record.with_user(self.tenant_user).has_access("read"))
        for operation in ("write", "create", "unlink"):
            self.assertFalse(self.tenants.with_user(self.tenant_user).has_access(operation))

    def test_his_colleagues_and_others_do_not(self):
        office = self.env["res.partner"].create({"name": "Tenants Ltd", "is_company": True})
        self.tenant.parent_id = office
        colleague = new_test_user(self.env, "tenant_colleague", "base.group_portal", parent_id=office.id)
        for user in (colleague, self.stranger_user):
            self.assertFalse(self.tenants.with_user(user).has_access("read"))
        self.assertTrue(self.tenants.with_user(self.customer_user).has_access("read"), "the customer still does")

    def test_in_his_portal(self):
        self._login(self.tenant_user)
        page = self.url_open("/my/change_orders").text
        self.assertIn("Tenant&#39;s window", page)
        self.assertNotIn("Stuck window", page)
        self._assert_shown(self._get(self.tenants, token=False), self.tenants)
        self._assert_not_shown(self._get(self.change, token=False), self.change)
        self.assertNotIn(f"/my/orders/{self.order.id}", self.url_open(f"/my/orders/{self.order.id}").url)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["change_order_count", "change_order_to_sign_count"]}
        )
        self.assertEqual(counters, {"change_order_count": 1, "change_order_to_sign_count": 1})

    def test_he_signs_with_his_login(self):
        self._login(self.tenant_user)
        self._accept(self.tenants, token=False, name="Tom Mieter", role="Tenant")
        self.assertEqual((self.tenants.state, self.tenants.signed_by), ("signed", "Tom Mieter"))
        self._accept(self.change, token=False)
        self.assertEqual(self.change.state, "sent")

    # === MAIL ===

    def test_he_gets_the_mail_and_follows(self):
        change = self._make_change(signer_partner_id=self.tenant.id)
        self.assertEqual(
            change._message_get_default_recipients()[change.id]["partner_ids"], (self.tenant | self.customer).ids
        )
        change.action_mark_sent()
        self.assertIn(self.customer, change.message_partner_ids)
        self.assertNotIn(self.tenant, change.message_partner_ids, "the customer's messages are none of theirs")
        template = self.env.ref("order_extension.mail_template_change_order")
        body = template._render_field("body_html", change.ids)[change.id]
        self.assertIn("Hello Tom Mieter", body)
        self.assertIn("order of Lena Sommer", body)
        self.assertNotIn(self.tenant, self.change.message_partner_ids)

    def test_his_button_opens_it_without_a_login(self):
        message = self.tenants.message_post(body="Please sign", partner_ids=self.tenant.ids)
        groups = {
            name: options for name, _match, options in self.tenants._notify_get_recipients_groups(message, "x", {})
        }
        url = groups["portal_signer"]["button_access"]["url"]
        self.assertIn(f"access_token={self.tenants.signer_token}", url)
        self.assertNotIn(self.tenants.access_token, url)
        self.assertEqual(groups["portal_signer"]["button_access"]["title"], "View & Sign")
        self.assertIn(f"pid={self.customer.id}", groups["portal_customer"]["button_access"]["url"])

    # === SIGNATURE ===

    def test_name_and_role(self):
        page = self._get(self.tenants, token=self._get_own_token()).text
        self.assertIn("&#34;defaultName&#34;: &#34;Tom Mieter&#34;", page)
        self.assertIn("&#34;defaultName&#34;: &#34;Lena Sommer&#34;", self._get(self.tenants).text)
        self.assertIn("&#34;defaultName&#34;: &#34;Lena Sommer&#34;", self._get(self.change).text)
        self._accept(self.tenants, name="Tom Mieter", role="  Tenant,\nsecond\u202e floor " + "x" * 200)
        self.assertEqual(self.tenants.signed_role[:26], "Tenant, second floor xxxxx")
        self.assertEqual(len(self.tenants.signed_role), 120)

    def test_role_is_shown_with_the_signature(self):
        self._accept(self.tenants, name="Tom Mieter", role="Tenant")
        self.assertEqual(self.tenants.signed_role, "Tenant")
        section = self.order.order_line.filtered(lambda line: line.display_type and line.change_order_id)
        self.assertIn("signed by Tom Mieter (Tenant) on", section.name)
        self.assertIn("Tom Mieter (Tenant)", self._get(self.tenants).text)
        report = self.env["ir.actions.report"]._render_qweb_html(
            "order_extension.sale_change_order_report_action", self.tenants.ids
        )[0]
        self.assertIn(b"Tenant", report)
        self.assertIn(b"To be signed by", report)

    def test_role_may_be_left_out_or_nonsense(self):
        for role in (None, "", 17, ["x"]):
            change = self._make_change(send=True)
            self._accept(change, role=role)
            self.assertEqual((change.state, change.signed_role), ("signed", False))
            self.assertEqual(change._get_signer_label(), "Lena Sommer")

    # === CONTENT ===

    def test_signer_is_part_of_what_is_offered_only_when_there_is_one(self):
        self.assertEqual(self.tenants._prepare_content()["offer"]["signer"], "Tom Mieter")
        self.assertNotIn("signer", self.change._prepare_content()["offer"])
        with self.assertRaisesRegex(UserError, "no longer a draft"):
            self.tenants.signer_partner_id = self.customer
        self._accept(self.tenants)
        self.assertEqual(json.loads(self.tenants.signed_content)["offer"]["signer"], "Tom Mieter")

    def test_revision_keeps_the_signer(self):
        revision = self.tenants.browse(self.tenants.action_revise()["res_id"])
        self.assertEqual(revision.signer_partner_id, self.tenant)
        self.assertFalse(revision.with_user(self.tenant_user).has_access("read"), "not before it is sent")
