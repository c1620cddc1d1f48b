"""What an invoice stands for: the hours behind it, and the hours of its orders that no invoice pays for."""

from odoo import api, fields, models
from odoo.fields import Domain

from .sale_order_line_plan import COST_GROUPS


class AccountMove(models.Model):
    _inherit = "account.move"

    covered_timesheet_ids = fields.One2many(
        "account.analytic.line", "covering_invoice_id", string="Hours Paid for", groups="base.group_user"
    )
    hours_behind = fields.Float(
        compute="_compute_hours_behind",
        groups="base.group_user",
        help="Recorded hours that this invoice pays for.",
    )
    hours_behind_revenue = fields.Monetary(
        "Billed for these Hours",
        compute="_compute_hours_behind",
        currency_field="company_currency_id",
        groups="base.group_user",
        help="Net amount of the invoice lines that these hours are behind, in the currency of the company.",
    )
    hours_behind_rate = fields.Monetary(
        "Revenue per Hour",
        compute="_compute_hours_behind",
        currency_field="company_currency_id",
        groups="base.group_user",
        help="What the lines with hours bill, for each hour recorded.",
    )
    hours_behind_cost = fields.Monetary(
        "Cost of these Hours",
        compute="_compute_hours_behind_cost",
        currency_field="company_currency_id",
        groups=COST_GROUPS,
        help="Of the orders whose cost you may see.",
    )
    hours_unpaid = fields.Float(
        "Hours Not Paid for",
        compute="_compute_hours_unpaid",
        groups="base.group_user",
        help="Recorded hours of the orders of this invoice that no posted invoice pays for.",
    )
    hours_unpaid_count = fields.Integer(
        "Timesheets Not Paid for", compute="_compute_hours_unpaid", groups="base.group_user"
    )

    def _is_posted_in_sales(self):
        """Whether this counts as billed, as the quantities of orders do."""
        self.ensure_one()
        return self.state == "posted" or self.payment_state == "invoicing_legacy"

    # === COMPUTE ===

    @api.depends("covered_timesheet_ids.unit_amount", "covered_timesheet_ids.so_line", "invoice_line_ids.balance")
    def _compute_hours_behind(self):
        # In sudo: a bookkeeper has no rights on timesheets, and these are sums without names.
        rows = (
            self.env["account.analytic.line"]
            .sudo()
            ._read_group(
                [("covering_invoice_id", "in", self.ids)],
                ["covering_invoice_id"],
                ["unit_amount:sum", "so_line:recordset"],
            )
        )
        behind = {invoice.id: (hours, lines) for invoice, hours, lines in rows}
        for move in self:
            hours, order_lines = behind.get(move._origin.id, (0.0, self.env["sale.order.line"]))
            billed = move.sudo().invoice_line_ids.filtered(
                lambda line, order_lines=order_lines: line.sale_line_ids & order_lines
            )
            move.hours_behind = hours
            move.hours_behind_revenue = -sum(billed.mapped("balance"))
            move.hours_behind_rate = move.hours_behind_revenue / hours if hours > 0 else 0.0

    @api.depends("covered_timesheet_ids.amount")
    def _compute_hours_behind_cost(self):
        # As the user: of orders that are not his to see there is no cost either.
        rows = self.env["order.postcalc.report"]._read_group(
            [("invoice_id", "in", self.ids), ("kind", "=", "labour")], ["invoice_id"], ["actual_cost:sum"]
        )
        costs = {invoice.id: cost for invoice, cost in rows}
        for move in self:
            move.hours_behind_cost = costs.get(move._origin.id, 0.0)

    @api.depends("invoice_line_ids.sale_line_ids", "covered_timesheet_ids")
    def _compute_hours_unpaid(self):
        # In sudo: see _compute_hours_behind.
        moves = self.sudo()
        Timesheet = moves.env["account.analytic.line"]
        rows = Timesheet._read_group(
            Timesheet._get_uncovered_domain() & Domain("postcalc_order_id", "in", moves._get_sale_orders().ids),
            ["postcalc_order_id"],
            ["unit_amount:sum", "__count"],
        )
        unpaid = {order.id: (hours, count) for order, hours, count in rows}
        for move in moves:
            found = [unpaid[order.id] for order in move._get_sale_orders() if order.id in unpaid]
            move.hours_unpaid = sum(hours for hours, _count in found)
            move.hours_unpaid_count = sum(count for _hours, count in found)

    def _get_sale_orders(self):
        return self.invoice_line_ids.sale_line_ids.order_id

    # === ACTIONS ===

    def action_view_hours_behind(self):
        """The hours that this invoice pays for."""
        self.ensure_one()
        return self._prepare_hours_action(self.env._("Hours behind %s", self.name), [("invoice_id", "=", self.id)])

    def action_view_hours_unpaid(self):
        """The hours of its orders that no invoice pays for."""
        self.ensure_one()
        # In sudo: the orders of a line are not a bookkeeper's to read; what he sees of them is decided by the rules.
        orders = self.sudo()._get_sale_orders()
        unpaid = [("order_id", "in", orders.ids), ("invoice_id", "=", False)]
        return self._prepare_hours_action(self.env._("Hours that no invoice pays for"), unpaid)

    def _prepare_hours_action(self, name, domain):
        return {
            "name": name,
            "type": "ir.actions.act_window",
            "res_model": "order.postcalc.report",
            "views": [(self.env.ref("order_postcalc.order_postcalc_report_hours_view_list").id, "list")],
            "domain": [("kind", "=", "labour"), *domain],
            "context": {"create": False},
        }
