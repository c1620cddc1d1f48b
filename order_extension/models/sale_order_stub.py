from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"
    minor_items_amount = fields.Monetary(copy=False)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"
    is_minor_items_allowance = fields.Boolean()
