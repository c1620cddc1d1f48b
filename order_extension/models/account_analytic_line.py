from odoo import api, models
from odoo.exceptions import UserError

from ..by_hand import is_by_hand

#: What moves recorded hours to a sold line, or makes them more.
HOURS_FIELDS = frozenset({"unit_amount", "so_line", "is_so_line_edited", "task_id", "project_id"})


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._answer_hours_beyond_order()
        return lines

    def write(self, vals):
        if HOURS_FIELDS.isdisjoint(vals) or "task_id" not in self._fields:
            return super().write(vals)
        # In sudo: those who record hours need not see what was sold.
        before = {line: (line.so_line, line.unit_amount) for line in self.sudo()}
        res = super().write(vals)
        raised = self.sudo().filtered(
            lambda line: line.so_line != before[line][0] or line.unit_amount > before[line][1]
        )
        self.browse(raised.ids)._answer_hours_beyond_order()
        return res

    def _answer_hours_beyond_order(self):
        """Do what the company wants to be done about hours beyond the sold ones.

        :raise UserError: if it wants none
        """
        if "task_id" not in self._fields:
            return  # without timesheets there are no hours
        # In sudo: those who record hours need not see what was sold.
        timesheets = self.sudo().filtered(lambda line: line.project_id and line.so_line)
        extended = timesheets.so_line._get_extended_lines()
        extended._refresh_hours_beyond_order()
        beyond = (timesheets.so_line | extended).filtered(
            lambda line: (
                line.hours_beyond_order
                and line.company_id.undocumented_hours_policy != "off"
                and not line._has_proceeding_extension()
            )
        )
        for line in beyond:
            # What Odoo records by itself is noted, not refused.
            if line.company_id.undocumented_hours_policy == "block" and is_by_hand(self.env):
                raise UserError(line._get_hours_refused_message(timesheets._get_tasks_of(line)[:1]))
        fresh = beyond.filtered(lambda line: line._get_sold_hours() > line.hours_noted_for)
        fresh._note_hours_beyond_order(timesheets._get_tasks_of(fresh))

    def _get_tasks_of(self, order_lines):
        """The tasks on which hours of ``order_lines`` are recorded."""
        return self.filtered(
            lambda line: line.so_line in order_lines or line.so_line._get_extended_lines() & order_lines
        ).task_id
