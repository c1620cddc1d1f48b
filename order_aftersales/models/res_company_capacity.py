from pytz import timezone

from odoo import models

from ..days import local_day


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_tz(self):
        """The name of the time zone in which this company works: its days end there."""
        self.ensure_one()
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

    def _get_zone(self):
        return timezone(self._get_tz())

    def _get_local_date(self, moment):
        """The day of ``moment``, in UTC, as this company sees it."""
        return local_day(moment, self._get_tz())

    def _get_capacity_people(self):
        """The people of the departments that do the work, and of those below."""
        self.ensure_one()
        if not self.capacity_department_ids:
            return self.env["hr.employee"]
        return self.env["hr.employee"].search(
            [("department_id", "child_of", self.capacity_department_ids.ids), ("company_id", "=", self.id)]
        )
