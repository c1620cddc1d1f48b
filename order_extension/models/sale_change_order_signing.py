"""What the customer signs, and what the signature does to the order.

Signing and applying are one transaction under a lock on the order: either the signed content is on file and the order
has grown by it, or neither.
"""

import base64
import json
from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models, tools
from odoo.exceptions import UserError

from ..change_order_rules import canonical_json, clean_line, content_hash, decode_signature, make_room

#: What the technician's link to hand over the device is signed for, and how long it works.
HANDOVER_SCOPE = "order_extension.handover"
HANDOVER_HOURS = 1


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    # === CONTENT ===

    def _format_amount(self, amount):
        return f"{amount:.{self.currency_id.decimal_places}f}"

    def _prepare_totals_content(self, totals):
        return {
            "untaxed": self._format_amount(totals["base_amount_currency"]),
            "tax": self._format_amount(totals["tax_amount_currency"]),
            "total": self._format_amount(totals["total_amount_currency"]),
        }

    def _prepare_offer_content(self):
        """What is offered, as plain values in the customer's language; amounts as the tax engine gives them now."""
        self.ensure_one()
        # In sudo: a technician sees the offer, but not the order's lines and taxes that it is worked out from.
        change_order = self.sudo().with_context(lang=self._get_lang(), tz="UTC")
        # The offer is the same whatever is chosen of its options.
        required = change_order.line_ids.filtered(lambda line: not line.is_optional)
        return {
            "number": change_order.name,
            "order": change_order.order_id.name,
            "company": change_order.company_id.name,
            "customer": change_order.partner_id.name or "",
            "title": change_order.title,
            "description": change_order.description or "",
            "reason": change_order.reason_id.name or "",
            "reason_note": change_order.reason_note or "",
            "lines": [line._prepare_offer_content() for line in change_order.line_ids],
            "currency": change_order.currency_id.name,
            **self._prepare_totals_content(change_order._get_tax_totals(required)),
            "days_added": change_order.days_added,
            "valid_until": fields.Date.to_string(change_order.validity_date) or "",
            "photos": sorted(photo.checksum or "" for photo in change_order.photo_ids),
        }

    def _prepare_contract_content(self):
        """The running contract sum and dates that are shown beside the offer."""
        self.ensure_one()
        content = {
            "original": self._format_amount(self.amount_original),
            "changes_before": self._format_amount(self.amount_changes_before),
            "before": self._format_amount(self.amount_before),
            "rounding": self._format_amount(self.amount_rounding),
            "after": self._format_amount(self.amount_after),
            "after_total": self._format_amount(self.amount_after_total),
            "promised_before": fields.Datetime.to_string(self.promised_date_before) or "",
            "promised_after": fields.Datetime.to_string(self.promised_date_after) or "",
        }
        # Only when there are options: what was sent without any has the fingerprint that it always had.
        change_order = self.sudo()
        if change_order.has_options:
            content["chosen"] = [
                position
                for position, line in enumerate(change_order.line_ids, 1)
                if line.is_optional and line.is_selected
            ]
            content.update(self._prepare_totals_content(change_order._get_tax_totals()))
        return content

    def _prepare_content(self):
        return {"offer": self._prepare_offer_content(), "contract": self._prepare_contract_content()}

    def _get_offer_hash(self):
        """Fingerprint of the offer alone: taken when it is sent, it must still be true at the signature."""
        self.ensure_one()
        return content_hash(self._prepare_offer_content())

    def _compute_content_hash(self):
        for change_order in self:
            if change_order.signed_hash or not change_order._origin or not change_order.order_id:
                change_order.content_hash = change_order.signed_hash
            else:
                change_order.content_hash = content_hash(change_order._prepare_content())

    def _get_signed_sums(self):
        """The sums and dates that were signed, as values of the fields that show them."""
        self.ensure_one()
        contract = json.loads(self.signed_content)["contract"]
        return {
            "amount_original": float(contract["original"]),
            "amount_changes_before": float(contract["changes_before"]),
            "amount_before": float(contract["before"]),
            "amount_rounding": float(contract["rounding"]),
            "amount_after": float(contract["after"]),
            "amount_after_total": float(contract["after_total"]),
            "promised_date_before": fields.Datetime.to_datetime(contract["promised_before"] or False),
            "promised_date_after": fields.Datetime.to_datetime(contract["promised_after"] or False),
        }

    # === SIGN ===

    def _has_to_be_signed(self):
        """Whether the customer can sign (or decline) now."""
        self.ensure_one()
        return self.state == "sent" and not self.is_expired and self.sudo().order_id.state == "sale"

    def _get_not_signable_message(self):
        """Why it can't be signed or declined, in words for the customer."""
        self.ensure_one()
        if self.state == "signed":
            return self.env._("%(name)s was signed already by %(signer)s.", name=self.name, signer=self.signed_by)
        if self.sudo().order_id.state != "sale":
            return self.env._("The order was cancelled in the meantime, so it can't be extended. Please contact us.")
        if self.is_expired:
            return self.env._("This offer has expired. Please ask us for a new one.")
        if self.superseded_by_id:
            return self.env._("This offer was replaced by a newer one. Please use the newer one.")
        return self.env._("This offer is not open for signature any more. Please contact us.")

    def _sign(self, name, signature, seen_hash=None, evidence=None, role=None):
        """Sign and apply, all or nothing.

        :param str name: who signs
        :param str signature: base64 of the signature's picture
        :param str seen_hash: ``content_hash`` of the page that was signed, if the page gave it
        :param dict evidence: ``signed_ip``, ``signed_user_agent``, ``signed_channel``, ``signed_device_user_id``,
            ``signed_place``
        :param str role: in which capacity, in the signatory's words
        :raise UserError: with a sentence for the signatory; nothing has changed then
        """
        self.ensure_one()
        name = clean_line(name)
        if not name:
            raise UserError(self.env._("Please enter your name."))
        picture = self._check_signature(signature)
        with self.env.cr.savepoint():
            self._lock_for_transition()
            content = self._check_signable(seen_hash)
            self._move(
                "signed",
                {
                    "signed_by": name,
                    "signed_role": clean_line(role) or False,
                    "signed_on": fields.Datetime.now(),
                    "signature": base64.b64encode(picture),
                    "signed_content": canonical_json(content),
                    "signed_hash": content_hash(content),
                    **(evidence or {}),
                },
            )
            self._as_transition()._apply()
            # what the database refuses must be refused here, not when the signatory has been thanked
            self.env.flush_all()

    def _check_signature(self, signature):
        try:
            return decode_signature(signature)
        except ValueError as error:
            messages = {
                "missing": self.env._("Please sign in the field before you accept."),
                "too_large": self.env._("The picture of the signature is too large. Please use one below 4 MB."),
            }
            message = messages.get(
                error.args[0],
                self.env._("The signature can't be read. Please draw it, or upload a PNG or JPEG picture."),
            )
            raise UserError(message) from error

    def _check_signable(self, seen_hash):
        """Return the content to sign, if it can be signed now.

        :raise UserError: if it can't
        """
        self.ensure_one()
        if not self._has_to_be_signed():
            raise UserError(self._get_not_signable_message())
        return self._check_content(seen_hash)

    def _check_content(self, seen_hash):
        """Return the content to sign, if it is what was sent and what was shown.

        :raise UserError: if it is not, or if it can't be done any more
        """
        self.ensure_one()
        problem = self._get_offer_problem()
        if problem:
            raise UserError(
                self.env._("%(problem)s Nothing was signed. Please ask us for a new offer.", problem=problem)
            )
        problem = self._get_choice_problem()
        if problem:
            raise UserError(problem)
        content = self._prepare_content()
        if content_hash(content["offer"]) != self.offer_hash:
            raise UserError(
                self.env._(
                    "The content of %s has changed since it was sent, its taxes perhaps. Nothing was signed. Please ask"
                    " us for a new offer.",
                    self.name,
                )
            )
        if seen_hash and seen_hash != content_hash(content):
            raise UserError(
                self.env._(
                    "Something has changed since you opened this page, the contract sum perhaps. Nothing was signed."
                    " Please check what the page shows now and sign then."
                )
            )
        return content

    # === APPLY ===

    def _apply(self):
        """Let the order grow by what was signed. Called in the signature's transaction only."""
        self.ensure_one()
        order = self.order_id.with_company(self.company_id)
        untaxed_before = order.amount_untaxed
        relock = order.locked
        if relock:
            order.locked = False
        try:
            self._apply_lines(order)
        finally:
            if relock:
                order.locked = True
        self.amount_effect = self.currency_id.round(order.amount_untaxed - untaxed_before)
        if order.commitment_date and self.days_added:
            order.commitment_date += timedelta(days=self.days_added)

    def _apply_lines(self, order):
        budget_before = order._get_project_budget_hours()
        agreed = self._get_agreed_lines()
        for line in agreed.filtered(lambda line: line.kind == "reduce"):
            line._reduce_order_line()
        added = agreed.filtered(lambda line: line.kind == "add")
        if added:
            self._create_order_lines(order, added)
        order._update_project_budget(budget_before)
        self.task_id.sale_line_id._refresh_hours_beyond_order()

    def _create_order_lines(self, order, added):
        """Put the added lines in front of the down payments, under a section of their own."""
        existing = order.order_line.sorted(lambda line: (line.sequence, line.id))
        position = next((index for index, line in enumerate(existing) if line.is_downpayment), len(existing))
        moved, sequences = make_room(existing.mapped("sequence"), position, len(added) + 1)
        for index, sequence in moved.items():
            existing[index].sequence = sequence
        OrderLine = order.env["sale.order.line"].with_context(sale_no_log_for_new_lines=True)
        new_lines = OrderLine.create(
            [
                self._prepare_section_vals(sequences[0]),
                *(line._prepare_order_line_vals(sequence) for line, sequence in zip(added, sequences[1:], strict=True)),
            ]
        )
        for line in new_lines:
            line.change_order_line_id.applied_line_id = line

    def _prepare_section_vals(self, sequence):
        """Values of the section that the added lines come under, in the customer's language."""
        self.ensure_one()
        localized = self.with_context(lang=self._get_lang())
        return {
            "order_id": self.order_id.id,
            "display_type": "line_section",
            "sequence": sequence,
            "change_order_id": self.id,
            "name": localized.env._(
                "%(number)s %(title)s, signed by %(signer)s on %(date)s",
                number=self.name,
                title=self.title,
                signer=self._get_signer_label(),
                date=tools.format_date(localized.env, self.signed_on.date()),
            ),
        }

    # === AFTERWARDS ===

    def _post_customer_message(self, body, attachments=None, author=None):
        """Tell the customer, the seller and those who work on it."""
        self.ensure_one()
        sudo = self.sudo()
        people = sudo.user_id.partner_id | sudo.create_uid.partner_id | sudo._get_technicians().partner_id
        sudo.message_post(
            body=body,
            attachment_ids=attachments.ids if attachments else [],
            author_id=(author or self.partner_id).id,
            partner_ids=people.filtered("active").ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _get_technicians(self):
        """Who works on this order: on the task it comes from, and on the tasks of its lines."""
        self.ensure_one()
        return (self.task_id | self.line_ids.applied_line_id.task_id | self.line_ids.order_line_id.task_id).user_ids

    def _post_signed(self, author=None):
        self.ensure_one()
        localized = self.with_context(lang=self._get_lang())
        body = localized.env._(
            "%(number)s was signed by %(signer)s.", number=self.name, signer=self._get_signer_label()
        )
        localized._post_customer_message(body, self.signed_pdf_id, author)
        self.sudo().order_id.message_post(
            body=Markup("%s %s")
            % (
                self.env._("Extended by %s.", self._get_html_link()),
                self.env._("Signed by %s.", self._get_signer_label()),
            )
        )

    def _post_declined(self, author=None):
        self.ensure_one()
        localized = self.with_context(lang=self._get_lang())
        body = localized.env._("Declined: %s", self.decline_reason)
        localized._post_customer_message(body, author=author)

    # === ON SITE ===

    def action_sign_on_device(self):
        """Hand the device to the customer: open the signing page after signing the technician out."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "draft":
            self.action_mark_sent()
        if not self._has_to_be_signed():
            raise UserError(self._get_not_signable_message())
        payload = tools.misc.hash_sign(
            self.sudo().env, HANDOVER_SCOPE, [self.id, self.env.uid], expiration_hours=HANDOVER_HOURS
        )
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": f"{self.access_url}/device?handover={payload}",
        }
