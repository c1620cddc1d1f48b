"""What is ordered, for all departments that work on it: without prices."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import formatLang


class SaleOrder(models.Model):
    _inherit = "sale.order"

    ordered_summary = fields.Html(
        "What Is Ordered",
        compute="_compute_ordered_summary",
        # In sudo: Odoo shows project managers the services only, and who takes an order on has to know all of it. They
        # get the names and quantities of orders that they may read, and no right on the lines.
        compute_sudo=True,
        groups="order_aftersales.group_user",
        sanitize=False,
    )

    @api.depends(
        "order_line.name", "order_line.display_type", "order_line.sequence", "order_line.product_uom_qty",
        "order_line.product_uom_id", "order_line.qty_delivered", "order_line.qty_invoiced",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_ordered_summary(self):
        for order in self:
            rows = Markup().join(line._render_ordered_row() for line in order.order_line)
            order.ordered_summary = rows and Markup(
                '<table class="table table-sm mb-0"><thead><tr><th scope="col">%s</th>'
                '<th scope="col" class="text-end">%s</th><th scope="col" class="text-end">%s</th>'
                '<th scope="col" class="text-end d-none d-md-table-cell">%s</th></tr></thead><tbody>%s</tbody></table>'
            ) % (
                self.env._("Description"),
                self.env._("Quantity"),
                self.env._("Delivered"),
                self.env._("Invoiced"),
                rows,
            )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _render_ordered_row(self):
        """Return a row of a table: what it is, how much of it, and what of that is done."""
        self.ensure_one()
        name = Markup("<br/>").join((self.name or "").split("\n"))
        if self.display_type:
            css = "text-muted fst-italic" if self.display_type == "line_note" else "fw-bold"
            return Markup('<tr><td colspan="4" class="%s">%s</td></tr>') % (css, name)
        ordered = f"{self._format_ordered(self.product_uom_qty)} {self.product_uom_id.name or ''}"
        return Markup(
            '<tr><td>%s</td><td class="text-end">%s</td><td class="text-end">%s</td>'
            '<td class="text-end d-none d-md-table-cell">%s</td></tr>'
        ) % (name, ordered, self._format_ordered(self.qty_delivered), self._format_ordered(self.qty_invoiced))

    def _format_ordered(self, quantity):
        return formatLang(self.env, quantity, dp="Product Unit")
