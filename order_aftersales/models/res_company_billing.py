"""What a company lets pass when invoices are compared with delivery and agreement."""

from odoo import api, fields, models

#: What the check depends on of its company.
BILLING_FIELDS = frozenset({"billing_check_policy", "billing_tolerance_rate", "billing_tolerance_amount"})
BILLING_POLICIES = [("off", "Off"), ("warn", "Warn"), ("block", "Only with a reason")]


class ResCompany(models.Model):
    _inherit = "res.company"

    billing_check_policy = fields.Selection(
        BILLING_POLICIES,
        "Invoices That Differ",
        default="off",
        required=True,
        help="What happens when somebody posts an invoice that bills more than was delivered, or dearer than agreed."
        " What a customer has paid for goes through, and the seller is told.",
    )
    billing_tolerance_rate = fields.Float(
        "Tolerated Share",
        digits=(16, 6),
        help="Share by which a line may exceed the quantity or the price that was expected.",
    )
    billing_tolerance_amount = fields.Monetary(
        "Tolerated Amount",
        default=0.05,
        help="Amount by which a line may exceed what was expected, such as roundings.",
    )

    _billing_tolerance_rate_valid = models.Constraint(
        "CHECK(billing_tolerance_rate >= 0 AND billing_tolerance_rate <= 1)",
        "The tolerated share must be between 0 and 100 %.",
    )
    _billing_tolerance_amount_valid = models.Constraint(
        "CHECK(billing_tolerance_amount >= 0)", "The tolerated amount can't be negative."
    )

    @api.model
    def _get_recommended_controls(self):
        controls = super()._get_recommended_controls()
        return {
            **controls,
            "order_aftersales": {**controls.get("order_aftersales", {}), "billing_check_policy": "block"},
        }

    def write(self, vals):
        res = super().write(vals)
        if BILLING_FIELDS & vals.keys():
            self._check_draft_invoices_anew()
        return res

    @api.private
    def _check_draft_invoices_anew(self):
        """Only drafts: a dependency on the company would have Odoo read every journal item it ever had."""
        # In sudo: whoever may change the settings need not see invoices.
        moves = self.env["account.move"].sudo()
        drafts = moves.search(
            [
                ("company_id", "in", self.ids),
                ("state", "=", "draft"),
                ("move_type", "in", ("out_invoice", "out_refund")),
            ]
        )
        drafts.invoice_line_ids._recompute_billing_check()
