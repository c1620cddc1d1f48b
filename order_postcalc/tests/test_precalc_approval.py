"""Below the margin floor: who is stopped where, who may let it pass, and how far that goes."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import html2plaintext

from odoo.addons.order_extension.tests.common import SIGNATURE

from .test_precalc import PrecalcCommon


class ApprovalCommon(PrecalcCommon):
    """The quotation is 3 800.00 at a cost of 3 120.00: a margin of 680.00 (17.9 %), 100.00 below the floor of 20 %."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quotation.order_line[0].price_unit = 2730.0
        cls.as_seller = cls.quotation.with_user(cls.seller)

    def _approve(self, reason="First of four houses", user=None):
        order = self.quotation.with_user(user or self.manager)
        action = order.action_approve_margin()
        wizard = order.env[action["res_model"]].with_context(**action["context"]).create({"reason": reason})
        wizard.action_approve()

    def _activities(self):
        kind = self.env.ref("order_postcalc.mail_activity_type_margin")
        return self.quotation.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def _notes(self):
        notes = self.quotation.sudo().message_ids.filtered(
            lambda message: "with a margin below" in (message.body or "")
        )
        self.assertFalse(notes.filtered(lambda note: not note.subtype_id.internal), "no customer reads of it")
        return [str(html2plaintext(note.body)) for note in notes]

    def assertTold(self):
        """The seller has it as a note, and as an activity; figures have neither, as many read the order."""
        self.assertEqual(self._notes(), ["Confirmed with a margin below the floor."])
        activity = self._activities()
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.summary, "Accepted, but below the margin floor")
        self.assertIn("tab Pre-Calculation", activity.note)
        self.assertNotIn("680", activity.note)


