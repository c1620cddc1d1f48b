from odoo import models
from odoo.tools import SQL

from ..capture_rate import capture_rate, team_capture_rates
from ..report.order_extra_rows import extra_rows

#: Figures of a team are shown from this many people on: of two, each would know the other's.
TEAM_AT_LEAST = 3


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_capture_rate(self, date_from, date_to):
        """Return which share of the extra hours of these days is documented, or None without any.

        Both days included. Whatever the rights of the user: no order and no person can be told from it.
        """
        self.ensure_one()
        [(documented, undocumented)] = self.env.execute_query(
            SQL(
                "SELECT COALESCE(sum(documented_hours), 0), COALESCE(sum(undocumented_hours), 0)"
                " FROM (%s) extra WHERE company_id = %s AND date BETWEEN %s AND %s",
                extra_rows(self.env),
                self.id,
                date_from,
                date_to,
            )
        )
        return capture_rate(documented, undocumented)

    def _get_team_capture_rates(self, date_from, date_to):
        """Return the same by id of the department, of those with extra hours of three people or more."""
        self.ensure_one()
        self.env["hr.version"].flush_model(["department_id"])
        people = self.env.execute_query(
            SQL(
                "SELECT version.department_id, extra.employee_id, sum(documented_hours), sum(undocumented_hours)"
                " FROM (%s) extra JOIN hr_employee employee ON employee.id = extra.employee_id"
                " JOIN hr_version version ON version.id = employee.current_version_id"
                " WHERE extra.company_id = %s AND date BETWEEN %s AND %s AND version.department_id IS NOT NULL"
                " GROUP BY version.department_id, extra.employee_id",
                extra_rows(self.env),
                self.id,
                date_from,
                date_to,
            )
        )
        return team_capture_rates(people, at_least=TEAM_AT_LEAST)
