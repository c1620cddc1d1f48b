from odoo import api, models
from odoo.tools import format_amount, format_date
from odoo.tools.misc import formatLang

#: Widths of the columns in percent; the rest is for what a row is about. The longest heads of a language fit.
WIDTHS = {
    "original": 9.5,
    "extensions": 10,
    "revised": 10.5,
    "actual": 9.5,
    "invoiced": 11,
    "forecast": 11,
    "deviation": 11,
    "deviation_share": 8,
}
#: Columns that are written with their sign.
VARIANCES = ("deviation", "deviation_share")
#: What is shown from line to line, by measure.
BY_LINE = {
    "hours": ("revised", "actual"),
    "cost": ("revised", "actual", "forecast", "deviation"),
    "revenue": ("revised", "invoiced"),
    "margin": ("forecast",),
}
#: Activities and kinds of cost have hours and cost only.
BY_COST = {"hours": ("revised", "actual", "deviation"), "cost": ("revised", "actual", "forecast", "deviation")}
#: Of the width of a page, in percent, for all the figures of a row.
FIGURES_WIDTH = 76


class OrderPostcalcSheetReport(models.AbstractModel):
    """The sheet on paper: the same figures as on the screen."""

    _name = "report.order_postcalc.report_order_postcalc_sheet"
    _description = "Post-Calculation Sheet"

    @api.model
    def _get_report_values(self, docids, data=None):
        closing_id = (data or {}).get("closing_id")
        if closing_id:
            docids = [data["order_id"]]
        orders = self.env["sale.order"].browse(docids)
        sheets = {order.id: order.get_postcalc_sheet(closing_id) for order in orders}
        return {
            "doc_ids": docids,
            "doc_model": "sale.order",
            "docs": orders,
            "get_sheet": lambda order: sheets[order.id],
            "get_title": lambda header: f"{self.env._('Post-Calculation')} {header['order']}",
            "show": self._show,
            "show_day": lambda day: format_date(self.env, day) if day else "",
            "money": lambda order, amount: format_amount(self.env, amount or 0.0, order.company_id.currency_id),
            "bars": self._get_bars,
            "widths": WIDTHS,
            "get_tables": self._get_tables,
        }

    @api.model
    def _get_tables(self, sheet):
        """Return the tables behind the first page, each with all measures of a row side by side."""
        measures = {measure["key"]: measure for measure in sheet["measures"]}
        return [
            {
                "name": name,
                "title": title,
                "rows": sheet[rows],
                "measures": [measures[key] | {"columns": columns} for key, columns in shown.items()],
                "count": sum(map(len, shown.values())),
                "width": round(FIGURES_WIDTH / sum(map(len, shown.values())), 2),
            }
            for name, title, rows, shown in (
                ("by_kind", self.env._("By Kind of Cost"), "kinds", BY_COST),
                ("by_activity", self.env._("By Activity"), "activities", BY_COST),
                ("by_line", self.env._("By Line"), "lines", BY_LINE),
            )
        ]

    @api.model
    def _show(self, order, unit, value, column=""):
        """Return a figure as it is written in the user's language; a dash where there is none, a sign at a variance."""
        if value is None:
            return "–"
        sign = "+" if column in VARIANCES and value > 0 else ""
        return sign + self._show_unsigned(order, unit, value, column)

    @api.model
    def _show_unsigned(self, order, unit, value, column):
        if column == "deviation_share" or (unit == "share" and column != "deviation"):
            return f"{formatLang(self.env, value * 100, digits=1)} %"
        if unit == "share":
            return self.env._("%s pts", formatLang(self.env, value * 100, digits=1))
        if unit == "hours":
            return formatLang(self.env, value, digits=2)
        return formatLang(self.env, value, currency_obj=False, digits=order.company_id.currency_id.decimal_places)

    @api.model
    def _get_bars(self, sheet):
        """Return planned, actual and expected cost by kind, as percentages of the longest bar."""
        columns = ("revised", "actual", "forecast")
        longest = max((abs(row["cells"]["cost"][column]) for row in sheet["kinds"] for column in columns), default=0)
        return [
            {
                "label": row["label"],
                "bars": [
                    (column, row["cells"]["cost"][column], 100 * max(row["cells"]["cost"][column], 0) / (longest or 1))
                    for column in columns
                ],
            }
            for row in sheet["kinds"]
        ]
