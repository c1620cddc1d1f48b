"""The lines of the pre-calculation, as a table to read: they are edited as the lines of the order that they are."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount
from odoo.tools.misc import format_duration

from ..localized import format_number
from .sale_order_line_plan import COST_GROUPS

_TABLE = Markup(
    '<div class="table-responsive"><table class="table table-sm mb-0"><thead><tr>{head}</tr></thead>'
    "<tbody>{body}</tbody></table></div>"
)
_HEAD = Markup('<th class="{css}">{label}</th>')
_ROW = Markup("<tr>{cells}</tr>")
_CELL = Markup('<td class="{css}">{value}</td>')
_NUMBER = "text-end text-nowrap"
_WIDE_ONLY = f"{_NUMBER} d-none d-md-table-cell"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # A second list of the same lines would be saved with the first one; this one can only be read.
    precalc_lines_html = fields.Html("Lines", compute="_compute_precalc_lines_html", sanitize=False, groups=COST_GROUPS)

    @api.depends_context("lang")
    @api.depends(
        "order_line.name", "order_line.sequence", "order_line.expected_hours", "order_line.expected_cost",
        "order_line.expected_revenue", "order_line.product_uom_qty",
    )  # fmt: skip
    def _compute_precalc_lines_html(self):
        for order in self:
            lines = order.order_line.filtered(lambda line: line._is_planned() and line.product_uom_qty)
            order.precalc_lines_html = order._render_precalc_lines(lines) if lines else False

    def _render_precalc_lines(self, lines):
        self.ensure_one()
        head = [
            ("", self.env._("Line")),
            (_WIDE_ONLY, self.env._("Expected Hours")),
            (_NUMBER, self.env._("Cost")),
            (_NUMBER, self.env._("Net Price")),
            (_WIDE_ONLY, self.env._("Margin")),
            (_NUMBER, self.env._("Margin %")),
        ]
        return _TABLE.format(
            head=Markup().join(_HEAD.format(css=css, label=label) for css, label in head),
            body=Markup().join(self._render_precalc_line(line) for line in lines),
        )

    def _render_precalc_line(self, line):
        currency = (self.company_id or self.env.company).currency_id
        share = f"{format_number(self.env, line.expected_margin_share * 100, 1)} %" if line.expected_revenue else "–"
        margin_css = "text-danger" if currency.compare_amounts(line.expected_margin, 0.0) < 0 else ""
        cost_css = "text-warning-emphasis fw-bold" if line._lacks_cost() else ""
        cells = [
            ("", (line.name or line.product_id.display_name or "").split("\n")[0]),
            (_WIDE_ONLY, format_duration(line.expected_hours) if line.expected_hours else ""),
            (f"{_NUMBER} {cost_css}", format_amount(self.env, line.expected_cost, currency)),
            (_NUMBER, format_amount(self.env, line.expected_revenue, currency)),
            (f"{_WIDE_ONLY} {margin_css}", format_amount(self.env, line.expected_margin, currency)),
            (f"{_NUMBER} {margin_css}", share),
        ]
        return _ROW.format(cells=Markup().join(_CELL.format(css=css, value=value) for css, value in cells))