@tagged("post_install", "-at_install")
class TestPrecalcApproval(ApprovalCommon):
    def test_the_message_says_all(self):
        with self.assertRaisesRegex(
            UserError,
            f"{self.quotation.name} leaves a margin of .*680.00 \\(17.9 %\\), .*100.00 below the floor of 20 %. Raise"
            " the price by as much, or ask a manager",
        ):
            self.as_seller.action_confirm()

    def test_every_way_to_the_customer_is_blocked(self):
        order = self.as_seller
        for act in (
            order.action_quotation_send,
            order.action_quotation_sent,
            order.action_confirm,
            lambda: order.write({"state": "sent"}),
            lambda: order.write({"state": "sale"}),
            lambda: order.with_context(mark_so_as_sent=True).message_post(body="Our offer"),
            lambda: order.create({"partner_id": self.customer.id, "state": "sale", "order_line": self._loss()}),
            lambda: order.create({"partner_id": self.customer.id, "state": "sent", "order_line": self._loss()}),
        ):
            with self.assertRaisesRegex(UserError, "below the floor"):
                act()
        self.assertEqual(order.state, "draft")

    def _loss(self):
        return [Command.create({"product_id": self.window.id, "price_unit": 1.0})]

    def test_policies(self):
        self.company.margin_floor_policy = "warn"
        self.assertEqual(self.quotation.margin_floor_status, "warn")
        self.assertIn("100.00 below the floor", self.quotation.margin_floor_message)
        self.company.margin_floor_policy = "off"
        self.assertEqual(self.quotation.margin_floor_status, "fine")
        self.assertFalse(self.quotation.margin_floor_message)
        self.company.margin_floor_policy = "warn"
        self.as_seller.action_quotation_send()
        self.as_seller.action_confirm()
        self.assertEqual(self.quotation.state, "sale")
        self.assertEqual(self.quotation.margin_floor_status, "fine", "what is agreed is beyond it")
        self.assertEqual(self._notes(), ["Confirmed with a margin below the floor."])
        self.assertFalse(self._activities(), "a warning is no work for anybody")

    def test_no_context_says_that_nobody_is_there(self):
        """What a caller can send along makes no customer and no job of them."""
        for key in ("cron_id", "uid", "su", "sudo", "by_hand", "from_portal", "send_email", "payment_backend_action"):
            with self.subTest(key=key), self.assertRaisesRegex(UserError, "below the floor"):
                self.as_seller.with_context(**{key: True}).action_confirm()

    def test_confirmed_by_a_job(self):
        """Nobody could answer: it goes through, and the seller is told what it leaves."""
        job = self.env["ir.cron"].sudo().create(
            {
                "name": "Confirm what is ordered", "model_id": self.env["ir.model"]._get_id("sale.order"),
                "state": "code", "code": f"model.browse({self.quotation.id}).action_confirm()",
                "user_id": self.env.ref("base.user_root").id,
            }
        )  # fmt: skip
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.quotation.invalidate_recordset()
        self.assertEqual(self.quotation.state, "sale")
        self.assertTold()

    def test_confirmed_in_the_customers_name_by_the_seller(self):
        """They hand the tablet over, or sign for the customer: then it is the managers who are told."""
        self.quotation.with_user(self.seller).sudo().action_confirm()
        self.assertIn(self.manager, self._activities().user_id)
        self.assertNotIn(self.seller, self._activities().user_id)

    def test_above_the_floor(self):
        self._lower(3900.0)
        self.assertEqual(self.quotation.margin_floor_status, "fine")
        self.as_seller.action_quotation_send()
        self.as_seller.action_confirm()

    def test_a_manager_is_stopped_as_well(self):
        """He can't overlook it: he gives his reason first."""
        with self.assertRaisesRegex(UserError, "below the floor"):
            self.quotation.with_user(self.manager).action_confirm()

    def test_approved_with_reason(self):
        self._approve()
        order = self.quotation
        self.assertEqual(order.margin_floor_status, "approved")
        self.assertEqual(
            (order.margin_override_reason, order.margin_override_by_id), ("First of four houses", self.manager)
        )
        self.assertTrue(order.margin_override_on)
        self.assertEqual((order.margin_override_price, order.margin_override_cost), (3800.0, 3120.0))
        self.assertEqual((order.margin_override_margin, order.margin_override_floor), (680.0, 0.2))
        self.assertIn("First of four houses", order.message_ids[0].body)
        self.as_seller.action_quotation_send()
        self.as_seller.action_quotation_sent()
        self.as_seller.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_approval_ends_when_it_falls_further(self):
        self._approve()
        self._lower(3799.99)
        self.assertEqual(self.quotation.margin_floor_status, "void")
        with self.assertRaisesRegex(
            UserError, "worse than the .*680.00 \\(17.9 %\\) that joinery_manager.*has approved"
        ):
            self.as_seller.action_confirm()
        self._approve("Still worth it")
        self.as_seller.action_confirm()

    def test_approval_outlasts_improvement(self):
        self._approve()
        self._lower(3850.0)
        self.assertEqual(self.quotation.margin_floor_status, "approved")
        self._lower(3950.0)
        self.assertEqual(self.quotation.margin_floor_status, "fine")
        self._lower(3800.0)
        self.assertEqual(self.quotation.margin_floor_status, "approved")

    def test_a_higher_floor_takes_nothing_back(self):
        self._approve()
        self.company.margin_floor = 0.5
        self.assertEqual(self.quotation.margin_floor_status, "approved")

    def test_more_hours_end_it(self):
        self.company.postcalc_hour_cost = 42.0
        self.quotation.order_line = [Command.create({"product_id": self.window.id, "purchase_price": 0.0})]
        self._approve()
        self.assertEqual(self.quotation.margin_floor_status, "approved")
        self.quotation.order_line[-1].expected_hours = 1
        self.assertEqual(self.quotation.margin_floor_status, "void")

    def test_only_managers_approve(self):
        with self.assertRaisesRegex(AccessError, "Only a manager of the post-calculation"):
            self.as_seller.action_approve_margin()
        with self.assertRaisesRegex(AccessError, "Only a manager"):
            self.as_seller._approve_margin("I say so")
        with self.assertRaises(AccessError):
            self.env["sale.order.margin.override"].with_user(self.seller).create(
                {"order_id": self.quotation.id, "reason": "I say so"}
            )
        with self.assertRaises(AccessError):
            self.quotation.with_user(self.technician).action_request_margin_approval()
        self.assertFalse(self.as_seller.can_approve_margin)
        self.assertTrue(self.quotation.with_user(self.manager).can_approve_margin)

    def test_manager_of_another_company(self):
        other = self.env["res.company"].create({"name": "Another joinery"})
        stranger = new_test_user(
            self.env,
            "another_manager",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            self._approve(user=stranger)
        self.as_seller.action_request_margin_approval()
        self.assertNotIn(stranger, self._activities().user_id)

    def test_reason_is_needed(self):
        for reason in ("", "  \n "):
            with self.assertRaisesRegex(UserError, "in a few words why"):
                self.quotation.with_user(self.manager)._approve_margin(reason)
        self.assertFalse(self.quotation.margin_override_on)

    def test_nobody_writes_the_approval(self):
        for name, value in (
            ("margin_override_reason", "Mine"),
            ("margin_override_on", "2026-01-01 10:00:00"),
            ("margin_override_price", 1.0),
            ("margin_override_by_id", self.manager.id),
            ("margin_request_on", "2026-01-01 10:00:00"),
        ):
            for user in (self.seller, self.manager):
                with self.subTest(name=name), self.assertRaisesRegex(UserError, "can't be written directly"):
                    self.quotation.with_user(user).with_context(order_decision=True).write({name: value})
            with self.assertRaisesRegex(UserError, "can't be written directly"):
                self.env["sale.order"].with_user(self.seller).create({"partner_id": self.customer.id, name: value})
        self._approve()
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self.quotation.with_user(self.manager).write({"margin_override_reason": False})
        self.assertTrue(self.quotation.margin_override_reason)

    def test_copies_start_anew(self):
        self._approve()
        copy = self.quotation.copy()
        self.assertEqual(copy.margin_floor_status, "blocked")
        self.assertFalse(copy.margin_override_reason)

    def test_ask_a_manager(self):
        self.as_seller.action_request_margin_approval()
        activities = self._activities()
        self.assertIn(self.manager, activities.user_id)
        self.assertNotIn(self.seller, activities.user_id)
        self.assertIn("joinery_seller", activities[0].summary)
        self.assertIn("tab Pre-Calculation", activities[0].note)
        self.assertNotIn("100", activities[0].note)
        self.assertEqual(self.quotation.margin_request_by_id, self.seller)
        self._approve()
        self.assertFalse(self._activities())
        self.assertFalse(self.quotation.margin_request_on)
        self.assertIn(self.seller.partner_id, self.quotation.message_ids[0].notified_partner_ids)

    def test_ask_the_leader_of_the_team(self):
        team = self.env["crm.team"].create({"name": "Joinery", "user_id": self.manager.id})
        self.quotation.team_id = team
        self.as_seller.action_request_margin_approval()
        self.assertEqual(self._activities().user_id, self.manager)
        self.assertEqual(self.as_seller.margin_request_names, self.manager.name, "the banner says who")
        self.assertIn(self.manager.name, self.quotation.message_ids[0].body)

    def test_nothing_to_approve(self):
        self._lower(5000.0)
        with self.assertRaisesRegex(UserError, "needs no approval"):
            self.as_seller.action_request_margin_approval()
        with self.assertRaisesRegex(UserError, "needs no approval"):
            self.quotation.with_user(self.manager).action_approve_margin()
        self._lower(3800.0)
        self._approve()
        with self.assertRaisesRegex(UserError, "approved already by joinery_manager"):
            self.as_seller.action_request_margin_approval()

    def test_confirming_many_names_the_one(self):
        good = self._make_order(confirm=False)
        with self.assertRaisesRegex(UserError, f"{self.quotation.name} leaves"):
            (good | self.quotation).with_user(self.manager).action_confirm()
        self.assertEqual(good.state, "draft")


@tagged("post_install", "-at_install")
class TestPrecalcPortal(ApprovalCommon, HttpCase):
    """The quotation was sent at 5 070.00; its price has fallen since. What the customer does goes through."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quotation.write({"require_signature": True, "require_payment": False})
        cls.quotation.sudo().state = "sent"

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _accept(self):
        return self.make_jsonrpc_request(
            f"/my/orders/{self.quotation.id}/accept",
            {
                "access_token": self.quotation._portal_ensure_token(),
                "name": "Lena Sommer",
                "signature": SIGNATURE,
            },
        )

    def _page(self):
        return self.url_open(self.quotation.get_portal_url()).text

    def test_customer_signs(self):
        """What was offered is accepted, whatever it leaves: only by hand is it refused."""
        with self.assertRaisesRegex(UserError, "below the floor"):
            self.as_seller.action_confirm()
        self.assertTrue(self._accept().get("force_refresh"))
        self.quotation.invalidate_recordset()
        self.assertEqual((self.quotation.state, self.quotation.signed_by), ("sale", "Lena Sommer"))
        self.assertTold()

    def test_customer_gets_no_hint(self):
        for page in (self._page(), self._accept() and self._page()):
            for secret in ("680", "17.9", "margin", "floor"):
                self.assertNotIn(f"{secret} ", page.split("portal_sale_content")[1].split("portal_footer")[0])

    def test_customer_signs_what_is_approved(self):
        self._approve()
        self.assertIn("#modalaccept", self._page())
        self.assertTrue(self._accept().get("force_refresh"))
        self.quotation.invalidate_recordset()
        self.assertEqual((self.quotation.state, self.quotation.signed_by), ("sale", "Lena Sommer"))
        self.assertFalse(self._notes() or self._activities(), "a manager has let it pass")

    def test_paid_online(self):
        """The money has come: the order is confirmed and invoiced, and its seller is told."""
        self.env["ir.config_parameter"].sudo().set_param("sale.automatic_invoice", True)
        self.quotation.write({"require_signature": False, "require_payment": True})
        self.assertTrue(self.quotation._has_to_be_paid())
        transaction = self._pay()
        self.assertTrue(transaction.is_post_processed)
        self.assertEqual(self.quotation.state, "sale")
        self.assertEqual(self.quotation.invoice_ids.state, "posted")
        self.assertTold()

    def _pay(self):
        """Return what the customer has paid, as it comes back from the provider."""
        method = self.env["payment.method"].sudo().create({"name": "By the web", "code": "joinery_web"})
        provider = self.env["payment.provider"].sudo().create(
            {
                "name": "The web", "code": "none", "state": "test", "company_id": self.company.id,
                "payment_method_ids": [Command.set(method.ids)],
            }
        )  # fmt: skip
        self.env["account.payment.method.line"].create(
            {
                "payment_method_id": self.env.ref("account.account_payment_method_manual_in").id,
                "journal_id": self.company_data["default_journal_bank"].id, "payment_provider_id": provider.id,
            }
        )  # fmt: skip
        transaction = self.env["payment.transaction"].sudo().create(
            {
                "provider_id": provider.id, "payment_method_id": method.id, "operation": "offline",
                "reference": "web 1", "amount": self.quotation.amount_total,
                "currency_id": self.quotation.currency_id.id, "partner_id": self.customer.id,
                "sale_order_ids": [Command.set(self.quotation.ids)], "state": "done",
            }
        )  # fmt: skip
        transaction.with_user(self.customer_user).sudo().with_context(skip_sale_auto_invoice_send=True)._post_process()
        return transaction
