from odoo import api, fields, models


class ValidateAccountMove(models.TransientModel):
    """Posting many invoices at once: those that are right need not wait for those that are not."""

    _inherit = "validate.account.move"

    billing_held_move_ids = fields.Many2many(
        "account.move", string="Held Invoices", compute="_compute_billing_held_move_ids"
    )
    leave_billing_held = fields.Boolean(
        "Leave them as drafts", default=True, help="Otherwise nothing is posted as long as one of them is held."
    )

    @api.depends("move_ids")
    def _compute_billing_held_move_ids(self):
        for wizard in self:
            moves = wizard.move_ids
            wizard.billing_held_move_ids = moves._get_objected(moves._get_posting_objections())

    def validate_move(self):
        if not self.leave_billing_held or not self.move_ids - self.billing_held_move_ids:
            return super().validate_move()
        return super(ValidateAccountMove, self.with_env(self.move_ids._leave_billing_held().env)).validate_move()
