"""The evidence of a signature, and the chain that it is a link of.

A signature waits for nobody: the job that files its PDF closes the evidence, and puts into it the fingerprint of the
company's evidence before it. So none can be altered or taken out without its neighbours telling.
"""

import base64
import hashlib
import json

from odoo import api, fields, models
from odoo.fields import Domain

from ..change_order_rules import canonical_json, content_hash
from ..row_lock import lock_rows

EVIDENCE_GROUPS = "base.group_user"
EVIDENCE_VERSION = 1


def sha256(content):
    return hashlib.sha256(content or b"").hexdigest()


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    evidence = fields.Text(readonly=True, copy=False, groups=EVIDENCE_GROUPS)
    evidence_hash = fields.Char("Fingerprint of the Evidence", readonly=True, copy=False, groups=EVIDENCE_GROUPS)
    evidence_number = fields.Integer(
        "Number in the Chain",
        readonly=True,
        copy=False,
        aggregator=None,
        groups=EVIDENCE_GROUPS,
        help="The evidence of each signature holds the fingerprint of the company's evidence before it.",
    )
    evidence_kind = fields.Selection(
        [("full", "Complete"), ("earlier", "Of the Earlier Kind")],
        "Kind of Evidence",
        readonly=True,
        copy=False,
        groups=EVIDENCE_GROUPS,
        help="Of the earlier kind: signed before there was a chain. Its files are as they were found at the upgrade.",
    )

    _evidence_number_unique = models.UniqueIndex(
        "(company_id, evidence_number) WHERE evidence_number > 0",
        "This link of the chain was closed at the same time. Try again.",
    )

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"evidence", "evidence_hash", "evidence_number", "evidence_kind"}

    # === CLOSE A LINK ===

    def _finish_signature(self):
        res = super()._finish_signature()
        self._close_evidence("full")
        return res

    def _close_evidence(self, kind):
        """Put the evidence of this signature on file, as the next link of its company's chain."""
        self.ensure_one()
        # In sudo: a chain belongs to the company, not to whoever runs the job.
        change_order = self.sudo()
        company = change_order.company_id
        lock_rows(company, allow_referencing=True)
        company.invalidate_recordset(["evidence_chain_length", "evidence_chain_hash"])
        number = company.evidence_chain_length + 1
        evidence = canonical_json(change_order._prepare_evidence(kind, number, company.evidence_chain_hash or ""))
        fingerprint = sha256(evidence.encode())
        change_order._as_transition().write(
            {
                "evidence": evidence,
                "evidence_hash": fingerprint,
                "evidence_number": number,
                "evidence_kind": kind,
            }
        )
        company.write({"evidence_chain_length": number, "evidence_chain_hash": fingerprint})

    def _prepare_evidence(self, kind, number, previous):
        """What is kept of a signature beside its content, as plain values.

        Facts can be compared with what is on file at any time; names may change, so they are kept as they were.
        """
        self.ensure_one()
        return {
            "version": EVIDENCE_VERSION,
            "kind": kind,
            "link": number,
            "previous": previous,
            "closed_on": fields.Datetime.to_string(fields.Datetime.now()),
            "facts": self._prepare_evidence_facts(),
            "names": {
                "company": self.company_id.name,
                "order": self.order_id.name,
                "sent_by": self.sent_by_id.name or "",
                "device_handed_over_by": self.signed_device_user_id.name or "",
                "signed_as": self.signed_visitor_id.name or "",
            },
        }

    def _prepare_evidence_facts(self):
        """Who has signed what, when and how, with the fingerprints of all files, as it is on file now."""
        self.ensure_one()
        change_order = self.sudo().with_context(bin_size=False)
        return {
            "number": change_order.name,
            "content": change_order.signed_hash or "",
            "signed_by": change_order.signed_by or "",
            "signed_role": change_order.signed_role or "",
            "signed_on": fields.Datetime.to_string(change_order.signed_on) or "",
            "signed_through": change_order.signed_channel or "",
            "signed_at": change_order.signed_place or "",
            "device_handed_over_by": change_order.signed_device_user_id.id or 0,
            "signed_as": change_order.signed_visitor_id.id or 0,
            "ip": change_order.signed_ip or "",
            "user_agent": change_order.signed_user_agent or "",
            "sent_on": fields.Datetime.to_string(change_order.sent_on) or "",
            "sent_by": change_order.sent_by_id.id or 0,
            "signature": sha256(base64.b64decode(change_order.signature)) if change_order.signature else "",
            "photos": [sha256(photo.raw) for photo in change_order.photo_ids.sorted("id")],
            "pdf": sha256(change_order.signed_pdf_id.raw) if change_order.signed_pdf_id else "",
        }

    # === BEFORE THERE WAS A CHAIN ===

    @api.model
    def _carry_over_evidence(self):
        """Give what was signed before there was a chain the evidence that there is, and say that it is no more."""
        earlier = self.sudo().search(
            Domain("state", "=", "signed")
            & Domain("evidence_hash", "=", False)
            & Domain("signed_pdf_state", "=", False),
            order="signed_on, id",
        )
        for change_order in earlier:
            pdf = change_order._find_earlier_pdf()
            change_order._as_transition().write({"signed_pdf_id": pdf.id, "signed_pdf_state": "done" if pdf else False})
            change_order._close_evidence("earlier")

    def _find_earlier_pdf(self):
        """The PDF that was posted with the signature, if it is still there."""
        self.ensure_one()
        return self.env["ir.attachment"].search(
            Domain("res_model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("mimetype", "=", "application/pdf")
            & Domain("name", "=", f"{self._get_report_base_filename()}.pdf")
            & Domain("create_date", ">=", self.signed_on),
            order="id",
            limit=1,
        )

    # === WHAT IS SHOWN NOW ===

    def _compute_content_hash(self):
        """Of what was signed it is worked out from what is shown now, so that a later change shows."""
        signed = self.filtered(lambda change_order: change_order.signed_content and change_order._origin)
        super(SaleChangeOrder, self - signed)._compute_content_hash()
        for change_order in signed:
            change_order.content_hash = content_hash(change_order._prepare_shown_content())

    def _is_as_signed(self):
        """Whether what is shown is still what was signed."""
        self.ensure_one()
        return self.content_hash == self.sudo().signed_hash

    def _prepare_shown_content(self):
        """What page and PDF of this signed one show now, in the form in which it was signed.

        What they show from the content that was signed, such as the contract sum and the names of that day, is taken
        from it here as well.
        """
        self.ensure_one()
        # In sudo: whoever looks at the page has no right on what it is worked out from.
        change_order = self.sudo()
        content = json.loads(change_order.signed_content)
        offer, contract = content["offer"], content["contract"]
        offer |= {
            "number": change_order.name,
            "title": change_order.title,
            "description": change_order.description or "",
            "reason_note": change_order.reason_note or "",
            "days_added": change_order.days_added,
            "valid_until": fields.Date.to_string(change_order.validity_date) or "",
            "photos": sorted(change_order._get_photo_checksums()),
            "lines": change_order._prepare_shown_lines(offer["lines"]),
        }
        if "withdrawal_notice" in offer:
            offer["withdrawal_notice"] = change_order.withdrawal_notice
        # With options, what is agreed on stands beside the offer.
        (contract if "chosen" in contract else offer).update(
            {
                "untaxed": change_order._format_amount(change_order.amount_untaxed),
                "tax": change_order._format_amount(change_order.amount_tax),
                "total": change_order._format_amount(change_order.amount_total),
            }
        )
        if "chosen" in contract:
            contract["chosen"] = [
                position
                for position, line in enumerate(change_order.line_ids, 1)
                if line.is_optional and line.is_selected
            ]
        if "shown" in content and change_order.kept_words:
            content["shown"] |= {
                "words": json.loads(change_order.kept_words),
                "subtotals": change_order._get_shown_subtotals(),
            }
        return content

    def _get_photo_checksums(self):
        """Worked out from the files themselves, in the manner of their stored checksums."""
        return [hashlib.sha1(photo.raw or b"", usedforsecurity=False).hexdigest() for photo in self.photo_ids]

    def _prepare_shown_lines(self, signed_lines):
        """The lines as they are shown, with the names that they had when they were signed."""
        lines = [line._prepare_shown_content() for line in self.line_ids]
        for line, signed in zip(lines, signed_lines, strict=False):
            line |= {name: signed[name] for name in ("product", "unit", "optional") if name in signed}
        return lines


class SaleChangeOrderLine(models.Model):
    _inherit = "sale.change.order.line"

    def _prepare_shown_content(self):
        self.ensure_one()
        minutes = {"minutes": self.minutes} if self.minutes else {}
        return {
            **minutes,
            "kind": self.kind,
            "product": "",
            "reduces": self.order_line_id.id or 0,
            "name": self.name,
            "quantity": f"{self.quantity:.6f}",
            "unit": "",
            "price_unit": f"{self.price_unit:.6f}",
            "discount": f"{self.discount:.4f}",
            "taxes": [tax.id for tax in self.tax_ids.sorted("id")],
        }


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["kept.fields.mixin", "res.company"]

    evidence_chain_length = fields.Integer(readonly=True, copy=False, groups="base.group_system")
    evidence_chain_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
