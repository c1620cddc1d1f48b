"""What Odoo shows of the add-ons in its Apps."""

import re
import shutil
import struct
import subprocess
import sys

import pytest

from scripts.environment import addons, layout

FOLDERS = addons.find()
MOST_PICTURES, LARGEST = 4, 150_000  # bytes


def check(repository=layout.REPOSITORY):
    """What the script says is out of date."""
    command = [sys.executable, "scripts/apps_pages.py", "--check"]
    done = subprocess.run(command, cwd=repository, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    outdated = re.findall(r"^(\w+)/static/description/index\.html is out of date", done.stderr, re.MULTILINE)
    assert done.returncode == bool(outdated), done.stderr
    return outdated


@pytest.fixture
def copy(tmp_path):
    """What the pages are made from, to be edited."""
    for folder in FOLDERS:
        for part in ("readme", "static/description"):
            shutil.copytree(folder / part, tmp_path / folder.name / part)
        shutil.copy(folder / "__manifest__.py", tmp_path / folder.name)
    shutil.copytree(layout.SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(layout.REPOSITORY / "docs" / "pictures", tmp_path / "docs" / "pictures")
    return tmp_path


class TestUpToDate:
    def test_the_pages_are_those_of_today(self):
        assert not check(), "run python3 scripts/apps_pages.py"

    @pytest.mark.parametrize(
        "path",
        [
            "order_postcalc/readme/USAGE.md",
            "order_postcalc/static/description/index.html",
            "docs/pictures/postcalc.png",
            "order_postcalc/static/description/postcalc.png",
        ],
    )
    def test_an_edit_is_noticed(self, copy, path):
        with (copy / path).open("ab") as stream:
            stream.write(b"More.\n")
        assert check(copy) == ["order_postcalc"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
class TestPage:
    def test_its_pictures_are_in_the_add_on(self, folder):
        """An app store has nothing but the add-on."""
        page = folder / "static" / "description" / "index.html"
        shown = set(re.findall(r'src="([^"]+)"', page.read_text()))
        there = {path.name for path in page.parent.glob("*.png")} - {"icon.png"}
        assert shown == there
        assert 1 <= len(shown) <= MOST_PICTURES
        assert all((page.parent / name).stat().st_size <= LARGEST for name in shown)

    def test_it_says_why_what_and_how(self, folder):
        text = (folder / "static" / "description" / "index.html").read_text()
        for heading in ("Why", "What it does", "How it is used", "How it is set up"):
            assert f">{heading}</h2>" in text

    def test_its_icon_is_square_and_sharp(self, folder):
        header = (folder / "static" / "description" / "icon.png").read_bytes()[:24]
        width, height = struct.unpack(">II", header[16:24])
        assert width == height >= 128

    def test_the_manifest_has_an_address(self, folder):
        assert addons.manifest(folder)["website"].startswith("https://")
