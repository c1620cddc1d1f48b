"""A company with as many orders as one likes, made by SQL from a few that Odoo itself has made.

Runs inside Odoo. Every order gets its own project, analytic account, tasks, timesheets, favour, frozen plan, delivery,
purchase with its bill, and posted invoice. What differs from order to order (customer, seller, people, dates, hours)
follows from the order's number and the seed: the same arguments give the same data.
"""

import time

from odoo.fields import Command

#: Tables that are multiplied, in the order in which they refer to each other.
TABLES = (
    "account_analytic_account",
    "sale_order",
    "sale_order_line",
    "project_project",
    "project_task",
    "stock_picking",
    "stock_move",
    "purchase_order",
    "purchase_order_line",
    "account_move",
    "account_move_line",
    "account_analytic_line",
    "sale_minor_item",
    "order_postcalc_plan",
    "order_stage_visit",
)
CUSTOMERS, SELLERS, EMPLOYEES = 2000, 20, 100
DAYS = 1826  # five years
FIRST_DAY = "2021-01-04"
TIMESHEETS_PER_ORDER = 10


def generate(env, orders, seed=1):
    """Make `orders` orders, with ten timesheets each. Returns the seconds it took."""
    started = time.monotonic()
    people = make_people(env)
    templates = make_templates(env, people)
    env.flush_all()
    multiply(env.cr, templates, orders, seed, people)
    env.cr.commit()
    env.cr._cnx.autocommit = True
    try:
        env.cr.execute("VACUUM (ANALYZE)")
    finally:
        env.cr._cnx.autocommit = False
    return time.monotonic() - started


# === WHAT ODOO MAKES ===


def make_people(env):
    company = env.company
    Users = env["res.users"].with_context(no_reset_password=True)
    salesman = env.ref("sales_team.group_sale_salesman")
    sellers = Users.create(
        [
            {"name": f"Seller {number}", "login": f"bench_seller_{number}", "group_ids": [Command.link(salesman.id)]}
            for number in range(SELLERS)
        ]
    )
    employees = env["hr.employee"].create(
        [
            {"name": f"Employee {number}", "hourly_cost": 30.0 + number % 20, "company_id": company.id}
            for number in range(EMPLOYEES)
        ]
    )
    customers = env["res.partner"].create([{"name": f"Customer {number}"} for number in range(CUSTOMERS)])
    return {
        "sellers": sellers.ids, "employees": employees.ids, "customers": customers.ids, "stages": open_stages(env),
    }  # fmt: skip


def make_templates(env, people):
    """Return the ids of one order's records by table.

    It sells goods from stock, goods that are bought for it, work at a fixed price, and work by the hour.
    """
    if not env.company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", env.company, install_demo=False)
    hour = env.ref("uom.product_uom_hour")
    activities = env["order.activity"].search([], limit=2)
    Product = env["product.product"]
    goods, bought = Product.create(
        [
            {"name": "Bench chest", "type": "consu", "is_storable": True, "list_price": 4000, "standard_price": 2500},
            {"name": "Bench fittings", "type": "consu", "list_price": 200, "standard_price": 120},
        ]
    )
    (goods | bought).invoice_policy = "order"
    bought.purchase_method = "purchase"
    assembly = Product.create(
        {
            "name": "Bench assembly", "type": "service", "list_price": 60, "standard_price": 35, "uom_id": hour.id,
            "service_policy": "ordered_prepaid", "service_tracking": "task_in_project", "activity_id": activities[0].id,
        }
    )  # fmt: skip
    service = Product.create(
        {
            "name": "Bench service", "type": "service", "list_price": 70, "standard_price": 35, "uom_id": hour.id,
            "service_policy": "delivered_timesheet", "service_tracking": "task_in_project",
            "activity_id": activities[1].id,
        }
    )  # fmt: skip
    order = env["sale.order"].create(
        {
            "partner_id": people["customers"][0],
            "user_id": people["sellers"][0],
            "order_line": [
                Command.create({"product_id": goods.id, "product_uom_qty": 1}),
                Command.create({"product_id": bought.id, "product_uom_qty": 2}),
                Command.create({"product_id": assembly.id, "product_uom_qty": 12}),
                Command.create({"product_id": service.id, "product_uom_qty": 8}),
            ],
        }
    )
    order.minor_items_amount = 30.0
    order.action_confirm()
    order.date_order = f"{FIRST_DAY} 09:00:00"
    tasks = order.order_line.task_id
    timesheets = env["account.analytic.line"].create(
        [
            {
                "name": "Bench work",
                "project_id": tasks[number % 2].project_id.id,
                "task_id": tasks[number % 2].id,
                "employee_id": people["employees"][number],
                "unit_amount": 1.0 + number % 3,
                "date": FIRST_DAY,
            }
            for number in range(TIMESHEETS_PER_ORDER)
        ]
    )
    item = env["sale.minor.item"].create(
        {"order_id": order.id, "task_id": tasks[0].id, "name": "Bench favour", "duration": 0.25, "date": FIRST_DAY}
    )
    purchase, bill = buy(env, order, bought)
    deliver(order.picking_ids)
    invoice = order._create_invoices()
    moves = invoice | bill
    moves.invoice_date = FIRST_DAY
    moves.action_post()
    env.flush_all()
    records = {
        "sale_order": order,
        "sale_order_line": order.order_line,
        "account_analytic_account": tasks.project_id.account_id,
        "project_project": tasks.project_id,
        "project_task": tasks,
        "stock_picking": order.picking_ids,
        "stock_move": order.picking_ids.move_ids,
        "purchase_order": purchase,
        "purchase_order_line": purchase.order_line,
        "account_move": moves,
        "account_move_line": moves.line_ids,
        "account_analytic_line": timesheets | moves.line_ids.analytic_line_ids,
        "sale_minor_item": item,
        "order_postcalc_plan": order.sudo().plan_ids,
        "order_stage_visit": order.stage_visit_ids,
    }
    return {table: sorted(records[table].ids) for table in TABLES}


