from odoo.tools.sql import column_exists, table_exists


def migrate(cr, version):
    _keep_escalations(cr)
    _mark_last_decisions(cr)


def _keep_escalations(cr):
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


def _mark_last_decisions(cr):
    """What a department has said before the last time is history: the new column has all of them as the last."""
    cr.execute(
        """
        UPDATE order_stage_decision earlier
           SET is_last = FALSE
          FROM order_stage_decision later
         WHERE later.order_id = earlier.order_id
           AND later.stage_id = earlier.stage_id
           AND later.department_id IS NOT DISTINCT FROM earlier.department_id
           AND later.id > earlier.id
           AND earlier.is_last
        """
    )
