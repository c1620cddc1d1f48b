#!/usr/bin/env python3
"""Take the pictures of docs/pictures: real screens, from the demo data.

    python3 scripts/pictures.py                   all of them
    python3 scripts/pictures.py order sign-phone  only these

They come from a database of their own, which is dropped afterwards; it takes about 4 minutes. What changes from
run to run are dates, and the colours of people without a photo.
"""

import base64
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
from environment.server import serving

FOLDER = REPOSITORY / "docs" / "pictures"
FONTS = Path("web/static/fonts/google/Roboto")  # the first of Odoo's own list of fonts that Odoo itself has
PDF_WIDTH = 900  # pixels
CHANGE_ORDERS = "/odoo/action-order_extension.sale_change_order_action"
MINOR_ITEMS = "/odoo/action-order_extension.sale_minor_item_action"
ON_SITE = "/odoo/action-order_extension.project_task_action_site"
ORDERS = "/odoo/action-sale.action_orders"
ANALYSIS = "/odoo/post-calculation-analysis"
ADVICE = "/odoo/action-order_postcalc.order_allowance_advice_action"
CUSTOMERS = "/odoo/customer-contribution"
BOARD = "/odoo/order-board"
STAGES = "/odoo/order-stages"
UNATTENDED = "/odoo/unattended-orders"
PROMISES = "/odoo/action-order_aftersales.order_promise_report_action"
HELD_INVOICES = "/odoo/held-invoices"
SHEET_PDF = "/report/pdf/order_postcalc.report_order_postcalc_sheet"
# What the pictures show, by the names that the demo data give it.
DEMO_RECORDS = """
    SELECT data.name, data.res_id, change.order_id, change.task_id, COALESCE(change.access_token, sale.access_token)
      FROM ir_model_data data
      LEFT JOIN sale_change_order change ON data.model = 'sale.change.order' AND change.id = data.res_id
      LEFT JOIN sale_order sale ON data.model = 'sale.order' AND sale.id = data.res_id
     WHERE data.module IN ('order_extension', 'order_aftersales') AND data.model IN ('sale.change.order', 'sale.order')
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
# Odoo has chosen the codes of the journals, which begin each number, from all languages that are installed: here the
# French ones. A number follows on the last one, so that those of Odoo's own demo data change too.
journals = env["account.journal"].search([("type", "in", ("sale", "purchase"))])
for journal in journals:
    code = {{"FAC": "INV", "FACTU": "BILL"}}.get(journal.code)
    if code:
        env.cr.execute(
            "UPDATE account_move SET name = replace(name, %(old)s, %(new)s),"
            " payment_reference = replace(payment_reference, %(old)s, %(new)s),"
            " sequence_prefix = replace(sequence_prefix, %(old)s, %(new)s) WHERE journal_id = %(id)s",
            {{"old": f"{{journal.code}}/", "new": f"{{code}}/", "id": journal.id}},
        )
        journal.code = code
env.cr.commit()
"""


@dataclass(frozen=True)
class Document:
    """An order or a change order of the demo data."""

    id: int
    order_id: int | None
    task_id: int | None
    token: str | None

    @property
    def link(self) -> str:
        """The customer's page, without a login."""
        kind = "change_orders" if self.order_id else "orders"
        return f"/my/{kind}/{self.id}?access_token={self.token}"


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


@shot("site-phone", PHONE, "technician")
def site(page, url, demo):
    page.open(f"{url}{ON_SITE}", ".o_kanban_record button[name=action_record_extra]")


@shot("extra-phone", PHONE, "technician")
def extra(page, url, demo):
    task = demo["change_order_window"].task_id
    page.open(f"{url}{ON_SITE}/{task}", ".o_form_view button[name=action_record_extra]")
    page.click("button[name=action_record_extra]")
    page.choose(".modal [name=catalogue_id] .o_selection_badge", "socket")
    page.wait(".modal .alert-success")


@shot("rules-phone", PHONE, "technician")
def rules(page, url, demo):
    task = demo["change_order_window"].task_id
    page.open(f"{url}{ON_SITE}/{task}", ".o_form_view .o_notebook")
    page.choose(".o_notebook .nav-link", "Free")
    page.wait(".o_field_widget[name=extra_rules]")
    page.scroll_to(".o_notebook")


@shot("capture-phone", PHONE, "technician")
def capture(page, url, demo):
    page.open(f"{url}{CHANGE_ORDERS}/{demo['change_order_shelf'].id}", ".o_form_view .o_kanban_record")


@shot("quotation", DESKTOP, "seller")
def quotation(page, url, demo):
    page.open(f"{url}/odoo/action-sale.action_quotations/{demo['order_hall'].id}", ".o_form_view .o_data_row")
    page.scroll_to(".o_notebook")


