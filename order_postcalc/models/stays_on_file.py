"""Who has approved, closed or applied something stays on file: they are archived when they leave, not deleted."""

from odoo import fields, models


class OrderAllowanceAdvice(models.Model):
    _inherit = "order.allowance.advice"

    applied_by_id = fields.Many2one(ondelete="restrict")


class OrderPostcalcClosing(models.Model):
    _inherit = "order.postcalc.closing"

    reopened_by_id = fields.Many2one(ondelete="restrict")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    margin_override_by_id = fields.Many2one(ondelete="restrict")
    margin_request_by_id = fields.Many2one(ondelete="restrict")
