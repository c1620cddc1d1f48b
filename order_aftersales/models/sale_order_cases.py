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
            **self.env["ir.actions.actions"]._for_xml_id("order_aftersales.order_case_action"),
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id, "search_default_open": 1},
        }
