#!/usr/bin/env python3
"""Take the pictures of docs/pictures: real screens, from the demo data.

    python3 scripts/pictures.py                   all of them
    python3 scripts/pictures.py order sign-phone  only these

They come from a database of their own, which is dropped afterwards; it takes about 3 minutes. What changes from
run to run are dates, and the colours of people without a photo.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from environment import addons, browser, console, database, python_env, runtime, system
from environment.browser import DESKTOP, PHONE, Device
from environment.console import EnvironmentProblem, say, step
from environment.layout import REPOSITORY
from serve import wait_until_ready

FOLDER = REPOSITORY / "docs" / "pictures"
FONTS = Path("web/static/fonts/google/Roboto")  # the first of Odoo's own list of fonts that Odoo itself has
PDF_WIDTH = 900  # pixels
CHANGE_ORDERS = "/odoo/action-order_extension.sale_change_order_action"
DEMO_RECORDS = """
    SELECT state, id, order_id, task_id, access_token FROM sale_change_order
    WHERE state IN ('draft', 'sent', 'signed') ORDER BY id DESC
"""
COMPANY = "Lindner Joinery"
# Before the add-ons come, because an offer carries the name of the company that made it.
NAME_COMPANY = """
import base64
import io
from PIL import Image, ImageDraw, ImageFont

logo = Image.new("RGBA", (620, 110), (0, 0, 0, 0))
font = ImageFont.truetype({font!r}, 76)
ImageDraw.Draw(logo).text((4, 8), {company!r}, fill="#6b4423", font=font)
picture = io.BytesIO()
logo.save(picture, "PNG")
env.ref("base.main_company").write({{"name": {company!r}, "logo": base64.b64encode(picture.getvalue())}})
env.cr.commit()
"""


@dataclass(frozen=True)
class ChangeOrder:
    id: int
    order_id: int
    task_id: int | None
    token: str | None

    @property
    def link(self) -> str:
        """The customer's page, without a login."""
        return f"/my/change_orders/{self.id}?access_token={self.token}"


@dataclass(frozen=True)
class Shot:
    take: Callable
    device: Device
    login: str | None
    until: str


SHOTS: dict[str, Shot] = {}


def shot(name: str, device: Device, login: str | None = None, until: str = ""):
    """Register a function that brings a page to what the picture shows, which ends below the element `until`."""

    def register(function: Callable) -> Callable:
        SHOTS[name] = Shot(function, device, login, until)
        return function

    return register


@shot("order", DESKTOP, "seller")
def order(page, url, demo):
    page.open(f"{url}/odoo/action-sale.action_orders/{demo['signed'].order_id}", ".o_form_view .o_data_row")


@shot("change-order", DESKTOP, "seller", until=".o_form_sheet")
def change_order(page, url, demo):
    page.open(f"{url}{CHANGE_ORDERS}/{demo['sent'].id}", ".o_form_view .o_data_row")


@shot("change-orders", DESKTOP, "seller", until=".o_list_footer")
def change_orders(page, url, demo):
    page.open(f"{url}{CHANGE_ORDERS}", ".o_list_view .o_data_row")


@shot("task-phone", PHONE, "technician")
def task(page, url, demo):
    page.open(f"{url}/odoo/action-project.action_view_my_task/{demo['draft'].task_id}", ".o_form_view .o_field_widget")


@shot("capture-phone", PHONE, "technician")
def capture(page, url, demo):
    page.open(f"{url}{CHANGE_ORDERS}/{demo['draft'].id}", ".o_form_view .o_kanban_record")


@shot("portal-phone", PHONE)
@shot("portal-desktop", DESKTOP)
def portal(page, url, demo):
    page.open(f"{url}{demo['sent'].link}", ".o_change_order")


@shot("sign-phone", PHONE)
def sign(page, url, demo):
    portal(page, url, demo)
    page.wait("#change_order_accept .o_web_sign_name_and_signature", visible=False)  # the page's scripts are there
    page.click(".o_change_order_bar .o_change_order_accept")
    page.click(".modal.show .o_web_sign_auto_button")
    page.wait(".modal.show .o_portal_sign_submit:enabled")


def log_in(page, url: str, login: str) -> None:
    page.open(f"{url}/web/login", "form.oe_login_form")
    page.fill("#login", login)
    page.fill("#password", login)
    page.click("form.oe_login_form button[type=submit]")
    page.wait(".o_web_client .o_navbar")


