from collections import defaultdict

from odoo import models

from ..covering import net_billed

SALE_MOVES = ("out_invoice", "out_refund", "out_receipt")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_billed_by_timesheet(self):
        """Whether the hours themselves are billed, so that Odoo keeps the invoice of each."""
        return self.product_id.invoice_policy == "delivery" and self.product_id.service_type == "timesheet"

    def _get_net_billed(self):
        """Return by line the ids of its posted invoices and what is left of each after credit notes, oldest first.

        Quantities are in the unit of the line.
        """
        billed = {}
        for line in self:
            quantities = defaultdict(float)
            for invoice_line in line.invoice_lines:
                move = invoice_line.move_id
                if move.move_type in SALE_MOVES and move._is_posted_in_sales():
                    quantity = invoice_line.product_uom_id._compute_quantity(
                        invoice_line.quantity, line.product_uom_id, round=False, raise_if_failure=False
                    )
                    quantities[move] -= quantity * move.direction_sign
            moves = sorted(quantities, key=lambda move: (move.invoice_date or move.date, move.id))
            billed[line] = net_billed(
                [(move.id, quantities[move]) for move in moves if quantities[move] > 0],
                [(move.reversed_entry_id.id, -quantities[move]) for move in moves if quantities[move] < 0],
            )
        return billed

    def _get_timesheets_in_order(self):
        """Return by line its timesheets as they were worked."""
        entries = self.env["account.analytic.line"].browse()
        if self:
            entries = entries.search_fetch(
                [("so_line", "in", self.ids), ("project_id", "!=", False)],
                ["so_line", "date", "unit_amount", "covering_invoice_id"],
                order="date, id",
            )
        return entries.grouped("so_line")

    def _refresh_covering(self):
        """Work out anew which invoices pay for the hours that these lines have left."""
        billed = self._get_net_billed()
        lines = self.filtered(lambda line: billed[line])
        if not lines:
            return
        Timesheet = self.env["account.analytic.line"].sudo()
        self.env.add_to_compute(
            Timesheet._fields["covering_invoice_id"],
            Timesheet.search([("so_line", "in", lines.ids), ("project_id", "!=", False)]),
        )
