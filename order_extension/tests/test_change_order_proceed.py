"""Approved to proceed: work that starts before the signature, with who allowed it, how, and how far."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestChangeOrderProceed(ChangeOrderCommon):
    def _allow(self, change, limit=200.0, who="Lena Sommer", channel="phone", when=None):
        change._record_consent(who, channel, limit, when or fields.Datetime.now())
        return change

    def test_on_site(self):
        """The technician records it by the button; it is on file with his name."""
        change = self._make_change(user=self.technician)
        action = change.action_proceed()
        wizard = self.env[action["res_model"]].with_user(self.technician).with_context(**action["context"])
        with Form(wizard) as form:
            self.assertEqual(form.amount_total, 101.15)  # 85.00 + 19 % = 16.15
            form.allowed_by = " Lena\nSommer "
            form.limit_amount = 150.0
        form.record.action_record_consent()
        self.assertRecordValues(
            change,
            [
                {
                    "state": "draft",
                    "proceed_by": "Lena Sommer",
                    "proceed_channel": "phone",
                    "proceed_limit": 150.0,
                    "proceed_recorded_by_id": self.technician.id,
                    "is_proceeding": True,
                    "exceeds_proceed_limit": False,
                }
            ],
        )
        note = change.message_ids[0]
        self.assertIn("Lena Sommer", note.body)
        self.assertIn("150.00", note.body)
        self.assertEqual(note.author_id, self.technician.partner_id)
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        self.assertEqual(self.order.amount_untaxed, 5070.0, "nothing is in the order before the signature")

    def test_ends_with_the_answer(self):
        signed, declined, cancelled = (self._allow(self._make_change(send=True)) for _number in range(3))
        self._sign(signed)
        declined._decline("Lena Sommer", "Too dear")
        cancelled._cancel("Not needed")
        changes = signed | declined | cancelled
        self.assertFalse(any(changes.mapped("is_proceeding")))
        self.assertEqual(set(changes.mapped("proceed_by")), {"Lena Sommer"}, "that it was allowed stays on file")
        self.assertFalse(changes.search([("is_proceeding", "=", True), ("id", "in", changes.ids)]))

    def test_dearer_than_allowed(self):
        """101.15 with taxes against 101.15 and 101.14."""
        change = self._allow(self._make_change(), 101.15)
        self.assertFalse(change.exceeds_proceed_limit)
        self._allow(change, 101.14)
        self.assertTrue(change.exceeds_proceed_limit)
        self.assertEqual(len(change.message_ids.filtered(lambda message: "Approved to proceed" in message.body)), 2)

    def test_goes_along_with_a_revision(self):
        change = self._allow(self._make_change(send=True))
        revision = self._revise(change.with_user(self.seller))
        self.assertEqual((change.is_proceeding, revision.is_proceeding), (True, False), "until it is replaced")
        revision.action_mark_sent()
        self.assertTrue(revision.is_proceeding)
        self.assertEqual(revision.proceed_limit, 200.0)
        self.assertFalse(change.is_proceeding)
        declined = self._allow(self._make_change(send=True))
        declined._decline("Lena Sommer", "Stop it")
        self.assertFalse(self._revise(declined, send=True).proceed_on)
        self.assertFalse(revision.copy().proceed_on)

    def test_above_the_limit_a_manager_agrees_first(self):
        """From 85.00 on: what may not be sent may not be started either, by the button or around it."""
        self.company.change_order_approval_amount = 85.0
        change = self._make_change(user=self.technician)
        for user in (self.technician, self.seller, self.manager):
            mine = change.with_user(user)
            with self.assertRaisesRegex(UserError, "has to be approved first: from .*85.00 on"):
                mine.action_proceed()
            with self.assertRaisesRegex(UserError, "has to be approved first"):
                mine._record_consent("Lena Sommer", "phone", 200.0, fields.Datetime.now())
            wizard = self.env["sale.change.order.proceed"].with_user(user)
            with self.assertRaisesRegex(UserError, "has to be approved first"):
                wizard.create(
                    {"change_order_id": change.id, "allowed_by": "Lena", "limit_amount": 200.0}
                ).action_record_consent()
        change.with_user(self.manager).action_approve()
        self._allow(change.with_user(self.technician))
        self.assertTrue(change.is_proceeding)

    def test_expired_is_still_under_way(self):
        change = self._allow(self._make_change(send=True))
        change._move("expired")
        self.assertTrue(change.is_proceeding)

    def test_bad_input(self):
        change = self._make_change()
        now = fields.Datetime.now()
        for message, args in (
            ("who has allowed", (" \n", "phone", 5.0, now)),
            ("how it was allowed", ("Lena", "smoke", 5.0, now)),
            ("how it was allowed", ("Lena", False, 5.0, now)),
            ("up to which amount", ("Lena", "phone", 0.0, now)),
            ("up to which amount", ("Lena", "phone", -5.0, now)),
            ("up to which amount", ("Lena", "phone", None, now)),
            ("in the future", ("Lena", "phone", 5.0, now + timedelta(hours=1))),
            ("when it was allowed", ("Lena", "phone", 5.0, False)),
        ):
            with self.subTest(message=message), self.assertRaisesRegex(UserError, message):
                change._record_consent(*args)
        self.assertFalse(change.proceed_on)

    def test_only_while_open(self):
        signed = self._sign(self._make_change(send=True))
        with self.assertRaisesRegex(UserError, f"{signed.name} is “Signed”"):
            signed.action_proceed()
        with self.assertRaisesRegex(UserError, "is “Signed”"):
            self._allow(signed)
        draft = self._make_change()
        self.order._action_cancel()
        with self.assertRaisesRegex(UserError, "not a confirmed order"):
            self._allow(draft)

    def test_stays_on_file(self):
        change = self._allow(self._make_change())
        with self.assertRaisesRegex(UserError, "stays on file"):
            change.unlink()
        for vals in ({"proceed_by": "Me"}, {"proceed_limit": 9999.0}, {"proceed_on": "2026-01-01 10:00:00"}):
            with self.assertRaisesRegex(UserError, "can't be written directly"):
                change.with_user(self.manager).write(vals)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_access(self):
        change = self._make_change(send=True)
        for user in (self.bookkeeper, self.other_seller, self.other_technician, self.customer_user):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    change.with_user(user).action_proceed()
                with self.assertRaises(AccessError):
                    self._allow(change.with_user(user))
        for user in (self.technician, self.seller, self.manager):
            with self.subTest(user=user.login):
                self._allow(change.with_user(user))
        self.assertEqual(change.proceed_recorded_by_id, self.manager)


@tagged("post_install", "-at_install")
class TestChangeOrderProceedPage(ChangeOrderCommon, HttpCase):
    def test_the_customer_sees_it(self):
        change = self._make_change(send=True)
        url = change.get_portal_url()
        self.assertNotIn("with the consent of", self.url_open(url).text)
        change._record_consent("Lena <b>Sommer</b>", "phone", 150.0, fields.Datetime.now())
        page = " ".join(self.url_open(url).text.split())
        self.assertIn("Work started with the consent of", page)
        self.assertIn("Phone", page)
        self.assertIn("150.00", page)
        self.assertNotIn("<b>Sommer</b>", page)
