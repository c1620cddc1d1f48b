from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    billing_check = fields.Boolean(related="company_id.billing_check", readonly=False)
    billing_tolerance_rate = fields.Float(related="company_id.billing_tolerance_rate", readonly=False)
    billing_tolerance_amount = fields.Monetary(
        related="company_id.billing_tolerance_amount", readonly=False, currency_field="currency_id"
    )
