from odoo import models
from odoo.tools import SQL


class ProjectTask(models.Model):
    _inherit = "project.task"

    def _get_hours_left_sql(self, query):
        """What is left of a task's own hours: those of its subtasks are theirs, and more than done is not less."""
        spent = SQL("0")
        if "effective_hours" in self._fields:
            spent = SQL("COALESCE(%s, 0)", self._field_to_sql("project_task", "effective_hours", query))
        return SQL(
            """GREATEST(
                COALESCE(%s, 0) - %s - COALESCE((
                    SELECT SUM(subtask.allocated_hours)
                      FROM project_task subtask
                     WHERE subtask.parent_id = project_task.id AND subtask.active
                ), 0),
                0
            )""",
            self._field_to_sql("project_task", "allocated_hours", query),
            spent,
        )
