"""What stays on file: orders with a moved promise or a decision, and who has moved or decided it."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    priority_override_by_id = fields.Many2one(ondelete="restrict")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_file(self):
        """Cancelled orders can be deleted, but not together with what somebody answers for."""
        # In sudo: whoever deletes may not read what is on file, but it is there.
        for order in self.sudo():
            if order.promise_slip_ids or order.stage_decision_ids or order.selection_decision_ids:
                raise UserError(
                    self.env._(
                        "%s stays on file: its promised date was moved, or somebody has decided on it. Cancel it"
                        " instead of deleting it.",
                        order.name,
                    )
                )


class AccountMove(models.Model):
    _inherit = "account.move"

    billing_override_user_id = fields.Many2one(ondelete="restrict")


class OrderPromiseSlip(models.Model):
    _inherit = "order.promise.slip"

    user_id = fields.Many2one(ondelete="restrict")


class OrderSelectionDecision(models.Model):
    _inherit = "order.selection.decision"

    seller_id = fields.Many2one(ondelete="restrict")
