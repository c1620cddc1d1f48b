"""The post-calculation sheet of an order: one dict of plain values for the screen, the PDF and the spreadsheet."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..sheet_figures import COLUMNS, COST_KINDS, MEASURES, PLAN_KINDS, REVENUE_KINDS, Figures, cells, ratio
from .sale_order_plan import COST_GROUPS
from .sale_order_postcalc_rows import ADVANCES, FAVOURS, NO_LINE

#: Domain of the facts behind a figure, by measure and column; where none is given, all facts of the row.
CELL_KINDS = {
    "original": ("plan",),
    "extensions": ("change",),
    "revised": PLAN_KINDS,
}
ACTUAL_KINDS = {"hours": ("labour", "minor"), "cost": COST_KINDS, "margin": (*COST_KINDS, *REVENUE_KINDS)}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    postcalc_margin_percent = fields.Float(
        "Margin at Completion",
        compute="_compute_postcalc_margin_percent",
        groups=COST_GROUPS,
        help="Margin expected at completion, as a share of the revenue expected then.",
    )

    def _compute_postcalc_margin_percent(self):
        confirmed = self.filtered(lambda order: order.state == "sale")
        rows = confirmed._get_postcalc_rows()
        for order in self:
            if order.id not in rows:
                order.postcalc_margin_percent = 0.0
                continue
            rounding = order.company_id.currency_id.round
            shown = cells(rows[order.id].total(rounding), rounding)
            order.postcalc_margin_percent = shown["margin_share"]["forecast"] or 0.0

    # === ACTIONS ===

    def action_view_postcalc_sheet(self):
        """Open the sheet of this order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_postcalc.order_postcalc_sheet_action")
        return action | {"context": {"active_id": self.id}}

    def action_open_postcalc_order(self):
        """Open this order from its sheet; who sees its figures may not see all of its form."""
        self.ensure_one()
        self._check_postcalc_access()
        return self.env["order.postcalc.report"]._open_record(self)

    def action_open_postcalc_change_order(self, change_order_id):
        """Open one of the change orders that the sheet names."""
        self.ensure_one()
        self._check_postcalc_access()
        # In sudo: which are the order's; it opens with the rights of the user.
        change = self.sudo().change_order_ids.filtered(lambda change: change.id == change_order_id)
        return self.env["order.postcalc.report"]._open_record(change.sudo(False)) if change else False

    def action_print_postcalc_sheet(self, closing_id=None):
        """Print the sheet of this order; with ``closing_id`` as it was frozen then."""
        self.ensure_one()
        self._check_postcalc_access()
        report = self.env.ref("order_postcalc.order_postcalc_sheet_report_action")
        frozen = {"order_id": self.id, "closing_id": closing_id}
        return report.report_action(self, data=frozen if closing_id else None)

    @api.readonly
    def get_postcalc_sheet(self, closing_id=None):
        """Return the sheet for the screen; with ``closing_id`` as it was frozen then.

        :raise AccessError: for whoever may not see what this order has cost
        """
        self.ensure_one()
        self._check_postcalc_access()
        if closing_id:
            closing = self.env["order.postcalc.closing"].search([("id", "=", closing_id), ("order_id", "=", self.id)])
            if closing:
                return closing._get_frozen_sheet()
        return self._get_postcalc_sheet()

    def _check_postcalc_access(self):
        self.env["order.postcalc.report"].check_access("read")
        self.check_access("read")

    # === THE SHEET ===

    def _get_postcalc_sheet(self):
        """Return everything that the sheet of this order shows, as plain values that can be kept as JSON.

        Amounts are in the currency of the company, without taxes. Whoever calls this has checked the access to the
        order; the facts are read with the user's rights.
        """
        self.ensure_one()
        rows = self._get_postcalc_rows(by_day=True)[self.id]
        rounding = self.company_id.currency_id.round
        total = cells(rows.total(rounding), rounding)
        sheet = {
            "header": self._get_postcalc_header(),
            "measures": self._get_postcalc_measures(),
            "columns": self._get_postcalc_columns(),
            "lines": self._get_postcalc_line_rows(rows.lines, rounding),
            "activities": self._get_postcalc_activity_rows(rows.activities, rounding),
            "kinds": self._get_postcalc_kind_rows(rows.kinds, rounding),
            "total": {
                "key": "total",
                "label": self.env._("Total"),
                "domain": self._get_postcalc_domain(),
                "cells": total,
            },
            "cell_domains": self._get_postcalc_cell_domains(),
            "committed_cost": rounding(sum(figures.committed_cost for figures in rows.lines.values())),
            "covered_cost": rounding(rows.covered),
            "per_hour": self._get_postcalc_per_hour(total, rounding),
            "unpaid_hours": self._get_postcalc_unpaid_hours(rows.kinds["labour"]),
            "favours": self._get_postcalc_favours(rows.kinds["minor"], rounding),
            "pending": self._get_postcalc_pending(),
            "advances": self._get_postcalc_advances(rows.lines.get(ADVANCES), rounding),
            "chart": self._get_postcalc_chart(rows.days, rounding),
        }
        sheet["unplanned"] = self._get_postcalc_unplanned(sheet["lines"], rounding)
        overrun = (total["hours"]["deviation"] or 0) > 0
        sheet["waiting"] = self._get_postcalc_waiting() if overrun else []
        sheet["since_closing"] = self._get_postcalc_since_closing(sheet)
        return sheet

    def _get_postcalc_header(self):
        self.ensure_one()
        # In sudo: a seller may not read every partner and colleague, but their names on his order.
        order = self.sudo()
        currency = order.company_id.currency_id
        states = dict(self._fields["postcalc_state"]._description_selection(self.env))
        return {
            "order_id": order.id,
            "order": order.name,
            "reference": order.client_order_ref or "",
            "customer": order.partner_id.display_name,
            "seller": order.user_id.name or "",
            "company": order.company_id.name,
            "ordered_on": self._get_postcalc_day(order.date_order),
            "promised_on": self._get_postcalc_day(order.commitment_date),
            "made_on": fields.Date.to_string(fields.Date.context_today(self)),
            "state": order.postcalc_state,
            "state_label": states[order.postcalc_state],
            "closed_on": self._get_postcalc_day(order.postcalc_closed_on),
            "closing_count": len(order.postcalc_closing_ids),
            "currency": {
                "id": currency.id,
                "name": currency.name,
                "symbol": currency.symbol,
                "position": currency.position,
                "digits": currency.decimal_places,
            },
            "can_close": order._can_close_postcalc(),
            "can_reopen": order._can_reopen_postcalc(),
            "can_export": self.env["order.postcalc.report"]._can_export(),
        }

    def _get_postcalc_day(self, moment):
        return fields.Date.to_string(fields.Datetime.context_timestamp(self, moment).date()) if moment else ""

    def _get_postcalc_measures(self):
        labels = {
            "hours": self.env._("Hours"),
            "cost": self.env._("Cost"),
            "revenue": self.env._("Revenue"),
            "margin": self.env._("Margin"),
            "margin_share": self.env._("Margin %"),
        }
        return [{"key": key, "label": labels[key], "unit": unit} for key, unit in MEASURES.items()]

    def _get_postcalc_columns(self):
        """Return the columns, each with what it means, in the order in which they are shown."""
        labels = {
            "original": (
                self.env._("Original Plan"),
                self.env._("Frozen when the order was confirmed."),
            ),
            "extensions": (
                self.env._("Extensions"),
                self.env._("Frozen with each signature. What is not signed is not planned."),
            ),
            "revised": (
                self.env._("Revised Plan"),
                self.env._("Original plan and signed extensions."),
            ),
            "actual": (
                self.env._("Actual"),
                self.env._("On record today. Actual margin is what is invoiced less what it has cost."),
            ),
            "invoiced": (
                self.env._("Invoiced"),
                self.env._("On posted invoices less credit notes; of the hours, those that an invoice pays for."),
            ),
            "forecast": (
                self.env._("At Completion"),
                self.env._(
                    "Actual plus what remains. Hours: planned less worked, none once the tasks are closed. Goods: the"
                    " planned cost of what is not delivered, or what is ordered from vendors if that is more. Revenue:"
                    " the agreed price, or what is invoiced if that is more."
                ),
            ),
            "deviation": (
                self.env._("Variance"),
                self.env._("At completion less revised plan."),
            ),
            "deviation_share": (
                self.env._("Variance %"),
                self.env._("Variance as a share of the revised plan."),
            ),
        }
        return [{"key": key, "label": labels[key][0], "help": labels[key][1]} for key in COLUMNS]

    def _get_postcalc_domain(self, *domain):
        return [("order_id", "=", self.id), *domain]

    def _get_postcalc_cell_domains(self):
        """Return by measure and column the domain of the facts behind a figure, besides that of its row."""
        result = {}
        for measure in MEASURES:
            columns = {column: [("kind", "in", list(kinds))] for column, kinds in CELL_KINDS.items()}
            if measure in ACTUAL_KINDS:
                columns["actual"] = [("kind", "in", list(ACTUAL_KINDS[measure]))]
            columns["invoiced"] = [("kind", "in", list(REVENUE_KINDS))]
            result[measure] = columns
        result["hours"]["invoiced"] = [("kind", "=", "labour"), ("invoiced_hours", "!=", 0)]
        return result

    # === ROWS ===

    def _prepare_postcalc_row(self, key, label, figures, rounding, domain, **values):
        return {
            "key": str(key),
            "label": label,
            "section": "",
            "domain": self._get_postcalc_domain(*domain),
            "cells": cells(figures.rounded(rounding), rounding),
            **values,
        }

    def _get_postcalc_line_rows(self, figures_by_key, rounding):
        """Rows by order line, those of an extension below its name, and what has no line at the end."""
        # In sudo: see _get_postcalc_rows.
        order = self.sudo()
        result = []
        # A favour and the allowance that pays for it are one row, as they are one thing to the customer.
        allowances = order.order_line.filtered("is_minor_items_allowance")
        known = (order.order_line - allowances).filtered(lambda line: figures_by_key.get(line.id))
        for line in known.sorted(lambda line: (line.change_order_id.id, line.sequence, line.id)):
            change = line.change_order_id
            result.append(
                self._prepare_postcalc_row(
                    line.id,
                    (line.name or line.product_id.display_name or "/").split("\n")[0],
                    figures_by_key[line.id],
                    rounding,
                    [("order_line_id", "=", line.id), ("kind", "!=", "downpayment")],
                    section=f"{change.name}: {change.title}" if change else "",
                )
            )
        no_line = [("order_line_id", "=", False), ("kind", "not in", ["minor", "downpayment"])]
        favours = list(
            Domain("kind", "=", "minor")
            | (Domain("order_line_id", "in", allowances.ids) & Domain("kind", "!=", "downpayment"))
        )
        advances = [("kind", "=", "downpayment")]
        others = {
            NO_LINE: (self.env._("Without an order line"), no_line),
            FAVOURS: (self.env._("Favours"), favours),
            ADVANCES: (self.env._("Down payments"), advances),
        }
        for key, (label, domain) in others.items():
            if figures_by_key.get(key):
                result.append(self._prepare_postcalc_row(key, label, figures_by_key[key], rounding, domain))
        return result

    def _get_postcalc_activity_rows(self, figures_by_activity, rounding):
        """Rows by activity, hours and cost only."""
        activities = self.env["order.activity"].browse(filter(None, figures_by_activity))
        # In sudo: the activity of a fact may be archived or another company's, and is shown all the same.
        rows = [
            (activity.id, activity.name, [("activity_id", "=", activity.id)])
            for activity in activities.sudo().sorted(lambda activity: (activity.sequence, activity.name))
        ]
        no_activity = [("activity_id", "=", False)]
        rows.append((False, self.env._("Without an activity"), no_activity))
        return self._get_postcalc_cost_rows(rows, figures_by_activity, rounding)

    def _get_postcalc_kind_rows(self, figures_by_kind, rounding):
        """Rows by kind of cost, hours and cost only."""
        labels = {
            "labour": self.env._("Working time"),
            "material": self.env._("Material"),
            "purchase": self.env._("Purchases"),
            "expense": self.env._("Expenses"),
            "other": self.env._("Other cost"),
            "minor": self.env._("Favours"),
        }
        rows = [(kind, labels[kind], self._get_postcalc_kind_domain(kind)) for kind in COST_KINDS]
        return self._get_postcalc_cost_rows(rows, figures_by_kind, rounding)

    def _get_postcalc_kind_domain(self, kind):
        """The facts of a kind of cost, and the plan of the lines for which it is planned."""
        lines = self.sudo().order_line.filtered(lambda line: line._get_postcalc_plan_kind() == kind)
        planned = Domain("kind", "in", PLAN_KINDS) & Domain("order_line_id", "in", lines.ids)
        return list(Domain("kind", "=", kind) | planned)

    def _get_postcalc_cost_rows(self, rows, figures_by_key, rounding):
        result = []
        for key, label, domain in rows:
            figures = figures_by_key.get(key) or Figures()
            row = self._prepare_postcalc_row(key, label, figures, rounding, domain)
            row["cells"] = {measure: row["cells"][measure] for measure in ("hours", "cost")}
            if any(value for measure in row["cells"].values() for value in measure.values()):
                result.append(row)
        return result

    # === WHAT STANDS APART ===

    def _get_postcalc_per_hour(self, total, rounding):
        """Margin and revenue per hour: planned, so far, at completion."""

        def per_hour(measure, column, actual_column):
            value = ratio(total[measure][actual_column], total["hours"][column])
            return value if value is None else rounding(value)

        return {
            "margin": {column: per_hour("margin", column, column) for column in ("revised", "actual", "forecast")},
            "revenue": {
                column: per_hour("revenue", column, "invoiced" if column == "actual" else column)
                for column in ("revised", "actual", "forecast")
            },
        }

    def _get_postcalc_unpaid_hours(self, labour):
        """Working hours that no posted invoice pays for; favours are counted apart."""
        return {
            "hours": round(labour.actual_hours - labour.invoiced_hours, 6),
            "domain": self._get_postcalc_domain(("kind", "=", "labour"), ("invoice_id", "=", False)),
        }

    def _get_postcalc_favours(self, minor, rounding):
        """How often, how long, at what cost and worth what the customer was done a favour, and what he has paid for."""
        # In sudo: it is the order's own ledger, and the access to the order was checked.
        order = self.sudo()
        [(count, value)] = order.env["sale.minor.item"]._read_group(
            [("order_id", "=", order.id), ("state", "=", "done")], [], ["__count", "value:sum"]
        )
        to_company = order._convert_to_company
        return {
            "count": count,
            "hours": round(minor.actual_hours, 6),
            "cost": rounding(minor.actual_cost),
            "value": rounding(to_company(value or 0.0)),
            "allowance": rounding(to_company(order.minor_items_amount)),
            "used": rounding(to_company(order.minor_items_used)),
            "left": rounding(to_company(order.minor_items_left)),
            "domain": self._get_postcalc_domain(("kind", "=", "minor")),
        }

    def _get_postcalc_advances(self, figures, rounding):
        """Down payments that are billed and not deducted yet."""
        return {
            "net": rounding(figures.invoiced_revenue) if figures else 0.0,
            "domain": self._get_postcalc_domain(("kind", "=", "downpayment")),
        }

    def _get_postcalc_unplanned(self, rows, rounding):
        """Cost for which nobody has planned anything; favours are counted apart."""
        unplanned = [
            {"key": row["key"], "label": row["label"], "cost": row["cells"]["cost"]["actual"], "domain": row["domain"]}
            for row in rows
            if row["key"] != FAVOURS and row["cells"]["cost"]["actual"] and not row["cells"]["cost"]["revised"]
        ]
        return {"rows": unplanned, "cost": rounding(sum(row["cost"] for row in unplanned))}
