from odoo import api, fields, models


class OrderBillingOverride(models.TransientModel):
    """Somebody answers for posting what was not delivered or not agreed."""

    _name = "order.billing.override"
    _description = "Post Although It Differs"

    move_ids = fields.Many2many("account.move", string="Invoices", required=True)
    issue_summary = fields.Html("What Differs", compute="_compute_issue_summary", compute_sudo=True)
    seen_issues = fields.Json(help="What the user has looked at when he opened this.")
    reason = fields.Text(required=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        moves = self.env["account.move"].browse(self.env.context.get("default_move_ids"))
        values["seen_issues"] = moves._get_billing_figures()
        return values

    @api.depends("move_ids")
    @api.depends_context("lang")
    def _compute_issue_summary(self):
        for wizard in self:
            wizard.issue_summary = wizard.move_ids._render_billing_issues(wizard.move_ids._get_billing_issue_lines())

    def action_override(self):
        """Keep the reason; the invoices can be posted from now on."""
        self.ensure_one()
        self.move_ids._override_billing(self.reason, self.seen_issues or [])
        return {"type": "ir.actions.act_window_close"}

    def action_override_and_post(self):
        self.action_override()
        return self.move_ids.action_post() or {"type": "ir.actions.act_window_close"}
