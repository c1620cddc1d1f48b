from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    postcalc_hour_cost = fields.Monetary(related="company_id.postcalc_hour_cost", readonly=False)
    margin_floor = fields.Float(related="company_id.margin_floor", readonly=False)
    margin_floor_policy = fields.Selection(related="company_id.margin_floor_policy", readonly=False)
    margin_erosion_threshold = fields.Float(related="company_id.margin_erosion_threshold", readonly=False)
    practical_capacity_share = fields.Float(related="company_id.practical_capacity_share", readonly=False)
    abc_share_a = fields.Float(
        digits=(16, 6), string="Class A up to", compute="_compute_abc_shares", inverse="_inverse_abc_shares"
    )
    abc_share_b = fields.Float(
        digits=(16, 6), string="Class B up to", compute="_compute_abc_shares", inverse="_inverse_abc_shares"
    )
    advice_months = fields.Integer(related="company_id.advice_months", readonly=False)
    advice_min_orders = fields.Integer(related="company_id.advice_min_orders", readonly=False)

    def _compute_abc_shares(self):
        for settings in self:
            settings.abc_share_a = settings.company_id.abc_share_a
            settings.abc_share_b = settings.company_id.abc_share_b

    def _inverse_abc_shares(self):
        """Written at once: one after the other they could be in the wrong order in between."""
        for settings in self:
            settings.company_id.write({"abc_share_a": settings.abc_share_a, "abc_share_b": settings.abc_share_b})
