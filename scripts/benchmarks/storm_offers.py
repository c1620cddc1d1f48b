"""Orders with change orders that wait for their signature. Runs inside Odoo."""

from odoo.fields import Command

#: What each order and each change order comes to.
ORDER_AMOUNT, OFFER_AMOUNT = 1000.0, 85.0


def make(env, orders, offers):
    """Return id and token of each of so many change orders on each of so many orders, as one list."""
    seller = _seller(env)
    wardrobe, window = (
        env["product.product"].create(
            {"name": name, "list_price": price, "type": "service", "taxes_id": False, "invoice_policy": "order"}
        )
        for name, price in (("Wardrobe", ORDER_AMOUNT), ("Window", OFFER_AMOUNT))
    )
    found = env["sale.change.order"]
    for number in range(orders):
        customer = env["res.partner"].create(
            {"name": f"Customer {number}", "email": f"customer{number}@example.com", "lang": "en_US"}
        )
        order = env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": seller.id,
                "order_line": [Command.create({"product_id": wardrobe.id})],
            }
        )
        order.action_confirm()
        order.order_line.flush_recordset()
        found |= env["sale.change.order"].create(
            [
                {
                    "order_id": order.id,
                    "title": f"Window {offer + 1}",
                    "days_added": 1,
                    "line_ids": [Command.create({"product_id": window.id})],
                }
                for offer in range(offers)
            ]
        )
    found.action_mark_sent()
    env.cr.commit()
    return [(change_order.id, change_order.access_token) for change_order in found]


def _seller(env):
    login = "storm_seller"
    seller = env["res.users"].search([("login", "=", login)])
    return seller or env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": "Sam Seller",
            "login": login,
            "email": "seller@example.com",
            "notification_type": "email",
            "group_ids": [Command.link(env.ref("sales_team.group_sale_salesman").id)],
        }
    )
