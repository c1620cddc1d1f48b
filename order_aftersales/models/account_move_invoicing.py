"""What an invoice was put together for, and the reference that its customer wants to read on it."""

from markupsafe import Markup

from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    billing_month = fields.Date(
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
        help="First day of the month that this invoice is for, where the customer wants one per month.",
    )
    billing_picking_id = fields.Many2one(
        "stock.picking",
        "Invoiced Delivery",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
        help="The delivery that this invoice is for, where the customer wants one per delivery.",
    )

    @api.depends("billing_picking_id")
    def _compute_delivery_date(self):
        """The invoice of one delivery has the date of this delivery, not of the last one of the order."""
        super()._compute_delivery_date()
        # In sudo: who invoices need not see the warehouse.
        for move in self.sudo():
            if move.billing_picking_id.date_done:
                move.delivery_date = fields.Date.context_today(move, move.billing_picking_id.date_done)

    # === REFERENCE ===

    def _is_reference_missing(self):
        """Whether the customer would miss his reference. Odoo's own, the number of the order, is none of his."""
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        if self.move_type != "out_invoice" or not partner or not partner._is_invoice_reference_required():
            return False
        own = set(self.invoice_line_ids.sale_line_ids.order_id.mapped("name"))
        references = [part.strip() for part in (self.ref or "").split(",")]
        return all(not reference or reference in own for reference in references)

    def _get_reference_objection(self):
        self.ensure_one()
        return self.env._(
            "%(invoice)s: %(customer)s wants this on each invoice: %(reference)s. Enter it as Customer Reference.",
            invoice=self._get_billing_name(),
            customer=self.partner_id.display_name,
            reference=self.partner_id.with_company(self.company_id)._get_invoice_reference_label(),
        )

    def _get_posting_objections(self, soft=False):
        """Say as well which of these drafts lack what their customer wants to read on them."""
        objections = super()._get_posting_objections(soft)
        for move in self._get_drafts_posted_now(soft).filtered(lambda move: move._is_reference_missing()):
            words = move._get_reference_objection()
            objections[move] = "\n\n".join([*objections.get(move, "").split("\n\n"), words]).strip()
        return objections

    def _get_posting_remarks(self):
        remarks = super()._get_posting_remarks()
        if self._is_reference_missing():
            remarks += Markup("<p>%s</p>") % self._get_reference_objection()
        return remarks
