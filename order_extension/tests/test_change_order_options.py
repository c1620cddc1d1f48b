"""Optional lines: what is chosen counts, what is left stays on file, and the fingerprints know the difference."""

import json
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import LockError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..change_order_rules import content_hash
from .common import ChangeOrderCommon

#: What version 19.0.1.0.0 put on file, and the fingerprint that it took: neither may ever change.
FROZEN_OFFER = {
    "company": "Joinery Berger",
    "currency": "USD",
    "customer": "Lena Sommer",
    "days_added": 2,
    "description": "",
    "lines": [
        {
            "discount": "0.0000",
            "kind": "add",
            "name": "Ease a stuck window",
            "price_unit": "85.000000",
            "product": "Ease a stuck window",
            "quantity": "1.000000",
            "reduces": 0,
            "taxes": [],
            "unit": "Units",
        }
    ],
    "number": "FROZEN/C01",
    "order": "FROZEN",
    "photos": [],
    "reason": "",
    "reason_note": "It sticks.",
    "tax": "0.00",
    "title": "Stuck window",
    "total": "85.00",
    "untaxed": "85.00",
    "valid_until": "2030-04-30",
}
FROZEN_CONTRACT = {
    "after": "4085.00",
    "after_total": "4085.00",
    "before": "4000.00",
    "changes_before": "0.00",
    "original": "4000.00",
    "promised_after": "2030-05-12 12:00:00",
    "promised_before": "2030-05-10 12:00:00",
    "rounding": "0.00",
}
FROZEN_OFFER_HASH = "58051be842cabc97d795f0ed259257e5e19ee28f3fba2701cb820bb6b4df9da4"
FROZEN_CONTENT_HASH = "c94ac8f04ac0e0c814b0df28539a9bd7704e00ced8736beb12ce637db86568e9"


