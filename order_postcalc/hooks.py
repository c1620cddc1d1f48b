"""What has to be done once, when the add-on comes into a database that has orders already."""

BATCH = 500


def post_init_hook(env):
    """Freeze the plan of the orders that are confirmed: from now on nothing rewrites it."""
    orders = env["sale.order"].sudo().with_context(active_test=False).search([("state", "=", "sale")], order="id")
    for start in range(0, len(orders), BATCH):
        batch = orders[start : start + BATCH].with_prefetch(orders[start : start + BATCH]._prefetch_ids)
        batch._freeze_plan()
        env.flush_all()
        env.invalidate_all()
