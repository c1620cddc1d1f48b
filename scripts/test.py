#!/usr/bin/env python3
"""Run the whole test suite: model, HTTP and browser tests, on a real database.

    python3 scripts/test.py                        everything
    python3 scripts/test.py --minimal              each add-on's tests with nothing but what it depends on
    python3 scripts/test.py order_extension/tests/test_portal.py -k sign
    python3 scripts/test.py tests                  the tests that need no add-on

Arguments other than --minimal are pytest's own. A run without a selection fails when a browser test was
skipped, or when a test that an add-on defines did not run.
"""

import os
import signal

from environment import console, database, runtime, suite
from environment.layout import REPOSITORY, subfolder


def main(arguments: list[str]) -> int:
    if {"-h", "--help"} & set(arguments):
        print(__doc__)
        return 0
    minimal = "--minimal" in arguments
    arguments = [argument for argument in arguments if argument != "--minimal"]
    complete = not suite.selects(arguments)
    with runtime.prepared(with_browser=True, pdf_required=True) as environment:
        if not minimal:
            paths = suite.default_paths() if complete else []
            return run(environment, database.FULL, [*paths, *arguments], complete, suite.defined_tests())
        codes = []
        for folder in suite.addons_of(arguments):
            console.say(f"\n{folder.name}, with nothing but what it depends on")
            paths = [f"{folder.name}/tests"] if complete else []
            defined = suite.defined_tests(folders=[folder])
            codes.append(run(environment, database.minimal(folder), [*paths, *arguments], complete, defined))
        return max(codes, default=0)


def run(environment, kind: database.Kind, arguments: list[str], complete: bool, defined: set) -> int:
    """Run pytest in a database of that kind; when `complete`, none of the `defined` tests may be missing."""
    template = database.template(environment, kind)
    with database.scratch(environment, template) as name:
        report = subfolder("reports") / f"{name}.json"
        with environment.configuration(name, db_name=name, dbfilter=f"^{name}$") as configuration:
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
            )
            with runtime.ended(process, stop=signal.SIGINT):
                code = process.wait()
        verdict = suite.judge(report, code, complete, defined)
    pictures = sorted((subfolder("screenshots") / name).rglob("*.png"))
    for line in [*verdict.lines, *(f"screenshot: {picture}" for picture in pictures)]:
        print(line, flush=True)
    return verdict.code


def variables(environment, configuration) -> dict[str, str]:
    """pytest finds its plugin from the repository; `scripts` itself must stay out: it holds an odoo.py."""
    values = environment.variables(configuration)
    return values | {"PYTHONPATH": os.pathsep.join([values["PYTHONPATH"], str(REPOSITORY)])}


if __name__ == "__main__":
    console.main(main)
