"""What follows a signature: its PDF and the message to those concerned, made by a job.

A signature waits for nothing but its own transaction. The job makes each PDF while it holds no row, then files it,
posts it and notes that it is done in one transaction, so that neither comes twice whenever the server is stopped.
"""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..change_order_rules import MAX_TEXT_LENGTH, retry_minutes
from ..jobs import go_through

_logger = logging.getLogger(__name__)

REPORT = "order_extension.sale_change_order_report_action"
FINISHING_JOB = "order_extension.ir_cron_finish_signatures"
ACTIVITY_SIGNED_PDF = "order_extension.mail_activity_type_signed_pdf"
#: How often it may fail before somebody is asked to look. Until then it was mostly a server that was busy.
TRIES_BEFORE_ALERT = 3
#: How long the job leaves alone what somebody else is at.
SECONDS_BEFORE_ANOTHER_TRY = 5


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    signed_pdf_state = fields.Selection(
        [("pending", "Being Made"), ("failed", "Failed"), ("done", "On File")],
        "Status of the Signed PDF",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="The PDF and the message to those concerned follow the signature by themselves.",
    )
    signed_pdf_id = fields.Many2one(
        "ir.attachment",
        "Signed PDF",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups="base.group_user",
    )
    signed_pdf_problem = fields.Text("Why the PDF Failed", readonly=True, copy=False, groups="base.group_user")
    signed_pdf_tries = fields.Integer(
        "Tries of the PDF", readonly=True, copy=False, aggregator=None, groups="base.group_user"
    )
    signed_pdf_retry_on = fields.Datetime("PDF Tried Again on", readonly=True, copy=False, groups="base.group_user")
    signed_visitor_id = fields.Many2one(
        "res.partner",
        "Signatory's Contact",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups="base.group_user",
        help="Who was logged in, or had been sent the link: the message about the signature is in their name.",
    )

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {
            "signed_pdf_state",
            "signed_pdf_id",
            "signed_pdf_problem",
            "signed_pdf_tries",
            "signed_pdf_retry_on",
            "signed_visitor_id",
        }

    # === ASK FOR IT ===

    def _move(self, target, vals=None):
        if target != "signed":
            return super()._move(target, vals)
        res = super()._move(target, {**(vals or {}), "signed_pdf_state": "pending"})
        self._trigger_finishing()
        return res

    def _trigger_finishing(self, at=None):
        # In sudo: whoever signs has no right on jobs.
        self.env.ref(FINISHING_JOB).sudo()._trigger(at)

    def action_retry_signed_pdf(self):
        """Try again at once what has failed."""
        self.check_access("write")
        failed = self.filtered(lambda change_order: change_order.signed_pdf_state == "failed")
        failed._as_transition().write({"signed_pdf_state": "pending", "signed_pdf_retry_on": False})
        failed._trigger_finishing()

    # === THE JOB ===

    @api.model
    def _get_unfinished_domain(self):
        """What the job is to do now."""
        due = Domain("signed_pdf_retry_on", "=", False) | Domain("signed_pdf_retry_on", "<=", fields.Datetime.now())
        return Domain("signed_pdf_state", "in", ["pending", "failed"]) & due

    @api.model
    def _cron_finish_signatures(self):
        """Make and send what follows the signatures, one by one, each kept on its own."""
        go_through(
            self.search(self._get_unfinished_domain(), order="signed_on, id"),
            lambda change_order: change_order.with_company(change_order.company_id)._finish_or_come_back(),
        )

    def _finish_or_come_back(self):
        if not self._try_to_finish_signature():
            self._trigger_finishing(at=fields.Datetime.now() + timedelta(seconds=SECONDS_BEFORE_ANOTHER_TRY))

    def _try_to_finish_signature(self):
        """Finish this one; return False when somebody else is at it, so that it is still to be done.

        What fails is noted on the change order and tried again later; the others are done meanwhile.
        """
        self.ensure_one()
        try:
            try:
                with self.env.cr.savepoint():
                    # nothing is locked meanwhile: it takes seconds
                    pdf = self._render_signed_pdf()
                with self.env.cr.savepoint():
                    return self._file_signature(pdf)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:
                _logger.exception("The PDF of the signed %s failed", self.name)
                with self.env.cr.savepoint():
                    self._note_failed_pdf(error)
                return True
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            _logger.info("%s is being changed, its PDF follows: %s", self.name, error)
            return False

    def _render_signed_pdf(self):
        """Return the PDF of what was signed, in the customer's language."""
        self.ensure_one()
        reports = self.env["ir.actions.report"].sudo().with_context(lang=self._get_lang())
        return reports._render_qweb_pdf(REPORT, self.ids)[0]

    def _file_signature(self, pdf):
        """Put the PDF on file and tell those concerned. Return False when it is done already, or being done."""
        self.ensure_one()
        # refused by the database if somebody has written since this transaction began: then it is none of ours
        if not self.try_lock_for_update(allow_referencing=True).filtered_domain(self._get_unfinished_domain()):
            return False
        attachment = self.env["ir.attachment"].sudo().create(self._prepare_signed_pdf_vals(pdf))
        self._as_transition().write(
            {
                "signed_pdf_state": "done",
                "signed_pdf_id": attachment.id,
                "signed_pdf_problem": False,
                "signed_pdf_retry_on": False,
            }
        )
        self._finish_signature()
        self._post_signed(self.signed_visitor_id)
        self.sudo().activity_unlink([ACTIVITY_SIGNED_PDF])
        self.env.flush_all()
        return True

    def _finish_signature(self):
        """What else belongs to a signature once its PDF is on file: each subject adds its own.

        Called once for each signed change order, in the transaction of the job that files the PDF.
        """
        self.ensure_one()

    def _prepare_signed_pdf_vals(self, pdf):
        self.ensure_one()
        return {
            "name": f"{self._get_report_base_filename()}.pdf",
            "raw": pdf,
            "mimetype": "application/pdf",
            "res_model": self._name,
            "res_id": self.id,
        }

    # === WHAT FAILS ===

    def _note_failed_pdf(self, error):
        """Say on the change order what went wrong, and try again later: the pauses grow to a day."""
        self.ensure_one()
        tries = self.signed_pdf_tries + 1
        retry_on = fields.Datetime.now() + timedelta(minutes=retry_minutes(tries))
        self._as_transition().write(
            {
                "signed_pdf_state": "failed",
                "signed_pdf_problem": (str(error) or type(error).__name__)[:MAX_TEXT_LENGTH],
                "signed_pdf_tries": tries,
                "signed_pdf_retry_on": retry_on,
            }
        )
        self._trigger_finishing(at=retry_on)
        if tries == TRIES_BEFORE_ALERT:
            self._alert_of_failed_pdf()

    def _alert_of_failed_pdf(self):
        self.ensure_one()
        user = self._get_chaser()
        if user:
            localized = self.sudo().with_context(lang=user.lang)
            summary = localized.env._("%s is signed, but its PDF can't be made", self.name)
            localized.activity_schedule(ACTIVITY_SIGNED_PDF, summary=summary, user_id=user.id)