@shot("order", DESKTOP, "seller")
def order(page, url, demo):
    page.open(f"{url}/odoo/action-sale.action_orders/{demo['order_wardrobe'].id}", ".o_form_view .o_data_row")
    page.scroll_to(".o_notebook")


@shot("change-order", DESKTOP, "seller", until=".o_form_sheet")
def change_order(page, url, demo):
    page.open(f"{url}{CHANGE_ORDERS}/{demo['change_order_window'].id}", ".o_form_view .o_data_row")


@shot("change-orders", DESKTOP, "seller", until=".o_list_footer")
def change_orders(page, url, demo):
    page.open(f"{url}{CHANGE_ORDERS}", ".o_list_view .o_data_row")


@shot("minor-items", DESKTOP, "seller", until=".o_list_footer")
def minor_items(page, url, demo):
    page.open(f"{url}{MINOR_ITEMS}", ".o_list_view .o_data_row")


@shot("quotation-phone", PHONE)
def scope(page, url, demo):
    page.open(f"{url}{demo['order_hall'].link}", "#scope")
    page.scroll_to("#scope")


@shot("portal-phone", PHONE)
@shot("portal-desktop", DESKTOP)
def portal(page, url, demo):
    page.open(f"{url}{demo['change_order_window'].link}", ".o_change_order")


@shot("options-phone", PHONE)
def options(page, url, demo):
    portal(page, url, demo)
    page.click(".o_change_order_option input:enabled")
    page.wait(".o_change_order_option:not(.o_change_order_left)")
    page.scroll_to(".o_change_order_lines")


@shot("sign-phone", PHONE)
def sign(page, url, demo):
    portal(page, url, demo)
    page.wait("#change_order_accept .o_web_sign_name_and_signature", visible=False)  # the page's scripts are there
    page.click(".o_change_order_bar .o_change_order_accept")
    page.click(".modal.show .o_web_sign_auto_button")
    page.wait(".modal.show .o_portal_sign_submit:enabled")


def open_sheet(page, url, demo):
    page.open(f"{url}/odoo/sales/{demo['order_wardrobe'].id}/post-calculation", ".o_postcalc_sheet .o_postcalc_body")


@shot("postcalc", DESKTOP, "manager")
def postcalc(page, url, demo):
    open_sheet(page, url, demo)


@shot("postcalc-phone", PHONE, "manager")
def postcalc_phone(page, url, demo):
    open_sheet(page, url, demo)


@shot("analysis", DESKTOP, "manager")
def analysis(page, url, demo):
    page.open(f"{url}{ANALYSIS}", ".o_pivot table tbody")


@shot("precalculation", DESKTOP, "seller")
def precalculation(page, url, demo):
    page.open(f"{url}/odoo/action-sale.action_quotations/{demo['order_hall'].id}", ".o_form_view .o_data_row")
    page.choose(".o_notebook .nav-link", "Pre-Calculation")
    page.scroll_to(".o_notebook")


@shot("advice", DESKTOP, "manager")
def advice(page, url, demo):
    page.open(f"{url}{ADVICE}", ".o_list_view .o_data_row")
    page.choose(".o_data_row td", "Fitted wardrobe")
    page.wait(".o_form_view [name=order_bars_html]")


@shot("customers", DESKTOP, "manager", until=".o_list_footer")
def customers(page, url, demo):
    page.open(f"{url}{CUSTOMERS}", ".o_list_view .o_data_row")


@shot("invoice-hours", DESKTOP, "manager")
def invoice_hours(page, url, demo):
    page.open(f"{url}{ORDERS}/{demo['order_door'].id}", ".o_form_view button[name=action_view_invoice]")
    page.click("button[name=action_view_invoice]")
    page.choose(".o_notebook .nav-link", "Hours")
    page.wait("[name=hours_behind_rate]")


@shot("board", DESKTOP, "planner")
def board(page, url, demo):
    page.open(f"{url}{BOARD}", ".o_kanban_view .o_kanban_record")
    page.scroll_to(".o_kanban_group:nth-child(5)")


@shot("board-phone", PHONE, "planner")
def board_phone(page, url, demo):
    page.open(f"{url}{BOARD}", ".o_kanban_view .o_kanban_record")
    page.scroll_to(".o_kanban_group:nth-child(3)")


@shot("order-sheet", DESKTOP, "planner")
def order_sheet(page, url, demo):
    page.open(f"{url}{BOARD}/{demo['order_kindergarten_2'].id}", ".o_form_view [name=ordered_summary]")


