from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.order_extension.columns import add_column

CLOSED_STATES = ("1_done", "1_canceled")


class ProjectTask(models.Model):
    _inherit = "project.task"

    # Odoo keeps when a task came to its last column, but not when it was ticked off.
    closed_on = fields.Datetime(compute="_compute_closed_on", store=True, copy=False, help="Done or cancelled since.")

    def _auto_init(self):
        """Of tasks that are closed already, take the best that is known."""
        if add_column(self, "closed_on"):
            self.env.cr.execute(
                SQL(
                    "UPDATE project_task SET closed_on = COALESCE(date_end, date_last_stage_update, write_date)"
                    " WHERE state IN %s",
                    CLOSED_STATES,
                )
            )
        return super()._auto_init()

    @api.depends("state")
    def _compute_closed_on(self):
        now = fields.Datetime.now()
        for task in self:
            task.closed_on = task.state in CLOSED_STATES and (task.closed_on or now)
