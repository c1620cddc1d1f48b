from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    billing_check_policy = fields.Selection(related="company_id.billing_check_policy", readonly=False)
    billing_tolerance_rate = fields.Float(related="company_id.billing_tolerance_rate", readonly=False)
    billing_tolerance_amount = fields.Monetary(
        related="company_id.billing_tolerance_amount", readonly=False, currency_field="currency_id"
    )
