"""From facts to rows: what each line of an order was planned to take, has taken, and will have taken.

For one order and for many alike: the number of queries doesn't depend on either.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models

from odoo.addons.project.models.project_task import CLOSED_STATES

from ..forecast import Progress, cover, remaining_cost, remaining_favours, remaining_hours, remaining_revenue
from ..sheet_figures import Figures, total

#: Measures of a fact, and the name of the figure that each adds to.
MEASURES = {
    "actual_hours": "actual_hours",
    "actual_cost": "actual_cost",
    "committed_cost": "committed_cost",
    "invoiced_hours": "invoiced_hours",
    "invoiced_revenue": "invoiced_revenue",
}
PLAN_PREFIXES = {"plan": "original", "change": "extension"}
#: Rows of what no line of the order has; favours and the allowance that is sold for them are one.
NO_LINE, FAVOURS, ADVANCES = "none", "favours", "advances"
#: Orders of which everything is invoiced.
INVOICED = ("invoiced", "upselling")
#: Cost of an order as a whole that is usually for its goods.
GOODS_KINDS = ("material", "purchase", "other")


@dataclass
class PostcalcRows:
    """The figures of one order, by what they are shown by: hours and cost add up to the same total in each dict."""

    lines: dict = field(default_factory=lambda: defaultdict(Figures))
    activities: dict = field(default_factory=lambda: defaultdict(Figures))
    kinds: dict = field(default_factory=lambda: defaultdict(Figures))
    #: Actual cost and invoiced revenue by day, where they are asked for.
    days: dict = field(default_factory=lambda: defaultdict(lambda: (0.0, 0.0)))
    #: Cost without a line that counts towards goods still to come.
    covered: float = 0.0

    def total(self, rounding):
        return total((figures.rounded(rounding) for figures in self.lines.values()), rounding)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_postcalc_rows(self, by_day=False):
        """Return the :class:`PostcalcRows` by id of the order, with what each day brought if that is asked for."""
        # In sudo: lines, products and tasks say what the facts belong to. The facts, which are the figures, are read
        # with the user's own rights.
        orders = self.sudo()
        facts, days = self._get_postcalc_fact_groups(by_day)
        progress = orders._get_postcalc_progress()
        allowances = set(orders.order_line.filtered("is_minor_items_allowance").ids)
        result = {}
        for order in orders:
            rows = result[order.id] = PostcalcRows()
            rows.days.update(days.get(order.id, {}))
            by_line = defaultdict(list)
            for (line_id, kind, activity_id), figures in facts.get(order.id, {}).items():
                key = self._get_postcalc_row_key(line_id, kind, allowances)
                by_line[key].append((kind, activity_id, figures))
                rows.lines[key] += figures
                rows.activities[activity_id] += figures
                rows.kinds[kind if kind not in PLAN_PREFIXES else progress[line_id].plan_kind] += figures
            order._add_postcalc_remaining(rows, by_line, progress)
        return result

    def _get_postcalc_fact_groups(self, by_day):
        """Return figures by (line id, kind, activity id), and (cost, revenue) by day; both by id of the order.

        In one query, as to plan it takes the database longer than to run it.
        """
        plan_measures = ("planned_hours", "planned_cost", "planned_revenue")
        measures = (*MEASURES, *plan_measures)
        groups = self.env["order.postcalc.report"]._read_group(
            [("order_id", "in", self.ids)],
            ["order_id", "order_line_id", "kind", "activity_id", *(["date:day"] if by_day else [])],
            [f"{measure}:sum" for measure in measures],
        )
        result, days = defaultdict(lambda: defaultdict(Figures)), defaultdict(dict)
        for order, line, kind, activity, *found in groups:
            day, sums = (found[0], found[1:]) if by_day else (None, found)
            values = {name: value or 0.0 for name, value in zip(measures, sums, strict=True)}
            figures = Figures(**{figure: values[measure] for measure, figure in MEASURES.items()})
            if prefix := PLAN_PREFIXES.get(kind):
                for measure in plan_measures:
                    setattr(figures, measure.replace("planned", prefix), values[measure])
            result[order.id][line.id, kind, activity.id] += figures
            if by_day and kind not in PLAN_PREFIXES:
                cost, revenue = days[order.id].get(day, (0.0, 0.0))
                days[order.id][day] = (cost + figures.actual_cost, revenue + figures.invoiced_revenue)
        return result, days

    def _get_postcalc_row_key(self, line_id, kind, allowances):
        """The row in which a fact is shown: that of its line, else one of those for what has no line.

        :param set allowances: ids of the lines that sell an allowance for favours
        """
        if kind == "downpayment":
            return ADVANCES
        if kind == "minor" or line_id in allowances:
            return FAVOURS
        return line_id or NO_LINE

    # === PROGRESS ===

    def _get_postcalc_progress(self):
        """Return how far each line has come by its id; False stands for what has no line."""
        lines = self.order_line
        closed = self._get_postcalc_closed_tasks(lines)
        result = defaultdict(lambda: LineProgress("purchase", Progress()))
        for order in self:
            own = {line: closed[line.id] for line in order.order_line if line.id in closed}
            # Hours sold with goods are worked on the tasks of the other lines.
            all_closed = bool(own) and all(own.values())
            for line in order.order_line:
                is_over = order._is_postcalc_over() or own.get(line, all_closed and line._is_postcalc_labour())
                is_worked = is_over or own.get(line, all_closed)
                result[line.id] = LineProgress(
                    line._get_postcalc_plan_kind(),
                    line._get_postcalc_progress(is_over),
                    hours_are_over=is_worked,
                    is_done=line._is_postcalc_delivered() or (line.product_id.type == "service" and is_worked),
                )
        return result

    def _are_favours_over(self, progress):
        """Whether no favour is expected any more: everything is delivered and invoiced, or the order is closed."""
        self.ensure_one()
        if self._is_postcalc_over():
            return True
        # What lowers the price is neither delivered nor worked.
        sold = self.order_line.filtered(
            lambda line: line._is_planned() and not line.is_minor_items_allowance and line.price_subtotal >= 0
        )
        return self.invoice_status in INVOICED and all(progress[line.id].is_done for line in sold)

    def _is_postcalc_over(self):
        """Whether nothing more is expected, whatever the plan says."""
        self.ensure_one()
        return self.postcalc_state == "closed"

    def _get_postcalc_closed_tasks(self, lines):
        """Return whether all tasks of a line are closed, by id of the line; lines without tasks are left out."""
        groups = (
            self.env["project.task"]
            .sudo()
            ._read_group([("sale_line_id", "in", lines.ids)], ["sale_line_id", "state"], ["__count"])
        )
        result = {}
        for line, state, _count in groups:
            result[line.id] = result.get(line.id, True) and state in CLOSED_STATES
        return result

    # === WHAT REMAINS ===

    def _add_postcalc_remaining(self, rows, by_line, progress):
        """Add to the figures of each line what remains of it, and the same to its activity and its kind of cost."""
        self.ensure_one()
        rounding = self.company_id.currency_id.round
        remaining = {
            key: _Remaining.of(facts, rows.lines[key], progress[key])
            for key, facts in by_line.items()
            if key not in (ADVANCES, FAVOURS)
        }
        if unassigned := remaining.get(NO_LINE):
            goods = [part for part in remaining.values() if part is not unassigned and part.plan_kind != "labour"]
            booked = unassigned.cost + sum(
                figures.actual_cost for kind, _activity, figures in by_line[NO_LINE] if kind in GOODS_KINDS
            )
            for part, left in zip(goods, cover([part.expected for part in goods], booked, rounding), strict=True):
                rows.covered += rounding(part.expected) - left
                part.cost -= rounding(part.expected) - left
        if FAVOURS in by_line:
            remaining[FAVOURS] = self._get_postcalc_remaining_favours(rows.lines[FAVOURS], progress)
        for key, part in remaining.items():
            figures = Figures(
                remaining_hours=part.hours, remaining_cost=rounding(part.cost), remaining_revenue=part.revenue
            )
            rows.lines[key] += figures
            rows.activities[part.activity_id] += figures
            rows.kinds[part.plan_kind] += figures
        if ADVANCES in rows.lines:
            # What was paid in advance is deducted from what is still to be invoiced.
            rows.lines[ADVANCES].remaining_revenue = -rows.lines[ADVANCES].invoiced_revenue

    def _get_postcalc_remaining_favours(self, figures, progress):
        """The allowance is what favours are planned with: those that were done are not expected again."""
        self.ensure_one()
        return _Remaining(
            plan_kind="minor",
            activity_id=self.env["order.activity"]._get_favour().id,
            hours=0.0,
            cost=remaining_favours(figures.planned_cost, figures.actual_cost, self._are_favours_over(progress)),
            expected=0.0,
            revenue=remaining_revenue(figures.planned_revenue, figures.invoiced_revenue, Progress()),
        )


@dataclass(frozen=True)
class LineProgress:
    """What is known of a line besides its facts.

    :param str plan_kind: the kind of cost that its plan is of
    :param Progress progress: how far it has come
    :param bool hours_are_over: no more hours will be worked on it
    :param bool is_done: it is delivered in full, or nobody will work on it any more
    """

    plan_kind: str
    progress: Progress
    hours_are_over: bool = False
    is_done: bool = False


@dataclass
class _Remaining:
    """What remains of a line; of its cost, `expected` comes from the plan and the rest is ordered from vendors."""

    plan_kind: str
    activity_id: int
    hours: float
    cost: float
    expected: float
    revenue: float

    @classmethod
    def of(cls, facts, figures, line):
        labour = sum(facts_of.actual_cost for kind, _activity, facts_of in facts if kind == "labour")
        cost = remaining_cost(
            figures.planned_hours,
            figures.planned_cost,
            figures.actual_hours,
            labour,
            figures.actual_cost - labour,
            figures.committed_cost,
            line.progress,
        )
        activities = [activity for kind, activity, _figures in facts if kind in PLAN_PREFIXES and activity]
        return cls(
            plan_kind=line.plan_kind,
            activity_id=activities[0] if activities else False,
            hours=remaining_hours(figures.planned_hours, figures.actual_hours, Progress(is_over=line.hours_are_over)),
            cost=cost,
            expected=max(cost - figures.committed_cost, 0),
            revenue=remaining_revenue(figures.planned_revenue, figures.invoiced_revenue, line.progress),
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_postcalc_labour(self):
        """Whether the plan of this line is one of working hours, not of goods or of services bought as a whole."""
        self.ensure_one()
        return self.product_id.type == "service" and bool(self.planned_hours)

    def _get_postcalc_plan_kind(self):
        """The kind of cost that is planned for this line."""
        self.ensure_one()
        product = self.product_id
        if self.is_minor_items_allowance:
            return "minor"
        if product.type != "service":
            return "material"
        # Only when purchasing is installed can a service be bought for the order.
        bought = "service_to_purchase" in product._fields and product.service_to_purchase
        return "purchase" if bought else "labour"

    def _get_postcalc_progress(self, is_over):
        self.ensure_one()
        ordered = self.product_uom_qty
        by_delivery = self.product_id.invoice_policy == "delivery" or self.is_expense
        return Progress(
            is_labour=self._is_postcalc_labour(),
            is_over=is_over,
            delivered=self.qty_delivered / ordered if ordered else 1.0,
            delivered_revenue=self._get_postcalc_delivered_revenue() if by_delivery else None,
        )

    def _is_postcalc_delivered(self):
        self.ensure_one()
        unit = self.product_uom_id
        return bool(unit) and unit.compare(self.qty_delivered, self.product_uom_qty) >= 0

    def _get_postcalc_delivered_revenue(self):
        """What is delivered, at its net price, in the currency of the company."""
        self.ensure_one()
        price = self.price_subtotal / self.product_uom_qty if self.product_uom_qty else self.price_reduce_taxexcl
        return self.company_id.currency_id.round(self.qty_delivered * price / (self.order_id.currency_rate or 1.0))
