#!/usr/bin/env python3
"""Run the whole test suite: model, HTTP and browser tests, on a real database.

    python3 scripts/test.py                        everything
    python3 scripts/test.py --minimal              each add-on's tests with nothing but what it depends on
    python3 scripts/test.py order_extension/tests/test_portal.py -k sign
    python3 scripts/test.py tests                  the tests that need no add-on
    python3 scripts/test.py --clicks               everybody clicks everything, in all apps
    python3 scripts/test.py --beside               the suite beside add-ons of others, fetched from the package index
    python3 scripts/test.py --odoo                 Odoo's own tests beside the add-ons, about 14 minutes

As many tests run side by side as there are processors, each run in a database of its own.
Arguments other than these options are pytest's own. A run without a selection fails when a browser test was
skipped, or when a test that an add-on defines did not run.
"""

import os
import signal
import subprocess
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from environment import beside, console, database, odoo_suite, runtime, suite
from environment.layout import REPOSITORY, subfolder

POLL_SECONDS = 0.2
CLICKS = "ORDER_ADDONS_CLICKS"  # read by tests/test_clicks.py
INTERRUPTED = 2  # pytest's code
PIPED = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}


@dataclass
class Run:
    """What is judged together: tests in databases of one kind, each share of them by a pytest of its own."""

    kind: database.Kind
    shares: list[list[str]]
    complete: bool
    defined: set
    title: str = ""
    reports: list = field(default_factory=list)
    codes: list = field(default_factory=list)


def main(arguments: list[str]) -> int:
    if {"-h", "--help"} & set(arguments):
        print(__doc__)
        return 0
    if "--odoo" in arguments:
        return beside_odoo()
    if "--clicks" in arguments:
        os.environ[CLICKS] = "all"
        arguments = [*(argument for argument in arguments if argument != "--clicks"), "tests/test_clicks.py"]
    minimal, beside_others = "--minimal" in arguments, "--beside" in arguments
    arguments = [argument for argument in arguments if argument not in ("--minimal", "--beside")]
    runs = minimal_runs(arguments) if minimal else [full_run(arguments)]
    with runtime.prepared(with_browser=True, pdf_required=True) as environment:
        if beside_others:
            environment, kind = beside.prepare(environment)
            runs = [replace(run, kind=kind) for run in runs]
        for run in runs:
            database.template(environment, run.kind)
        run_all(environment, runs)
    for run in runs:
        verdict = suite.judge(run.reports, max(map(abs, run.codes), default=INTERRUPTED), run.complete, run.defined)
        for line in [*([f"\n{run.title}"] if run.title else []), *verdict.lines]:
            print(line, flush=True)
        run.codes.append(verdict.code)
    return max(max(run.codes) for run in runs)


def beside_odoo() -> int:
    with runtime.prepared(with_browser=True, pdf_required=True) as environment:
        verdict = odoo_suite.run(environment)
    print(*verdict.lines, sep="\n", flush=True)
    return verdict.code


def full_run(arguments: list[str]) -> Run:
    paths = [] if suite.names_paths(arguments) else suite.default_paths()
    if suite.selects(arguments):
        return Run(database.FULL, [[*paths, *arguments]], False, set())
    shares = suite.shares(paths, at_once())
    return Run(database.FULL, [[*share, *arguments] for share in shares], True, suite.defined_tests())


def minimal_runs(arguments: list[str]) -> list[Run]:
    named = suite.names_paths(arguments)
    return [
        Run(
            database.minimal(folder),
            [[*([] if named else [f"{folder.name}/tests"]), *arguments]],
            not suite.selects(arguments),
            suite.defined_tests(folders=[folder]),
            title=f"{folder.name}, with nothing but what it depends on",
        )
        for folder in suite.addons_of(arguments)
    ]


def at_once() -> int:
    """How many pytests run side by side."""
    return os.cpu_count() or 1


def run_all(environment, runs: list[Run]) -> None:
    """Run the shares of all `runs`, as many at once as there are processors, and note how each ended."""
    waiting = [(run, share) for run in runs for share in run.shares]
    lead = "[{}] " if len(waiting) > 1 else ""
    going, number = [], 0
    # What ended stays as it is until all have: blocks inside each other end in their order.
    with ExitStack() as stack:
        while waiting or going:
            while waiting and len(going) < at_once():
                run, share = waiting.pop(0)
                number += 1
                going.append((run, start(environment, stack, run, share, lead.format(number))))
            for run, process in [one for one in going if one[1].poll() is not None]:
                going.remove((run, process))
                run.codes.append(process.returncode)
                if process.returncode == INTERRUPTED:
                    waiting.clear()
            time.sleep(POLL_SECONDS)


def start(environment, stack: ExitStack, run: Run, arguments: list[str], lead: str) -> subprocess.Popen:
    """Start pytest in a database of its own; `lead` stands before each line that it prints."""
    name = stack.enter_context(database.scratch(environment, database.template(environment, run.kind)))
    stack.callback(tell_screenshots, name)
    report = subfolder("reports") / f"{name}.json"
    run.reports.append(report)
    configuration = stack.enter_context(environment.configuration(name, db_name=name, dbfilter=f"^{name}$"))
    command = [
        str(environment.python),
        "-m",
        "pytest",
        "-p",
        "scripts.environment.pytest_report",
        f"--report-to={report}",
        "--odoo-http",
        "--odoo-log-level=warn",
        "-o",
        f"cache_dir={subfolder('pytest_cache')}",
        *arguments,
    ]
    # an interrupt lets pytest end its browser, a termination would leave it behind
    process = runtime.start(
        command,
        environment.server,
        stop=signal.SIGINT,
        cwd=REPOSITORY,
        env=variables(environment, configuration),
        **(PIPED if lead else {}),
    )
    if lead:
        reader = threading.Thread(target=pass_on, args=(process.stdout, lead))
        reader.start()
        stack.callback(reader.join)
    stack.enter_context(runtime.ended(process, stop=signal.SIGINT))
    return process


def pass_on(stream, lead: str) -> None:
    for line in stream:
        print(f"{lead}{line}", end="", flush=True)


def tell_screenshots(name: str) -> None:
    for picture in sorted((subfolder("screenshots") / name).rglob("*.png")):
        print(f"screenshot: {picture}", flush=True)


def variables(environment, configuration) -> dict[str, str]:
    """pytest finds its plugin from the repository; `scripts` itself must stay out: it holds an odoo.py."""
    values = environment.variables(configuration)
    return values | {"PYTHONPATH": os.pathsep.join([values["PYTHONPATH"], str(REPOSITORY)])}


if __name__ == "__main__":
    console.main(main)
