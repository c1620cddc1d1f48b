from .common import ChangeOrderCommon


class MinorItemsCommon(ChangeOrderCommon):
    """The order of the joinery, with an allowance of 38.03 for minor items (0.75 % of 5 070.00).

    Its assembly is sold at 60.00 an hour: 15 minutes of it are worth 15.00.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.task = cls.order.order_line.task_id
        cls._set_allowance(cls.order, 38.03)
        cls.silicone = cls._make_product(
            "Renew a silicone joint", 25.0, is_minor_item=True, minor_item_minutes=10, standard_price=6.0
        )

    @classmethod
    def _set_allowance(cls, order, amount):
        """Put an allowance of ``amount`` on the order."""
        order.sudo().minor_items_amount = amount

    def _make_item(self, user=None, order=None, **values):
        """Return a minor item on the order's task: 15 minutes, worth 15.00."""
        order = order or self.order
        Item = self.env["sale.minor.item"]
        if user:
            Item = Item.with_user(user)
        return Item.create(
            {
                "order_id": order.id,
                "task_id": order.sudo().order_line.task_id[:1].id,
                "name": "Adjust a door",
                "duration": 0.25,
                **values,
            }
        )
