"""Recording on an order what its customer has asked for on site."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _check_capture_extra(self):
        """Raise in the user's words when he can't record an extra on this order."""
        self._check_can_record_extras()
        self._check_can_extend()

    def _get_capture_action(self, task=None):
        self.ensure_one()
        self._check_capture_extra()
        return {
            "name": self.env._("Record an Extra"),
            "type": "ir.actions.act_window",
            "res_model": "sale.extra.capture",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_order_id": self.id,
                "default_task_id": task.id if task else False,
                "dialog_size": "medium",
            },
        }

    def action_record_extra(self):
        """Record what the customer has asked for beyond the order, and see where it goes."""
        return self._get_capture_action()
