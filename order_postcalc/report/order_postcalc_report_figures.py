"""Figures that are worked out of the sums, so that they are right whatever the facts are grouped by."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

RATIOS = {
    "margin_share": ("margin", "invoiced_revenue"),
    "revenue_per_hour": ("invoiced_revenue", "actual_hours"),
    "margin_per_hour": ("margin", "actual_hours"),
    "cost_per_hour": ("actual_cost", "actual_hours"),
    "hours_deviation_share": ("hours_deviation", "planned_hours"),
    "cost_deviation_share": ("cost_deviation", "planned_cost"),
}
DIFFERENCES = {
    "hours_deviation": ("actual_hours", "planned_hours"),
    "cost_deviation": ("actual_cost", "planned_cost"),
}
#: What is less is the rounding of minutes and cents.
TOLERANCE = 0.005


class OrderPostcalcReport(models.Model):
    _name = "order.postcalc.report"
    _inherit = ["order.postcalc.report", "order.ratio.mixin"]

    hours_deviation = fields.Float(
        "Variance in Hours", compute="_compute_ratios", help="Actual hours less planned ones, extensions included."
    )
    cost_deviation = fields.Monetary(
        "Variance in Cost", compute="_compute_ratios", help="Actual cost less planned cost, extensions included."
    )
    hours_deviation_share = fields.Float(
        "Variance in Hours (%)", compute="_compute_ratios", aggregator="avg", help="In relation to the planned hours."
    )
    cost_deviation_share = fields.Float(
        "Variance in Cost (%)", compute="_compute_ratios", aggregator="avg", help="In relation to the planned cost."
    )
    margin_share = fields.Float(
        "Margin (%)", compute="_compute_ratios", aggregator="avg", help="In relation to the invoiced revenue."
    )
    revenue_per_hour = fields.Monetary(
        "Revenue per Hour", compute="_compute_ratios", aggregator="avg", help="Invoiced revenue by hour worked."
    )
    margin_per_hour = fields.Monetary(
        "Margin per Hour", compute="_compute_ratios", aggregator="avg", help="Margin by hour worked."
    )
    cost_per_hour = fields.Monetary(
        "Cost of an Hour", compute="_compute_ratios", aggregator="avg", help="Of working time, favours apart."
    )
    has_overrun = fields.Boolean(
        "Order with Overrun",
        compute="_compute_has_overrun",
        search="_search_has_overrun",
        exportable=False,
        help="The order takes more hours or costs more than was planned with it and its extensions.",
    )

    def _get_ratios(self):
        return super()._get_ratios() | RATIOS

    def _get_differences(self):
        return super()._get_differences() | DIFFERENCES

    def _get_ratio_condition(self, name, query):
        if name == "cost_per_hour":
            # Material has a cost and no hours: it is not what an hour costs.
            return SQL("%s = 'labour'", self._field_to_sql(self._table, "kind", query))
        return super()._get_ratio_condition(name, query)

    # === ORDERS WITH OVERRUN ===

    def _compute_has_overrun(self):
        domain = Domain("order_id", "in", self.order_id.ids) & Domain("has_overrun", "=", True)
        orders = {order.id for (order,) in self._read_group(domain, ["order_id"])}
        for fact in self:
            fact.has_overrun = fact.order_id.id in orders

    @api.model
    def _search_has_overrun(self, operator, value):
        if operator != "in":
            return NotImplemented
        facts = self._search(Domain("order_id", "!=", False))
        hours, cost, planned_hours, planned_cost = (
            SQL("SUM(%s)", self._get_measure_sql(name, facts))
            for name in ("hours_deviation", "cost_deviation", "planned_hours", "planned_cost")
        )
        facts.groupby = order = self._field_to_sql(self._table, "order_id", facts)
        # Without a plan there is nothing to go beyond.
        facts.having = SQL(
            "(%(planned_hours)s > 0 AND %(hours)s > %(tolerance)s)"
            " OR (%(planned_cost)s > 0 AND %(cost)s > %(tolerance)s)",
            planned_hours=planned_hours,
            planned_cost=planned_cost,
            hours=hours,
            cost=cost,
            tolerance=TOLERANCE,
        )
        orders = facts.select(order)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s IN (%s)", model._field_to_sql(alias, "order_id", query), orders)
        )
