from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    activity_id = fields.Many2one(
        "order.activity",
        index="btree_not_null",
        check_company=True,
        help="What the hours of this service are spent on. Its tasks and timesheets take it over.",
    )
    planned_hours_per_unit = fields.Float(
        "Planned Hours",
        help="Hours that one unit takes, for what is not sold by time. Plans and pre-calculations are made from it.",
    )

    is_sold_by_time = fields.Boolean(
        compute="_compute_is_sold_by_time", help="Its unit says how many hours it takes; none have to be planned."
    )

    _planned_hours_per_unit_positive = models.Constraint(
        "CHECK(planned_hours_per_unit >= 0)", "The planned hours of a product can't be negative."
    )

    @api.depends("uom_id")
    def _compute_is_sold_by_time(self):
        hour = self.env.ref("uom.product_uom_hour")
        for template in self:
            template.is_sold_by_time = bool(template.uom_id) and template.uom_id._has_common_reference(hour)
