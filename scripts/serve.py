#!/usr/bin/env python3
"""Odoo 19 with this repository's add-ons and demo data, from nothing, at http://localhost:8069.

    python3 scripts/serve.py
    python3 scripts/serve.py --port 8070 --no-demo

Everything it makes is in the folder .odoo. Environment variables, all optional:
ODOO_ENV_DIR (another folder), ODOO_SRC (an Odoo 19 checkout), ODOO_DEB (Debian's odoo-19 package),
ODOO_PYTHON (an interpreter), PGHOST, PGPORT, PGUSER, PGPASSWORD (a PostgreSQL server), PG_BIN (its programs),
DEBIAN_MIRROR.
"""

import argparse
import contextlib
import subprocess
import time

from environment import console, database, runtime, served, server
from environment.console import EnvironmentProblem, say

LOGINS = [
    # login, password, who that is
    ("admin", "admin", "administrator"),
    ("seller", "seller", "writes quotations, sends change orders"),
    ("technician", "technician", "records extras on site"),
    ("technician2", "technician2", "his colleague, who has yet to read the rules"),
    ("manager", "manager", "runs the joinery: margins, closings, rates, and the coach of its people"),
    ("bookkeeper", "bookkeeper", "invoices"),
    ("planner", "planner", "plans production, accepts and rejects orders"),
    ("storekeeper", "storekeeper", "delivers"),
    ("service", "service", "claims, maintenance, what comes after the sale"),
    ("customer", "customer", "portal customer, who signs"),
]
LINKS = [
    ("/odoo/action-order_extension.project_task_action_site", "what the technician has on the phone"),
    ("/odoo/action-order_extension.sale_minor_item_action", "the ledger of favours"),
    ("/odoo/action-order_extension.sale_change_order_action", "all change orders"),
    ("/odoo/post-calculation-analysis", "what orders really cost: open an order for its sheet"),
    ("/odoo/action-order_postcalc.order_allowance_advice_action", "which allowance past orders call for"),
    ("/odoo/customer-contribution", "what customers leave, and what they get free"),
    ("/odoo/order-board", "all orders by stage, for every department"),
    ("/odoo/unattended-orders", "the order that nobody looks after"),
    ("/odoo/order-stages", "who is in charge of which stage, and what is there"),
    ("/my/change_orders", "the customer's change orders"),
]
# What a customer opens without a login: the demo data have one of each.
CUSTOMER_PAGES = """
    (SELECT '/my/orders/' || id || '?access_token=' || access_token, 'a quotation to sign' FROM sale_order
     WHERE state = 'sent' AND has_minor_items AND access_token IS NOT NULL ORDER BY id LIMIT 1)
    UNION ALL
    (SELECT '/my/change_orders/' || id || '?access_token=' || access_token, 'a change order to sign'
     FROM sale_change_order WHERE state = 'sent' AND access_token IS NOT NULL ORDER BY id LIMIT 1)
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8069, help="where to listen (8069)")
    parser.add_argument("--interface", default="127.0.0.1", help="0.0.0.0 to be reachable from other machines")
    parser.add_argument("--no-demo", action="store_true", help="a database without demo data")
    parser.add_argument("--reset", action="store_true", help="begin with a new database")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    started = time.monotonic()
    url = f"http://localhost:{options.port}"
    name = served.DATABASES[not options.no_demo][0]
    with served.alone(name, url) as already_at:
        if already_at:
            say(f"The database “{name}” is already served at {already_at}; stop that server before you start another.")
            return 1
        if not runtime.port_is_free(options.port):
            raise EnvironmentProblem(f"port {options.port} is taken; choose another, as in --port {options.port + 1}")
        with runtime.prepared() as environment:
            served.prepare(environment, demo=not options.no_demo, reset=options.reset)
            return serve(environment, name, options, url, started)


def serve(environment: runtime.Environment, name: str, options: argparse.Namespace, url: str, started: float) -> int:
    log = runtime.log_file("serve")
    database.set_address(environment, name, url)
    settings = {
        "db_name": name,
        "dbfilter": f"^{name}$",
        "list_db": "False",
        "http_port": options.port,
        "http_interface": options.interface,
    }
    with environment.configuration("serve", **settings) as configuration, log.open("w") as stream:
        with server.running(environment, configuration, stream, url) as process:
            print(welcome(environment, name, url, log, time.monotonic() - started), flush=True)
            try:
                return max(0, process.wait())
            except KeyboardInterrupt:
                say("\nstopping")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(5)  # Ctrl-C went to Odoo too; a second signal would cut it short
    return 0


def welcome(environment: runtime.Environment, name: str, url: str, log, seconds: float) -> str:
    """What a person needs now: the address, the logins that exist, links worth opening."""
    users = {row[0] for row in database.query(environment, "SELECT login FROM res_users WHERE active", database=name)}
    lines = ["", f"Odoo is ready at {url} after {console.seconds(seconds)}.", "", "Logins (name / password):"]
    lines += [f"  {f'{login} / {password}':<26} {who}" for login, password, who in LOGINS if login in users]
    lines += ["", "Worth opening:"]
    lines += [f"  {url}{path}  {what}" for path, what in [*LINKS, *customer_links(environment, name)]]
    lines += ["", f"Log: {log}", "Stop with Ctrl-C."]
    return "\n".join(lines)


def customer_links(environment: runtime.Environment, name: str) -> list[tuple[str, str]]:
    """The pages where a customer signs, without a login."""
    try:
        return [(path, what) for path, what in database.query(environment, CUSTOMER_PAGES, database=name)]
    except EnvironmentProblem:  # the add-on is not there
        return []


if __name__ == "__main__":
    console.main(main)
