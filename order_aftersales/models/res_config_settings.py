from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What a company decides on about its order cycle: fields related to the company, defined by subject there."""

    _inherit = "res.config.settings"

    promise_expected_date = fields.Boolean(related="company_id.promise_expected_date", readonly=False)
