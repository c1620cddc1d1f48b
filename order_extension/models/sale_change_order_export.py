"""What was signed with all that proves it, as a ZIP file that anybody can check without Odoo."""

import io
import json
import mimetypes
import zipfile

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import file_open

from .. import evidence_check


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    def action_export_evidence(self):
        """Download everything that proves this signature."""
        self.ensure_one()
        self.check_access("read")
        self._check_has_evidence()
        return {"type": "ir.actions.act_url", "target": "download", "url": f"/order_extension/evidence/{self.id}.zip"}

    def _check_has_evidence(self):
        if not self.sudo().evidence_hash:
            raise UserError(
                self.env._("%s has no evidence yet: it follows the signature, together with its PDF.", self.name)
            )

    def _get_evidence_filename(self):
        self.ensure_one()
        return f"{self._get_report_base_filename()}-evidence.zip"

    def _build_evidence_zip(self):
        """Return the ZIP file. Whoever calls this has checked the right to read."""
        self.ensure_one()
        self._check_has_evidence()
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
            for name, content in self._prepare_evidence_files().items():
                writer.writestr(name, content)
        return archive.getvalue()

    def _prepare_evidence_files(self):
        """Content of each file, as bytes, by name."""
        # In sudo: whoever reads the change order gets all that proves it, fingerprints of the others' alone.
        change_order = self.sudo().with_context(lang=self._get_lang())
        files = {
            evidence_check.CONTENT: change_order.signed_content.encode(),
            evidence_check.EVIDENCE: change_order.evidence.encode(),
            evidence_check.CHAIN: json.dumps(change_order._prepare_chain(), indent=1).encode(),
        }
        if change_order.signed_pdf_id:
            files[evidence_check.PDF] = change_order.signed_pdf_id.raw
        signature = self.env["ir.attachment"].sudo()
        signature = signature.search(
            Domain("res_model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("res_field", "=", "signature")
        )
        if signature:
            files[f"{evidence_check.SIGNATURE}{self._guess_extension(signature)}"] = signature.raw
        for number, photo in enumerate(change_order.photo_ids.sorted("id"), 1):
            files[f"{evidence_check.PHOTOS}{number}.{self._guess_extension(photo)}"] = photo.raw
        with file_open("order_extension/evidence_check.py", "rb") as program:
            files["verify.py"] = program.read()
        files["README.html"] = change_order._render_evidence_readme()
        return files

    @api.model
    def _guess_extension(self, attachment):
        return (mimetypes.guess_extension(attachment.mimetype or "") or ".bin")[1:]

    def _prepare_chain(self):
        """All links of the company's chain, as fingerprints: they tell nothing, and none can be left out."""
        links = self.search(Domain("company_id", "=", self.company_id.id) & Domain("evidence_number", ">", 0))
        return [
            {
                "link": link.evidence_number,
                "previous": json.loads(link.evidence)["previous"],
                "evidence": link.evidence_hash,
            }
            for link in links.sorted("evidence_number")
        ]

    def _render_evidence_readme(self):
        values = {"change_order": self, "evidence": json.loads(self.evidence), "lang": self.env.lang}
        page = self.env["ir.qweb"]._render("order_extension.evidence_readme", values)
        return b"<!DOCTYPE html>\n" + str(page).encode()

    # === WHEN THE ADD-ON GOES ===

    def _file_on_order(self):
        """Put PDF, content and evidence on the order, as files that need nothing of this add-on."""
        self.ensure_one()
        if self._is_evidence_to_come():
            # the job will not come any more; what fails is noted, and the content is filed without it
            self._try_to_finish_signature()
        base = self._get_report_base_filename()
        files = [(f"{base}.json", self.signed_content.encode())]
        if self.signed_pdf_id:
            files.append((f"{base}.pdf", self.signed_pdf_id.raw))
        if self.evidence_hash:
            files.append((self._get_evidence_filename(), self._build_evidence_zip()))
        self.order_id.message_post(
            body=self.env._(
                "%(number)s was signed by %(signer)s. Its content, PDF and evidence are kept here.",
                number=self.name,
                signer=self._get_signer_label(),
            ),
            attachments=files,
            subtype_xmlid="mail.mt_note",
        )
