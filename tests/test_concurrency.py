"""What happens when two people do the same thing at the same moment: real transactions, really committed.

These tests leave their orders behind, which is why they live here, where every run has a database of its own.
"""

import importlib
import threading
import time
from unittest.mock import patch

import pytest
from psycopg2 import OperationalError

odoo = pytest.importorskip("odoo", reason="needs the prepared environment: python3 scripts/test.py")

from odoo import SUPERUSER_ID, api  # noqa: E402
from odoo.exceptions import ConcurrencyError, UserError  # noqa: E402
from odoo.fields import Command  # noqa: E402
from odoo.modules.registry import Registry  # noqa: E402
from odoo.tools import SQL, config  # noqa: E402

#: One transparent pixel: the smallest signature that is a picture.
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="


@pytest.fixture(scope="module")
def registry():
    names = config["db_name"]
    return Registry(names if isinstance(names, str) else names[0])


@pytest.fixture
def transaction(registry):
    """Return a function that opens a transaction; what it does stays when its block ends well."""

    class Transaction:
        def __enter__(self):
            self.cr = registry.cursor()
            # a test that waits for a lock for ever tells nobody why
            self.cr.execute("SET LOCAL lock_timeout = '5s'")
            return api.Environment(self.cr, SUPERUSER_ID, {})

        def __exit__(self, kind, error, traceback):
            try:
                if kind is None:
                    self.cr.commit()
            finally:
                self.cr.close()

    return Transaction


@pytest.fixture
def offers(transaction):
    """Two change orders of 85.00 each, sent, on one order of 1 000.00."""
    with transaction() as env:
        wardrobe, window = env["product.product"].create(
            [
                {"name": "Wardrobe", "list_price": 1000.0, "type": "service", "taxes_id": False},
                {"name": "Window", "list_price": 85.0, "type": "service", "taxes_id": False},
            ]
        )
        order = env["sale.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": "Two at once"}).id,
                "order_line": [Command.create({"product_id": wardrobe.id})],
            }
        )
        order.action_confirm()
        changes = env["sale.change.order"].create(
            [
                {
                    "order_id": order.id,
                    "title": "Window",
                    "line_ids": [Command.create({"product_id": window.id})],
                }
                for _index in range(2)
            ]
        )
        changes.action_mark_sent()
        return changes.ids


def at_once(*actions):
    """Run the actions in threads that start together; return what they returned or raised."""
    barrier = threading.Barrier(len(actions))
    outcomes = [None] * len(actions)

    def run(index, action):
        barrier.wait(10)
        try:
            outcomes[index] = action() or "done"
        except (UserError, OperationalError, ConcurrencyError) as error:
            outcomes[index] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def sign(transaction, change_id, name):
    def action():
        with transaction() as env:
            env["sale.change.order"].browse(change_id)._sign(name, SIGNATURE)

    return action


def test_two_simultaneous_signatures_apply_once(transaction, offers):
    outcomes = at_once(sign(transaction, offers[0], "Lena"), sign(transaction, offers[0], "Jan"))
    assert outcomes.count("done") == 1, outcomes
    with transaction() as env:
        change = env["sale.change.order"].browse(offers[0])
        assert change.state == "signed"
        assert change.signed_by == ("Lena" if outcomes[0] == "done" else "Jan")
        assert len(change.order_id.order_line.filtered("change_order_line_id")) == 1
        assert change.order_id.amount_untaxed == 1085.0


def test_two_offers_signed_at_once_count_each_other(transaction, offers):
    actions = [sign(transaction, change_id, "Lena") for change_id in offers]
    outcomes = at_once(*actions)
    for action, outcome in zip(actions, outcomes, strict=True):
        if outcome != "done":
            action()
    with transaction() as env:
        changes = env["sale.change.order"].browse(offers)
        assert changes.order_id.amount_untaxed == 1170.0
        assert sorted(changes.mapped("amount_before")) == [1000.0, 1085.0]
        assert sorted(changes.mapped("amount_after")) == [1085.0, 1170.0]