def deliver(pickings):
    for move in pickings.move_ids:
        move.write({"quantity": move.product_uom_qty, "picked": True})
    pickings._action_done()
    pickings.write({"date_done": f"{FIRST_DAY} 12:00:00"})
    pickings.move_ids.write({"date": f"{FIRST_DAY} 12:00:00"})


def buy(env, order, product):
    """Return the purchase of what a line of `order` sells, and its bill."""
    line = order.order_line.filtered(lambda line: line.product_id == product)
    vendor = env["res.partner"].create({"name": "Bench vendor"})
    values = {"product_id": product.id, "product_qty": 2, "price_unit": 110, "sale_line_id": line.id}
    purchase = env["purchase.order"].create({"partner_id": vendor.id, "order_line": [Command.create(values)]})
    purchase.button_confirm()
    deliver(purchase.picking_ids)
    purchase.action_create_invoice()
    return purchase, purchase.invoice_ids


# === WHAT SQL MULTIPLIES ===


def open_stages(env):
    """The stages in which orders are open; their ids follow each other."""
    return env["order.stage"].search([("code", "not in", (False, "planning", "done"))], order="id").ids


def multiply(cr, templates, orders, seed, people):
    starts = {}
    for table in TABLES:
        cr.execute(f"SELECT COALESCE(max(id), 0) + 1 FROM {table}")
        starts[table] = cr.fetchone()[0]
    cr.execute("SET session_replication_role = replica")  # the keys are right by construction
    for table in TABLES:
        copy_table(cr, table, templates, starts, orders, overrides(table, seed, people))
    copy_relation(cr, templates, starts, orders)
    cr.execute("SET session_replication_role = DEFAULT")
    for table in TABLES:
        cr.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def overrides(table, seed, people):
    """SQL by column for what differs from order to order; `g.n` is the order's number."""
    mixed = f"((g.n * 7919 + {int(seed)} * 104729)::bigint)"
    shift = f"mod({mixed} * 31, {DAYS})::int"

    def one_of(ids, number=mixed):
        # records that are created at once have ids in a row
        return f"({min(ids)} + mod({number}, {len(ids)})::int)"

    customer, seller = one_of(people["customers"]), one_of(people["sellers"])
    # Vendors stay as they are.
    partner = f"CASE WHEN t.partner_id = {people['customers'][0]} THEN {customer} ELSE t.partner_id END"
    same = {"partner_id": partner, "date": f"t.date + {shift}"}
    shift_time = f"{shift} * interval '1 day'"
    return {
        "sale_order": {
            "name": "'B' || g.n",
            "partner_id": customer,
            "partner_invoice_id": customer,
            "partner_shipping_id": customer,
            "user_id": seller,
            "date_order": f"t.date_order + {shift_time}",
            "access_token": "NULL",
            "order_stage_id": one_of(people["stages"]),
            "stage_owner_id": seller,
            "stage_entered_on": f"t.stage_entered_on - mod({mixed} * 17, 30)::int * interval '1 day'",
            "priority_score": f"mod({mixed} * 13, 101)::int",
        },
        "stock_picking": {
            "name": "'BENCH/OUT/' || g.n",
            "partner_id": partner,
            "date_done": f"t.date_done + {shift_time}",
        },
        "stock_move": {"partner_id": partner, "date": f"t.date + {shift_time}"},
        "purchase_order": {
            "name": "'BP' || g.n",
            "date_order": f"t.date_order + {shift_time}",
            "access_token": "NULL",
        },
        "sale_order_line": {"order_partner_id": customer, "salesman_id": seller},
        "account_analytic_account": {"partner_id": customer},
        "project_project": {"partner_id": customer, "access_token": "NULL"},
        "project_task": {"partner_id": customer, "access_token": "NULL"},
        "account_move": {
            **same,
            "name": "'BENCH/' || g.n",
            "commercial_partner_id": partner,
            "partner_shipping_id": partner,
            "invoice_user_id": seller,
            "invoice_date": f"t.invoice_date + {shift}",
            "invoice_date_due": f"t.invoice_date_due + {shift}",
            "sequence_number": "g.n",
            "access_token": "NULL",
        },
        "account_move_line": {
            **same,
            "move_name": "'BENCH/' || g.n",
            "invoice_date": f"t.invoice_date + {shift}",
            "date_maturity": f"t.date_maturity + {shift}",
        },
        "account_analytic_line": {
            **same,
            "employee_id": "CASE WHEN t.employee_id IS NOT NULL THEN"
            f" {one_of(people['employees'], f'({mixed} + t.id)')} END",
        },
        "sale_minor_item": {**same, "salesperson_id": seller},
        "order_postcalc_plan": {"date": f"t.date + {shift}"},
        "order_stage_visit": {"stage_id": one_of(people["stages"]), "owner_id": seller},
    }.get(table, {})


