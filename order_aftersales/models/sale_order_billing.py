"""An order whose invoice is held: its seller, who has agreed on the price, sees why."""

from odoo import api, fields, models

from odoo.addons.order_extension.columns import add_column


class SaleOrder(models.Model):
    _inherit = "sale.order"

    has_held_invoice = fields.Boolean(
        "Invoice Held",
        compute="_compute_has_held_invoice",
        store=True,
        copy=False,
        compute_sudo=True,
        help="A draft bills what was not delivered or not agreed.",
    )
    held_invoice_summary = fields.Html(
        "What the Held Invoices Bill", compute="_compute_held_invoice_summary", compute_sudo=True
    )

    _has_held_invoice_idx = models.Index("(company_id) WHERE has_held_invoice")

    def _auto_init(self):
        """No invoice is held yet."""
        add_column(self, "has_held_invoice")
        return super()._auto_init()

    @api.depends("order_line.invoice_lines.move_id.is_billing_held")
    def _compute_has_held_invoice(self):
        for order in self:
            held = any(order.order_line.invoice_lines.move_id.mapped("is_billing_held"))
            if not order.id or held != order.has_held_invoice:
                order.has_held_invoice = held

    @api.depends("has_held_invoice")
    @api.depends_context("lang")
    def _compute_held_invoice_summary(self):
        for order in self:
            held = order.has_held_invoice and order.order_line.invoice_lines.move_id.filtered("is_billing_held")
            order.held_invoice_summary = held and held._render_billing_issues(held._get_billing_issue_lines())
