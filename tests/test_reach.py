"""Wheel and finger reach the end of every long screen, on a desktop and on a phone.

Scripts that scroll prove nothing: they also move what a person can't.
"""

import pytest

from scripts.environment import addons, database, runtime, server

walker = pytest.importorskip("tests.walker", reason="needs the prepared environment: python3 scripts/test.py")

OURS = tuple(addons.names())
#: The record behind each client action of ours; one that is not here fails the test until it is.
CLIENT_ACTIONS = {"order_postcalc.sheet": "order_extension.order_wardrobe"}
#: Forms of others that carry much of ours, by a record of the demo data.
FORMS = {
    "sale.order": "order_extension.order_wardrobe",
    "project.task": None,
    "account.move": None,
    "res.config.settings": None,
}
STEP = 600  # pixels that a wheel or a finger moves at once
LIMIT = 40  # of such movements


@pytest.fixture(scope="module")
def demo():
    """The address of the demo data, and a function that answers what is in their database."""
    with runtime.prepared(with_browser=True) as environment:
        with database.scratch(environment, database.template(environment, database.DEMO)) as name:
            with server.serving(environment, name) as url:
                yield url, lambda *statement: database.query(environment, *statement, database=name)


@pytest.fixture(scope="module")
def browser():
    with walker.chromium() as browser:
        yield browser


def record_of(ask, xmlid: str) -> int:
    module, name = xmlid.split(".")
    return ask("SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s", module, name)[0][0]


def screens(ask, person):
    """(name, action) of every client action and every form of ours that has a record."""
    tags = person.do("clientActions", list(OURS))
    assert set(tags) <= set(CLIENT_ACTIONS), "say which record a new client action is shown with"
    for tag in tags:
        order = record_of(ask, CLIENT_ACTIONS[tag])
        yield tag, {"type": "ir.actions.client", "tag": tag, "context": {"active_id": order}, "params": {}}
    views = ask(
        "SELECT DISTINCT view.model FROM ir_ui_view view JOIN ir_model_data data ON data.model = 'ir.ui.view'"
        " AND data.res_id = view.id JOIN ir_model model ON model.model = view.model AND NOT model.transient"
        " WHERE view.type = 'form' AND view.inherit_id IS NULL AND data.module = ANY(%s) ORDER BY 1",
        list(OURS),
    )
    for model in [*FORMS, *(model for (model,) in views if model not in FORMS)]:
        table = model.replace(".", "_")
        if model == "res.config.settings":
            yield model, {"type": "ir.actions.act_window", "res_model": model, "views": [[False, "form"]]}
            continue
        if not ask("SELECT 1 FROM pg_class WHERE relname = %s AND relkind = 'r'", table):
            continue
        found = FORMS.get(model) and record_of(ask, FORMS[model])
        found = found or next((row[0] for row in ask(f"SELECT id FROM {table} ORDER BY id LIMIT 1")), None)
        if found:
            action = {"type": "ir.actions.act_window", "res_model": model, "res_id": found, "views": [[False, "form"]]}
            yield model, action


def wheel(person):
    size = person.page.viewport_size
    person.page.mouse.move(size["width"] // 2, size["height"] * 2 // 3)
    person.page.mouse.wheel(0, STEP)


def swipe(person):
    """A finger that goes up, from well above the lower edge to well below the upper one."""
    size = person.page.viewport_size
    session = person.page.context.new_cdp_session(person.page)
    start, end = size["height"] * 4 // 5, size["height"] // 5
    across = size["width"] // 2

    def touch(kind, *points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": across, "y": start})
    for height in range(start, end, -60):
        touch("touchMove", {"x": across, "y": height})
    touch("touchEnd")
    session.detach()


def reach(person, move) -> dict:
    """Move until the lowest thing is seen, or nothing moves any more."""
    lowest, before = person.do("lowest"), None
    for _count in range(LIMIT):
        if lowest["seen"] or lowest == before:
            break
        move(person)
        person.page.wait_for_timeout(120)
        lowest, before = person.do("lowest"), lowest
    return lowest


@pytest.mark.slow
@pytest.mark.parametrize(("device", "move"), [(walker.DESKTOP, wheel), (walker.PHONE, swipe)], ids=["wheel", "swipe"])
def test_the_end_of_every_screen_can_be_reached(demo, browser, device, move):
    url, ask = demo
    hidden, count = [], 0
    with walker.person(browser, url, "admin", device) as person:
        person.page.goto(f"{url}/odoo")
        person.do("ready")
        for name, action in screens(ask, person):
            person.way = name
            person.do("openScreen", action)
            lowest = reach(person, move)
            count += 1
            if not lowest["seen"]:
                hidden.append(f"{name}: {lowest['name']} ends at {lowest['bottom']} px")
    assert not hidden, "\n".join(hidden)
    assert not person.troubles, "\n".join(person.troubles)
    assert count >= 15