def columns_of(cr, table):
    cr.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = ''",
        [table],
    )
    return [row[0] for row in cr.fetchall()]


def references(cr, table):
    """Multiplied table by column that refers to it."""
    cr.execute(
        """
        SELECT a.attname, c.confrelid::regclass::text
          FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
         WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND c.confrelid::regclass::text = ANY(%s)
        """,
        [table, list(TABLES)],
    )
    return dict(cr.fetchall())


def new_id(table, old, templates, starts):
    """SQL for the id that the copy of record `old` gets: they follow each other, order by order."""
    ids = templates[table]
    position = f"array_position(ARRAY{ids}, {old})"
    return f"CASE WHEN {position} IS NULL THEN {old} ELSE {starts[table]} + (g.n - 1) * {len(ids)} + {position} - 1 END"


def copy_table(cr, table, templates, starts, orders, changed):
    refers = references(cr, table)
    names = columns_of(cr, table)
    unknown = changed.keys() - set(names)
    values = []
    for name in names:
        if name == "id":
            values.append(new_id(table, "t.id", templates, starts))
        elif name in refers:
            values.append(new_id(refers[name], f't."{name}"', templates, starts))
        else:
            values.append(changed.get(name, f't."{name}"'))
    if unknown - {"access_token"}:
        raise ValueError(f"{table} has no {', '.join(sorted(unknown))}: has Odoo changed?")
    quoted = ", ".join(f'"{name}"' for name in names)
    cr.execute(
        f"INSERT INTO {table} ({quoted}) SELECT {', '.join(values)} FROM generate_series(1, {int(orders)}) g(n)"
        f" CROSS JOIN {table} t WHERE t.id = ANY(%s)",
        [templates[table]],
    )


def copy_relation(cr, templates, starts, orders):
    """Which line of the invoice bills which line of the order."""
    invoice_line = new_id("account_move_line", "t.invoice_line_id", templates, starts)
    order_line = new_id("sale_order_line", "t.order_line_id", templates, starts)
    cr.execute(
        f"INSERT INTO sale_order_line_invoice_rel (invoice_line_id, order_line_id) SELECT {invoice_line}, {order_line}"
        f" FROM generate_series(1, {int(orders)}) g(n) CROSS JOIN sale_order_line_invoice_rel t"
        " WHERE t.order_line_id = ANY(%s)",
        [templates["sale_order_line"]],
    )
