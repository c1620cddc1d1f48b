"""Installing, updating and removing the add-ons in a database that is in use."""

import pytest

from scripts.environment import database, runtime

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
order.order_line[0].product_uom_qty = 5
left = env["ir.model.data"].search_count([("module", "=", "order_extension")])
assert not left, f"{left} records are left behind"
"""


@pytest.mark.slow
def test_update_remove_and_install_again():
    with runtime.prepared() as environment:
        with database.scratch(environment, database.template(environment, database.MINIMAL)) as name:

            def shell(code):
                # the shell goes on after an error: only what follows all of it is proof
                log = runtime.log_file(f"{name}-shell")
                environment.run_odoo(
                    ["shell", "-d", name, "--no-http"], log, code=code + "\nprint('end ' + 'reached')\n"
                )
                assert "end reached" in log.read_text() and "Traceback" not in log.read_text(), log.read_text()[-3000:]

            shell(USE)
            log = database.install(environment, name, database.MINIMAL, [], update=["order_extension"])
            assert runtime.troubles(log) == []
            shell(CHECK)
            shell(REMOVE)
            shell(CHECK_REMOVED)
            log = database.install(environment, name, database.MINIMAL, ["order_extension"])
            assert runtime.troubles(log) == []