def take(names: list[str], chromium: browser.Browser, url: str, demo: dict[str, ChangeOrder]) -> None:
    """Take pictures; one window for each person and device."""
    pages = {}
    with ExitStack() as windows:
        for name in names:
            chosen = SHOTS[name]
            with step(f"{name}.png"):
                key = chosen.login, chosen.device
                if key not in pages:
                    pages[key] = windows.enter_context(chromium.page(chosen.device))
                    if chosen.login:
                        log_in(pages[key], url, chosen.login)
                chosen.take(pages[key], url, demo)
                pages[key].capture(FOLDER / f"{name}.png", chosen.until)


def take_pdf(chromium: browser.Browser, url: str, demo: dict[str, ChangeOrder]) -> None:
    """The first page of what the customer has: she signs for it, so this picture comes last."""
    program = shutil.which("pdftoppm")
    if not program:
        say("pdf.png was left out: it takes pdftoppm (Debian's package poppler-utils)")
        return
    with step("pdf.png"), chromium.page(PHONE) as page, tempfile.TemporaryDirectory() as folder:
        sign(page, url, demo)
        page.click(".modal.show .o_portal_sign_submit")
        page.wait(".o_change_order[data-state=signed]")
        document = Path(folder) / "signed.pdf"
        with urllib.request.urlopen(f"{url}{demo['sent'].link}&report_type=pdf", timeout=120) as answer:
            document.write_bytes(answer.read())
        options = ["-png", "-singlefile", "-f", "1", "-scale-to-x", str(PDF_WIDTH), "-scale-to-y", "-1"]
        subprocess.run([program, *options, str(document), str(FOLDER / "pdf")], check=True)


def fonts(environment: runtime.Environment) -> Path:
    """The folder with the font for the pictures."""
    folders = [environment.source.python_path / "odoo" / "addons", *environment.source.addons]
    return next((folder / FONTS for folder in folders if (folder / FONTS).is_dir()), folders[0] / FONTS)


def find_demo(environment: runtime.Environment, name: str) -> dict[str, ChangeOrder]:
    """The demo data's change orders, by their state; of the newest order with one."""
    return {state: ChangeOrder(*values) for state, *values in database.query(environment, DEMO_RECORDS, database=name)}


@contextmanager
def demo_database(environment: runtime.Environment):
    """The add-ons with their demo data, in a company with a name and a logo."""
    with database.scratch(environment, database.base(environment, database.DEMO)) as name:
        with step("database with the add-ons and demo data", "about a minute") as progress:
            code = NAME_COMPANY.format(company=COMPANY, font=str(fonts(environment) / "Roboto-Bold.ttf"))
            environment.run_odoo(["shell", "-d", name, "--no-http"], runtime.log_file("pictures-company"), code=code)
            database.install(environment, name, database.DEMO, addons.names(), progress)
            progress("scripts and styles")
            database.compile_assets(environment, name)
        yield name


@contextmanager
def served(environment: runtime.Environment, name: str):
    """Odoo with the database `name`. Yields its URL."""
    port = runtime.free_port()
    url = f"http://127.0.0.1:{port}"
    database.set_address(environment, name, url)
    log = runtime.log_file("pictures")
    settings = {
        "db_name": name,
        "dbfilter": f"^{name}$",
        "list_db": "False",
        "http_port": port,
        "max_cron_threads": "0",
    }
    with environment.configuration("pictures", **settings) as configuration, log.open("w") as stream:
        process = runtime.start(
            environment.command(),
            environment.server,
            env=environment.variables(configuration),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        with runtime.ended(process):
            with step("starting Odoo", "about 5 s"):
                wait_until_ready(process, url, log)
            yield url


def chosen(arguments: list[str]) -> list[str]:
    """The names of the pictures to take."""
    known = [*SHOTS, "pdf"]
    if unknown := sorted(set(arguments) - set(known)):
        raise EnvironmentProblem(f"there is no picture {', '.join(unknown)}; there are {', '.join(known)}")
    return [name for name in known if not arguments or name in arguments]


def main(arguments: list[str]) -> int:
    if {"-h", "--help"} & set(arguments):
        print(__doc__, "The pictures:", *[f"    {name}" for name in chosen([])], sep="\n")
        return 0
    names = chosen(arguments)
    system.ensure_browser()
    python = python_env.prepare()
    if Path(sys.executable) != python:  # the browser is spoken to with a library that is there
        os.execv(python, [str(python), __file__, *arguments])
    FOLDER.mkdir(parents=True, exist_ok=True)
    with runtime.prepared(with_browser=True, pdf_required="pdf" in names) as environment:
        with demo_database(environment) as name, served(environment, name) as url:
            demo = find_demo(environment, name)
            with browser.started(fonts(environment)) as chromium:
                take([name for name in names if name in SHOTS], chromium, url, demo)
                if "pdf" in names:
                    take_pdf(chromium, url, demo)
    return 0


if __name__ == "__main__":
    console.main(main)
