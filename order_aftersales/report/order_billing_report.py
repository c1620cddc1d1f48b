"""What was billed that was not delivered or not agreed: held, overridden, by whom and why."""

from odoo import api, fields, models
from odoo.tools import SQL


class OrderBillingReport(models.Model):
    """One row per invoice line with a mismatch, in the currency of the company."""

    _name = "order.billing.report"
    _description = "Billing Mismatches"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"

    line_id = fields.Many2one("account.move.line", "Invoice Line", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    name = fields.Char("Line", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True, help="Of the invoice, or when it was drafted.")
    kind = fields.Selection(lambda self: self._get_kinds(), readonly=True)
    state = fields.Selection(
        [("held", "Held"), ("released", "Overridden, not posted"), ("posted", "Overridden and posted")], readonly=True
    )
    quantity = fields.Float("Billed Quantity", digits="Product Unit", readonly=True)
    expected_quantity = fields.Float(digits="Product Unit", readonly=True)
    surplus = fields.Monetary("Overbilled Amount", readonly=True)
    override_user_id = fields.Many2one("res.users", "Overridden by", readonly=True)
    override_reason = fields.Text("Reason", readonly=True)

    @api.model
    def _get_kinds(self):
        """Those of the invoice lines, in the user's language."""
        return self.env["account.move.line"]._fields["billing_issue_kind"]._description_selection(self.env)

    _depends = {
        "account.move": [
            "state", "move_type", "partner_id", "commercial_partner_id", "invoice_user_id", "company_id",
            "invoice_date", "invoice_currency_rate", "is_billing_held", "billing_override_user_id",
            "billing_override_reason",
        ],
        "account.move.line": [
            "name", "product_id", "quantity", "billing_issue_kind", "billing_expected_qty", "billing_surplus",
            "move_id",
        ],
        "sale.order.line": ["invoice_lines", "order_id"],
        "res.company": ["currency_id"],
    }  # fmt: skip

    @property
    def _table_query(self):
        """The partial index of the kind makes it as quick as there are few mismatches."""
        return SQL(
            """
            SELECT line.id AS id,
                   line.id AS line_id,
                   line.move_id AS move_id,
                   SPLIT_PART(line.name, E'\\n', 1) AS name,
                   billed.order_id AS order_id,
                   line.product_id AS product_id,
                   move.commercial_partner_id AS partner_id,
                   move.invoice_user_id AS user_id,
                   move.company_id AS company_id,
                   company.currency_id AS currency_id,
                   COALESCE(move.invoice_date, move.create_date::date) AS date,
                   line.billing_issue_kind AS kind,
                   CASE
                       WHEN move.state = 'posted' THEN 'posted'
                       WHEN move.is_billing_held THEN 'held'
                       ELSE 'released'
                   END AS state,
                   line.quantity AS quantity,
                   line.billing_expected_qty AS expected_quantity,
                   line.billing_surplus / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1) AS surplus,
                   CASE WHEN move.is_billing_held THEN NULL ELSE move.billing_override_user_id END AS override_user_id,
                   CASE WHEN move.is_billing_held THEN NULL ELSE move.billing_override_reason END AS override_reason
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN res_company company ON company.id = move.company_id
              LEFT JOIN LATERAL (
                  SELECT MIN(order_line.order_id) AS order_id
                    FROM sale_order_line_invoice_rel rel
                    JOIN sale_order_line order_line ON order_line.id = rel.order_line_id
                   WHERE rel.invoice_line_id = line.id
              ) billed ON TRUE
             WHERE line.billing_issue_kind IS NOT NULL AND move.state != 'cancel'
            """
        )

    def action_open_invoice(self):
        """Open the invoice; for a seller, whom Odoo's form of invoices refuses, the order that is billed."""
        self.ensure_one()
        if self.order_id and not self.env["sale.order"]._can_open_invoices():
            return self.order_id.get_formview_action()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