@shot("stage-map", DESKTOP, "planner")
def stage_map(page, url, demo):
    page.open(f"{url}{STAGES}", ".o_kanban_view .o_kanban_record")


@shot("unattended", DESKTOP, "planner", until=".o_list_footer")
def unattended(page, url, demo):
    page.open(f"{url}{UNATTENDED}", ".o_list_view .o_data_row")


@shot("promises", DESKTOP, "manager")
def promises(page, url, demo):
    page.open(f"{url}{PROMISES}", ".o_pivot table tbody")


@shot("held-invoice", DESKTOP, "bookkeeper")
def held_invoice(page, url, demo):
    page.open(f"{url}{HELD_INVOICES}", ".o_list_view .o_data_row")
    page.click(".o_data_row .o_data_cell[name=invoice_partner_display_name]")
    page.wait(".o_form_view [name=billing_issue_summary]")


@shot("stage-phone", PHONE)
def stage_phone(page, url, demo):
    page.open(f"{url}{demo['order_kindergarten_2'].link}", "#order_stage")
    page.scroll_to("#order_stage")


def log_in(page, url: str, login: str) -> None:
    page.open(f"{url}/web/login", "form.oe_login_form")
    page.fill("#login", login)
    page.fill("#password", login)
    page.click("form.oe_login_form button[type=submit]")
    page.wait(".o_web_client .o_navbar")


def take(names: list[str], chromium: browser.Browser, url: str, demo: dict[str, Document]) -> None:
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


def take_sheet_pdf(chromium: browser.Browser, url: str, demo: dict[str, Document]) -> None:
    """The first page of the post-calculation on paper."""
    with step("postcalc-pdf.png"), chromium.page(DESKTOP) as page:
        log_in(page, url, "manager")
        document = page.run(
            f"fetch('{SHEET_PDF}/{demo['order_wardrobe'].id}').then((answer) => answer.arrayBuffer()).then((content) =>"
            " btoa(Array.from(new Uint8Array(content), (byte) => String.fromCharCode(byte)).join('')))"
        )
        draw_pdf(base64.b64decode(document), "postcalc-pdf")


def take_pdf(chromium: browser.Browser, url: str, demo: dict[str, Document]) -> None:
    """The first page of what the customer has: she signs for it, so this picture comes last."""
    with step("pdf.png"), chromium.page(PHONE) as page:
        sign(page, url, demo)
        page.click(".modal.show .o_portal_sign_submit")
        page.wait(".o_change_order[data-state=signed]")
        with urllib.request.urlopen(f"{url}{demo['change_order_window'].link}&report_type=pdf", timeout=120) as answer:
            draw_pdf(answer.read(), "pdf")


def draw_pdf(document: bytes, name: str) -> None:
    """Draw the first page of a PDF file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.pdf"
        path.write_bytes(document)
        options = ["-png", "-singlefile", "-f", "1", "-scale-to-x", str(PDF_WIDTH), "-scale-to-y", "-1"]
        subprocess.run(["pdftoppm", *options, str(path), str(FOLDER / name)], check=True)
    picture = FOLDER / f"{name}.png"
    picture.write_bytes(browser.with_fewer_colours(picture.read_bytes()))


# The one that signs comes last.
PDFS = {"postcalc-pdf": take_sheet_pdf, "pdf": take_pdf}


def fonts(environment: runtime.Environment) -> Path:
    """The folder with the font for the pictures."""
    folders = [environment.source.python_path / "odoo" / "addons", *environment.source.addons]
    return next((folder / FONTS for folder in folders if (folder / FONTS).is_dir()), folders[0] / FONTS)


def find_demo(environment: runtime.Environment, name: str) -> dict[str, Document]:
    """The demo data's orders and change orders, by name."""
    return {name: Document(*values) for name, *values in database.query(environment, DEMO_RECORDS, database=name)}


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


def chosen(arguments: list[str]) -> list[str]:
    """The names of the pictures to take."""
    known = [*SHOTS, *PDFS]
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
    pdfs = [name for name in PDFS if name in names]
    if pdfs and not shutil.which("pdftoppm"):
        say(f"{', '.join(pdfs)} left out: pictures of PDF files take pdftoppm (Debian's package poppler-utils)")
        pdfs = []
    with runtime.prepared(with_browser=True, pdf_required=bool(pdfs)) as environment:
        with demo_database(environment) as name, serving(environment, name) as url:
            demo = find_demo(environment, name)
            with browser.started(fonts(environment)) as chromium:
                take([name for name in names if name in SHOTS], chromium, url, demo)
                for name in pdfs:
                    PDFS[name](chromium, url, demo)
    return 0


if __name__ == "__main__":
    console.main(main)
