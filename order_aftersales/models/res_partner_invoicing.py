"""The way a customer wants to be invoiced. Its format and its channel are Odoo's own fields."""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    invoice_grouping = fields.Selection(
        [
            ("order", "One per order"),
            ("delivery", "One per delivery"),
            ("site", "One per delivery address"),
            ("month", "One per month"),
        ],
        "Grouping of Invoices",
        company_dependent=True,
        help="What is put on one invoice when invoices are created from orders. Empty: what Odoo proposes.",
    )
    invoice_detail = fields.Selection(
        [("lines", "All lines"), ("sections", "One sum per section"), ("lump_sum", "One sum per order")],
        company_dependent=True,
        help="What the customer reads on the invoice. What is behind it stays in your books.",
    )
    invoice_reference = fields.Selection(
        [("free", "Not needed"), ("required", "Must be there")],
        "Customer's Reference",
        company_dependent=True,
        help="Whether an invoice can go out without the customer's own reference.",
    )
    invoice_reference_label = fields.Char(
        "Name of the Reference",
        company_dependent=True,
        help="What the customer calls it, such as: purchase order number.",
    )

    def _get_invoicing_way(self, name):
        """Return how invoices to this contact are wanted: its own way, else the one of its company."""
        self.ensure_one()
        # In sudo: who creates an invoice need not see all contacts of the customer.
        partner = self.sudo()
        return partner[name] or partner.commercial_partner_id[name] or False

    def _is_invoice_reference_required(self):
        self.ensure_one()
        return self._get_invoicing_way("invoice_reference") == "required"

    def _get_invoice_reference_label(self):
        self.ensure_one()
        return self._get_invoicing_way("invoice_reference_label") or self.env._("customer reference")

    def _get_invoicing_words(self):
        """Say how this contact wants its invoices, empty if it doesn't mind."""
        self.ensure_one()
        words = []
        for name in ("invoice_grouping", "invoice_detail"):
            value = self._get_invoicing_way(name)
            if value:
                words.append(dict(self._fields[name]._description_selection(self.env))[value])
        if self._is_invoice_reference_required():
            words.append(self.env._("With reference: %s", self._get_invoice_reference_label()))
        return "; ".join(words)
