"""The pictures of the README, and the browser that takes them."""

import re
import struct
import subprocess
import sys

import pytest

from scripts.environment import browser, console, layout

PICTURES = layout.REPOSITORY / "docs" / "pictures"
PAGE = (
    "data:text/html,<meta name=viewport content='width=device-width'>"
    "<body style='margin:0'><div id=box style='height:300px'></div><i hidden></i>"
)


def call(*arguments):
    command = [sys.executable, "scripts/pictures.py", *arguments]
    return subprocess.run(command, cwd=layout.REPOSITORY, capture_output=True, text=True)


@pytest.fixture(scope="module")
def names():
    return re.findall(r"^    ([a-z-]+)$", call("--help").stdout, re.MULTILINE)


class TestPictures:
    def test_the_readme_shows_what_the_script_makes(self, names):
        shown = set(re.findall(r"docs/pictures/([\w-]+)\.png", (layout.REPOSITORY / "README.md").read_text()))
        assert shown
        assert shown <= set(names)
        assert shown <= {path.stem for path in PICTURES.glob("*.png")}

    def test_nothing_lies_there_that_the_script_does_not_make(self, names):
        assert {path.stem for path in PICTURES.iterdir()} <= set(names)

    def test_they_are_no_burden_to_a_clone(self):
        assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 1_500_000

    def test_the_one_that_signs_comes_last(self, names):
        assert names[-1] == "pdf"

    def test_says_which_pictures_there_are(self):
        done = call("order", "no-such-picture")
        assert done.returncode == 1
        assert "there is no picture no-such-picture; there are site-phone, " in done.stderr
        assert "Traceback" not in done.stderr


def size(path):
    return struct.unpack(">II", path.read_bytes()[16:24])


class TestBrowser:
    @pytest.fixture(scope="class")
    def chromium(self, tmp_path_factory):
        with browser.started(tmp_path_factory.mktemp("fonts")) as chromium:
            yield chromium

    def test_the_whole_window(self, chromium, tmp_path):
        with chromium.page(browser.PHONE) as page:
            page.open(PAGE, "#box")
            page.capture(tmp_path / "phone.png")
            assert page.run("navigator.maxTouchPoints > 0 && innerWidth") == 390
        assert size(tmp_path / "phone.png") == (780, 1688)  # 390 x 844, twice as sharp

    def test_down_to_an_element(self, chromium, tmp_path):
        with chromium.page(browser.DESKTOP) as page:
            page.open(PAGE, "#box")
            page.capture(tmp_path / "box.png", until="#box")
        assert size(tmp_path / "box.png") == (1280, 300 + browser.MARGIN)

    @pytest.mark.parametrize("selector", ["#missing", "i"])
    def test_says_what_did_not_appear(self, chromium, monkeypatch, selector):
        with chromium.page(browser.DESKTOP) as page:
            page.open(PAGE, "#box")
            monkeypatch.setattr(browser, "LIMIT", 1)
            with pytest.raises(console.EnvironmentProblem, match=f"there was no “{selector}” within 1 s"):
                page.wait(selector)

    def test_may_wait_for_what_is_hidden(self, chromium):
        with chromium.page(browser.DESKTOP) as page:
            page.open(PAGE, "#box")
            page.wait("i", visible=False)

    def test_pages_share_no_login(self, chromium):
        with chromium.page(browser.DESKTOP) as one, chromium.page(browser.DESKTOP) as other:
            contexts = [page.call("Target.getTargetInfo")["targetInfo"]["browserContextId"] for page in (one, other)]
        assert contexts[0] != contexts[1]
