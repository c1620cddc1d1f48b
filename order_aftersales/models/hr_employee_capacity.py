from collections import defaultdict
from datetime import datetime, timedelta

from pytz import utc

from odoo import models, tools

from ..priority import RunningTotal


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    def _get_working_hours(self, company, moment, last):
        """Return the working hours of all of them from ``moment`` until the day ``last``, less absences.

        Going through the calendars of many takes as long as everything else about an order together; it is done once
        an hour, and when a calendar or an absence has changed.
        """
        moment = moment.replace(minute=0, second=0, microsecond=0)
        return self._get_working_hours_of(tuple(self.ids), company, moment, last, self._get_calendars_stamp(company))

    @tools.ormcache("people_ids", "company.id", "moment", "last", "stamp")
    def _get_working_hours_of(self, people_ids, company, moment, last, stamp):
        zone = company._get_zone()
        start, end = (
            utc.localize(moment),
            zone.localize(datetime.combine(last + timedelta(days=1), datetime.min.time())),
        )
        hours = defaultdict(float)
        people = self.browse(people_ids)
        intervals, _calendars = people.resource_id._get_valid_work_intervals(start, end)
        for each in intervals.values():
            for begin, stop, _attendance in each:
                hours[begin.astimezone(zone).date()] += (stop - begin).total_seconds() / 3600
        return RunningTotal(hours)

    def _get_calendars_stamp(self, company):
        """Return what changes when anything changes on which the working hours of these people depend."""
        calendars = self.resource_calendar_id | company.resource_calendar_id
        domains = {
            "hr.version": [("employee_id", "in", self.ids)],
            "resource.calendar": [("id", "in", calendars.ids)],
            "resource.calendar.attendance": [("calendar_id", "in", calendars.ids)],
            "resource.calendar.leaves": [
                "|",
                ("resource_id", "in", self.resource_id.ids),
                "&",
                ("resource_id", "=", False),
                ("company_id", "in", (company.id, False)),
            ],
        }
        return tuple(
            self.env[model]._read_group(domain, [], ["__count", "write_date:max"])[0]
            for model, domain in domains.items()
        )
