"""What time was spent on: the activity of the task or of the product, unless somebody says otherwise."""

from odoo import api, fields, models

from odoo.addons.order_extension.columns import add_column


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    activity_id = fields.Many2one(
        "order.activity",
        compute="_compute_activity_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        groups="base.group_user",
        help="What this time was spent on.",
    )
    # As with the order line of a timesheet: what a person has chosen stays when the task changes.
    is_activity_edited = fields.Boolean("Activity Chosen by Hand", groups="base.group_user")

    def _auto_init(self):
        """No task and no product has an activity when the add-on comes: entries are left alone, however many."""
        add_column(self, "activity_id")
        return super()._auto_init()

    @api.depends("task_id", "so_line", "project_id")
    def _compute_activity_id(self):
        for line in self:
            line.activity_id = line.activity_id if line.is_activity_edited else line._get_default_activity()

    def _get_default_activity(self):
        """The activity of the task, else of the service that is sold; only time has one by default."""
        self.ensure_one()
        if not self.project_id:
            return self.activity_id
        # In sudo: who records time need not see what was sold.
        sudo = self.sudo()
        activity = sudo.task_id.activity_id or sudo.so_line.product_id.activity_id
        return activity.filtered(lambda activity: activity.company_id.id in (False, self.company_id.id))

    @api.onchange("activity_id")
    def _onchange_activity_id(self):
        self._note_activity_edited()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # Forms send what they were given by default, too.
        lines.browse(
            line.id for line, vals in zip(lines, vals_list, strict=True) if "activity_id" in vals
        )._note_activity_edited()
        return lines

    def write(self, vals):
        res = super().write(vals)
        if "activity_id" in vals and "is_activity_edited" not in vals:
            self._note_activity_edited()
        return res

    def _note_activity_edited(self):
        """Keep in mind whose activity is not the one that it has by default."""
        for line in self:
            edited = line.activity_id != line._get_default_activity()
            if line.is_activity_edited != edited:
                line.is_activity_edited = edited
