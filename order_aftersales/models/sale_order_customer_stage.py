"""What the customer reads of the stage: in plain words, without the house's own affairs."""

from odoo import models

#: Steps that a customer knows, with the stages that belong to them. A decision of the company's own prepares the work.
STEPS = {
    "offer": ("planning", "generation", "costing"),
    "preparation": ("entry", "selection", "scheduling"),
    "work": ("fulfilment",),
    "invoice": ("billing",),
    "service": ("returns", "aftersales"),
    "done": ("done",),
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_customer_step(self):
        """Return the step of :data:`STEPS` that the order is at; None when it is cancelled."""
        self.ensure_one()
        if self.state == "cancel" or not self.order_stage_id:
            return None
        code = self.order_stage_id.sudo().code
        return next((step for step, codes in STEPS.items() if code in codes), "preparation")

    def _get_customer_steps(self):
        """Return the steps for the progress bar: name, whether it is reached, whether the order is there.

        Service is a step for those who need it only.
        """
        current = self._get_customer_step()
        if current is None:
            return []
        names = {
            "offer": self.env._("Offer"),
            "preparation": self.env._("Preparation"),
            "work": self.env._("Work"),
            "invoice": self.env._("Invoice"),
            "service": self.env._("Service"),
            "done": self.env._("Done"),
        }
        steps = [step for step in STEPS if step != "service" or current == "service"]
        reached = steps.index(current)
        return [
            {"name": names[step], "is_reached": number <= reached, "is_current": step == current}
            for number, step in enumerate(steps)
        ]

    def _get_customer_stage_words(self):
        # In sudo: the customer reads what is meant for him, not the map.
        return self.order_stage_id.sudo().customer_name

    def _get_customer_contact(self):
        """Return whom the customer may call: who looks after the order, if he can be reached, else the salesperson."""
        self.ensure_one()
        people = (self.stage_owner_id | self.user_id).sudo().filtered("active").partner_id
        return people.filtered("phone")[:1] or people.filtered("email")[:1] or people[:1]
