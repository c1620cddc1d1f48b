from odoo import api, fields, models


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    invoicing_ways = fields.Text(compute="_compute_invoicing_ways", help="How the customers want their invoices.")

    @api.depends("sale_order_ids")
    @api.depends_context("lang")
    def _compute_invoicing_ways(self):
        """Only what differs from what Odoo would do anyway."""
        for wizard in self:
            customers = {}
            for order in wizard.sale_order_ids._origin:
                partner = order.partner_invoice_id.with_company(order.company_id)
                customers[partner] = partner._get_invoicing_words() if partner else ""
            wizard.invoicing_ways = "\n".join(
                self.env._("%(customer)s: %(way)s", customer=partner.display_name, way=way)
                for partner, way in customers.items()
                if way
            )

    def _create_invoices(self, sale_orders):
        """A down payment is an invoice as well: the customer wants his reference on it."""
        if self.advance_payment_method != "delivered":
            sale_orders.filtered(lambda order: order._is_reference_missing())._refuse_missing_reference()
        return super()._create_invoices(sale_orders)