@pytest.fixture
def short_wait():
    """Nobody waits longer than a moment."""
    with patch("odoo.addons.order_extension.row_lock.LOCK_WAIT_SECONDS", 0.2):
        yield


@pytest.mark.parametrize("is_changed", [True, False])
def test_who_comes_second_waits_for_their_turn(transaction, offers, is_changed):
    """What was read before the wait may be of yesterday, so nothing is done with it: it begins again, and is had."""

    def extend(env):
        order = env["sale.change.order"].browse(offers[1]).order_id
        order._lock_for_extension()
        if is_changed:
            order.client_order_ref = "In between"
            env.flush_all()

    with transaction() as other:
        extend(other)
        waiting = threading.Thread(target=lambda: outcomes.append(at_once(sign(transaction, offers[0], "Lena"))))
        outcomes = []
        waiting.start()
        time.sleep(0.3)
        assert not outcomes, "it waits"
    waiting.join(30)
    [[outcome]] = outcomes
    assert isinstance(outcome, OperationalError if is_changed else ConcurrencyError)
    sign(transaction, offers[0], "Lena")()
    with transaction() as env:
        assert env["sale.change.order"].browse(offers[0]).state == "signed"


def test_limit_of_the_wait_is_the_locks_own(transaction, offers):
    """Whatever else waits in the same transaction does so as long as before."""
    with transaction() as env:
        order = env["sale.change.order"].browse(offers[0]).order_id
        lock_rows = importlib.import_module("odoo.addons.order_extension.row_lock")._wait_for_rows
        lock_rows(order, SQL("FOR UPDATE"))
        assert env.execute_query(SQL("SHOW lock_timeout")) == [("5s",)]


def test_who_waits_too_long_is_told(transaction, offers, short_wait):
    """While somebody else extends the order, a signature does not do half of it."""
    with transaction() as other:
        other["sale.change.order"].browse(offers[1]).order_id._lock_for_extension()
        with pytest.raises(UserError, match="changed by somebody else at this moment"), transaction() as env:
            env["sale.change.order"].browse(offers[0])._sign("Lena", SIGNATURE)
    with transaction() as env:
        change = env["sale.change.order"].browse(offers[0])
        assert (change.state, change.signed_by, change.order_id.amount_untaxed) == ("sent", False, 1000.0)


def test_a_job_that_holds_the_offer_is_no_riddle(transaction, offers, short_wait):
    """The nightly job locks single offers, not their orders: that is said as plainly."""
    with transaction() as other:
        other["sale.change.order"].browse(offers[0]).lock_for_update()
        with pytest.raises(UserError, match="C01 is being changed by somebody else"), transaction() as env:
            env["sale.change.order"].browse(offers[0])._sign("Lena", SIGNATURE)


def test_numbers_given_at_once_differ(transaction, offers):
    with transaction() as env:
        order_id = env["sale.change.order"].browse(offers[0]).order_id.id

    def record():
        with transaction() as env:
            return env["sale.change.order"].create({"order_id": order_id, "title": "Another"}).name

    names = [outcome for outcome in at_once(record, record, record) if isinstance(outcome, str)]
    assert names, "at least one gets through"
    assert len(set(names)) == len(names)


def test_sign_and_cancel_at_once(transaction, offers):
    """Either it is signed or it is cancelled, never both."""

    def cancel():
        with transaction() as env:
            env["sale.change.order"].browse(offers[0])._cancel("Too late")

    outcomes = at_once(sign(transaction, offers[0], "Lena"), cancel)
    assert outcomes.count("done") == 1, outcomes
    with transaction() as env:
        change = env["sale.change.order"].browse(offers[0])
        assert change.state == ("signed" if outcomes[0] == "done" else "cancelled")
        assert bool(change.signed_by) == bool(change.line_ids.applied_line_id) == (outcomes[0] == "done")


