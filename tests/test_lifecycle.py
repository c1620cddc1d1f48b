"""Installing, updating and removing the add-ons in a database that is in use."""

from contextlib import contextmanager

import pytest

from scripts.environment import database, runtime
from scripts.environment.layout import REPOSITORY

#: An order with a signed, a sent and a draft change order, as a company has them when it changes its mind.
USE = """
signature = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
)
product = env["product.product"].create({"name": "Wardrobe", "list_price": 100.0, "type": "service", "taxes_id": False})
order = env["sale.order"].create(
    {
        "name": "LIFECYCLE",
        "partner_id": env["res.partner"].create({"name": "Lifecycle"}).id,
        "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 3})],
    }
)
order.action_confirm()
values = {"order_id": order.id, "title": "One more", "line_ids": [(0, 0, {"product_id": product.id})]}
signed, sent, draft = env["sale.change.order"].create([values, values, values])
(signed | sent).action_mark_sent()
signed._sign("Somebody", signature)
assert order.amount_untaxed == 400.0, order.amount_untaxed
env.cr.commit()
"""
CHECK = """
order = env["sale.order"].search([("name", "=", "LIFECYCLE")])
assert order.amount_untaxed == 400.0, order.amount_untaxed
assert order.change_order_ids.mapped("state") == ["draft", "sent", "signed"], order.change_order_ids.mapped("state")
"""
REMOVE = """
env["ir.module.module"].search([("name", "=", "order_extension")]).button_immediate_uninstall()
"""
CHECK_REMOVED = """
order = env["sale.order"].search([("name", "=", "LIFECYCLE")])
assert "sale.change.order" not in env
assert order.amount_untaxed == 400.0, "the order keeps what was signed"
kept = env["ir.attachment"].search([("res_model", "=", "sale.order"), ("res_id", "=", order.id)])
assert {name.rsplit(".")[-1] for name in kept.mapped("name")} >= {"json"}, kept.mapped("name")
order.order_line[0].product_uom_qty = 5
left = env["ir.model.data"].search_count([("module", "=", "order_extension")])
assert not left, f"{left} records are left behind"
"""
CHECK_PLAN = """
order = env["sale.order"].search([("name", "=", "LIFECYCLE")])
assert sum(order.plan_ids.mapped("revenue")) == 400.0, order.plan_ids.mapped("revenue")
"""
REMOVE_POSTCALC = """
env["ir.module.module"].search([("name", "=", "order_postcalc")]).button_immediate_uninstall()
"""
CHECK_POSTCALC_REMOVED = """
order = env["sale.order"].search([("name", "=", "LIFECYCLE")])
assert "order.postcalc.report" not in env
assert order.change_order_ids.mapped("state") == ["draft", "sent", "signed"], "the extensions stay"
left = env["ir.model.data"].search_count([("module", "=", "order_postcalc")])
assert not left, f"{left} records are left behind"
"""


REMOVE_AFTERSALES = """
env["ir.module.module"].search([("name", "=", "order_aftersales")]).button_immediate_uninstall()
"""
CHECK_STAGE = """
order = env["sale.order"].search([("name", "=", "LIFECYCLE")])
assert order.are_decisions_waived, "nobody is asked about what was confirmed before"
assert order.order_stage_id.code == "billing", order.order_stage_id.code
assert order.is_order_open and len(order.stage_visit_ids) == 1
"""
CHECK_AFTERSALES_REMOVED = """
order = env["sale.order"].search([("name", "=", "LIFECYCLE")])
assert "order.stage" not in env
assert order.change_order_ids.mapped("state") == ["draft", "sent", "signed"], "the extensions stay"
order.order_line[0].product_uom_qty = 5
left = env["ir.model.data"].search_count([("module", "=", "order_aftersales")])
assert not left, f"{left} records are left behind"
"""


@contextmanager
def in_use(addon):
    """A database with the add-on and what it needs; yields what runs code, and what installs and updates, in it."""
    kind = database.minimal(REPOSITORY / addon)
    with runtime.prepared() as environment:
        with database.scratch(environment, database.template(environment, kind)) as name:

            def shell(code):
                # the shell goes on after an error: only what follows all of it is proof
                log = runtime.log_file(f"{name}-shell")
                environment.run_odoo(
                    ["shell", "-d", name, "--no-http"], log, code=code + "\nprint('end ' + 'reached')\n"
                )
                assert "end reached" in log.read_text() and "Traceback" not in log.read_text(), log.read_text()[-3000:]

            def install(wanted=(), update=()):
                log = database.install(environment, name, kind, list(wanted), update=update)
                assert runtime.troubles(log) == []

            yield shell, install


@pytest.mark.slow
def test_update_remove_and_install_again():
    with in_use("order_extension") as (shell, install):
        shell(USE)
        install(update=["order_extension"])
        shell(CHECK)
        shell(REMOVE)
        shell(CHECK_REMOVED)
        install(["order_extension"])


@pytest.mark.slow
def test_post_calculation_comes_and_goes():
    """It finds the plan of what is there, and leaves the extensions behind."""
    with in_use("order_postcalc") as (shell, install):
        shell(REMOVE_POSTCALC)
        shell(USE)
        install(["order_postcalc"])
        shell(CHECK_PLAN)
        install(update=["order_postcalc"])
        shell(CHECK_PLAN)
        shell(REMOVE_POSTCALC)
        shell(CHECK_POSTCALC_REMOVED)


@pytest.mark.slow
def test_order_cycle_comes_and_goes():
    """It finds the stage of what is there, and leaves the extensions behind."""
    with in_use("order_aftersales") as (shell, install):
        shell(REMOVE_AFTERSALES)
        shell(USE)
        install(["order_aftersales"])
        shell(CHECK_STAGE)
        install(update=["order_aftersales"])
        shell(CHECK_STAGE)
        shell(REMOVE_AFTERSALES)
        shell(CHECK_AFTERSALES_REMOVED)
