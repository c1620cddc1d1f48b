"""A person before the screen: logs in, clicks through what the menus offer, and notes every trouble."""

import resource
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from scripts.environment import addons, system

WALK = Path(__file__).with_name("walk.js")
OURS = tuple(f"{name}." for name in addons.names())
DESKTOP = {"viewport": {"width": 1366, "height": 768}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
#: What browsers say of themselves, and of nothing that a user would notice.
HARMLESS = (
    "ResizeObserver loop",
    "Service worker registration failed",
    "Failed to load resource: net::ERR_",
    "WebSocket connection to",
)


def lift_memory_limit():
    """Chromium reserves far more addresses than Odoo, which runs in this process, allows itself."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


@contextmanager
def chromium():
    """The system's Chromium."""
    lift_memory_limit()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system.browser(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Elsewhere(Exception):
    """A step has led out of the web client."""


@dataclass
class Person:
    """Somebody logged in to the web client on one device.

    `steps` counts what was clicked; `troubles` has a line for each error with the way that led there.
    """

    page: object
    url: str
    login: str
    troubles: list[str] = field(default_factory=list)
    steps: int = 0
    way: str = ""
    seen: set = field(default_factory=set)

    def do(self, step: str, *arguments):
        """Take a step of `walk.js`; what goes wrong is noted with the way that led there.

        :raise Elsewhere: if the step has led out of the web client, such as to the customer's page
        """
        self.steps += 1
        try:
            result = self.page.evaluate(
                "async ([step, rest]) => (await walk[step](...rest)) ?? null", [step, arguments]
            )
            for trouble in self.page.evaluate("walk.troubles()"):
                self.note(trouble)
        except Error as error:
            if "Execution context was destroyed" not in error.message and "walk is not defined" not in error.message:
                raise
            # The next page is on its way: who leaves before it has come is not heard by the browser.
            self.page.wait_for_function("document.readyState === 'complete'")
            raise Elsewhere from error
        return result

    def come_back(self) -> None:
        """From wherever a button has led to the web client."""
        self.page.goto(f"{self.url}/odoo")
        self.do("ready")

    def note(self, trouble: str) -> None:
        self.troubles.append(f"{self.login}: {self.way}: {trouble}")

    def menus(self, everything: bool) -> list[dict]:
        """The menus with an action, of the apps that carry a menu of ours or of all of them; ours first."""
        menus = self.do("menus")
        apps = {menu["appID"] for menu in menus if everything or menu["xmlid"].startswith(OURS)}
        found = [menu for menu in menus if menu["appID"] in apps and menu["actionID"]]
        found = [menu for menu in found if menu["actionModel"] in ("ir.actions.act_window", "ir.actions.client")]
        return sorted(found, key=lambda menu: (not menu["xmlid"].startswith(OURS), menu["appID"]))

    def walk(self, *, everything: bool = False) -> None:
        """Click through all menus: every kind of view, filters, the first record with its buttons and tabs.

        Of menus that are not ours only what opens first, unless `everything` is asked for.
        """
        app = None
        for menu in self.menus(everything):
            if not self.is_new("menu", menu["actionID"]):
                continue
            if app != menu["appID"]:  # a page that lives long grows
                app = menu["appID"]
                self.come_back()
            self.way = f"{menu['name']} ({menu['xmlid']})"
            self.do("openMenu", menu["id"])
            self.screen(menu["id"], closely=everything or menu["xmlid"].startswith(OURS))

    def screen(self, menu: int, *, closely: bool) -> None:
        """The screen that a menu has opened, `closely`: in each of its kinds of view, with all filters."""
        start = self.way
        if closely:
            self.way = f"{start} > filters"
            self.do("filters")
        for view in [None, *(self.do("views") if closely else ())]:
            self.way = f"{start} > {view or 'first view'}"
            try:
                if view:
                    self.do("switchView", view)
                here = self.do("place")
                self.way += " > first record"
                if self.do("openFirst"):
                    self.record(closely=closely)
                self.do("backTo", here)
            except Elsewhere:
                self.come_back()
                self.do("openMenu", menu)
        self.do("closeDialogs")

    def record(self, *, closely: bool) -> None:
        """The form, list or dialog that a click on a record has opened; `closely`: also another of a known model."""
        start = self.way
        for _more in range(2):  # behind a figure of a pivot there is a list, and behind that the record
            if self.do("isForm") or not self.do("openFirst"):
                break
        form = self.do("place")
        model, title = self.do("subject")
        if not self.is_new("form", model, title if closely else ""):
            return
        self.way = f"{start} > {title}"
        self.do("tabs")
        for index, name in enumerate(self.do("statButtons")):
            if not self.is_new("button", model, name):
                continue
            self.way = f"{start} > {title} > {name}"
            self.do("pressStat", index)
            if self.do("place") != form and not self.do("isForm"):
                self.way += " > first record"
                self.do("openFirst")
            self.do("backTo", form)
            self.do("closeDialogs")

    def is_new(self, *what) -> bool:
        """Whether this was not looked at before; from now on it was."""
        known = what in self.seen
        self.seen.add(what)
        return not known


@contextmanager
def person(browser, url: str, login: str, device: dict):
    """Somebody of the demo data, whose password is the login, in a window of their own."""
    context = browser.new_context(**device, service_workers="block")
    context.add_init_script(path=WALK)
    page = context.new_page()
    page.set_default_timeout(120_000)
    found = Person(page, url, login)

    def hear(message):
        if message.type == "error" and not message.text.startswith(HARMLESS):
            found.note(f"console: {message.text[:500]} ({message.location.get('url', '')})")

    # Whoever leaves a line that they have begun to edit is asked whether they mean it.
    page.on("dialog", lambda dialog: dialog.accept())
    page.on("console", hear)
    page.on("response", lambda answer: answer.status >= 500 and found.note(f"HTTP {answer.status}: {answer.url}"))
    page.on("pageerror", lambda error: found.note(f"page: {str(error)[:500]}"))
    try:
        page.goto(f"{url}/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", login)
        page.locator("form.oe_login_form button[type=submit]").first.click()
        page.wait_for_url(lambda address: "/web/login" not in address)
        yield found
    finally:
        context.close()
