"""What has to be done once, when the add-on comes into a database that has orders already."""

from odoo.tools import SQL

from .models.sale_order_delivered import STORED

BATCH = 500


def post_init_hook(env):
    """Give the orders of before what they would have had; each of these is done whatever happens to the others."""
    _keep_first_promises(env)
    _find_orders_without_stock(env)
    _judge_deliveries(env)
    _find_stages(env)
    _score_later(env)
    _qualify_opportunities(env)
    _check_draft_invoices(env)


def _find_stages(env):
    """Find the stage of every order.

    The time in the stage counts from now: else all orders of before would be late at once.
    """
    env.cr.execute(SQL("UPDATE sale_order SET is_stage_outdated = TRUE"))
    env.invalidate_all()
    env["sale.order"]._get_outdated()._update_stages()


def _score_later(env):
    """Priorities are worked out by their job, which runs as soon as it can."""
    env.cr.execute(SQL("UPDATE sale_order SET priority_score = 0 WHERE priority_score IS NULL"))
    env.ref("order_aftersales.ir_cron_refresh_priorities")._trigger()


def _qualify_opportunities(env):
    """What stands in the first column of the pipeline is not qualified yet."""
    env["crm.stage"].search([], order="sequence, id", limit=1).is_order_planning = True
    leads = env["crm.lead"].with_context(active_test=False)
    env.add_to_compute(leads._fields["order_stage_id"], leads.search([]))
    env.flush_all()


def _keep_first_promises(env):
    """Keep what the confirmed orders promise now: what they had promised before nobody knows any more."""
    orders = env["sale.order"].sudo().with_context(active_test=False)
    orders = orders.search([("state", "=", "sale"), ("commitment_date", "!=", False)], order="id")
    for start in range(0, len(orders), BATCH):
        orders[start : start + BATCH].with_prefetch(orders[start : start + BATCH]._ids)._keep_known_promise()
        env.flush_all()
        env.invalidate_all()


def _find_orders_without_stock(env):
    """Find the orders that wait for goods; nothing is open of all others."""
    orders = env["sale.order"].sudo()
    waiting = orders.search([("picking_ids.move_ids.state", "in", ("waiting", "confirmed", "partially_available"))])
    for start in range(0, len(waiting), BATCH):
        env.add_to_compute(orders._fields["is_short_of_stock"], waiting[start : start + BATCH])
        env.flush_all()
        env.invalidate_all()


def _judge_deliveries(env):
    """Find out which of the orders of before were delivered, and how."""
    orders = env["sale.order"].sudo()
    confirmed = orders.search([("state", "=", "sale")], order="id")
    for start in range(0, len(confirmed), BATCH):
        for name in STORED:
            env.add_to_compute(orders._fields[name], confirmed[start : start + BATCH])
        env.flush_all()
        env.invalidate_all()


def _check_draft_invoices(env):
    """Compare the drafts that there are: what was posted is not judged afterwards."""
    env["res.company"].with_context(active_test=False).search([])._check_draft_invoices_anew()
    env.flush_all()
