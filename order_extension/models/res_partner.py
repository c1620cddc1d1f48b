from odoo import fields, models

from .extra_limits_mixin import LIMIT_FIELDS


class ResPartner(models.Model):
    _name = "res.partner"
    # The first is here for the add-ons above, of which each keeps something on contacts.
    _inherit = ["kept.fields.mixin", "res.partner", "extra.limits.mixin"]

    no_follow_up = fields.Boolean(
        "No Follow-Ups", help="The customer doesn't wish to be contacted about further needs or open offers."
    )

    def _commercial_fields(self):
        """Agreed with the company, so true for all its contacts."""
        return [*super()._commercial_fields(), "own_extra_limits", *LIMIT_FIELDS, "no_follow_up"]

    def write(self, vals):
        res = super().write(vals)
        if vals.get("no_follow_up"):
            # In sudo: the customer's wish holds for everybody's opportunities.
            leads = self.env["crm.lead"].sudo()
            leads.search(
                [("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids)]
            )._drop_follow_ups()
        return res