@pytest.fixture
def captures(transaction):
    """Two dialogs of 15 minutes at 60.00 an hour, 15.00 each, on one order of 3 000.00 with 0.75 % = 22.50 free."""
    with transaction() as env:
        wardrobe, work = env["product.product"].create(
            [
                {"name": "Wardrobe", "list_price": 2400.0, "type": "service", "taxes_id": False},
                {
                    "name": "Work",
                    "list_price": 60.0,
                    "type": "service",
                    "taxes_id": False,
                    "uom_id": env.ref("uom.product_uom_hour").id,
                },
            ]
        )
        order = env["sale.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": "Two favours at once"}).id,
                "minor_items_rate": 0.0075,
                "order_line": [
                    Command.create({"product_id": wardrobe.id}),
                    Command.create({"product_id": work.id, "product_uom_qty": 10}),
                ],
            }
        )
        order.action_apply_minor_items()
        order.action_confirm()
        assert order.minor_items_left == 22.5
        captures = env["sale.extra.capture"].create(
            [{"order_id": order.id, "name": f"Favour {number}", "minutes": 15} for number in (1, 2)]
        )
        assert captures.mapped("route") == ["minor_item", "minor_item"]
        return captures.ids


def confirm(transaction, capture_id):
    def action():
        with transaction() as env:
            action = env["sale.extra.capture"].browse(capture_id).action_confirm()
            # what is free stays where it was recorded, with a way to take it back
            return action.get("res_model") or action["params"]["undo"]["model"]

    return action


def test_two_favours_at_once_do_not_overdraw_the_allowance(transaction, captures):
    actions = [confirm(transaction, capture_id) for capture_id in captures]
    outcomes = at_once(*actions)
    # who came second was asked to try again in a few seconds, so he does
    outcomes = [
        outcome if isinstance(outcome, str) else action() for action, outcome in zip(actions, outcomes, strict=True)
    ]
    assert sorted(outcomes) == ["sale.change.order", "sale.minor.item"]
    with transaction() as env:
        order = env["sale.extra.capture"].browse(captures[0]).order_id
        assert (order.minor_items_used, order.minor_items_left) == (15.0, 7.5)
        assert order.minor_item_ids.mapped("covered_by") == ["allowance"]


def test_last_two_tasks_closed_at_once(transaction):
    """Each sees the other's task still open; one of them has to look again, so that the order goes on."""
    with transaction() as env:
        project = env["project.project"].create({"name": "Two at once", "allow_billable": True})
        service = env["product.product"].create(
            {"name": "Assembly", "list_price": 100.0, "type": "service", "taxes_id": False, "invoice_policy": "order"}
        )
        order = env["sale.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": "Two tasks"}).id,
                "order_line": [Command.create({"product_id": service.id})],
            }
        )
        order.action_confirm()
        order._as_transition().are_decisions_waived = True
        tasks = env["project.task"].create(
            [
                {"name": f"Task {number}", "project_id": project.id, "sale_line_id": order.order_line.id}
                for number in range(2)
            ]
        )
        assert order.order_stage_id.code == "fulfilment"
        order_id, task_ids = order.id, tasks.ids
    seen = threading.Barrier(2)

    def close(task_id):
        def action():
            with transaction() as env:
                task = env["project.task"].browse(task_id)
                assert task.sale_order_id.order_stage_id.code == "fulfilment"
                seen.wait(10)  # both have read before either writes
                task.state = "1_done"
                env.flush_all()

        return action

    outcomes = at_once(*(close(task_id) for task_id in task_ids))
    assert sorted(outcome == "done" for outcome in outcomes) == [False, True], outcomes
    late = task_ids[0 if outcomes[0] != "done" else 1]
    with transaction() as env:
        assert env["sale.order"].browse(order_id).order_stage_id.code == "fulfilment"
        # what Odoo does by itself: it runs the request again
        env["project.task"].browse(late).state = "1_done"
        env.flush_all()
        assert env["sale.order"].browse(order_id).order_stage_id.code == "billing"
