from odoo import api, fields, models

from odoo.addons.order_extension.columns import add_column


class ProjectTask(models.Model):
    _inherit = "project.task"

    activity_id = fields.Many2one(
        "order.activity",
        compute="_compute_activity_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        help="What the hours of this task are spent on, unless a timesheet says otherwise.",
    )

    def _auto_init(self):
        """No product has an activity when the add-on comes: tasks are left alone, however many."""
        add_column(self, "activity_id")
        return super()._auto_init()

    @api.depends("sale_line_id")
    def _compute_activity_id(self):
        for task in self:
            # In sudo: the order of his task is not a technician's to read.
            task.activity_id = task.activity_id or task.sudo().sale_line_id.product_id.activity_id

    @api.constrains("activity_id", "company_id")
    def _check_activity_company(self):
        """Tasks don't check their companies by themselves."""
        self._check_company(["activity_id"])
