"""A pytest plugin that writes down which tests ran, for `suite.judge`."""

import json
import time
from pathlib import Path


def pytest_addoption(parser):
    parser.addoption("--report-to", help="write the outcome of every test to this file")


def pytest_configure(config):
    if path := config.getoption("--report-to"):
        config.pluginmanager.register(Report(Path(path)))


class Report:
    def __init__(self, path: Path):
        self.path = path
        self.tests: dict[str, dict] = {}
        self.started = time.monotonic()

    def pytest_collection_finish(self, session):
        for item in session.items:
            classes = item.cls.__mro__ if getattr(item, "cls", None) else ()
            module, name = written_at(classes, getattr(item, "originalname", None) or item.name)
            self.tests[item.nodeid] = {
                "module": module.removeprefix("odoo.addons."),
                "name": name,
                "http": any(parent.__name__ == "HttpCase" for parent in classes),
                "outcome": "not run",
                "reason": "",
            }

    def pytest_runtest_logreport(self, report):
        test = self.tests.get(report.nodeid)
        if test is None or test["outcome"] == "failed":
            return
        if report.failed:
            test["outcome"] = "failed"
        elif report.skipped:
            test["outcome"] = "skipped"
            test["reason"] = skip_reason(report.longrepr)
        elif report.when == "call" and test["outcome"] != "skipped":
            test["outcome"] = "passed"

    def pytest_sessionfinish(self):
        content = {"tests": self.tests, "seconds": time.monotonic() - self.started}
        self.path.write_text(json.dumps(content, indent=1))


def written_at(classes, method: str) -> tuple[str, str]:
    """The module and `Class.method` where a test is written: an inherited one runs elsewhere.

    The function itself does not tell: decorators such as hypothesis' put another in its place.
    """
    for parent in classes:
        if method in vars(parent):
            return parent.__module__, f"{parent.__qualname__}.{method}"
    return "", method


def skip_reason(longrepr) -> str:
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr or "")
    return text.removeprefix("Skipped: ").removeprefix("Skipped").strip()
