"""The words of an offer that stand elsewhere: names of reason, customer, unit and tax, as they were when it was sent.

A renamed unit or tax would otherwise show on the page of what was signed before, beside the same fingerprint.
"""

import json

from odoo import api, fields, models

from ..change_order_rules import canonical_json


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    kept_words = fields.Text("Words of the Offer", readonly=True, copy=False, groups="base.group_user")

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"kept_words"}

    def _freeze_offer(self):
        res = super()._freeze_offer()
        for change_order in self:
            change_order._as_transition().kept_words = canonical_json(change_order._prepare_words())
        return res

    def _prepare_words(self):
        """The names that page and PDF show, in the customer's language, as they are now."""
        self.ensure_one()
        # In sudo: a technician shows the offer, but may not read every customer, unit and tax.
        change_order = self.sudo().with_context(lang=self._get_lang())
        customer = change_order.partner_id
        address = customer._display_address(without_company=True).splitlines()
        return {
            "company": change_order.company_id.name,
            "order": change_order.order_id.name,
            "reference": change_order.order_id.client_order_ref or "",
            "customer": customer.display_name or "",
            "address": [line.strip() for line in address if line.strip()],
            "reason": change_order.reason_id.name or "",
            "signer": change_order.signer_partner_id.name or "",
            "tax_labels": {
                str(tax.id): change_order._get_tax_label(tax)
                for tax in change_order.line_ids.tax_ids.flatten_taxes_hierarchy()
            },
            "lines": [line._prepare_words() for line in change_order.line_ids],
        }

    def _prepare_content(self):
        """What was sent before these words were kept keeps the fingerprint that it always had."""
        content = super()._prepare_content()
        change_order = self.sudo().with_context(lang=self._get_lang())
        if change_order.kept_words:
            content["shown"] = {
                "words": json.loads(change_order.kept_words),
                "subtotals": change_order._get_shown_subtotals(),
                "taxes": [
                    [label, change_order._format_amount(amount)] for label, amount in change_order._get_tax_rows()
                ],
            }
        return content

    def _get_shown_subtotals(self):
        return [self._format_amount(line.price_subtotal) for line in self.line_ids]

    # === SHOW ===

    def _get_words(self):
        """The words as they were when it was sent, as far as they were kept; of a draft, as they are."""
        self.ensure_one()
        # In sudo: see _prepare_words.
        change_order = self.sudo()
        words = change_order._prepare_words()
        if change_order.kept_words:
            kept = json.loads(change_order.kept_words)
            return words | kept | {"lines": kept["lines"] + words["lines"][len(kept["lines"]) :]}
        if change_order.signed_content:
            offer = json.loads(change_order.signed_content)["offer"]
            words |= {
                name: offer[name] for name in ("company", "order", "customer", "reason", "signer") if name in offer
            }
            for line, signed in zip(words["lines"], offer["lines"], strict=False):
                line["unit"] = signed["unit"]
        return words

    def _get_tax_label(self, tax):
        kept = json.loads(self.sudo().kept_words or "{}").get("tax_labels", {})
        return kept.get(str(tax.id)) or super()._get_tax_label(tax)

    def _get_tax_rows(self):
        """Of what was signed: as they were shown with it."""
        change_order = self.sudo()
        if change_order.signed_content:
            shown = json.loads(change_order.signed_content).get("shown")
            if shown:
                return [(label, float(amount)) for label, amount in shown["taxes"]]
        return super()._get_tax_rows()


class SaleChangeOrderLine(models.Model):
    _inherit = "sale.change.order.line"

    def _prepare_words(self):
        self.ensure_one()
        return {
            "unit": self.product_uom_id.name or "",
            "taxes": ", ".join(self.tax_ids.mapped("name")),
            "tax_labels": ", ".join(tax.tax_label for tax in self.tax_ids if tax.tax_label),
        }
