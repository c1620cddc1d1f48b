from odoo import api, fields, models
from odoo.exceptions import AccessError

#: Belong together: the rate lies between its limits.
RATE_FIELDS = ("minor_items_rate", "minor_items_rate_min", "minor_items_rate_max")


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    minor_items_auto = fields.Boolean(related="company_id.minor_items_auto", readonly=False)
    minor_items_rate = fields.Float(
        digits=(16, 6), compute="_compute_minor_items_rates", inverse="_inverse_minor_items_rates"
    )
    minor_items_rate_min = fields.Float(
        digits=(16, 6), compute="_compute_minor_items_rates", inverse="_inverse_minor_items_rates"
    )
    minor_items_rate_max = fields.Float(
        digits=(16, 6), compute="_compute_minor_items_rates", inverse="_inverse_minor_items_rates"
    )
    minor_items_product_id = fields.Many2one(
        "product.product", related="company_id.minor_items_product_id", readonly=False
    )
    minor_items_explanation = fields.Text(related="company_id.minor_items_explanation", readonly=False)
    minor_items_on_portal = fields.Boolean(related="company_id.minor_items_on_portal", readonly=False)
    minor_item_limit_amount = fields.Monetary(related="company_id.minor_item_limit_amount", readonly=False)
    minor_item_limit_minutes = fields.Integer(related="company_id.minor_item_limit_minutes", readonly=False)
    minor_item_customer_share = fields.Float(related="company_id.minor_item_customer_share", readonly=False)
    minor_item_material_markup = fields.Float(related="company_id.minor_item_material_markup", readonly=False)
    minor_item_service_id = fields.Many2one(
        "product.product", related="company_id.minor_item_service_id", readonly=False
    )
    follow_up_limit_amount = fields.Monetary(related="company_id.follow_up_limit_amount", readonly=False)
    follow_up_limit_days = fields.Float(related="company_id.follow_up_limit_days", readonly=False)
    follow_up_days = fields.Integer(related="company_id.follow_up_days", readonly=False)
    follow_up_max_contacts = fields.Integer(related="company_id.follow_up_max_contacts", readonly=False)
    extra_wording_minor_item = fields.Text(related="company_id.extra_wording_minor_item", readonly=False)
    extra_wording_change_order = fields.Text(related="company_id.extra_wording_change_order", readonly=False)
    extra_wording_follow_up = fields.Text(related="company_id.extra_wording_follow_up", readonly=False)
    extra_wording_decline = fields.Text(related="company_id.extra_wording_decline", readonly=False)
    extension_clause = fields.Html(related="company_id.extension_clause", readonly=False)
    withdrawal_notice = fields.Html(related="company_id.withdrawal_notice", readonly=False)
    undocumented_line_policy = fields.Selection(related="company_id.undocumented_line_policy", readonly=False)
    undocumented_hours_policy = fields.Selection(related="company_id.undocumented_hours_policy", readonly=False)
    change_order_approval_amount = fields.Monetary(related="company_id.change_order_approval_amount", readonly=False)
    change_order_reminder_days = fields.Integer(related="company_id.change_order_reminder_days", readonly=False)
    change_order_reminder_max = fields.Integer(related="company_id.change_order_reminder_max", readonly=False)

    @api.depends("company_id")
    def _compute_minor_items_rates(self):
        for settings in self:
            for field in RATE_FIELDS:
                settings[field] = settings.company_id[field]

    def _inverse_minor_items_rates(self):
        """Written together, as one of them alone may be out of the limits that it comes with."""
        for settings in self:
            settings.company_id.write({field: settings[field] for field in RATE_FIELDS})

    def action_use_recommended_controls(self):
        """Switch on what is recommended of the add-on whose page it is (in the context as ``controls_of``)."""
        self.ensure_one()
        # as Odoo asks it before it saves any setting
        if not self.env.is_admin():
            raise AccessError(self.env._("Only administrators can change the settings."))
        company = self.company_id
        company.write(company._get_recommended_controls().get(self.env.context.get("controls_of"), {}))
        return {"type": "ir.actions.client", "tag": "soft_reload"}
