"""How important an order is, and why: worked out whenever the order, its customer or its promised date changes.

What depends on today, and on other orders, is refreshed: see sale_order_priority_refresh.
"""

from odoo import api, fields, models

from odoo.addons.order_extension.columns import add_column

from ..priority import CRITERIA, Criterion, capacity_value, margin_value, promise_value, score, strategy_value
from .res_company_priority import WEIGHTS

#: Customers don't read how important they are.
PRIORITY_GROUPS = "base.group_user"
#: Order lines without any cost leave a margin of 100 %: it says that nothing is known.
ALL_MARGIN = 0.9999


class SaleOrder(models.Model):
    _inherit = "sale.order"

    priority_score = fields.Float(
        "Priority",
        compute="_compute_priority",
        store=True,
        copy=False,
        digits=(16, 0),
        aggregator="avg",
        groups=PRIORITY_GROUPS,
        help="How important this order is, from 0 to 100.",
    )
    priority_worked_out = fields.Float(
        "Priority Worked out",
        compute="_compute_priority",
        store=True,
        copy=False,
        digits=(16, 0),
        aggregator="avg",
        groups=PRIORITY_GROUPS,
        help="The priority that follows from the criteria, whatever a leader has set.",
    )
    #: Points and figures by criterion, no words: they are put together in the language of who reads them.
    #: Nobody reads them as they are: some of them, such as the margin, are not for all.
    priority_parts = fields.Json(compute="_compute_priority", store=True, copy=False, groups=fields.NO_ACCESS)
    priority_updated_on = fields.Datetime(
        "Priority of", compute="_compute_priority", store=True, copy=False, groups=PRIORITY_GROUPS
    )

    _priority_score_idx = models.Index("(priority_score DESC, id)")
    _priority_updated_on_idx = models.Index("(priority_updated_on)")

    def _auto_init(self):
        """The orders of years get no score at once: the job gives the open ones theirs."""
        for name in ("priority_score", "priority_worked_out", "priority_parts", "priority_updated_on"):
            add_column(self, name)
        return super()._auto_init()

    def _get_priority_depends(self):
        """Return what changes the score as soon as it changes."""
        optional = [name for name in ("margin_percent",) if name in self._fields]
        return [
            "state", "partner_id", "company_id", "commitment_date", "amount_untaxed", "user_id", "team_id", "tag_ids",
            "sale_order_template_id", "order_line.product_id", "order_line.product_uom_qty",
            "order_line.product_uom_id", "priority_override", "priority_override_on", *optional,
        ]  # fmt: skip

    @api.depends(lambda self: self._get_priority_depends())
    def _compute_priority(self):
        now = fields.Datetime.now()
        for company, orders in self.grouped("company_id").items():
            company = company or self.env.company
            goals = self.env["order.strategy.criterion"]._get_criteria_of(company)
            all_figures = orders.with_company(company)._get_priority_figures(company, goals)
            weights = dict(zip(CRITERIA, (company[name] for name in WEIGHTS), strict=True))
            unused = self._get_unused_criteria(company, goals)
            used = [name for name in CRITERIA if weights[name] and name not in unused]
            for order in orders:
                values = all_figures[order]
                total, points = score([Criterion(name, values[name][0], weights[name]) for name in CRITERIA])
                order.priority_worked_out = total
                order.priority_score = order.priority_override if order.priority_override_on else total
                order.priority_parts = {name: {"points": points.get(name), **values[name][1]} for name in used}
                order.priority_updated_on = now

    @api.model
    def _get_unused_criteria(self, company, goals):
        """The criteria that ``company`` doesn't use: nobody is told that nothing is known about them."""
        unused = set()
        if not goals:
            unused.add("strategy")
        if "margin_percent" not in self._fields or not company.priority_margin_target:
            unused.add("margin")
        if not company.capacity_department_ids:
            unused.add("capacity")
        return unused

    # === FIGURES ===

    def _get_priority_figures(self, company, goals):
        """Return by order and criterion: its value from 0 to 1 or None, and the figures behind it.

        The orders are those of ``company``, with its ``goals``; the number of queries doesn't depend on how many they
        are.
        """
        reached = self._get_goals_reached(goals)
        capacity = self._get_capacity_fit(company)
        return {
            order: {
                "customer": order.partner_id._get_importance(),
                "strategy": order._get_strategy_figures(reached),
                "margin": order._get_margin_figures(company),
                "capacity": order._get_capacity_figures(capacity),
                "promise": order._get_promise_figures(company),
            }
            for order in self
        }

    def _get_goals_reached(self, goals):
        """Return by goal which of these orders reach it. A goal that can't be read is left out."""
        reached = {goal: goal._get_orders_that_reach(self) for goal in goals}
        return {goal: orders for goal, orders in reached.items() if orders is not None}

    def _get_strategy_figures(self, reached):
        self.ensure_one()
        goals = {goal: self in orders for goal, orders in reached.items()}
        value = strategy_value([(goal.weight, is_reached) for goal, is_reached in goals.items()])
        return value, {"goals": {str(goal.id): is_reached for goal, is_reached in goals.items()}} if goals else {}

    def _get_margin_figures(self, company):
        self.ensure_one()
        known = "margin_percent" in self._fields and self.amount_untaxed and self.margin_percent < ALL_MARGIN
        value = margin_value(self.margin_percent if known else None, company.priority_margin_target)
        if value is None:
            return None, {}
        return value, {"share": round(self.margin_percent, 6), "target": company.priority_margin_target}

    def _get_capacity_figures(self, capacity):
        self.ensure_one()
        needed, free = capacity.get(self, (None, None))
        value = capacity_value(free, needed)
        return value, {} if value is None else {"needed": round(needed, 2), "free": round(max(free, 0.0), 2)}

    def _get_promise_figures(self, company):
        self.ensure_one()
        if not self.commitment_date:
            return None, {}
        promised = company._get_local_date(self.commitment_date)
        days_left = (promised - company._get_local_date(fields.Datetime.now())).days
        return promise_value(days_left), {"date": fields.Date.to_string(promised)}
