from odoo import api, fields, models


class ProjectTask(models.Model):
    _inherit = "project.task"

    activity_id = fields.Many2one(
        "order.activity",
        compute="_compute_activity_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        help="What the hours of this task are spent on, unless a timesheet says otherwise.",
    )

    @api.depends("sale_line_id")
    def _compute_activity_id(self):
        for task in self:
            # In sudo: the order of his task is not a technician's to read.
            task.activity_id = task.activity_id or task.sudo().sale_line_id.product_id.activity_id
