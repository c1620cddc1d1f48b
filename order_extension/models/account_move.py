from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_view_source_sale_orders(self):
        """Who invoices need not sell."""
        return self.env["sale.order"]._open_in_form_to_read(super().action_view_source_sale_orders())
