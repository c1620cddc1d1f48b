#!/usr/bin/env python3
"""Make what Odoo shows of each add-on in its Apps: texts of readme/, pictures of docs/pictures.

    python3 scripts/apps_pages.py           write static/description/index.html and its pictures
    python3 scripts/apps_pages.py --check   only say which are out of date

A page names the digest of what it was made from, so that checking takes no Markdown library.
"""

import hashlib
import html
import os
import re
import shutil
import sys
from pathlib import Path

from environment import addons, console, python_env
from environment.console import EnvironmentProblem, say
from environment.layout import REPOSITORY, SCRIPTS

PICTURES = REPOSITORY / "docs" / "pictures"
# By add-on, with what stands below them.
SHOWN = {
    "order_extension": {
        "order": "An order with its allowance and a signed change order, under a section of its own",
        "extra-phone": "On site: a wish is free, or it is not, and why",
        "options-phone": "The customer chooses",
        "sign-phone": "and signs",
    },
    "order_postcalc": {
        "postcalc": "What an order really cost, beside what was planned and agreed on top",
        "precalculation": "A quotation with its cost, its margin and its floor",
        "customers": "What customers contribute after what it costs to serve them",
        "advice": "The allowance that past orders call for",
    },
    "order_aftersales": {
        "board": "All departments, one board",
        "order-sheet": "One order: its stage, its promise, what is at risk",
        "held-invoice": "An invoice that differs from what was delivered, and why",
        "stage-phone": "What the customer reads",
    },
}
SECTIONS = (
    ("CONTEXT", "Why"),
    ("DESCRIPTION", "What it does"),
    ("USAGE", "How it is used"),
    ("CONFIGURE", "How it is set up"),
)
DIGEST = re.compile(r"\A<!-- Made by scripts/apps_pages\.py, don't edit: (\w+) -->\n")
# Odoo and app stores put name and summary above it.
PAGE = """\
<section class="container py-4" style="max-width: 900px">
{sections}
</section>
"""
PICTURE = """\
<div class="{columns} mb-3 text-center">
<img class="img-fluid border rounded" style="max-width: 100%; max-height: 600px" src="{name}.png" alt="{caption}"/>
<p class="small text-muted mt-1 mb-0">{caption}</p>
</div>"""


def page_of(folder: Path) -> Path:
    return folder / "static" / "description" / "index.html"


def fragments(folder: Path) -> dict[str, str]:
    """The texts of an add-on by the title of their section."""
    paths = {title: folder / "readme" / f"{name}.md" for name, title in SECTIONS}
    return {title: path.read_text() for title, path in paths.items() if path.exists()}


def digest(folder: Path, body: str) -> str:
    """Changes with everything that the page is made from, and with the page."""
    sources = [*fragments(folder).values(), Path(__file__).read_text(), body]
    pictures = [(PICTURES / f"{name}.png").read_bytes() for name in SHOWN[folder.name]]
    made = hashlib.sha256()
    for source in [*(text.encode() for text in sources), *pictures]:
        made.update(hashlib.sha256(source).digest())
    return made.hexdigest()[:16]


def is_current(folder: Path) -> bool:
    """Whether the page and its pictures are those that would be made now."""
    page = page_of(folder)
    text = page.read_text() if page.exists() else ""
    found = DIGEST.match(text)
    if not found or found[1] != digest(folder, text[found.end() :]):
        return False
    copies = [page.with_name(f"{name}.png") for name in SHOWN[folder.name]]
    return all(path.exists() and path.read_bytes() == (PICTURES / path.name).read_bytes() for path in copies)


def pictures(names: dict[str, str]) -> str:
    """The wide ones below each other, those of a phone beside each other."""
    shown = ['<div class="row justify-content-center mt-4">']
    for name, caption in names.items():
        columns = "col-12 col-sm-6 col-md-4" if name.endswith("-phone") else "col-12"
        shown.append(PICTURE.format(columns=columns, name=name, caption=html.escape(caption)))
    return "\n".join([*shown, "</div>"])


def body_of(folder: Path) -> str:
    from markdown import markdown

    sections = []
    for title, text in fragments(folder).items():
        # the headings of the fragments stand one level below those of the page
        content = markdown(re.sub(r"^##", "###", text, flags=re.MULTILINE), extensions=["tables", "sane_lists"])
        content = content.replace("<table>", '<table class="table table-sm">')
        sections.append(f'<h2 class="mt-4">{title}</h2>\n{content}')
    sections.insert(1, pictures(SHOWN[folder.name]))
    return PAGE.format(sections="\n".join(sections))


def write(folder: Path) -> None:
    page, body = page_of(folder), body_of(folder)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"<!-- Made by scripts/apps_pages.py, don't edit: {digest(folder, body)} -->\n{body}")
    for old in page.parent.glob("*.png"):
        if old.stem != "icon" and old.stem not in SHOWN[folder.name]:
            old.unlink()
    for name in SHOWN[folder.name]:
        shutil.copyfile(PICTURES / f"{name}.png", page.with_name(f"{name}.png"))


def main(arguments: list[str]) -> int:
    if unknown := set(arguments) - {"--check"}:
        raise EnvironmentProblem(f"unknown: {' '.join(sorted(unknown))}\n{__doc__}")
    outdated = [folder for folder in addons.find() if not is_current(folder)]
    if arguments:
        for folder in outdated:
            page = page_of(folder).relative_to(REPOSITORY)
            say(f"{page} is out of date: python3 scripts/apps_pages.py makes it anew")
        return 1 if outdated else 0
    python = python_env.prepare(SCRIPTS / "apps-pages-requirements.txt", "pages of the Apps")
    if Path(sys.executable) != python:
        os.execv(python, [str(python), __file__])
    for folder in addons.find():
        write(folder)
    return 0


if __name__ == "__main__":
    console.main(main)
