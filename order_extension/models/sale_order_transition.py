"""What is decided about an order: written by actions, and by nobody, whatever his rights."""

from odoo import api, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "transition.mixin"]

    _transition_key = "order_decision"

    def _get_transition_message(self, name, label):
        return self.env._(
            "“%s” of an order can't be written directly: it follows from a decision, such as an approval.", label
        )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self.browse()._without_transition_fields(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._without_transition_fields(vals))
