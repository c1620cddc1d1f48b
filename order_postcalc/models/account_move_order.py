"""Which orders the lines of customer invoices and credit notes belong to."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.order_extension.columns import add_column


class AccountMove(models.Model):
    _inherit = "account.move"

    credited_order_id = fields.Many2one(
        "sale.order",
        "Order Credited",
        compute="_compute_credited_order_id",
        store=True,
        compute_sudo=True,
        copy=False,
        index="btree_not_null",
        help="The only order that the invoice bills which this credit note corrects. What the credit note takes off no"
        " line of an order lessens the revenue of this one.",
    )

    def _auto_init(self):
        """Fill the column by one query instead of reading every journal entry."""
        if add_column(self, "credited_order_id"):
            self._init_credited_order_id()
        return super()._auto_init()

    def _init_credited_order_id(self):
        """As :meth:`_compute_credited_order_id` does it."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move credit
                   SET credited_order_id = billed.order_id
                  FROM (
                      SELECT invoice_line.move_id, MIN(line.order_id) AS order_id
                        FROM account_move_line invoice_line
                        JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = invoice_line.id
                        JOIN sale_order_line line ON line.id = rel.order_line_id
                       WHERE invoice_line.move_id IN (
                                 SELECT reversed_entry_id FROM account_move WHERE move_type = 'out_refund'
                             )
                       GROUP BY invoice_line.move_id
                      HAVING COUNT(DISTINCT line.order_id) = 1
                  ) billed
                 WHERE billed.move_id = credit.reversed_entry_id AND credit.move_type = 'out_refund'
                """
            )
        )

    # What was invoiced isn't changed any more once it is corrected: the link alone decides.
    @api.depends("reversed_entry_id", "move_type")
    def _compute_credited_order_id(self):
        for move in self:
            orders = self.env["sale.order"]
            if move.move_type == "out_refund":
                orders = move.reversed_entry_id.invoice_line_ids.sale_line_ids.order_id
            move.credited_order_id = orders if len(orders) == 1 else False


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    bills_several_lines = fields.Boolean(
        compute="_compute_bills_several_lines",
        store=True,
        precompute=True,
        compute_sudo=True,
        help="This line bills several lines of orders, which share its amount.",
    )

    def _auto_init(self):
        """Such lines are rare: they are looked up by one query."""
        if add_column(self, "bills_several_lines"):
            self._init_bills_several_lines()
        return super()._auto_init()

    def _init_bills_several_lines(self):
        """As :meth:`_compute_bills_several_lines` does it."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move_line
                   SET bills_several_lines = TRUE
                 WHERE id IN (
                           SELECT invoice_line_id FROM sale_order_line_invoice_rel
                            GROUP BY invoice_line_id HAVING COUNT(*) > 1
                       )
                """
            )
        )

    @api.depends("sale_line_ids")
    def _compute_bills_several_lines(self):
        for line in self:
            line.bills_several_lines = len(line.sale_line_ids) > 1
