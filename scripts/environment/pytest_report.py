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
            classes = [parent.__name__ for parent in item.cls.__mro__] if getattr(item, "cls", None) else []
            function = getattr(item, "function", None)
            self.tests[item.nodeid] = {
                # where it is written, which differs from where it runs for an inherited test
                "module": getattr(function, "__module__", "").removeprefix("odoo.addons."),
                "name": getattr(function, "__qualname__", item.name),
                "http": "HttpCase" in classes,
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


def skip_reason(longrepr) -> str:
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr or "")
    return text.removeprefix("Skipped: ").removeprefix("Skipped").strip()
