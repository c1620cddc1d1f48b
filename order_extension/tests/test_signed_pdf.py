"""What follows a signature: one PDF, one message, whatever happens in between."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ChangeOrderCommon
from .common_portal import ChangeOrderPortalCommon

REPORT = "order_extension.sale_change_order_report_action"
MODEL = "odoo.addons.order_extension.models.sale_change_order_signed_pdf.SaleChangeOrder"


@tagged("post_install", "-at_install")
class TestSignedPdf(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.job = cls.env.ref("order_extension.ir_cron_finish_signatures")

    def setUp(self):
        super().setUp()
        self.change = self._sign(self._make_change(send=True))

    def _run(self, moment=None):
        self.env.flush_all()
        with freeze_time(moment or fields.Datetime.now()), self.enter_registry_test_mode():
            self.job.method_direct_trigger()
        self.env.invalidate_all()

    def _messages(self, change):
        return change.message_ids.filtered(lambda message: "was signed by" in (message.body or ""))

    @contextmanager
    def _failing(self, *names, error="No room on the disk"):
        """Let the PDF of the change orders called so fail."""
        render = type(self.change)._render_signed_pdf

        def fail(change):
            if change.name in names:
                raise UserError(error)
            return render(change)

        with patch(f"{MODEL}._render_signed_pdf", fail), mute_logger(MODEL.rpartition(".")[0]):
            yield

    def _assert_finished(self, change):
        self.assertEqual(change.signed_pdf_state, "done")
        self.assertEqual(self._messages(change).attachment_ids, change.signed_pdf_id)
        self.assertEqual(change.signed_pdf_id.name, f"{change.name.replace('/', '-')}.pdf")
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", change._name), ("res_id", "=", change.id), ("mimetype", "=", "application/pdf")]
        )
        self.assertEqual(attachments, change.signed_pdf_id, "one PDF")
        self.assertEqual(len(self._messages(change)), 1)
        self.assertEqual(len(change.order_id.message_ids.filtered(lambda m: change.name in (m.body or ""))), 1)

    def test_signature_triggers_the_job(self):
        self.assertEqual(self.change.signed_pdf_state, "pending")
        self.assertFalse(self.change.signed_pdf_id)
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", self.job.id)]))

    def test_once_however_often_it_runs(self):
        for _round in range(3):
            self._run()
        self._assert_finished(self.change)
        self.assertEqual(self._messages(self.change).author_id, self.customer)
        self.assertFalse(self.change._try_to_finish_signature(), "nothing is left to do")
        self._assert_finished(self.change)

    def test_stopped_before_the_end_nothing_of_it_is_kept(self):
        """As after kill -9: the transaction is gone, and with it the PDF and the message."""
        with patch(f"{MODEL}._finish_signature", side_effect=ZeroDivisionError), mute_logger(MODEL.rpartition(".")[0]):
            self._run()
        self.assertFalse(self.change.signed_pdf_id or self._messages(self.change))
        self._run(fields.Datetime.now() + timedelta(minutes=2))
        self._assert_finished(self.change)

    def test_one_that_fails_holds_up_no_other(self):
        other = self._sign(self._make_change(title="Another", send=True))
        with self._failing(self.change.name):
            self._run()
        self.assertEqual(self.change.signed_pdf_state, "failed")
        self.assertEqual(self.change.signed_pdf_problem, "No room on the disk")
        self.assertFalse(self._messages(self.change))
        self._assert_finished(other)

    def test_failed_is_tried_again_and_then_told(self):
        """After 1 minute, after 5 more; the third failure is the seller's to see. When it works the to-do is gone."""
        with self._failing(self.change.name):
            for minutes, tries, activities in ((0, 1, 0), (0.5, 1, 0), (1.5, 2, 0), (5, 2, 0), (7, 3, 1), (8, 3, 1)):
                self._run(self.change.signed_on + timedelta(minutes=minutes))
                found = self.change.activity_search(["order_extension.mail_activity_type_signed_pdf"])
                self.assertEqual((minutes, self.change.signed_pdf_tries, len(found)), (minutes, tries, activities))
        self.assertEqual(found.user_id, self.seller)
        self.assertIn(self.change.name, found.summary)
        self.change.with_user(self.seller).action_retry_signed_pdf()
        self.assertEqual(self.change.signed_pdf_state, "pending")
        self._run(self.change.signed_on + timedelta(minutes=9))
        self._assert_finished(self.change)
        self.assertFalse(self.change.activity_search(["order_extension.mail_activity_type_signed_pdf"]))
        self.assertFalse(self.change.signed_pdf_problem)

    def test_only_the_job_says_that_it_is_done(self):
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self.change.with_user(self.manager).signed_pdf_state = "done"
        with self.assertRaises(AccessError):
            self.change.with_user(self.customer_user).action_retry_signed_pdf()

    def test_print_is_the_one_on_file(self):
        """Alone or with others: what is on file comes as it is, what isn't is made."""
        self._finish(self.change)
        content = self.change.signed_pdf_id.raw
        offer = self._make_change(title="Not signed", send=True)
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        made = []

        def make(reports, bodies, **kwargs):
            made.extend(bodies)
            return b"made"

        with patch("odoo.addons.base.models.ir_actions_report.IrActionsReport._run_wkhtmltopdf", make):
            self.assertEqual(reports._render_qweb_pdf(REPORT, self.change.ids)[0], content)
            self.assertFalse(made)
            streams = reports._render_qweb_pdf_prepare_streams(REPORT, {}, res_ids=[offer.id, self.change.id])
        self.assertEqual(len(made), 1)
        self.assertEqual(
            [(key, value["stream"].getvalue()) for key, value in streams.items()],
            [(offer.id, b"made"), (self.change.id, content)],
        )
        self._assert_finished(self.change)


