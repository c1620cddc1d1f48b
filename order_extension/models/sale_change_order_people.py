"""Who has sent, approved or cancelled something stays on file: they are archived when they leave, not deleted."""

from odoo import fields, models


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    sent_by_id = fields.Many2one(ondelete="restrict")
    signed_device_user_id = fields.Many2one(ondelete="restrict")
    cancelled_by_id = fields.Many2one(ondelete="restrict")
    proceed_recorded_by_id = fields.Many2one(ondelete="restrict")
    approval_requested_by_id = fields.Many2one(ondelete="restrict")
    approved_by_id = fields.Many2one(ondelete="restrict")
    approval_refused_by_id = fields.Many2one(ondelete="restrict")


class SaleMinorItem(models.Model):
    _inherit = "sale.minor.item"

    cancelled_by_id = fields.Many2one(ondelete="restrict")
