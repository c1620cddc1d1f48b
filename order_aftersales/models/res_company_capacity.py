from pytz import timezone, utc

from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_zone(self):
        """The time zone in which this company works."""
        self.ensure_one()
        return timezone(self.resource_calendar_id.tz or self.partner_id.tz or "UTC")

    def _get_local_date(self, moment):
        """The day of ``moment``, in UTC, as this company sees it."""
        return utc.localize(moment).astimezone(self._get_zone()).date()

    def _get_capacity_people(self):
        """The people of the departments that do the work, and of those below."""
        self.ensure_one()
        if not self.capacity_department_ids:
            return self.env["hr.employee"]
        return self.env["hr.employee"].search(
            [("department_id", "child_of", self.capacity_department_ids.ids), ("company_id", "=", self.id)]
        )
