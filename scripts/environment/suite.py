"""Which tests the add-ons define, which of them ran, and whether that is good enough.

A test can vanish without a failure: a file that nobody collects, a browser that is missing. A complete
run is therefore held against the source of the tests.
"""

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from . import addons
from .layout import REPOSITORY

# These change what is printed, not which tests run.
HARMLESS = ("-v", "-q", "-s", "-l", "-r", "--tb", "--durations", "--color", "--capture", "--show", "--log")

# How long a class' preparations and a test outside the add-ons take, in that of a test of an add-on.
CLASS, OUTSIDE = 3, 5
# Files whose tests are minutes long.
LONG = {"test_clicks.py": 800, "test_reach.py": 100}


@dataclass
class Verdict:
    code: int
    lines: list[str]


def selects(arguments: list[str]) -> bool:
    """Whether pytest's `arguments` may leave tests out."""
    return not all(argument.startswith(HARMLESS) for argument in arguments)


def names_paths(arguments: list[str], repository: Path = REPOSITORY) -> bool:
    """Whether pytest's `arguments` say in which files or folders the tests are."""
    return any((repository / argument.split("::")[0]).exists() for argument in arguments)


def default_paths() -> list[str]:
    """What a run without paths runs."""
    return [*(f"{folder.name}/tests" for folder in addons.find() if (folder / "tests").is_dir()), "tests"]


def addons_of(arguments: list[str]) -> list[Path]:
    """The add-ons that pytest's `arguments` name, all of them when they name none."""
    folders = addons.find()
    named = [folder for folder in folders if any(argument.startswith(f"{folder.name}/") for argument in arguments)]
    return named or folders


def defined_tests(repository: Path = REPOSITORY, folders: list[Path] | None = None) -> set[tuple[str, str]]:
    """(module, class and method) of every test in the tests of the add-ons, or of those in `folders`."""
    found = set()
    for folder in addons.find(repository) if folders is None else folders:
        for path in sorted((folder / "tests").rglob("*.py")):
            module = ".".join(path.relative_to(repository).with_suffix("").parts)
            found |= {(module, name) for name in tests_in(path.read_text())}
    return found


def tests_in(source: str) -> set[str]:
    """`Class.test_method` for the test methods of the module's classes."""
    return {
        f"{item.name}.{method.name}"
        for item in ast.parse(source).body
        if isinstance(item, ast.ClassDef)
        for method in item.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and method.name.startswith("test")
    }


def unimported_tests(repository: Path = REPOSITORY) -> list[str]:
    """Test files that `tests/__init__.py` does not import: Odoo's own runner would not see them."""
    missing = []
    for folder in addons.find(repository):
        init = folder / "tests" / "__init__.py"
        imported = set()
        if init.is_file():
            for node in ast.walk(ast.parse(init.read_text())):
                if isinstance(node, ast.ImportFrom):
                    imported |= {node.module, *(alias.name for alias in node.names)}
        files = sorted((folder / "tests").glob("test_*.py"))
        missing += [str(path.relative_to(repository)) for path in files if path.stem not in imported]
    return missing


def shares(paths: list[str], count: int, repository: Path = REPOSITORY) -> list[list[str]]:
    """Deal the test files in `paths` out to `count` runs that take about as long as each other.

    Tests outside the add-ons stay together: they build databases and stop servers, and are not made to meet.
    """
    weights = {}
    for path in paths:
        folder = repository / path
        files = sorted(folder.rglob("test_*.py"))
        if folder.parent == repository:
            tests = sum(path.read_text().count("    def test_") for path in files)
            weights[path] = OUTSIDE * tests + sum(LONG.get(path.name, 0) for path in files)
        else:
            weights |= {str(file.relative_to(repository)): weight(file.read_text()) for file in files}
    dealt = [(0, number, []) for number in range(count)]
    for path in sorted(weights, key=weights.get, reverse=True):
        total, number, share = min(dealt)
        dealt[number] = (total + weights[path], number, [*share, path])
    # in the order of their names: whoever watches sees how far it is
    return [sorted(share) for _total, _number, share in dealt if share]


def weight(source: str) -> int:
    """How long the tests of a file take, in that of one test: every class sets up a company with its accounts."""
    tests = tests_in(source)
    return len(tests) + CLASS * len({name.split(".")[0] for name in tests})


def judge(
    reports: list[Path], pytest_code: int, complete: bool, defined: set[tuple[str, str]] | None = None
) -> Verdict:
    """What ran, what did not and why, in all `reports`; a code other than 0 when that is not good enough."""
    contents = [json.loads(report.read_text()) for report in reports if report.is_file()]
    if not contents:  # --version and the like, or a mistake in the arguments
        return Verdict(pytest_code, ["pytest ran no test."])
    tests = {key: test for content in contents for key, test in content["tests"].items()}
    outcomes = {
        outcome: [key for key, test in tests.items() if test["outcome"] == outcome]
        for outcome in (
            "passed",
            "failed",
            "skipped",
            "not run",
        )
    }
    ran = [key for key in tests if tests[key]["outcome"] in ("passed", "failed")]
    http = sum(tests[key]["http"] for key in ran)
    lines = ["", f"{len(ran)} tests ran, {http} of them over HTTP or in the browser."]
    lines += [f"skipped: {key}: {tests[key]['reason'] or 'no reason given'}" for key in outcomes["skipped"]]
    problems = [
        f"skipped, although it needs HTTP or a browser, which are there: {key}"
        for key in outcomes["skipped"]
        if tests[key]["http"]
    ]
    problems += [f"skipped without a reason: {key}" for key in outcomes["skipped"] if not tests[key]["reason"]]
    if complete:
        defined = defined_tests() if defined is None else defined
        seen = {(test["module"], test["name"]) for test in tests.values() if test["outcome"] != "not run"}
        absent = sorted(defined - seen)
        lines.append(f"{len(defined - set(absent))} of the {len(defined)} tests that the add-ons define took part.")
        problems += [f"defined, but not run: {module.replace('.', '/')}.py {name}" for module, name in absent]
    lines += [f"PROBLEM: {problem}" for problem in problems]
    if problems:
        lines.append(f"{len(problems)} PROBLEMS")
    lines.append(f"The longest run took {max(content['seconds'] for content in contents):.0f} s.")
    lines.append(", ".join(f"{len(outcomes[name])} {name}" for name in ("passed", "failed", "skipped")))
    return Verdict(pytest_code or (1 if problems else 0), lines)
