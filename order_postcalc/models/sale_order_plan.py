"""Freezing the plan: at the confirmation of an order, and at each signature."""

from odoo import api, fields, models

from odoo.addons.order_extension.private_context import private

from .sale_order_line_plan import COST_GROUPS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    plan_ids = fields.One2many("order.postcalc.plan", "order_id", string="Frozen Plan", groups=COST_GROUPS)

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        if any(vals.get("state") == "sale" for vals in vals_list):
            orders.filtered(lambda order: order.state == "sale")._freeze_plan()
        return orders

    def write(self, vals):
        """The state tells when it is agreed, whichever way it is reached."""
        agreed = self.browse()
        if vals.get("state") == "sale":
            agreed = self.filtered(lambda order: order.state != "sale")
        res = super().write(vals)
        agreed._freeze_plan()
        return res

    def _freeze_plan(self):
        """Keep what is planned for these orders, as they were agreed now, extensions signed before included."""
        # In sudo: whoever confirms need not see costs.
        orders = self.sudo()
        # A confirmation takes the place of an earlier one; signed extensions stay agreed.
        void = orders.plan_ids.filtered(lambda plan: not plan.change_order_id)
        void.with_context(agreement_is_void=private()).unlink()
        plans = [line._prepare_plan_vals() for line in orders.order_line if line._is_planned()]
        # What an extension brought is in the plan already.
        self.env["order.postcalc.plan"].sudo().create(
            [vals for vals in plans if vals["hours"] or vals["cost"] or vals["revenue"]]
        )
