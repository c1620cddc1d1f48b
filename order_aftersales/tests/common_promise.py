from datetime import datetime

from .common import AftersalesCommon


class PromiseCommon(AftersalesCommon):
    """The joinery's order, promised for 10 May 2030, 14:00 in Berlin, where the customer lives."""

    FIRST = datetime(2030, 5, 10, 12)
    SECOND = datetime(2030, 5, 14, 12)

    @classmethod
    def _make_people(cls):
        super()._make_people()
        cls.customer.tz = "Europe/Berlin"
        cls.material_late = cls.env.ref("order_aftersales.slip_reason_material_late")
        cls.customer_wish = cls.env.ref("order_aftersales.slip_reason_customer_wish")

    def _slips(self, order=None):
        return (order or self.order).promise_slip_ids.sorted("id")

    def _move(self, new_date=None, user=None, order=None, **values):
        """Open the wizard as ``user`` (default: the seller), fill it in and press its button."""
        order = (order or self.order).with_user(user or self.seller)
        action = order.action_move_promise()
        wizard = self.env[action["res_model"]].with_user(user or self.seller).with_context(**action["context"])
        wizard = wizard.create(
            {
                "new_date": new_date or self.SECOND,
                "reason_id": self.material_late.id,
                "tell_customer": False,
                **values,
            }
        )
        wizard.action_move()
        return self._slips(order.sudo())[-1:]
