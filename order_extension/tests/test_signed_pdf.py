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
