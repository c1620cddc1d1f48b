"""Everybody clicks everything that they see, with only their own rights: nothing is refused, and nothing breaks."""

import os

import pytest

from scripts.environment import database, runtime, server

walker = pytest.importorskip("tests.walker", reason="needs the prepared environment: python3 scripts/test.py")

#: The logins of the demo data, and how many clicks each has at least: fewer would prove nothing.
PEOPLE = {
    "seller": 400,
    "technician": 200,
    "bookkeeper": 400,
    "storekeeper": 200,
    "service": 200,
    "planner": 200,
    "manager": 400,
}
#: Buttons and menus of Odoo that it shows to those whom it refuses, with our add-ons and without.
ODOO_REFUSES = (
    "action_view_stock_serial",  # serial numbers of a customer, for who keeps the books
    "action_view_invoice",  # an invoice from its order, for sellers
    "action_view_so",  # the order of a task, for who reads no timesheets
    "account_payment.payment_method_menu",  # payment methods, for who keeps the books
    "You are not allowed to access 'Analytic Line'",  # a project billed by the hour, for who records no hours
    "/static/description/icon.png",  # icons of apps that are advertised and not there
    "/web/image/hr.employee",  # pictures of colleagues who have none
)
EVERYTHING = bool(os.environ.get("ORDER_ADDONS_CLICKS"))  # set by scripts/test.py --clicks: all apps, all views
if EVERYTHING:
    PEOPLE["admin"] = 300  # who sees everything, and takes longest


@pytest.fixture(scope="module")
def url():
    with runtime.prepared(with_browser=True) as environment:
        with database.scratch(environment, database.template(environment, database.DEMO)) as name:
            with server.serving(environment, name) as address:
                yield address


@pytest.fixture(scope="module")
def browser():
    with walker.chromium() as browser:
        yield browser


@pytest.mark.slow
class TestClicks:
    @pytest.mark.parametrize("login", PEOPLE)
    def test_everything_that_they_see(self, url, browser, login):
        with walker.person(browser, url, login, walker.DESKTOP) as person:
            person.page.goto(f"{url}/odoo")
            person.do("ready")
            person.walk(everything=EVERYTHING)
        troubles = [trouble for trouble in person.troubles if not any(name in trouble for name in ODOO_REFUSES)]
        assert not troubles, "\n".join(troubles)
        assert person.steps >= PEOPLE[login]
