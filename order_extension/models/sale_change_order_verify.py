"""Whether what was signed is still what it was: by a button on the record, and every night."""

import json
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..jobs import go_through
from .sale_change_order_evidence import EVIDENCE_GROUPS, sha256

_logger = logging.getLogger(__name__)

ACTIVITY_EVIDENCE = "order_extension.mail_activity_type_evidence"
#: A night's run begins anew only with what the last one has looked at.
HOURS_BETWEEN_CHECKS = 20


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    evidence_checked_on = fields.Datetime("Evidence Verified on", readonly=True, copy=False, groups=EVIDENCE_GROUPS)
    evidence_problem = fields.Text("What Is Wrong with the Evidence", readonly=True, copy=False, groups=EVIDENCE_GROUPS)

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"evidence_checked_on", "evidence_problem"}

    # === BY HAND ===

    def action_verify_evidence(self):
        """Say "intact", or what was altered."""
        self.ensure_one()
        self.check_access("read")
        if self.state != "signed":
            message, kind = self.env._("%s is not signed, so there is nothing to verify.", self.name), "warning"
        elif self._is_evidence_to_come():
            message, kind = self.env._("%s was signed a moment ago. Its PDF is still being made.", self.name), "info"
        elif problem := self._verify_evidence():
            message, kind = problem, "danger"
        elif self.evidence_kind == "earlier":
            message, kind = (
                self.env._(
                    "Intact since the upgrade. %s was signed before there was a chain: its evidence is of the earlier"
                    " kind.",
                    self.name,
                ),
                "success",
            )
        else:
            message, kind = (
                self.env._("Intact: %(name)s, link %(link)s of the chain.", name=self.name, link=self.evidence_number),
                "success",
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Evidence"),
                "message": message,
                "type": kind,
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _is_evidence_to_come(self):
        """Whether the job that closes the evidence has not been at it yet."""
        self.ensure_one()
        return not self.sudo().evidence_hash and self.sudo().signed_pdf_state in ("pending", "failed")

    def _verify_evidence(self):
        """Check this one, keep what was found, and return it: empty if everything is as it was."""
        self.ensure_one()
        problem = "\n".join(self._find_evidence_problems())
        self._as_transition().write(
            {"evidence_checked_on": fields.Datetime.now(), "evidence_problem": problem or False}
        )
        return problem

    # === WHAT IS CHECKED ===

    def _find_evidence_problems(self):
        """Return in sentences what is no longer as it was signed."""
        self.ensure_one()
        # In sudo: what was altered is said, whoever asks.
        change_order = self.sudo()
        problems = []
        if sha256((change_order.signed_content or "").encode()) != change_order.signed_hash:
            problems.append(self.env._("The content that was signed was altered: its fingerprint is another one."))
        elif not change_order._is_as_signed():
            problems.append(self.env._("What is shown now is not what was signed."))
        if not change_order.evidence_hash:
            return [*problems, self.env._("There is no evidence.")]
        if sha256((change_order.evidence or "").encode()) != change_order.evidence_hash:
            return [*problems, self.env._("The evidence itself was altered: its fingerprint is another one.")]
        evidence = json.loads(change_order.evidence)
        return [
            *problems,
            *change_order._find_fact_problems(evidence["facts"]),
            *change_order._find_chain_problems(evidence),
        ]

    def _find_fact_problems(self, facts):
        now = self._prepare_evidence_facts()
        words = {
            "signature": self.env._("The picture of the signature was replaced or removed."),
            "photos": self.env._("A photo was replaced or removed."),
            "pdf": self.env._("The signed PDF was replaced or removed."),
        }
        for name, value in facts.items():
            if now.get(name) != value:
                yield words.get(name) or self.env._("“%(what)s” was altered after the signature.", what=name)

    def _find_chain_problems(self, evidence):
        """The neighbours of this link must hold on to it."""
        number, company = self.evidence_number, self.company_id
        if evidence["link"] != number:
            yield self.env._("This was link %(was)s of the chain, not %(number)s.", was=evidence["link"], number=number)
            return
        if number > 1:
            before = self._get_link(number - 1)
            if not before:
                yield self.env._("Link %s of the chain, the signature before this one, was taken out.", number - 1)
            elif before.evidence_hash != evidence["previous"]:
                yield self.env._(
                    "Link %(number)s of the chain (%(name)s) was altered.", number=number - 1, name=before.name
                )
        if number < company.evidence_chain_length:
            after = self._get_link(number + 1)
            if not after:
                yield self.env._("Link %s of the chain, the signature after this one, was taken out.", number + 1)
            elif json.loads(after.evidence or "{}").get("previous") != self.evidence_hash:
                yield self.env._(
                    "This link doesn't fit to link %(number)s (%(name)s).", number=number + 1, name=after.name
                )
        elif (number, self.evidence_hash) != (company.evidence_chain_length, company.evidence_chain_hash):
            yield self.env._("The end of the chain was altered.")

    def _get_link(self, number):
        return self.search([("company_id", "=", self.company_id.id), ("evidence_number", "=", number)], limit=1)

    # === EVERY NIGHT ===

    @api.model
    def _cron_verify_evidence(self):
        """Check all signatures, one by one, each kept on its own; tell somebody what was altered, once."""
        before = fields.Datetime.now() - timedelta(hours=HOURS_BETWEEN_CHECKS)
        due = Domain("evidence_checked_on", "=", False) | Domain("evidence_checked_on", "<", before)
        change_orders = self.search(Domain("state", "=", "signed") & due, order="id")
        change_orders = change_orders.filtered(lambda change_order: not change_order._is_evidence_to_come())
        go_through(change_orders, lambda some: some._verify_at_night())

    def _verify_at_night(self):
        self.ensure_one()
        known = self.evidence_problem
        problem = self._verify_evidence()
        if problem and problem != known:
            self._alert_of_evidence(problem)
        elif known and not problem:
            self.sudo().activity_unlink([ACTIVITY_EVIDENCE])

    def _alert_of_evidence(self, problem):
        self.ensure_one()
        _logger.warning("The evidence of %s is not intact: %s", self.name, problem)
        user = self._get_chaser()
        if user:
            localized = self.sudo().with_context(lang=user.lang)
            localized.activity_unlink([ACTIVITY_EVIDENCE])
            summary = localized.env._("%s: what was signed was altered", self.name)
            localized.activity_schedule(
                ACTIVITY_EVIDENCE, summary=summary, note=plaintext2html(problem), user_id=user.id
            )
