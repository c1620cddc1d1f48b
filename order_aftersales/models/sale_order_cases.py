from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    case_ids = fields.One2many("order.case", "order_id", string="After-Sales Cases")
    case_count = fields.Integer(compute="_compute_case_count")

    def _compute_case_count(self):
        domain = [("order_id", "in", self.ids)]
        counts = dict(self.env["order.case"]._read_group(domain, ["order_id"], ["__count"]))
        for order in self:
            order.case_count = counts.get(order, 0)

    def action_view_cases(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("After-Sales Cases"),
            "res_model": "order.case",
            "view_mode": "list,kanban,form,activity",
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id, "search_default_open": 1},
        }