@tagged("post_install", "-at_install")
class TestSignedPdfOnThePage(ChangeOrderPortalCommon):
    def _ask(self, token=True):
        return self.make_jsonrpc_request(self._url(self.change, "/signed_pdf", token), {})

    def test_page_says_that_it_is_coming_and_then_shows_it(self):
        self._accept(self.change)
        page = self._get(self.change).text
        self.assertIn("Your PDF is being made", page)
        self.assertNotIn("report_type=pdf", page)
        self.assertEqual(self._ask(), {})
        response = self._get(self.change, report_type="pdf")
        self.assertIn("Your PDF is being made", response.text, "instead of a second one")
        self._finish(self.change)
        self.assertIn("report_type=pdf", self._ask()["part"])
        self.assertIn("report_type=pdf", self._get(self.change).text)
        for _time in range(2):
            response = self._get(self.change, report_type="pdf", download="true")
            self.assertEqual(response.headers["Content-Type"], "application/pdf")
            self.assertEqual(response.content, self.change.signed_pdf_id.raw)
        pdfs = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self.change._name),
                ("res_id", "=", self.change.id),
                ("mimetype", "=", "application/pdf"),
            ]
        )
        self.assertEqual(pdfs, self.change.signed_pdf_id, "no button has made a second one")
        self.assertEqual(self._ask(token=False), {}, "a stranger learns nothing")

    def test_page_says_that_it_takes_longer(self):
        self._accept(self.change)
        with (
            patch(f"{MODEL}._render_signed_pdf", side_effect=UserError("secret")),
            mute_logger(MODEL.rpartition(".")[0]),
        ):
            self._finish(self.change)
        self.assertEqual(self.change.signed_pdf_state, "failed")
        page = self._get(self.change).text
        self.assertIn("Its PDF takes longer than usual", page)
        self.assertNotIn("secret", page)

    def test_signed_before_there_was_one_on_file(self):
        self._accept(self.change)
        self.change._as_transition().signed_pdf_state = False
        self.assertIn("report_type=pdf", self._get(self.change).text)
        self.assertEqual(self._get(self.change, report_type="pdf").headers["Content-Type"], "application/pdf")
