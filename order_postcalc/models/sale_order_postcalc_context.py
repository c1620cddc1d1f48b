"""What stands beside the figures of the sheet: open offers, who waits, how it came about, what came too late."""

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.order_extension.models.sale_order import OPEN_STATES

from ..sheet_figures import PLAN_KINDS

#: Tasks of other orders that are shown when hours overrun.
WAITING_AT_MOST = 8
#: More points than this make a chart slow and no clearer.
CHART_POINTS = 60


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_postcalc_pending(self):
        """Extensions that are offered or being written: not agreed, so not planned."""
        self.ensure_one()
        # In sudo: they are the order's, and the access to the order was checked.
        ChangeOrder = self.env["sale.change.order"].sudo()
        changes = ChangeOrder.search(
            Domain("order_id", "=", self.id) & Domain("state", "in", OPEN_STATES) & ChangeOrder._get_standing_domain()
        )
        states = dict(changes._fields["state"]._description_selection(self.env))
        rounding = self.company_id.currency_id.round
        rows = [
            {
                "id": change.id,
                "name": change.name,
                "title": change.title,
                "amount": rounding(self.sudo()._convert_to_company(change.amount_untaxed)),
                "hours": change._get_postcalc_hours(),
                "state": states[change.state],
            }
            for change in changes.sorted("number")
        ]
        return {"rows": rows, "amount": rounding(sum(row["amount"] for row in rows))}

    def _get_postcalc_chart(self, by_day, rounding):
        """What was spent and invoiced, added up over time, against the planned cost: by day, week or month."""
        self.ensure_one()
        points, cost, revenue = {}, 0.0, 0.0
        days = sorted(day for day in by_day if day)
        step = self._get_postcalc_chart_step(days)
        for day in days:
            actual, invoiced = by_day[day]
            cost += actual
            revenue += invoiced
            when = day if step == "day" else fields.Date.start_of(day, step)
            points[fields.Date.to_string(when)] = (rounding(cost), rounding(revenue))
        return {
            "step": step,
            "dates": list(points),
            "cost": [spent for spent, _billed in points.values()],
            "invoiced": [billed for _spent, billed in points.values()],
        }

    def _get_postcalc_chart_step(self, days):
        """By day, unless that makes too many points."""
        for step in ("day", "week"):
            if len({fields.Date.start_of(day, step) if step != "day" else day for day in days}) <= CHART_POINTS:
                return step
        return "month"

    def _get_postcalc_waiting(self):
        """Open tasks of other orders with a deadline, assigned to people who work on this order.

        Hours that this order takes too long are theirs.
        """
        self.ensure_one()
        # In sudo: who works where is no secret in the company, but a seller can't read the others' orders. Only what
        # waits and until when is shown, no names of people and no figures.
        order = self.sudo()
        users = order._get_postcalc_people()
        tasks = order.env["project.task"].search(
            Domain("user_ids", "in", users.ids)
            & Domain("is_closed", "=", False)
            & Domain("date_deadline", "!=", False)
            & Domain("sale_line_id.order_id", "not in", [False, order.id])
            & Domain("company_id", "in", [order.company_id.id, False])
            & Domain("sale_line_id.company_id", "=", order.company_id.id)
            # what a project is about that one has to be invited to is not told to others
            & Domain("project_id.privacy_visibility", "in", ["employees", "portal"]),
            order="date_deadline, id",
            limit=WAITING_AT_MOST,
        )
        return [
            {
                "order": task.sale_line_id.order_id.name,
                "task_id": task.id,
                "task": task.name,
                "deadline": self._get_postcalc_day(task.date_deadline),
            }
            for task in tasks
        ]

    def _get_postcalc_people(self):
        """Users who have recorded time on these orders or are assigned to a task of theirs that is open."""
        recorded = self.env["account.analytic.line"]._read_group(
            [("postcalc_order_id", "in", self.ids), ("project_id", "!=", False), ("user_id", "!=", False)], ["user_id"]
        )
        tasks = self.env["project.task"].search(
            [("sale_line_id.order_id", "in", self.ids), ("is_closed", "=", False), ("user_ids", "!=", False)]
        )
        return tasks.user_ids.union(*(user for (user,) in recorded))

    # === SINCE THE CLOSING ===

    def _get_postcalc_since_closing(self, sheet):
        """What came after the closing: new facts, and what was changed of old ones. None while the order runs."""
        self.ensure_one()
        closing = self.env["order.postcalc.closing"]._get_current(self)
        if not closing:
            return None
        rounding = self.company_id.currency_id.round
        later = self._get_postcalc_domain(
            ("kind", "not in", list(PLAN_KINDS)), ("recorded_on", ">", fields.Datetime.to_string(closing.closed_on))
        )
        facts = self.env["order.postcalc.report"]
        groups = facts._read_group(later, ["kind"], ["actual_hours:sum", "actual_cost:sum", "invoiced_revenue:sum"])
        labels = dict(facts._fields["kind"]._description_selection(self.env))
        rows = [
            {
                "key": kind,
                "label": labels[kind],
                "hours": round(hours or 0.0, 6),
                "cost": rounding(cost or 0.0),
                "invoiced": rounding(invoiced or 0.0),
                "domain": [*later, ("kind", "=", kind)],
            }
            for kind, hours, cost, invoiced in groups
        ]
        frozen, now = closing.sheet["total"]["cells"], sheet["total"]["cells"]
        whole = {
            "hours": round(now["hours"]["actual"] - frozen["hours"]["actual"], 6),
            "cost": rounding(now["cost"]["actual"] - frozen["cost"]["actual"]),
            "invoiced": rounding(now["revenue"]["invoiced"] - frozen["revenue"]["invoiced"]),
        }
        changed = {
            "hours": round(whole["hours"] - sum(row["hours"] for row in rows), 6),
            "cost": rounding(whole["cost"] - sum(row["cost"] for row in rows)),
            "invoiced": rounding(whole["invoiced"] - sum(row["invoiced"] for row in rows)),
        }
        if any(changed.values()):
            rows.append({"key": "changed", "label": self.env._("Changed or deleted since"), **changed, "domain": None})
        return {"closed_on": sheet["header"]["closed_on"], "rows": rows, **whole}


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    def _get_postcalc_hours(self):
        """Hours that this change order will add to the plan; what it reduces counts negative."""
        self.ensure_one()
        hours = 0.0
        for line in self._get_agreed_lines():
            if line.kind == "reduce":
                planned, ordered = line.order_line_id.planned_hours, line.order_line_id.product_uom_qty
                hours -= planned * line.quantity / ordered if ordered else 0.0
            else:
                hours += line.expected_hours
        return round(hours, 6)
