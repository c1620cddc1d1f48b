from odoo import models


class ResConfigSettings(models.TransientModel):
    """What a company decides on about its order cycle: fields related to the company, defined by subject there."""

    _inherit = "res.config.settings"
