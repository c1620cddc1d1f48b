from collections import defaultdict
from datetime import datetime, timedelta

from pytz import utc

from odoo import fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    def _get_working_hours_by_day(self, company, last):
        """Return the working hours of all of them from now until the day ``last``, less absences, by day."""
        zone = company._get_zone()
        start = utc.localize(fields.Datetime.now())
        end = zone.localize(datetime.combine(last + timedelta(days=1), datetime.min.time()))
        hours = defaultdict(float)
        if end <= start:
            return hours
        intervals, _calendars = self.resource_id._get_valid_work_intervals(start, end)
        for each in intervals.values():
            for begin, stop, _attendance in each:
                hours[begin.astimezone(zone).date()] += (stop - begin).total_seconds() / 3600
        return hours
