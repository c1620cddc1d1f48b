"""How long things take and wait, figures by reason, and what becomes of records from before."""

import importlib.util
from datetime import datetime, timedelta
from pathlib import Path

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ChangeOrderCommon

MIGRATION = Path(__file__).parents[1] / "migrations" / "19.0.1.1.0" / "post-migration.py"


@tagged("post_install", "-at_install")
class TestChangeOrderTimes(ChangeOrderCommon):
    def _date(self, change, **days_ago):
        """Move dates of ``change`` to so many days ago."""
        now = fields.Datetime.now()
        change._as_transition().write({name: now - timedelta(days=days) for name, days in days_ago.items()})
        return change

    def test_hours(self):
        """Captured Monday 8:00, sent Tuesday 9:30, signed Tuesday 12:00: 25.5 h and 2.5 h."""
        with freeze_time("2026-03-02 08:00:00"):
            change = self._make_change(validity_date=False)
        self.assertEqual(change.captured_on, datetime(2026, 3, 2, 8))
        self.assertEqual((change.hours_to_offer, change.hours_to_signature), (0.0, 0.0))
        with freeze_time("2026-03-03 09:30:00"):
            change.action_mark_sent()
        with freeze_time("2026-03-03 12:00:00"):
            self._sign(change)
        self.assertAlmostEqual(change.hours_to_offer, 25.5)
        self.assertAlmostEqual(change.hours_to_signature, 2.5)

    def test_captured_on_can_be_set_back_in_draft(self):
        change = self._make_change(user=self.technician)
        change.captured_on = fields.Datetime.now() - timedelta(hours=5)
        change.action_mark_sent()
        self.assertAlmostEqual(change.hours_to_offer, 5.0, places=1)
        with self.assertRaisesRegex(UserError, "no longer a draft"):
            change.captured_on = fields.Datetime.now() - timedelta(hours=1)
        with self.assertRaisesRegex(ValidationError, "captured in the future"):
            self._make_change(captured_on=fields.Datetime.now() + timedelta(hours=1))

    def test_a_copy_and_a_revision_are_captured_now(self):
        change = self._date(self._make_change(send=True), captured_on=9)
        self.assertEqual(change.copy().age_days, 0)
        revision = self.env["sale.change.order"].browse(change.action_revise()["res_id"])
        self.assertEqual(revision.age_days, 0)

    def test_age(self):
        draft = self._date(self._make_change(), captured_on=3)
        sent = self._date(self._make_change(send=True), captured_on=4, sent_on=1)
        signed = self._date(self._sign(self._make_change(send=True)), captured_on=40)
        self.assertEqual((draft | sent | signed).mapped("age_days"), [3, 4, 0])
        everything = draft | sent | signed

        def found(*leaf):
            return everything.search([leaf, ("id", "in", everything.ids)], order="id")

        self.assertEqual(found("age_days", ">", 3), sent)
        self.assertEqual(found("age_days", ">=", 3), draft | sent)
        self.assertEqual(found("age_days", "<", 4), draft | signed)
        self.assertEqual(found("age_days", "<=", 3), draft | signed)
        self.assertEqual(found("age_days", ">=", 0), everything)
        self.assertEqual(found("age_days", ">", 30), everything.browse())
        for age in ("unsigned_3", "unsigned_7", "unsigned_14", "unsigned_30"):
            arch = self.env["sale.change.order"].get_view(view_type="search")["arch"]
            self.assertIn(age, arch)

    def _rows(self, changes, user=None):
        report = self.env["sale.change.order.report"].with_user(user or self.env.user)
        return report.search([("change_order_id", "in", changes.ids)], order="id")

    def test_analysis(self):
        """Averages count only what was sent or signed; a revision replaces its offer."""
        draft = self._date(self._make_change(), captured_on=16)
        sent = self._date(self._make_change(send=True), captured_on=5, sent_on=4)
        signed = self._date(self._sign(self._make_change(send=True)), captured_on=9, sent_on=6, signed_on=5)
        replaced = self._make_change(send=True)
        self._revise(replaced, send=True)
        changes = draft | sent | signed | replaced
        rows = self._rows(changes)
        self.assertEqual(rows.change_order_id, draft | sent | signed)
        self.assertEqual(rows.sorted("id").mapped("age_bucket"), ["15", "4", False])
        [(offer, signature, signed_sum, count)] = rows._read_group(
            [("id", "in", rows.ids)],
            [],
            ["hours_to_offer:avg", "hours_to_signature:avg", "amount_signed:sum", "signed_count:sum"],
        )
        # one day and three days, on average two; one day to the only signature
        self.assertAlmostEqual(offer, 48.0, places=3)
        self.assertAlmostEqual(signature, 24.0, places=3)
        self.assertEqual((signed_sum, count), (85.0, 1))
        buckets = rows._read_group([("id", "in", rows.ids), ("age_bucket", "!=", False)], ["age_bucket"], ["__count"])
        self.assertEqual(sorted(buckets), [("15", 1), ("4", 1)])
        self.assertEqual(rows[0].action_open_change_order()["res_id"], rows[0].change_order_id.id)

    def test_analysis_in_company_currency(self):
        """At 2 units to one of the company's, 170 is 85."""
        currency = self.setup_other_currency("CAD", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "CAD", "currency_id": currency.id})
        self.order = self._make_order(pricelist_id=pricelist.id)
        change = self._make_change(self._add(self.window, price_unit=170.0), send=True)
        self._sign(change)
        self.assertEqual(change.amount_untaxed, 170.0)
        self.assertEqual(self._rows(change).amount_untaxed, 85.0)
        self.assertEqual(self._rows(change).amount_signed, 85.0)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_analysis_access(self):
        change = self._make_change()
        for user, seen in ((self.seller, 1), (self.other_seller, 0), (self.manager, 1), (self.bookkeeper, 1)):
            with self.subTest(user=user.login):
                self.assertEqual(len(self._rows(change, user)), seen)
        for user in (self.technician, self.customer_user, self.env.ref("base.public_user")):
            with self.subTest(user=user.sudo().login), self.assertRaises(AccessError):
                self._rows(change, user)
        other = self.env["res.company"].create({"name": "Other joinery"})
        stranger = new_test_user(
            self.env, "other_boss", "sales_team.group_sale_manager", company_id=other.id, company_ids=other.ids
        )
        self.assertFalse(self._rows(change, stranger))

    # === REASONS ===

    def test_figures_of_reasons(self):
        reason, other = self.env["sale.change.reason"].create([{"name": "Taste"}, {"name": "Damp wall"}])
        # 85.00 and 2 × 85.00 signed, one open, one replaced by a revision that is open, one of long ago
        self._sign(self._make_change(reason_id=reason.id, send=True))
        self._sign(self._make_change(self._add(self.window, 2), reason_id=reason.id, send=True))
        self._make_change(reason_id=reason.id, send=True)
        self._revise(self._make_change(reason_id=reason.id, send=True))
        old = self._sign(self._make_change(reason_id=reason.id, send=True))
        self._date(old, captured_on=400)
        self.assertRecordValues(
            (reason | other).with_user(self.manager),
            [
                {"change_order_count": 4, "signed_count": 2, "signed_share": 0.5, "signed_amount": 255.0},
                {"change_order_count": 0, "signed_count": 0, "signed_share": 0.0, "signed_amount": 0.0},
            ],
        )
        action = reason.with_user(self.manager).action_view_change_orders()
        self.assertEqual(self.env["sale.change.order"].search_count(action["domain"]), 4)
        with self.assertRaises(AccessError):
            self.assertFalse(reason.with_user(self.technician).signed_amount)

    def test_figures_of_reasons_in_few_queries(self):
        reasons = self.env["sale.change.reason"].create([{"name": f"Reason {number}"} for number in range(20)])
        for reason in reasons:
            self._make_change(reason_id=reason.id)
        self.env.flush_all()
        self.env.invalidate_all()
        reasons.mapped("name")
        with self.assertQueryCount(5):
            reasons.mapped("signed_amount")

    def test_lists_open(self):
        for name in ("sale_change_order_action", "sale_change_order_analysis_action"):
            action = self.env["ir.actions.actions"].with_user(self.seller)._for_xml_id(f"order_extension.{name}")
            views = [(view, kind) for view, kind in action["views"] if kind != "form"]
            self.env[action["res_model"]].with_user(self.seller).get_views(views)

    # === UPGRADE ===

    def test_records_from_before_are_dated_back(self):
        change = self._make_change(send=True)
        before = self._make_change()
        paper = self._date(self._make_change(), captured_on=2)
        self.env.flush_all()
        # what the upgrade finds: nothing, or the time of the upgrade itself
        self.env.cr.execute(
            "UPDATE sale_change_order SET create_date = '2026-01-05 08:00:00', captured_on = NULL,"
            " sent_on = '2026-01-05 11:00:00', hours_to_offer = 0 WHERE id = %s",
            [change.id],
        )
        self.env.cr.execute(
            "UPDATE sale_change_order SET create_date = '2026-02-05 08:00:00' WHERE id = %s", [before.id]
        )
        self.env.invalidate_all()
        spec = importlib.util.spec_from_file_location("post_migration", MIGRATION)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        set_back = paper.captured_on
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual(change.captured_on, datetime(2026, 1, 5, 8))
        self.assertAlmostEqual(change.hours_to_offer, 3.0)
        self.assertEqual(before.captured_on, datetime(2026, 2, 5, 8))
        self.assertEqual(paper.captured_on, set_back)
