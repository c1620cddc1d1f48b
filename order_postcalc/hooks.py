"""What has to be done once, when the add-on comes into a database that has orders already."""

from odoo.tools import SQL

BATCH = 500


def post_init_hook(env):
    """Freeze the plan of the orders that are confirmed: from now on nothing rewrites it."""
    orders = env["sale.order"].sudo().with_context(active_test=False).search([("state", "=", "sale")], order="id")
    for start in range(0, len(orders), BATCH):
        batch = orders[start : start + BATCH].with_prefetch(orders[start : start + BATCH]._prefetch_ids)
        batch._freeze_plan()
        env.flush_all()
        env.invalidate_all()
    _cover_timesheets(env)


def _cover_timesheets(env):
    """Find the invoices that pay for the hours of lines that are billed; of all others none does."""
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT rel.order_line_id FROM sale_order_line_invoice_rel rel"
            " JOIN account_move_line ml ON ml.id = rel.invoice_line_id AND ml.parent_state = 'posted'"
            " WHERE EXISTS (SELECT FROM account_analytic_line a"
            " WHERE a.so_line = rel.order_line_id AND a.project_id IS NOT NULL) ORDER BY rel.order_line_id"
        )
    )
    for start in range(0, len(rows), BATCH):
        lines = env["sale.order.line"].sudo().browse(row[0] for row in rows[start : start + BATCH])
        lines._refresh_covering()
        env.flush_all()
        env.invalidate_all()
