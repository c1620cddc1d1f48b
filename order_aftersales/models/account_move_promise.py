from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    promise_info = fields.Text(
        "Promised", compute="_compute_promise_info", help="What the orders on this invoice were promised for."
    )

    @api.depends_context("lang")
    @api.depends("invoice_line_ids.sale_line_ids.order_id.commitment_date")
    def _compute_promise_info(self):
        for move in self:
            # In sudo: who does the invoices has to know, whoever's order it is.
            orders = move.sudo().invoice_line_ids.sale_line_ids.order_id
            move.promise_info = "\n".join(filter(None, (order._get_promise_words() for order in orders))) or False
