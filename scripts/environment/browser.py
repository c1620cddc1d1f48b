"""Chromium, driven over its DevTools protocol to take pictures of pages.

Runs inside the virtual environment, which has the websocket library. The text is set in a font that comes with
Odoo, so that pictures from different machines look the same.
"""

import base64
import contextlib
import io
import itertools
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from . import runtime, system
from .console import EnvironmentProblem

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
    "--lang=en-US",
    "--remote-debugging-port=0",
)
LIMIT = 60  # seconds for anything to happen
MARGIN = 8  # pixels below the last element of a picture that ends early
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
    <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
    <dir>{folder}</dir>
    <cachedir>{cache}</cachedir>
</fontconfig>
"""
# Everything has arrived, nothing turns, and no text cursor blinks.
SETTLED = """(() => {
    document.activeElement?.blur();
    const isSeen = ({ top, right, bottom, left }) =>
        top <= innerHeight && left <= innerWidth && bottom >= 0 && right >= 0;
    const busy = ".o_loading_indicator, .o_blockUI, .o-mail-Thread-loading, .fa-spin, .spinner-border";
    return document.readyState === "complete"
        && document.fonts.status === "loaded"
        && [...document.images].every((image) => image.complete || !isSeen(image.getBoundingClientRect()))
        && ![...document.querySelectorAll(busy)].some((element) => element.checkVisibility());
})()"""


@dataclass(frozen=True)
class Device:
    width: int
    height: int
    scale: int = 1
    touch: bool = False


DESKTOP = Device(1280, 860)
PHONE = Device(390, 844, scale=2, touch=True)


class Refusal(EnvironmentProblem):
    """The browser or the page could not do something now; later it may."""


class Connection:
    """Commands to one target of the browser, and their answers."""

    def __init__(self, url: str) -> None:
        import websocket  # here, because `--help` needs no environment

        self._lost = (websocket.WebSocketException, OSError)
        self._socket = websocket.create_connection(url, timeout=LIMIT, suppress_origin=True)
        self._numbers = itertools.count(1)

    def call(self, method: str, **parameters) -> dict:
        number = next(self._numbers)
        try:
            self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
            while (answer := json.loads(self._socket.recv())).get("id") != number:
                pass  # an event
        except self._lost as error:
            raise EnvironmentProblem(f"the browser does not answer any more ({error}); start again") from error
        if "error" in answer:
            raise Refusal(f"the browser refused {method}: {answer['error']['message']}")
        return answer["result"]

    def close(self) -> None:
        self._socket.close()


class Page:
    """A window of its own, which shares no login with the others."""

    def __init__(self, connection: Connection, device: Device) -> None:
        self.device = device
        self._connection = connection
        self.call("Page.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=device.width,
            height=device.height,
            deviceScaleFactor=device.scale,
            mobile=device.touch,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=device.touch, maxTouchPoints=5)
        self.call("Emulation.setTimezoneOverride", timezoneId="UTC")

    def call(self, method: str, **parameters) -> dict:
        return self._connection.call(method, **parameters)

    def run(self, expression: str):
        """The value of an expression in the page."""
        done = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            details = done["exceptionDetails"]
            reason = details.get("exception", {}).get("description", details["text"]).splitlines()[0]
            raise Refusal(f"the page cannot do “{expression[:80]}”: {reason}")
        return done["result"].get("value")

    def open(self, url: str, selector: str) -> None:
        """Go to `url`, until there is something that `selector` finds."""
        self.call("Page.navigate", url=url)
        self.wait(selector)

    def wait(self, selector: str, *, visible: bool = True) -> None:
        found = f"document.querySelector({json.dumps(selector)})"
        condition = f"!!{found}?.checkVisibility()" if visible else f"!!{found}"
        self._until(lambda: self.run(condition), f"there was no “{selector}”")

    def click(self, selector: str) -> None:
        self.wait(selector)
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def choose(self, selector: str, text: str) -> None:
        """Click on the first element that `selector` finds and that has this text in it."""
        elements = f"[...document.querySelectorAll({json.dumps(selector)})]"
        found = f"{elements}.find((element) => element.textContent.includes({json.dumps(text)}))"
        self._until(lambda: self.run(f"!!{found}"), f"there was no “{selector}” with “{text}”")
        self.run(f"{found}.click()")

    def scroll_to(self, selector: str) -> None:
        """Bring an element to the top of the window."""
        self.wait(selector)
        self.run(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{behavior: 'instant'}})")

    def fill(self, selector: str, value: str) -> None:
        self.wait(selector)
        self.run(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(value)}")

    def capture(self, path: Path, until: str = "") -> None:
        """Write what the window shows once it stands still, down to the element `until` if there is one."""
        previous = b""

        def stands_still() -> bool:
            nonlocal previous
            if not self.run(SETTLED):
                return False
            before, previous = previous, self._picture(until)
            return before == previous

        self._until(stands_still, "it did not come to rest", pause=0.5)
        path.write_bytes(with_fewer_colours(previous))

    def _picture(self, until: str) -> bytes:
        height = self.device.height
        if until:
            bottom = self.run(f"document.querySelector({json.dumps(until)}).getBoundingClientRect().bottom")
            height = min(height, round(bottom) + MARGIN)
        top = self.run("scrollY")  # a clip counts from the top of the page
        clip = {"x": 0, "y": top, "width": self.device.width, "height": height, "scale": 1}
        return base64.b64decode(self.call("Page.captureScreenshot", format="png", clip=clip)["data"])

    def _until(self, condition, problem: str, pause: float = 0.2) -> None:
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            with contextlib.suppress(Refusal):  # the page is being replaced
                if condition():
                    return
            time.sleep(pause)
        raise EnvironmentProblem(f"{problem} within {LIMIT} s at {self.run('location.href')}")


def with_fewer_colours(picture: bytes) -> bytes:
    """The same picture as a file of half the size: screens have few colours."""
    from PIL import Image  # here, because `--help` needs no environment

    smaller = io.BytesIO()
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    # this method keeps the rare colours, and the passes that refine it keep greys grey
    image.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3).save(smaller, "PNG", optimize=True)
    return smaller.getvalue()


class Browser:
    def __init__(self, address: str, path: str) -> None:
        self._address = address
        self._connection = Connection(f"ws://{address}{path}")

    @contextmanager
    def page(self, device: Device):
        context = self._connection.call("Target.createBrowserContext")["browserContextId"]
        target = self._connection.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        connection = Connection(f"ws://{self._address}/devtools/page/{target}")
        try:
            yield Page(connection, device)
        finally:
            connection.close()
            self._connection.call("Target.disposeBrowserContext", browserContextId=context)


@contextmanager
def started(fonts: Path):
    """A browser of its own, with an empty profile that goes with it, and the fonts of a folder."""
    program = system.browser()
    if not program:
        raise EnvironmentProblem(system.missing_sentence(["chromium"], "pictures of the screens"))
    profile = Path(tempfile.mkdtemp(prefix="browser-"))
    configuration = profile / "fonts.conf"
    configuration.write_text(FONTS.format(folder=escape(str(fonts)), cache=escape(str(profile / "fonts"))))
    try:
        process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            env=os.environ | {"FONTCONFIG_FILE": str(configuration)},
            preexec_fn=_lift_memory_limit,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with runtime.ended(process):
            yield Browser(*_address(process, profile / "DevToolsActivePort"))
    finally:
        shutil.rmtree(profile, ignore_errors=True)


def _lift_memory_limit() -> None:
    """Chromium reserves far more addresses than Odoo, which may have started us, allows itself."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _address(process: subprocess.Popen, path: Path) -> tuple[str, str]:
    """Where the browser listens: it writes its port and its path to a file."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline and process.poll() is None:
        lines = path.read_text().split() if path.exists() else []
        if len(lines) == 2:
            return f"127.0.0.1:{lines[0]}", lines[1]
        time.sleep(0.1)
    raise EnvironmentProblem(f"{process.args[0]} did not start; try it by hand: {process.args[0]} --version")
