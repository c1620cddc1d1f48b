from odoo import fields, models

from .extra_limits_mixin import LIMIT_FIELDS


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "extra.limits.mixin"]

    no_follow_up = fields.Boolean(
        "No Follow-Ups", help="The customer doesn't wish to be contacted about further needs or open offers."
    )

    def _commercial_fields(self):
        """Agreed with the company, so true for all its contacts."""
        return [*super()._commercial_fields(), "own_extra_limits", *LIMIT_FIELDS, "no_follow_up"]