class OptionsCommon(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.oil = cls._make_product("Oil finish", 120.0)
        cls.light = cls._make_product("Light in the frame", 49.90)

    def _make_options(self, *lines, send=True, **values):
        """The window, 85.00, and as options an oil finish, 120.00, and 3 lights, 149.70; 19 % on everything."""
        lines = lines or (
            self._add(self.window),
            self._add(self.oil, is_optional=True),
            self._add(self.light, 3, is_optional=True),
        )
        return self._make_change(*lines, send=send, **values)

    def _option(self, change, product):
        return change.line_ids.filtered(lambda line: line.product_id == product)

    def _select(self, change, product, selected=True):
        change._select_option(self._option(change, product).id, selected)


@tagged("post_install", "-at_install")
class TestChangeOrderOptions(OptionsCommon):
    def _get_sums(self, change):
        return change.amount_untaxed, change.amount_tax, change.amount_total, change.amount_after

    # === SUMS ===

    def test_only_what_is_chosen_counts(self):
        """85.00 + 16.15 tax = 101.15; with the oil 205.00 + 38.95 = 243.95; with the lights as well 354.70 + 67.39
        = 422.09; the order was at 5 070.00 / 6 033.30.
        """
        change = self._make_options(days_added=1)
        self.assertEqual(self._get_sums(change), (85.00, 16.15, 101.15, 5155.00))
        self.assertEqual(change.tax_totals["total_amount_currency"], 101.15)
        self._select(change, self.oil)
        self.assertEqual(self._get_sums(change), (205.00, 38.95, 243.95, 5275.00))
        self.assertEqual(change.amount_after_total, 6277.25)
        self.assertEqual(change.tax_totals["total_amount_currency"], 243.95)
        self._select(change, self.light)
        self.assertEqual(self._get_sums(change), (354.70, 67.39, 422.09, 5424.70))
        self._select(change, self.oil, False)
        # 85.00 + 149.70 = 234.70; 19 %: 44.593
        self.assertEqual(self._get_sums(change), (234.70, 44.59, 279.29, 5304.70))
        self.assertEqual(str(change.promised_date_after), "2030-05-11 12:00:00")

    def test_seller_preselects_in_draft(self):
        change = self._make_options(
            self._add(self.window), self._add(self.oil, is_optional=True, is_selected=True), send=False
        )
        self.assertEqual(self._get_sums(change), (205.00, 38.95, 243.95, 5275.00))
        with Form(change.with_user(self.seller)) as form, form.line_ids.edit(1) as line:
            line.is_selected = False
        self.assertEqual(self._get_sums(change), (85.00, 16.15, 101.15, 5155.00))

    def test_selected_means_nothing_on_a_required_line(self):
        change = self._make_options(self._add(self.window, is_selected=False), self._add(self.oil))
        self.assertEqual(change.amount_untaxed, 205.00)
        self.assertFalse(change.has_options)

    def test_taken_off_is_taken_off(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self._make_options(
                Command.create(
                    {"kind": "reduce", "order_line_id": self._line(self.boards).id, "quantity": 1, "is_optional": True}
                )
            )

    # === SIGNATURE ===

    def test_signature_applies_what_is_chosen_only(self):
        change = self._make_options()
        self._select(change, self.light)
        self._sign(change)
        added = self.order.order_line.filtered("change_order_line_id")
        self.assertEqual(added.product_id, self.window | self.light)
        # 5 070.00 + 85.00 + 149.70 = 5 304.70; + 19 %: 6 312.59
        self.assertEqual((self.order.amount_untaxed, self.order.amount_total), (5304.70, 6312.59))
        self.assertEqual((change.amount_effect, self.order.amount_change_orders), (234.70, 234.70))
        self.assertFalse(self._option(change, self.oil).applied_line_id, "it stays on file, and applies to nothing")
        self.assertEqual(self._get_sums(change), (234.70, 44.59, 279.29, 5304.70))
        content = json.loads(change.signed_content)
        self.assertEqual(content["contract"]["chosen"], [3], "the third line")
        self.assertEqual(content["contract"]["total"], "279.29")
        self.assertEqual(content["offer"]["total"], "101.15", "what was offered without the options")
        self.assertEqual(content["offer"]["lines"][1]["optional"]["total"], "142.80")  # 120.00 + 22.80
        self.assertEqual(content_hash(content), change.content_hash)

    def test_billing_knows_only_what_was_chosen(self):
        change = self._make_options()
        self._sign(change)
        self.assertEqual(change.invoice_status, "open")
        self.order._create_invoices().action_post()
        self.assertEqual(change.invoice_status, "invoiced", "what was left is not waited for")

    def test_options_with_reduction(self):
        """3 boards less, -105.00, oil instead, 120.00: 15.00 more."""
        change = self._make_options(self._reduce(self._line(self.boards), 3), self._add(self.oil, is_optional=True))
        self.assertEqual(change.amount_untaxed, -105.00)
        self._select(change, self.oil)
        self.assertEqual((change.amount_untaxed, change.amount_after), (15.00, 5085.00))
        self._sign(change)
        self.assertEqual(self.order.amount_untaxed, 5085.00)
        self.assertEqual(self._line(self.boards).product_uom_qty, 7)

    def test_only_options_and_none_chosen_cannot_be_signed(self):
        change = self._make_options(self._add(self.oil, is_optional=True))
        self.assertEqual(change.amount_total, 0)
        with self.assertRaisesRegex(UserError, "choose at least one of the options"):
            self._sign(change)
        self.assertEqual(change.state, "sent")
        self._select(change, self.oil)
        self._sign(change)
        self.assertEqual(self.order.amount_untaxed, 5190.00)

    def test_only_options_and_more_days_can_be_signed(self):
        change = self._make_options(self._add(self.oil, is_optional=True), days_added=5)
        self._sign(change)
        self.assertEqual((str(self.order.commitment_date), self.order.amount_untaxed), ("2030-05-15 12:00:00", 5070.00))

    def test_what_is_left_does_not_hinder(self):
        """The oil is no longer sold: whoever wants it is told so, whoever doesn't can sign."""
        change = self._make_options()
        self.oil.active = False
        self._select(change, self.oil)
        with self.assertRaisesRegex(UserError, "Oil finish” is no longer sold"):
            self._sign(change)
        self._select(change, self.oil, False)
        self._sign(change)

    # === FINGERPRINTS ===

    def test_offer_is_the_same_whatever_is_chosen(self):
        change = self._make_options()
        seen = change.content_hash
        self._select(change, self.oil)
        self.assertEqual(change._get_offer_hash(), change.offer_hash)
        self.assertNotEqual(change.content_hash, seen)
        self._select(change, self.oil, False)
        self.assertEqual(change.content_hash, seen, "the same choice has the same fingerprint")

    def test_choice_of_the_same_amount_is_another_content(self):
        same = self._make_product("Wax finish", 120.0)
        change = self._make_options(self._add(self.oil, is_optional=True), self._add(same, is_optional=True))
        self._select(change, self.oil)
        seen = change.content_hash
        self._select(change, self.oil, False)
        self._select(change, same)
        self.assertEqual(change.amount_total, 142.80)
        self.assertNotEqual(change.content_hash, seen)

    def test_choice_changed_elsewhere_after_the_page_was_seen(self):
        change = self._make_options()
        seen = change.content_hash
        self._select(change, self.oil)  # in another tab
        with self.assertRaisesRegex(UserError, "Something has changed since you opened this page"):
            self._sign(change, seen_hash=seen)
        self.assertEqual(change.state, "sent")
        self._sign(change, seen_hash=change.content_hash)

    def test_tax_of_an_option_changed_behind_the_offer(self):
        """An option that is not chosen is in no sum, yet it was offered at its price with taxes."""
        change = self._make_options(
            self._add(self.window), self._add(self.oil, is_optional=True, tax_ids=[Command.set(self.tax_7.ids)])
        )
        self.tax_7.amount = 8
        with self.assertRaisesRegex(UserError, "has changed since it was sent"):
            self._sign(change)

    def test_content_without_options_is_as_it_always_was(self):
        self.company.name = "Joinery Berger"
        self.window.taxes_id = False
        self.wardrobe.taxes_id = False
        self.order = self._make_order([(self.wardrobe, 1)], name="FROZEN")
        self.customer.is_company = True  # no consumer
        change = self._make_change(reason_note="It sticks.", days_added=2, validity_date="2030-04-30", send=True)
        self.assertEqual(change.offer_hash, FROZEN_OFFER_HASH)
        change._as_transition().kept_words = False  # as it was sent before there were any
        self.assertEqual(change._prepare_content(), {"offer": FROZEN_OFFER, "contract": FROZEN_CONTRACT})
        self.assertEqual(change.content_hash, FROZEN_CONTENT_HASH)

    # === WHO MAY CHOOSE, AND WHEN ===

    def test_nobody_writes_the_choice_once_it_is_sent(self):
        option = self._option(self._make_options(), self.oil)
        for user in (self.seller, self.manager, self.technician):
            for values in ({"is_selected": True}, {"is_optional": False}):
                with (
                    self.subTest(user=user.login, values=values),
                    self.assertRaisesRegex(UserError, "no longer a draft"),
                ):
                    option.with_user(user).write(values)
        with self.assertRaisesRegex(UserError, "no longer a draft"):
            option.sudo().change_order_id.write({"line_ids": [Command.update(option.id, {"is_selected": True})]})

    def test_choice_ends_with_the_offer(self):
        draft = self._make_options(send=False)
        signed, declined, cancelled, expired = (self._make_options() for _index in range(4))
        self._sign(signed)
        declined._decline("Lena", "no")
        cancelled._cancel("mistake")
        expired._as_transition().validity_date = "2020-01-31"
        for change in (draft, signed, declined, cancelled, expired):
            with self.subTest(state=change.state), self.assertRaises(UserError):
                self._select(change, self.oil)
            self.assertFalse(self._option(change, self.oil).is_selected)

    def test_only_options_of_this_change_order(self):
        change, other = self._make_options(), self._make_options()
        for line in (self._option(change, self.window).id, self._option(other, self.oil).id, 0, None, "x", False):
            with self.subTest(line=line), self.assertRaisesRegex(UserError, "is not part of"):
                change._select_option(line, True)
        self.assertFalse((change | other).line_ids.filtered("is_selected"))

    def test_trying_options_is_no_news(self):
        change = self._make_options()
        self.env.flush_all()
        self.env.cr.precommit.run()  # where tracking posts its messages
        messages = change.message_ids
        self._select(change, self.oil)
        self.env.cr.precommit.run()
        self.assertEqual(change.message_ids, messages)

    def test_revision_keeps_options_and_choice(self):
        change = self._make_options()
        self._select(change, self.oil)
        revision = change.browse(change.action_revise()["res_id"])
        self.assertEqual(revision.line_ids.mapped("is_optional"), [False, True, True])
        self.assertEqual(revision.line_ids.mapped("is_selected"), [False, True, False])
        self.assertEqual(revision.amount_untaxed, 205.00)

    def test_busy_change_order_is_told(self):
        change = self._make_options()
        with (
            patch(
                "odoo.addons.order_extension.models.sale_change_order_flow.lock_rows", side_effect=LockError("locked")
            ),
            self.assertRaisesRegex(UserError, "being changed by somebody else"),
        ):
            self._select(change, self.oil)
