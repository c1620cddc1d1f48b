"""What is measured, each a function of Odoo's environment that returns figures by name. Runs inside Odoo.

What is compared is run in turns in the same process, so that whatever else the machine does hits both alike; the
fastest run counts.
"""

import json
import resource
import statistics
import time
from types import SimpleNamespace

from odoo import http
from odoo.tools import SQL

from odoo.addons.web.controllers.export import ExcelExport

RUNS = 5
#: What holds many rows in these databases: reading one of them from end to end for one order is a mistake.
LARGE = 5000
MEASURES = ["actual_hours:sum", "planned_cost:sum", "actual_cost:sum", "invoiced_revenue:sum", "margin:sum"]


def seconds(function):
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def in_turns(env, *functions, runs=RUNS):
    """The fastest run of each function; Odoo's cache is emptied before every run."""
    times = [[] for _function in functions]
    for _run in range(runs):
        for function, found in zip(functions, times, strict=True):
            env.invalidate_all()
            found.append(seconds(function))
    return [min(found) for found in times]


def some_orders(env, count=20):
    """Orders spread over all of them, or all."""
    env.cr.execute("SELECT id FROM sale_order WHERE name LIKE 'B%%' ORDER BY id")
    ids = [row[0] for row in env.cr.fetchall()]
    return env["sale.order"].browse(ids[:: max(1, len(ids) // count)][:count] if count else ids)


# === ONE ORDER ===


def sheet(env):
    """The post-calculation of one order, as a request finds it, with no record read yet: milliseconds and queries.

    Every order's fastest of three runs counts: an order that is slow is slow each time, a machine is now and then.
    """
    orders = some_orders(env)
    orders[0]._get_postcalc_sheet()
    times, queries = [], []
    for order in orders:
        before = env.cr.sql_log_count
        [fastest] = in_turns(env, lambda order=order: env["sale.order"].browse(order.id)._get_postcalc_sheet(), runs=3)
        times.append(fastest * 1000)
        queries.append((env.cr.sql_log_count - before) // 3)
    return {"median": statistics.median(times), "max": max(times), "queries": max(queries)}


def sheet_plan(env):
    """Tables that the facts of one order are read from without an index, though they are large."""
    order = some_orders(env, 3)[1]
    report = env["order.postcalc.report"]
    query = report._search([("order_id", "=", order.id)])
    names = [name for name, field in report._fields.items() if field.column_type and not field.compute]
    sql = query.select(*(SQL.identifier(query.table, name) for name in names))
    env.cr.execute(SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", sql))
    [[plans]] = env.cr.fetchall()
    plans = json.loads(plans) if isinstance(plans, str) else plans
    scanned = set()

    def walk(node):
        if node["Node Type"] in ("Seq Scan", "Parallel Seq Scan") and node["Actual Loops"]:
            scanned.add(node["Relation Name"])
        for child in node.get("Plans", ()):
            walk(child)

    walk(plans[0]["Plan"])
    env.cr.execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND reltuples > %s ORDER BY 1", [list(scanned), LARGE]
    )
    return {"tables": [row[0] for row in env.cr.fetchall()]}


# === ALL ORDERS ===

#: What a person would write to get hours, cost and revenue by month and kind, nothing else: by the same rules, which
#: let one of delivery and purchase count, and what is received before it is billed.
BY_HAND = """
WITH bought AS (
    SELECT DISTINCT sold.order_id, line.product_id
      FROM purchase_order_line line
      JOIN sale_order_line sold ON sold.id = line.sale_line_id
      LEFT JOIN account_move_line bill ON bill.purchase_line_id = line.id AND bill.parent_state = 'posted'
     WHERE line.qty_received > 0 OR bill.id IS NOT NULL
), storable AS (
    SELECT product.id FROM product_product product
      JOIN product_template template ON template.id = product.product_tmpl_id
     WHERE template.is_storable
), delivered AS (
    SELECT DISTINCT sold.order_id, move.product_id
      FROM stock_move move
      JOIN sale_order_line sold ON sold.id = move.sale_line_id
      JOIN storable ON storable.id = move.product_id
     WHERE move.state = 'done' AND move.is_out AND move.value <> 0
)
SELECT date_trunc('month', date)::date AS month, kind, sum(hours), sum(planned), sum(cost), sum(revenue),
       sum(revenue - cost)
  FROM (
    SELECT date, CASE WHEN change_order_id IS NULL THEN 'plan' ELSE 'change' END AS kind, 0::double precision AS hours,
           cost AS planned, 0::numeric AS cost, 0::numeric AS revenue
      FROM order_postcalc_plan
    UNION ALL
    SELECT date, 'labour', unit_amount, 0, -amount, 0
      FROM account_analytic_line
     WHERE project_id IS NOT NULL AND postcalc_order_id IS NOT NULL
    UNION ALL
    SELECT a.date, 'other', 0, 0, -a.amount, 0
      FROM account_analytic_line a
      LEFT JOIN account_move_line ml ON ml.id = a.move_line_id
      LEFT JOIN account_move m ON m.id = ml.move_id
     WHERE a.project_id IS NULL AND a.postcalc_order_id IS NOT NULL
       AND (m.id IS NULL OR m.move_type NOT IN ('out_invoice', 'out_refund', 'out_receipt'))
       AND ml.purchase_line_id IS NULL
    UNION ALL
    SELECT move.date::date, 'material', 0, 0, move.value, 0
      FROM stock_move move
      JOIN sale_order_line sold ON sold.id = move.sale_line_id
      LEFT JOIN bought ON bought.order_id = sold.order_id AND bought.product_id = move.product_id
     WHERE move.state = 'done' AND move.is_out
       AND (bought.order_id IS NULL OR move.product_id IN (SELECT id FROM storable))
    UNION ALL
    SELECT ml.date, 'purchase', 0, 0, ml.balance, 0
      FROM purchase_order_line line
      JOIN sale_order_line sold ON sold.id = line.sale_line_id
      JOIN account_move_line ml ON ml.purchase_line_id = line.id
      LEFT JOIN delivered ON delivered.order_id = sold.order_id AND delivered.product_id = ml.product_id
     WHERE ml.parent_state = 'posted' AND delivered.order_id IS NULL
    UNION ALL
    SELECT purchase.date_approve::date, 'purchase', 0, 0,
           (line.qty_received - line.billed) * line.price_subtotal / line.product_qty, 0
      FROM (
        SELECT line.order_id, line.qty_received, line.price_subtotal, line.product_qty, line.product_id,
               sold.order_id AS sale_id, COALESCE(sum(ml.quantity), 0) AS billed
          FROM purchase_order_line line
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          LEFT JOIN account_move_line ml ON ml.purchase_line_id = line.id AND ml.parent_state = 'posted'
         GROUP BY line.id, sold.order_id
      ) line
      JOIN purchase_order purchase ON purchase.id = line.order_id
      LEFT JOIN delivered ON delivered.order_id = line.sale_id AND delivered.product_id = line.product_id
     WHERE purchase.state = 'purchase' AND line.qty_received > line.billed AND delivered.order_id IS NULL
    UNION ALL
    SELECT date, 'minor', duration, 0, cost, 0 FROM sale_minor_item WHERE state = 'done'
    UNION ALL
    SELECT ml.date, CASE WHEN l.is_downpayment THEN 'downpayment' ELSE 'invoice' END, 0, 0, 0, -ml.balance
      FROM sale_order_line l
      JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = l.id
      JOIN account_move_line ml ON ml.id = rel.invoice_line_id
     WHERE ml.parent_state = 'posted'
  ) facts
 GROUP BY 1, 2
 ORDER BY 1, 2
"""


def pivot(env):
    """Everything by month and kind: through Odoo, and the same by hand.

    The report switches PostgreSQL's compiler off for its transaction, so it is off for both.
    """
    report = env["order.postcalc.report"]

    def ours():
        return report._read_group([], ["date:month", "kind"], MEASURES)

    def by_hand():
        env.cr.execute(BY_HAND)
        return env.cr.fetchall()

    # Only what is the same may be compared: hours, planned and actual cost, revenue, margin.
    sums = [[round(sum(row[column] or 0 for row in rows())) for column in range(2, 7)] for rows in (ours, by_hand)]
    if sums[0] != sums[1]:
        raise ValueError(f"the figures differ: {sums}")
    fast, reference = in_turns(env, ours, by_hand)
    return {"ours": fast, "reference": reference}


def timesheets(env):
    """Hours and their cost by month: ours against Odoo's own analysis of timesheets."""
    facts, analysis = env["order.postcalc.report"], env["timesheets.analysis.report"]

    def ours():
        facts._read_group([("kind", "=", "labour")], ["date:month"], ["actual_hours:sum", "actual_cost:sum"])

    def theirs():
        analysis._read_group([], ["date:month"], ["unit_amount:sum", "amount:sum"])

    ours(), theirs()
    fast, reference = in_turns(env, ours, theirs)
    return {"ours": fast, "reference": reference}


# === THE BOARD ===


def board(env):
    """The first screen of the order board against Odoo's own kanban of orders by the same stages: seconds, queries.

    What the web client asks for: the columns with their cards, and for Odoo's kanban the bars above the columns.
    """
    orders = env["sale.order"].with_user(env.ref("base.user_admin")).with_context(read_group_expand=True)
    cards = {
        name: specification(orders, env.ref(view))
        for name, view in (
            ("ours", "order_aftersales.sale_order_view_kanban_board"),
            ("reference", "sale.view_sale_order_kanban"),
        )
    }
    bar = {"field": "activity_state", "colors": {"planned": "success", "today": "warning", "overdue": "danger"}}

    def read(name, domain, order):
        return orders.web_read_group(
            domain, ["order_stage_id"], [], auto_unfold=True, unfold_read_specification=cards[name], order=order
        )

    def ours():
        read("ours", [("is_order_open", "=", True)], "priority_score desc, stage_deadline, id")

    def theirs():
        read("reference", [], None)
        orders.read_progress_bar(domain=[], group_by="order_stage_id", progress_bar=bar)

    queries = []
    for function in (ours, theirs):
        # Twice: what outlives a request, as access rules do, is only read where a request's own cache doesn't answer.
        for _warm in range(2):
            function()
            env.invalidate_all()
        before = env.cr.sql_log_count
        function()
        queries.append(env.cr.sql_log_count - before)
    fast, reference = in_turns(env, ours, theirs)
    return {"ours": fast, "reference": reference, "queries": queries[0], "reference_queries": queries[1]}


def specification(orders, view):
    """What the web client wants of each card, in the order of the view."""
    known = orders.get_views([(view.id, "kanban")])["models"]["sale.order"]["fields"]
    names = [node.get("name") for node in view._get_combined_arch().iter("field") if node.get("name") in known]
    names += [
        "activity_exception_decoration", "activity_exception_icon", "activity_state", "activity_summary",
        "activity_type_icon", "activity_type_id",
    ]  # fmt: skip
    return {name: {"fields": {"display_name": {}}} if orders._fields[name].type == "many2one" else {} for name in names}


def escalation(env):
    """The job that tells somebody of unattended orders, when all of them are: seconds and added megabytes."""
    env.cr.execute(
        "UPDATE sale_order SET stage_entered_on = now() - interval '30 days', next_step_on = NULL,"
        " stage_deadline = now() - interval '20 days' WHERE is_order_open"
    )
    env.cr.commit()
    env.invalidate_all()
    orders = env["sale.order"]
    unattended = orders.search_count([("attention", "=", "unattended")])
    orders.search(orders._get_escalation_domain(), limit=2000)._escalate()
    env.cr.rollback()
    env.invalidate_all()
    before = memory()
    return {"seconds": seconds(orders._cron_escalate), "added": memory() - before, "orders": unattended}


# === CONFIRMING ===


def confirm(env, lines=50):
    """Confirming an order of 50 lines, half of them goods."""
    Product = env["product.product"]
    hour = env.ref("uom.product_uom_hour")
    goods = Product.create({"name": "Bench board", "type": "consu", "list_price": 35, "standard_price": 20})
    work = Product.create(
        {"name": "Bench work", "type": "service", "list_price": 60, "standard_price": 35, "uom_id": hour.id}
    )
    partner = env["res.partner"].create({"name": "Bench customer"})

    def make():
        commands = [
            (0, 0, {"product_id": product.id, "product_uom_qty": 2}) for product in [goods, work] * (lines // 2)
        ]
        return env["sale.order"].create({"partner_id": partner.id, "order_line": commands})

    def run(order):
        order.action_confirm()
        env.flush_all()

    orders = [make() for _number in range(3 * RUNS + 1)]
    env.flush_all()
    times, queries = [], []
    for order in orders:
        env.invalidate_all()
        before = env.cr.sql_log_count
        times.append(seconds(lambda order=order: run(order)))
        queries.append(env.cr.sql_log_count - before)
    env.cr.rollback()
    return {"seconds": min(times[1:]), "queries": min(queries[1:])}


# === FILES ===

ROWS = 100_000


def xlsx(env):
    """A file of many facts: seconds and added megabytes, ours and by Odoo's own export of the same columns and rows."""
    report = env["order.postcalc.report"]
    orders = some_orders(env, None)[: ROWS // 10]
    domain = [("kind", "=", "labour"), ("order_id", "in", orders.ids)]
    names = report._get_exported_fields()
    rows = report.search_count(domain)
    before = memory()
    ours = seconds(lambda: sum(len(part) for part in report._make_workbook(domain).stream()))
    added = memory() - before
    env.invalidate_all()
    before = memory()
    reference = seconds(lambda: odoo_xlsx(env, report, domain, names))
    return {
        "ours": ours, "reference": reference, "rows": rows, "added": added, "reference_added": memory() - before,
    }  # fmt: skip


def odoo_xlsx(env, report, domain, names):
    """What Odoo does when somebody exports a list, without the way through the browser."""
    labels = report.fields_get(names, ["string", "type"])
    columns = [{"name": name, "label": labels[name]["string"], "type": labels[name]["type"]} for name in names]
    http._request_stack.push(SimpleNamespace(env=env))
    try:
        rows = report.search(domain).export_data(names)["datas"]
        return len(ExcelExport().from_data(columns, [column["label"] for column in columns], rows))
    finally:
        http._request_stack.pop()


def memory():
    """Megabytes that this process has used at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
