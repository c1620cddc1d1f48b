from odoo.tools.sql import column_exists, table_exists


def migrate(cr, version):
    """Take over who was told of which orders, so that nobody is told again: it was kept on the orders themselves.

    Odoo drops the old column when it has loaded everything, but not the old table.
    """
    if not table_exists(cr, "sale_order_escalated_user_rel") or not column_exists(cr, "sale_order", "escalated_on"):
        return
    cr.execute(
        """
        INSERT INTO order_escalation (order_id, user_id, told_on)
             SELECT told.id, person.res_users_id, told.escalated_on
               FROM sale_order told
               LEFT JOIN sale_order_escalated_user_rel person ON person.sale_order_id = told.id
              WHERE told.escalated_on IS NOT NULL
        """
    )
    cr.execute("DROP TABLE sale_order_escalated_user_rel")
