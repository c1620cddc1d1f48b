from odoo import fields, models
from odoo.tools import SQL

from .order_extra_rows import DEPENDS, MEASURES, extra_rows


class OrderPeopleReport(models.Model):
    """What an employee gives away and records, by month, for those who coach or manage him, and for nobody else.

    It is there to help: whoever can hardly say no gets the office to say it. So it goes by name and is no ranking.
    """

    _name = "order.people.report"
    _inherit = ["order.fact.mixin", "order.ratio.mixin"]
    _description = "Coaching"
    _auto = False
    _order = "employee_name, date desc, id"
    _rec_name = "employee_id"

    employee_id = fields.Many2one("hr.employee", readonly=True)
    employee_name = fields.Char("Name", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    coach_user_id = fields.Many2one("res.users", "Coach", readonly=True)
    manager_user_id = fields.Many2one("res.users", "Manager", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date("Month", readonly=True)
    favours = fields.Integer(readonly=True)
    favours_goodwill = fields.Integer("Favours as Goodwill", readonly=True, help="Beyond what the customer has paid.")
    goodwill_share = fields.Float(
        compute="_compute_ratios", aggregator="avg", help="Share of the favours that is goodwill."
    )
    favour_hours = fields.Float("Hours of Favours", readonly=True)
    favour_value = fields.Monetary("Value of Favours", readonly=True, help="What they would have been billed at.")
    favour_cost = fields.Monetary("Cost of Favours", readonly=True)
    extensions = fields.Integer("Extensions Recorded", readonly=True)
    extensions_signed = fields.Integer(readonly=True)
    follow_ups = fields.Integer("Follow-Ups", readonly=True, help="Wishes passed on to the seller.")
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

    _depends = DEPENDS | {"hr.employee": [*DEPENDS["hr.employee"], "name", "coach_id", "parent_id"]}

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT person.*, person.documented_hours + person.undocumented_hours AS extra_hours
              FROM (
                SELECT employee.id::bigint * 65536
                       + (EXTRACT(YEAR FROM extra.date) * 12 + EXTRACT(MONTH FROM extra.date))::integer AS id,
                       employee.id AS employee_id, employee.name AS employee_name, version.department_id,
                       coach.user_id AS coach_user_id, manager.user_id AS manager_user_id,
                       employee.company_id, company.currency_id, date_trunc('month', extra.date)::date AS date,
                       %(measures)s
                  FROM (%(rows)s) extra
                  JOIN hr_employee employee
                    ON employee.id = extra.employee_id AND employee.company_id = extra.company_id
                  JOIN res_company company ON company.id = employee.company_id
                  LEFT JOIN hr_version version ON version.id = employee.current_version_id
                  LEFT JOIN hr_employee coach ON coach.id = employee.coach_id
                  LEFT JOIN hr_employee manager ON manager.id = employee.parent_id
                 GROUP BY employee.id, employee.name, version.department_id, coach.user_id, manager.user_id,
                       employee.company_id, company.currency_id, date_trunc('month', extra.date),
                       EXTRACT(YEAR FROM extra.date), EXTRACT(MONTH FROM extra.date)
              ) person
            """,
            rows=extra_rows(self.env),
            measures=SQL(", ").join(
                SQL("sum(extra.%(name)s) AS %(name)s", name=SQL.identifier(name)) for name in MEASURES
            ),
        )

    def _get_ratios(self):
        return super()._get_ratios() | {
            "goodwill_share": ("favours_goodwill", "favours"),
            "capture_rate": ("documented_hours", "extra_hours"),
        }
