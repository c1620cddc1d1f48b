from odoo import api, models
from odoo.tools import format_amount, format_date
from odoo.tools.misc import formatLang

#: Widths of the columns in percent, the same in all tables; the rest is for what a row is about.
WIDTHS = {
    "original": 10.5,
    "extensions": 9.5,
    "revised": 10.5,
    "actual": 8.5,
    "invoiced": 8.5,
    "forecast": 11.5,
    "deviation": 8.5,
    "deviation_share": 9.5,
}


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
            "show": self._show,
            "show_day": lambda day: format_date(self.env, day) if day else "",
            "money": lambda order, amount: format_amount(self.env, amount or 0.0, order.company_id.currency_id),
            "bars": self._get_bars,
            "widths": WIDTHS,
        }

    @api.model
    def _show(self, order, unit, value, column=""):
        """Return a figure as it is written in the user's language; a dash where there is none."""
        if value is None:
            return "–"
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
