from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..capacity import capacity_use, cost_rate, practical_hours


class OrderCapacityCost(models.Model):
    """What the capacity of a period costs, how much of it can be used in practice, and so what one hour costs."""

    _name = "order.capacity.cost"
    _description = "Cost of Capacity"
    _inherit = ["kept.fields.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.context_today(self).replace(day=1), index=True
    )
    date_to = fields.Date("To", required=True, compute="_compute_date_to", store=True, readonly=False, precompute=True)
    total_cost = fields.Monetary(
        "Cost of the Capacity",
        compute="_compute_proposal",
        store=True,
        readonly=False,
        precompute=True,
        help="Proposed: the working hours of the employees, absences left out, at their hourly cost. Better is what"
        " wages, vehicles and tools of this period really cost.",
    )
    theoretical_hours = fields.Float(
        compute="_compute_proposal",
        store=True,
        readonly=False,
        precompute=True,
        help="Proposed: the hours of the employees with an hourly cost, by their working schedules, absences left out.",
    )
    practical_share = fields.Float(
        "Practical Capacity",
        digits=(16, 6),
        compute="_compute_practical_share",
        store=True,
        readonly=False,
        precompute=True,
        help="Share of the hours that can be worked in practice, usually 80 to 85 %.",
    )
    practical_hours = fields.Float(compute="_compute_cost_rate", store=True, precompute=True)
    cost_rate = fields.Float(
        "Cost of an Hour",
        compute="_compute_cost_rate",
        store=True,
        precompute=True,
        aggregator=None,
        help="Cost of the capacity for each hour of practical capacity.",
    )

    # What became of it
    used_hours = fields.Float(
        "Used for Orders", compute="_compute_use", help="Timesheets of orders, and the time of favours."
    )
    used_cost = fields.Monetary("Cost Used", compute="_compute_use")
    internal_hours = fields.Float("Used inside", compute="_compute_use", help="Timesheets that belong to no order.")
    internal_cost = fields.Monetary("Cost Used inside", compute="_compute_use")
    idle_hours = fields.Float(
        "Idle", compute="_compute_use", help="Practical capacity that nobody recorded. Negative: an overload."
    )
    idle_cost = fields.Monetary("Cost of Idle Capacity", compute="_compute_use")

    _amounts_positive = models.Constraint(
        "CHECK(total_cost >= 0 AND theoretical_hours >= 0)", "The cost and the hours of a capacity can't be negative."
    )
    _practical_share_possible = models.Constraint(
        "CHECK(practical_share > 0 AND practical_share <= 1)",
        "The practical capacity is more than 0 and at most 100 % of the hours.",
    )

    # === COMPUTE ===

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for capacity in self:
            capacity.display_name = self.env._(
                "%(date_from)s to %(date_to)s",
                date_from=format_date(self.env, capacity.date_from),
                date_to=format_date(self.env, capacity.date_to),
            )

    @api.depends("date_from")
    def _compute_date_to(self):
        """By default a period is a month."""
        for capacity in self:
            if capacity.date_from and not (capacity.date_to and capacity.date_to >= capacity.date_from):
                capacity.date_to = capacity.date_from + relativedelta(months=1, day=1, days=-1)
            else:
                capacity.date_to = capacity.date_to

    @api.depends("company_id")
    def _compute_practical_share(self):
        for capacity in self:
            capacity.practical_share = capacity.company_id.practical_capacity_share

    @api.depends("company_id", "date_from", "date_to")
    def _compute_proposal(self):
        for capacity in self:
            capacity.theoretical_hours, capacity.total_cost = capacity._get_supplied_capacity()

    def _get_supplied_capacity(self):
        """Return hours and cost of the people who work in this period, by their working schedules."""
        self.ensure_one()
        if not self.company_id or not self.date_from or not self.date_to or self.date_from > self.date_to:
            return 0.0, 0.0
        # In sudo: what an employee costs is a question of personnel; the sum is for those who see all costs.
        employees = (
            self.env["hr.employee"].sudo().search([("company_id", "=", self.company_id.id), ("hourly_cost", ">", 0)])
        )
        if not employees:
            return 0.0, 0.0
        zone = pytz.timezone(self.company_id.resource_calendar_id.tz or "UTC")
        worked = employees._get_work_days_data_batch(
            zone.localize(datetime.combine(self.date_from, time.min)),
            zone.localize(datetime.combine(self.date_to, time.max)),
        )
        hours = {employee: worked[employee.id]["hours"] for employee in employees}
        cost = sum(employee.hourly_cost * number for employee, number in hours.items())
        return sum(hours.values()), self.company_id.currency_id.round(cost)

    @api.depends("total_cost", "theoretical_hours", "practical_share")
    def _compute_cost_rate(self):
        for capacity in self:
            capacity.practical_hours = practical_hours(capacity.theoretical_hours, capacity.practical_share)
            capacity.cost_rate = cost_rate(capacity.total_cost, capacity.practical_hours)

    @api.depends("total_cost", "practical_hours", "date_from", "date_to", "company_id")
    def _compute_use(self):
        rows = self.env["order.activity.report"]._read_group(
            [("capacity_id", "in", self.ids), ("kind", "in", ("order", "internal"))],
            ["capacity_id", "kind"],
            ["hours:sum"],
        )
        hours = {(capacity.id, kind): number for capacity, kind, number in rows}
        for capacity in self:
            used, internal = (hours.get((capacity._origin.id, kind), 0.0) for kind in ("order", "internal"))
            use = capacity_use(capacity.total_cost, capacity.practical_hours, used, internal)
            capacity.used_hours, capacity.internal_hours = used, internal
            capacity.used_cost, capacity.internal_cost = use.used_cost, use.internal_cost
            capacity.idle_hours, capacity.idle_cost = use.idle_hours, use.idle_cost

    # === CONSTRAINTS ===

    @api.constrains("company_id", "date_from", "date_to")
    def _check_period(self):
        self._keep_others_waiting()
        for capacity in self:
            if capacity.date_from > capacity.date_to:
                raise ValidationError(
                    self.env._(
                        "The capacity of %s ends before it starts. Please correct its days.", capacity.display_name
                    )
                )
            other = self.sudo().search(capacity._get_overlapping_domain(), limit=1)
            if other:
                raise ValidationError(
                    self.env._(
                        "For %(period)s there would be two costs of the same hour: %(other)s is there already. Choose"
                        " days that are in no other period.",
                        period=capacity.display_name,
                        other=other.display_name,
                    )
                )

    def _keep_others_waiting(self):
        """Let nobody else enter a period of these companies until this transaction ends.

        A lock alone is not enough: whoever has waited for it would still see the periods as they were before. A row
        that is written makes PostgreSQL send him back, and Odoo begin his request anew.
        """
        self.env.cr.execute(SQL("UPDATE res_company SET id = id WHERE id = ANY(%s)", self.company_id.ids))

    def _get_overlapping_domain(self):
        self.ensure_one()
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("id", "!=", self.id)
            & Domain("date_from", "<=", self.date_to)
            & Domain("date_to", ">=", self.date_from)
        )

    # === ACTIONS ===

    def action_propose(self):
        """Take hours and cost from the employees as they are now."""
        for capacity in self:
            hours, cost = capacity._get_supplied_capacity()
            capacity.write({"theoretical_hours": hours, "total_cost": cost})

    def action_view_activities(self):
        """What the hours of this period were spent on."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_postcalc.order_activity_report_action")
        return action | {"domain": [("capacity_id", "=", self.id)], "context": {}}
