from odoo import fields, models
from odoo.tools import SQL

from ..models.res_company_capture_rate import TEAM_AT_LEAST
from .order_extra_rows import DEPENDS, extra_rows


class OrderTeamReport(models.Model):
    """How much of the extra work the teams document, by quarter. Small teams are left out: they would be persons."""

    _name = "order.team.report"
    _inherit = ["order.fact.mixin", "order.ratio.mixin"]
    _description = "Capture Rate per Team"
    _auto = False
    _order = "date desc, department_id"
    _rec_name = "department_id"

    department_id = fields.Many2one("hr.department", "Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date("Quarter", readonly=True)
    people = fields.Integer(readonly=True, aggregator=None, help="With extra hours in this quarter.")
    documented_hours = fields.Float(
        "Extra Hours Documented", readonly=True, help="Of favours, and of extensions that were offered or signed."
    )
    undocumented_hours = fields.Float(
        "Extra Hours Not Documented",
        readonly=True,
        help="Recorded beyond what was ordered, without a signature. Shared over those who recorded on the line.",
    )
    extra_hours = fields.Float(readonly=True)
    capture_rate = fields.Float(
        compute="_compute_ratios", aggregator="avg", help="Share of the extra hours that is documented."
    )

    _depends = DEPENDS | {
        "hr.employee": [*DEPENDS["hr.employee"], "current_version_id"],
        "hr.version": ["department_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT team.*, team.documented_hours + team.undocumented_hours AS extra_hours
              FROM (
                SELECT (version.department_id::bigint * 65536 + employee.company_id) * 16384
                       + (EXTRACT(YEAR FROM extra.date) * 4 + EXTRACT(QUARTER FROM extra.date))::integer AS id,
                       version.department_id, employee.company_id, date_trunc('quarter', extra.date)::date AS date,
                       count(DISTINCT employee.id)::integer AS people,
                       sum(extra.documented_hours) AS documented_hours,
                       sum(extra.undocumented_hours) AS undocumented_hours
                  FROM (%s) extra
                  JOIN hr_employee employee
                    ON employee.id = extra.employee_id AND employee.company_id = extra.company_id
                  JOIN hr_version version ON version.id = employee.current_version_id
                 WHERE version.department_id IS NOT NULL
                   AND (extra.documented_hours > 0 OR extra.undocumented_hours > 0)
                 GROUP BY version.department_id, employee.company_id, date_trunc('quarter', extra.date),
                       EXTRACT(YEAR FROM extra.date), EXTRACT(QUARTER FROM extra.date)
                HAVING count(DISTINCT employee.id) >= %s
              ) team
            """,
            extra_rows(self.env),
            TEAM_AT_LEAST,
        )

    def _get_ratios(self):
        return super()._get_ratios() | {"capture_rate": ("documented_hours", "extra_hours")}
