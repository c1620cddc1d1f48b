"""The allowance for favours is planned under the activity of the favours that use it up."""

from odoo.tools import SQL


def migrate(cr, version):
    cr.execute(
        SQL(
            """
            UPDATE order_postcalc_plan plan
               SET activity_id = activity.id
              FROM sale_order_line line, ir_model_data data, order_activity activity
             WHERE line.id = plan.order_line_id
               AND line.is_minor_items_allowance
               AND data.module = 'order_postcalc' AND data.name = 'activity_favour'
               AND data.model = 'order.activity'
               AND activity.id = data.res_id
            """
        )
    )
