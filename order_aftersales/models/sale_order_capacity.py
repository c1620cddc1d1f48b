"""Whether the people who do the work have the hours for an order until its promised date."""

from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..priority import RunningTotal

#: Nobody plans further ahead in hours: what is promised for later is judged by what is free until then.
HORIZON_DAYS = 182
OPEN_TASK_STATES = ("01_in_progress", "02_changes_requested", "03_approved", "04_waiting_normal")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_capacity_fit(self, company):
        """Return by order of ``company`` the hours that it needs, and those free for it until its promised date.

        Free are the working hours of the people of the company's departments that do the work, less their absences,
        less what is left to do of the tasks that are due until then, but for the order's own. Orders without a
        promised date, or without hours, are left out.
        """
        # In sudo: hours of calendars, absences and tasks, of which only the sum is told.
        people = company.sudo()._get_capacity_people()
        orders = self.filtered("commitment_date")
        if not people or not orders:
            return {}
        needed = orders._get_hours_needed()
        orders = orders.filtered(lambda order: needed.get(order))
        if not orders:
            return {}
        promised = {order: company._get_local_date(order.commitment_date) for order in orders}
        now = fields.Datetime.now()
        last = company._get_local_date(now) + timedelta(days=HORIZON_DAYS)
        working = people._get_working_hours(company.sudo(), now, last)
        due, own = orders._get_hours_due(company, people, last)
        due = RunningTotal(due)
        fit = {}
        for order, day in promised.items():
            day = min(day, last)
            fit[order] = (needed[order], working.until(day) - due.until(day) + own[order._origin.id].until(day))
        return fit

    # === WHAT AN ORDER NEEDS ===

    def _get_hours_needed(self):
        """Return by order what is left to do of its tasks, else the hours that its lines sell."""
        left = self._get_hours_left_on_tasks()
        hour = self.env.ref("uom.product_uom_hour")
        return {
            order: left[order._origin.id]
            if order._origin.id in left
            else sum(line._get_hours_to_work(hour) for line in order.order_line)
            for order in self
        }

    def _get_hours_left_on_tasks(self):
        """Return the hours by id of the order, for those that have tasks with hours."""
        tasks = self.env["project.task"]
        query = tasks._search([("sale_order_id", "in", self._origin.ids)], bypass_access=True)
        order = tasks._field_to_sql("project_task", "sale_order_id", query)
        query.groupby = order
        query.having = SQL("SUM(%s) > 0", tasks._field_to_sql("project_task", "allocated_hours", query))
        left = SQL(
            "SUM(CASE WHEN %s IN %s THEN %s ELSE 0 END)",
            tasks._field_to_sql("project_task", "state", query),
            OPEN_TASK_STATES,
            tasks._get_hours_left_sql(query),
        )
        return dict(self.env.execute_query(query.select(order, left)))

    # === WHAT ELSE IS DUE ===

    def _get_hours_due(self, company, people, last):
        """Return the hours left by day on which they are due, and by id of these orders those of them that are its own.

        Counted are open tasks of these people, and those of the company that nobody has taken; what is late is due
        today. A task without a deadline is due when its order was promised.
        """
        tasks = self.env["project.task"]
        query = tasks._search(
            [
                ("state", "in", OPEN_TASK_STATES),
                ("is_template", "=", False),
                ("project_id", "!=", False),
                ("project_id.is_template", "=", False),
                "|",
                ("user_ids", "in", people.user_id.ids),
                "&",
                ("user_ids", "=", False),
                ("company_id", "=", company.id),
            ],
            bypass_access=True,
        )
        sale_order = query.left_join("project_task", "sale_order_id", "sale_order", "id", "sale_order_id")
        due = SQL(
            "COALESCE(%s, %s)::date",
            tasks._field_to_sql("project_task", "date_deadline", query),
            self._field_to_sql(sale_order, "commitment_date", query),
        )
        order = tasks._field_to_sql("project_task", "sale_order_id", query)
        own = SQL("CASE WHEN %s = ANY(%s) THEN %s END", order, self._origin.ids, order)
        query.add_where(SQL("%s <= %s", due, last))
        query.groupby = SQL("1, 2")
        rows = self.env.execute_query(query.select(due, own, SQL("SUM(%s)", tasks._get_hours_left_sql(query))))
        hours, own_hours = defaultdict(float), defaultdict(lambda: defaultdict(float))
        for day, order_id, left in rows:
            hours[day] += left
            if order_id:
                own_hours[order_id][day] += left
        own = defaultdict(lambda: RunningTotal({}))
        own.update({order_id: RunningTotal(by_day) for order_id, by_day in own_hours.items()})
        return hours, own
