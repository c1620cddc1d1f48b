from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """Odoo writes all that it has found on the contacts. What follows from other entries is not among it."""
        return super()._update_values(src_partners, dst_partner._leave_out_kept_fields())
