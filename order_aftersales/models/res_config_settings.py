from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What a company decides on about its order cycle: fields related to the company, defined by subject there."""

    _inherit = "res.config.settings"

    # Nobody unattended
    attention_warn_hours = fields.Float(related="company_id.attention_warn_hours", readonly=False)
    attention_idle_days = fields.Float(related="company_id.attention_idle_days", readonly=False)
    is_attention_escalated = fields.Boolean(related="company_id.is_attention_escalated", readonly=False)
    attention_escalation_hours = fields.Float(related="company_id.attention_escalation_hours", readonly=False)
    attention_user_id = fields.Many2one(related="company_id.attention_user_id", readonly=False)
    is_attention_digest_sent = fields.Boolean(related="company_id.is_attention_digest_sent", readonly=False)

    # Promised dates
    promise_expected_date = fields.Boolean(related="company_id.promise_expected_date", readonly=False)

    # Priority of orders
    priority_weight_customer = fields.Float(related="company_id.priority_weight_customer", readonly=False)
    priority_weight_strategy = fields.Float(related="company_id.priority_weight_strategy", readonly=False)
    priority_weight_margin = fields.Float(related="company_id.priority_weight_margin", readonly=False)
    priority_weight_capacity = fields.Float(related="company_id.priority_weight_capacity", readonly=False)
    priority_weight_promise = fields.Float(related="company_id.priority_weight_promise", readonly=False)
    priority_margin_target = fields.Float(related="company_id.priority_margin_target", readonly=False)
    capacity_department_ids = fields.Many2many(related="company_id.capacity_department_ids", readonly=False)
