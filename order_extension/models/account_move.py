from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    # Here, for the add-ons above: each of them keeps something on invoices.
    _inherit = ["kept.fields.mixin", "account.move"]

    def action_view_source_sale_orders(self):
        """Who invoices need not sell."""
        return self.env["sale.order"]._open_in_form_to_read(super().action_view_source_sale_orders())
