"""Who recorded a fact is for his coach: to others, other coaches included, it is nobody's."""

from dataclasses import replace

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class OrderPostcalcReport(models.Model):
    _inherit = "order.postcalc.report"

    def _get_sources(self):
        """The column is for the group of coaches only, and for a coach it has the employees whom he coaches."""
        sources = super()._get_sources()
        if self.env.su or not self.env.user.has_group("order_postcalc.group_coach"):
            return sources
        coached = list(self._get_coached_employees()._ids)
        return [
            replace(source, values=source.values | {"employee_id": self._only_among(employee, coached)})
            if (employee := source.values.get("employee_id"))
            else source
            for source in sources
        ]

    @api.model
    def _get_coached_employees(self):
        # In sudo: a coach may not read all employees, and here it is about whose coach he is.
        Employee = self.env["hr.employee"].sudo().with_context(active_test=False)
        user = self.env.uid
        return Employee.search(Domain("coach_id.user_id", "=", user) | Domain("parent_id.user_id", "=", user))

    @api.model
    def _only_among(self, value, ids):
        return SQL("CASE WHEN %s = ANY(%s) THEN %s END", value, ids, value)
