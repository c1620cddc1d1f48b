from odoo import api, fields, models
from odoo.fields import Domain

from ..days import end_of_day


class ProjectTask(models.Model):
    _inherit = "project.task"

    promise_note = fields.Char(related="sale_order_id.promise_note")

    @api.model
    def _get_open_work_domain(self):
        """What still takes somebody's time. The hours of a part are in those of the task that it is a part of."""
        return (
            Domain("is_closed", "=", False)
            & Domain("is_template", "=", False)
            & (Domain("parent_id", "=", False) | Domain("parent_id.sale_order_id", "=", False))
        )

    def _get_open_hours(self):
        """Return the hours that are planned and not worked yet."""
        self.ensure_one()
        # Without timesheets nobody knows what is done of an open task.
        spent = self.total_hours_spent if "total_hours_spent" in self._fields else 0.0
        return max(self.allocated_hours - spent, 0.0)

    def _get_due(self):
        """Return until when this has to be done: its own deadline, else the promise of its order."""
        self.ensure_one()
        if self.date_deadline:
            return self.date_deadline
        order = self.sale_order_id
        if not order or not order._has_promise():
            return None
        return end_of_day(order.commitment_date, order._get_promise_tz())
