"""One row of a template's target costing: an activity, or the material."""

from odoo import api, fields, models

#: Facts of an order that are working time; every other cost is material and what is bought.
WORK_KINDS = ("labour", "minor")
COST_KINDS = (*WORK_KINDS, "material", "purchase", "expense", "other")
#: Averages are over all orders, not those of one seller.
AVERAGE_GROUPS = "order_postcalc.group_all"


class SaleOrderTemplateTarget(models.Model):
    _name = "sale.order.template.target"
    _description = "Target Cost of a Quotation Template"
    _order = "template_id, is_material, sequence, id"

    template_id = fields.Many2one("sale.order.template", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    is_material = fields.Boolean("Material", help="Goods, purchases and expenses, whatever they are used for.")
    activity_id = fields.Many2one("order.activity", ondelete="restrict", help="Empty: work without an activity.")
    share = fields.Float(digits=(16, 6), required=True, help="Part of the allowable cost.")
    currency_id = fields.Many2one(related="template_id.target_currency_id")
    allowable_cost = fields.Monetary(compute="_compute_figures", help="What this may cost, at the target margin.")
    allowable_hours = fields.Float(
        compute="_compute_figures",
        help="Hours that this cost pays for, at what an hour of the past orders has cost.",
    )
    actual_cost = fields.Monetary(
        compute="_compute_figures",
        groups=AVERAGE_GROUPS,
        help="Of the past orders from this template, at its net price.",
    )
    actual_hours = fields.Float(compute="_compute_figures", groups=AVERAGE_GROUPS)
    gap = fields.Monetary(
        compute="_compute_figures", groups=AVERAGE_GROUPS, help="By how much the past orders were more expensive."
    )

    _share_valid = models.Constraint(
        "CHECK(share >= 0 AND share <= 1)", "A share of the allowable cost must be between 0 and 100 %."
    )
    _row_unique = models.UniqueIndex(
        "(template_id, is_material, (COALESCE(activity_id, 0)))", "Each activity has one share of the allowable cost."
    )

    @api.depends_context("lang")
    @api.depends("activity_id", "is_material")
    def _compute_display_name(self):
        for target in self:
            if target.is_material:
                target.display_name = self.env._("Material")
            else:
                target.display_name = target.activity_id.name or self.env._("Work without an activity")

    @api.depends_context("company")
    @api.depends("share", "activity_id", "is_material", "template_id.target_cost", "template_id.target_ids.share")
    def _compute_figures(self):
        for template, targets in self.grouped("template_id").items():
            figures = template._get_target_figures()
            for target in targets:
                target.update(figures[target._get_key()])

    def _get_key(self):
        """What a row is about: "material", or the id of the activity (False for none)."""
        self.ensure_one()
        return "material" if self.is_material else self.activity_id.id
