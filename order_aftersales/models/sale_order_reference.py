"""Some customers don't pay an invoice without their own reference: it is asked for before there is one."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.order_extension.by_hand import is_set_off_by_a_person


class SaleOrder(models.Model):
    _inherit = "sale.order"

    is_reference_missing = fields.Boolean(compute="_compute_is_reference_missing")

    @api.depends("client_order_ref", "partner_invoice_id", "company_id")
    def _compute_is_reference_missing(self):
        for order in self:
            order.is_reference_missing = order._is_reference_missing()

    def _is_reference_missing(self):
        self.ensure_one()
        return not (self.client_order_ref or "").strip() and self._get_invoicing_way("invoice_reference") == "required"

    def _check_references(self, final=False):
        """Leave alone orders that there is nothing to invoice of.

        :raise UserError: naming the orders without the reference that their customer wants
        """
        self.filtered(
            lambda order: (
                order._is_reference_missing()
                and any(not line.display_type for line in order._get_invoiceable_lines(final))
            )
        )._refuse_missing_reference()

    def _refuse_missing_reference(self):
        """:raise UserError: naming these orders and what to do, unless there are none"""
        # Where a payment has come in there is nobody to ask: the invoice says that the reference is missing.
        if not self or not is_set_off_by_a_person(self.env):
            return
        lines = [self.env._("Enter the Customer Reference of these orders, then create the invoices again:")]
        for order in self:
            customer = order.partner_invoice_id.with_company(order.company_id)
            lines.append(
                self.env._(
                    "• %(order)s: %(customer)s wants this on each invoice: %(reference)s.",
                    order=order.name,
                    customer=customer.display_name,
                    reference=customer._get_invoice_reference_label(),
                )
            )
        raise UserError("\n".join(lines))
