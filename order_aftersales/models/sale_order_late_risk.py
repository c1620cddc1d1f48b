"""Whether the promise of a running order may not be kept, and why: looked up when somebody looks at it."""

from collections import defaultdict
from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

from ..days import end_of_day, local_day
from ..late_risk import Outlook, WorkingTime, late_risks

#: Beyond that nobody knows the working times, and no hours are short.
HORIZON = timedelta(days=366)
CLOSED_TASKS = ("1_done", "1_canceled")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    late_risk = fields.Text(
        "Why it May Be Late",
        compute="_compute_late_risk",
        help="From open hours, working hours left, what its people have to do besides, and goods that are missing.",
    )
    is_late_risk = fields.Boolean("May Be Late", compute="_compute_late_risk")

    @api.depends_context("lang")
    @api.depends("commitment_date", "state", "delivered_on")
    def _compute_late_risk(self):
        outlooks = self.filtered(lambda order: order._is_promise_running())._get_outlooks()
        for order in self:
            outlook = outlooks.get(order.id)
            risks = late_risks(outlook) if outlook else ()
            order.is_late_risk = bool(risks)
            order.late_risk = "\n".join(order._get_risk_words(code, figure) for code, figure in risks) or False

    def _is_promise_running(self):
        """Whether something is promised that has not been delivered yet."""
        self.ensure_one()
        return bool(self.id) and self._has_promise() and self._is_promise_open()

    def _get_risk_words(self, code, figure):
        _ = self.env._
        hours = formatLang(self.env, figure, digits=1)
        if figure == 1 and code in ("passed", "missing", "goods"):
            return {
                "passed": _("The promised day was yesterday."),
                "missing": _("Goods that are neither in stock nor on their way: one product."),
                "goods": _("The last goods are expected one day after the promised day."),
            }[code]
        words = {
            "passed": _("The promised day has passed (%s days ago).", figure),
            "missing": _("Goods that are neither in stock nor on their way: %s products.", figure),
            "goods": _("The last goods are expected %s days after the promised day.", figure),
            "hours": _("The open work takes %s hours longer than there is working time until then.", hours),
            "capacity": _("The people on it have promised %s hours more than they can work until then.", hours),
        }
        return words[code]

    # === WHAT IS KNOWN ===

    def _get_outlooks(self):
        """Return the :class:`Outlook` of each of these orders by id, read for all of them together."""
        if not self:
            return {}
        # In sudo: that the people are busy elsewhere counts, even where the user may not see with what.
        orders = self.sudo()
        now = fields.Datetime.now()
        ends = {order: end_of_day(order.commitment_date, order._get_promise_tz()) for order in orders}
        tasks = orders._get_open_tasks()
        tasks_of = tasks.grouped("sale_order_id")
        loads = tasks.user_ids._get_promised_hours()
        hours_left = orders._get_hours_left(now, ends)
        goods = orders._get_missing_goods()
        outlooks = {}
        for order in orders:
            own = tasks_of.get(order, tasks.browse())
            people = own.user_ids
            outlooks[order.id] = Outlook(
                today=local_day(now, order._get_promise_tz()),
                promised=order._get_promised_day(order.commitment_date),
                open_hours=sum(task._get_open_hours() for task in own),
                hours_left=hours_left[order],
                people=len(people),
                load_hours=sum(hours for user in people for due, hours in loads.get(user.id, ()) if due <= ends[order]),
                goods=tuple(expected and local_day(expected, order._get_promise_tz()) for expected in goods[order.id]),
            )
        return outlooks

    def _get_open_tasks(self):
        return self.env["project.task"].search(
            Domain("sale_order_id", "in", self.ids) & self.env["project.task"]._get_open_work_domain()
        )

    def _get_hours_left(self, now, ends):
        """Return the working hours of one person from ``now`` until the promised day of each order ends."""
        hours_left = {}
        for calendar, orders in self.grouped(lambda order: order.company_id.resource_calendar_id).items():
            last = min(max(ends[order] for order in orders), now + HORIZON)
            if not calendar or last <= now:
                hours_left.update(dict.fromkeys(orders, 0.0))
                continue
            start, stop = now.replace(tzinfo=UTC), last.replace(tzinfo=UTC)
            intervals = calendar._work_intervals_batch(start, stop)[False]
            working_time = WorkingTime(
                [(begin, end) for begin, end, _meta in intervals], hours=lambda span: span.total_seconds() / 3600
            )
            for order in orders:
                hours_left[order] = working_time.until(ends[order].replace(tzinfo=UTC))
        return hours_left

    def _get_missing_goods(self):
        """Return by id of the order when each of the goods that are not there is expected; None if never."""
        moves = self.env["stock.move"].search(
            [
                ("sale_line_id.order_id", "in", self.ids),
                ("state", "in", ("waiting", "confirmed", "partially_available")),
                ("location_dest_id.usage", "=", "customer"),
                ("product_id.is_storable", "=", True),
            ]
        )
        goods = defaultdict(dict)
        for move in moves:
            expected = move._get_expected_goods()
            if expected is not False:
                # Of several moves of the same goods the worst counts.
                known = goods[move.sale_line_id.order_id.id]
                if move.product_id not in known:
                    known[move.product_id] = expected
                elif expected is None or known[move.product_id] is None:
                    known[move.product_id] = None
                else:
                    known[move.product_id] = max(expected, known[move.product_id])
        return defaultdict(tuple, {order_id: tuple(known.values()) for order_id, known in goods.items()})
