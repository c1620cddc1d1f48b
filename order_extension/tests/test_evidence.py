"""What was signed is shown as it was signed, and whatever was altered afterwards is found."""

import hashlib
import json
import runpy
from pathlib import Path

from odoo.fields import Command
from odoo.tests import tagged

from .common import SIGNATURE
from .common_portal import ChangeOrderPortalCommon

MIGRATION = Path(__file__).parents[1] / "migrations" / "19.0.1.2.0" / "post-evidence.py"
REPORT = "order_extension.sale_change_order_report_action"


@tagged("post_install", "-at_install")
class TestEvidence(ChangeOrderPortalCommon):
    def setUp(self):
        super().setUp()
        self.company.sudo().write({"evidence_chain_length": 0, "evidence_chain_hash": False})
        self.reason = self.env["sale.change.reason"].create({"name": "Found on site"})
        photo = self.env["ir.attachment"].create({"name": "window.png", "datas": SIGNATURE})
        self.first, self.second, self.third = [
            self._make_change(
                title=f"Window {number}",
                reason_id=self.reason.id,
                photo_ids=[Command.link(photo.copy().id)],
                send=True,
            )
            for number in (1, 2, 3)
        ]
        for change in (self.first, self.second, self.third):
            self._sign(change)
            self._finish(change)

    def _alter(self, record, **values):
        """Change columns as somebody with the database at hand would."""
        self.env.flush_all()
        for column, value in values.items():
            self.env.cr.execute(f"UPDATE {record._table} SET {column} = %s WHERE id = %s", [value, record.id])
        self.env.invalidate_all()

    def _render(self, change):
        return self.env["ir.actions.report"]._render_qweb_html(REPORT, change.ids)[0].decode()

    # === SHOWN AS IT WAS ===

    def test_names_of_then_are_shown(self):
        before = self._get(self.first).text, self._render(self.first)
        self.reason.name = "Another reason"
        self.window.uom_id.name = "Another unit"
        self.tax_19.write({"name": "Another tax", "invoice_label": "Another tax"})
        self.tax_19.amount = 50
        self.customer.write({"name": "Another customer", "street": "Another street"})
        self.order.name = "Another order"
        self.first.invalidate_recordset()
        for shown, was in zip((self._get(self.first).text, self._render(self.first)), before, strict=True):
            self.assertNotIn("Another", shown)
            for text in ("Found on site", "101.15", "16.15", self.first.signed_hash):
                self.assertIn(text, was)
                self.assertIn(text, shown)
        self.assertIn("Lindenweg 4", self._render(self.first))
        self.assertEqual(self.first.content_hash, self.first.signed_hash)
        self.assertFalse(self.first._find_evidence_problems())

    def test_sent_offer_keeps_its_words(self):
        change = self._make_change(reason_id=self.reason.id, send=True)
        self.reason.name = "Another reason"
        page = self._get(change).text
        self.assertIn("Found on site", page)
        self.assertNotIn("Another reason", page)

    def test_offer_of_before_words_were_kept(self):
        change = self._make_change(reason_id=self.reason.id, send=True)
        self._alter(change, kept_words=None)
        self.assertNotIn("shown", change._prepare_content())
        self._accept(change)
        self.assertEqual(change.state, "signed")
        self.reason.name = "Another reason"
        self.assertIn("Found on site", self._get(change).text)

    def test_page_alarms_when_something_was_altered(self):
        self.assertNotIn("o_change_order_altered", self._get(self.first).text)
        for record, values in (
            (self.first, {"title": "Another title"}),
            (self.first, {"amount_total": 1}),
            (self.first.line_ids, {"name": "Another line"}),
            (self.first.line_ids, {"price_unit": 1}),
            (self.first.line_ids, {"price_subtotal": 1}),
            (self.first, {"kept_words": self.first.kept_words.replace("Lena Sommer", "Lena Winter")}),
            (self.first, {"signed_content": self.second.signed_content}),
        ):
            with self.subTest(values=values):
                self.env.flush_all()
                with self.env.cr.savepoint() as savepoint:
                    self._alter(record, **values)
                    self.assertIn("o_change_order_altered", self._get(self.first).text)
                    self.assertIn('name="altered"', self._render(self.first))
                    self.assertTrue(self.first._find_evidence_problems())
                    savepoint.rollback()
                self.env.invalidate_all()
        self.assertNotIn("o_change_order_altered", self._get(self.first).text)

    # === CHAIN ===

    def test_each_link_holds_the_one_before(self):
        previous = ""
        for number, change in enumerate((self.first, self.second, self.third), 1):
            evidence = json.loads(change.evidence)
            self.assertEqual((evidence["link"], evidence["previous"]), (number, previous))
            previous = hashlib.sha256(change.evidence.encode()).hexdigest()
            self.assertEqual(change.evidence_hash, previous)
            facts = evidence["facts"]
            self.assertEqual(facts["content"], hashlib.sha256(change.signed_content.encode()).hexdigest())
            self.assertEqual(facts["pdf"], hashlib.sha256(change.signed_pdf_id.raw).hexdigest())
            self.assertEqual(facts["photos"], [hashlib.sha256(change.photo_ids.raw).hexdigest()])
            self.assertEqual(facts["signed_by"], "Lena Sommer")
            self.assertEqual(change.evidence_kind, "full")

    def _verify(self, change):
        return change.with_user(self.bookkeeper).action_verify_evidence()["params"]["message"]

    def test_verify_says_intact_or_what_was_altered(self):
        for change in (self.first, self.second, self.third):
            self.assertIn("Intact", self._verify(change))
        picture = self.env["ir.attachment"].search(
            [("res_model", "=", "sale.change.order"), ("res_id", "=", self.second.id), ("res_field", "=", "signature")]
        )
        for what, alter in {
            "signed_by": lambda: self._alter(self.second, signed_by="Somebody Else"),
            "ip": lambda: self._alter(self.second, signed_ip="10.0.0.1"),
            "picture of the signature": lambda: self._alter(picture, store_fname=None, db_datas=b"another"),
            "photo": lambda: self._alter(self.second.photo_ids, store_fname=None, db_datas=b"another"),
            "PDF": lambda: self._alter(self.second.signed_pdf_id, store_fname=None, db_datas=b"another"),
            "evidence itself": lambda: self._alter(self.second, evidence=self.first.evidence),
        }.items():
            self.env.flush_all()
            with self.subTest(what), self.env.cr.savepoint() as savepoint:
                alter()
                self.assertIn(what, self._verify(self.second))
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertIn("Intact", self._verify(self.second))

    def test_link_that_was_rewritten_or_taken_out_is_found(self):
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            # rewritten with a fingerprint that fits: its neighbours tell
            text = self.second.evidence.replace("Lena Sommer", "Lena Winter")
            fingerprint = hashlib.sha256(text.encode()).hexdigest()
            self._alter(self.second, evidence=text, evidence_hash=fingerprint, signed_by="Lena Winter")
            self.assertIn("Link 2 of the chain", self._verify(self.third))
            self.assertIn("doesn't fit to link 3", self._verify(self.second))
            savepoint.rollback()
        self.env.invalidate_all()
        with self.env.cr.savepoint() as savepoint:
            self._alter(self.second, evidence_number=None)
            self.assertIn("Link 2 of the chain, the signature after this one, was taken out", self._verify(self.first))
            self.assertIn("Link 2 of the chain, the signature before this one, was taken out", self._verify(self.third))
            savepoint.rollback()
        self.env.invalidate_all()
        self._alter(self.third, evidence_number=None)
        self.assertIn("Link 3 of the chain", self._verify(self.second), "the last one can't be cut off either")

    def test_night(self):
        self.env["sale.change.order"]._as_transition().search([]).evidence_checked_on = False
        self._alter(self.second, signed_ip="10.0.0.1")
        with self.enter_registry_test_mode(), self.assertLogs("odoo.addons.order_extension", "WARNING"):
            self.env.ref("order_extension.ir_cron_verify_evidence").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self.first.evidence_checked_on)
        self.assertFalse(self.first.evidence_problem or self.first.activity_ids)
        self.assertIn("ip", self.second.evidence_problem)
        self.assertEqual(self.second.activity_ids.user_id, self.seller)

    def test_what_is_not_finished_is_not_altered(self):
        self._sign(self.change)
        self.assertIn("still being made", self._verify(self.change))

    # === OF THE EARLIER KIND ===

    def test_carried_over(self):
        """As the last version left it: signed, its PDF in a message, and neither words nor evidence kept."""
        pdf = self.first.signed_pdf_id
        nothing = {"evidence": None, "evidence_hash": None, "evidence_number": None, "evidence_kind": None}
        for change in (self.first, self.second):
            self._alter(change, signed_pdf_state=None, signed_pdf_id=None, **nothing)
        self._alter(self.first, signed_on="2026-01-02 08:00:00")
        self._alter(self.second, signed_on="2026-01-01 08:00:00")
        self._alter(pdf, create_date="2026-01-02 08:00:05")
        runpy.run_path(str(MIGRATION))["migrate"](self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertEqual([change.evidence_number for change in (self.second, self.first)], [4, 5], "in their order")
        self.assertEqual((self.first + self.second).mapped("evidence_kind"), ["earlier", "earlier"])
        self.assertEqual(self.first.signed_pdf_id, pdf)
        self.assertIn("earlier kind", self._verify(self.first))
        self._alter(self.first, signed_ip="10.0.0.1")
        self.assertIn("ip", self._verify(self.first))
        links = self.env["sale.change.order"].search_count([("evidence_number", ">", 0)])
        runpy.run_path(str(MIGRATION))["migrate"](self.env.cr, "19.0.1.1.0")
        self.assertEqual(self.env["sale.change.order"].search_count([("evidence_number", ">", 0)]), links)
