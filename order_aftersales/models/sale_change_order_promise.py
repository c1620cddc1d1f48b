from odoo import models


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    def _apply(self):
        """Days that the customer has signed move the promise, and say so themselves."""
        before = self.order_id.promise_slip_ids
        res = super()._apply()
        slips = self.order_id.promise_slip_ids - before
        slips._as_transition().write(self._prepare_promise_slip_vals())
        return res

    def _prepare_promise_slip_vals(self):
        self.ensure_one()
        reason = self.env.ref("order_aftersales.slip_reason_agreed_extension", raise_if_not_found=False)
        return {
            "change_order_id": self.id,
            "reason_id": reason and reason.id,
            "user_id": self.user_id.id,
            "note": False,
            "is_customer_told": True,
        }
