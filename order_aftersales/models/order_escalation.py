from odoo import fields, models


class OrderEscalation(models.Model):
    """Who was told of an order that nobody looks after.

    Kept beside the order and not on it: telling of many orders locks none of them, so that whoever saves one need not
    wait.
    """

    _name = "order.escalation"
    _description = "Told of an Order"
    _log_access = False
    _order = "id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", readonly=True, index=True, ondelete="cascade", help="Empty: there was nobody to tell."
    )
    told_on = fields.Datetime(required=True, readonly=True)

    _once = models.UniqueIndex("(order_id, user_id)", "Nobody is told of an order twice.")
