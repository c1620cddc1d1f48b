#!/usr/bin/env python3
"""Measure the add-ons on as much data as a company has after many years, and hold them against their limits.

    python3 scripts/bench.py                     100 000 orders with 1 000 000 timesheets; the first time some minutes
    python3 scripts/bench.py --orders 10000      a tenth of it, to try something out
    python3 scripts/bench.py sheet pivot         only these
    python3 scripts/bench.py --fresh             make the data anew

The data come from SQL and a fixed seed, and are kept until the add-ons or this script change. What is compared is
compared in the same run, so a slow machine is no excuse. Ends with code 1 when a limit is not held.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass

from environment import console, database, runtime
from environment.console import step
from environment.files import sha256, short_hash
from environment.layout import SCRIPTS, subfolder

CODE = SCRIPTS / "benchmarks"
SMALL_SHARE = 10  # the second database has so much less: what costs the same in both does not grow


ROUNDS = 3  # what runs in processes of its own is measured in turns, and the fastest counts


@dataclass(frozen=True)
class Row:
    """One measured figure and its limit."""

    what: str
    figure: str
    limit: str
    good: bool


class Bench:
    def __init__(self, environment, orders: int, fresh: bool):
        self.environment = environment
        self.orders = orders
        self.fresh = fresh
        self.made = set()

    def database(self, orders: int) -> str:
        """A database with so many orders, made when it is not there."""
        template = database.template(self.environment, database.FULL)
        key = short_hash(template, sha256(CODE / "generate.py"))
        name = f"{database.PREFIX}_bench_{orders}_{key}"
        there = name in database.names(self.environment)
        if there and not (self.fresh and name not in self.made):
            return name
        for other in database.names(self.environment):
            if other.startswith(f"{database.PREFIX}_bench_{orders}_"):
                database.drop(self.environment, other)
        with step(f"{orders:,} orders, {orders * 10:,} timesheets", f"about {max(1, orders // 20000)} min"):
            unfinished = f"{name}_u"
            database.clone(self.environment, template, unfinished)
            self.run(unfinished, f"import generate\nanswer = generate.generate(env, {orders})")
            database.rename(self.environment, unfinished, name)
        self.made.add(name)
        return name

    def run(self, name: str, code: str):
        """What `answer` is after `code` has run in Odoo's shell on the database."""
        answer = subfolder("run") / f"{name}.answer.json"
        answer.unlink(missing_ok=True)
        text = f"import sys, json\nsys.path.insert(0, {str(CODE)!r})\n{code}\n"
        text += f"open({str(answer)!r}, 'w').write(json.dumps(answer))\n"
        log = runtime.log_file(f"{name}-bench")
        self.environment.run_odoo(
            ["shell", "-d", name, "--no-http", "--log-level=warn"], log, code=f"exec({text!r}, globals())\n"
        )
        if not answer.exists():
            raise console.EnvironmentProblem(f"the measurement failed: see {log}\n{log.read_text()[-2000:]}")
        try:
            return json.loads(answer.read_text())
        finally:
            answer.unlink()

    def measure(self, what: str, orders: int | None = None, name: str | None = None):
        name = name or self.database(orders or self.orders)
        return self.run(name, f"import measure\nanswer = measure.{what}(env)")


def sheet(bench: Bench) -> list[Row]:
    """The post-calculation of one order: fast, by indexes, and not slower with more orders around it."""
    sizes = (bench.orders // SMALL_SHARE, bench.orders)
    found = [[bench.measure("sheet", orders) for orders in sizes] for _round in range(ROUNDS)]
    small, large = (min(answers, key=lambda answer: answer["median"]) for answers in zip(*found, strict=True))
    growth = large["median"] / small["median"]
    scanned = bench.measure("sheet_plan")["tables"]
    return [
        Row("sheet of one order, median", f"{large['median']:.1f} ms", "100 ms", large["median"] <= 100),
        Row("… the slowest of 20 orders", f"{large['max']:.1f} ms", "100 ms", large["max"] <= 100),
        Row("… queries", f"{large['queries']}", "-", True),
        Row(
            f"… against {bench.orders // SMALL_SHARE:,} orders ({small['median']:.1f} ms)",
            f"{growth:.2f} x",
            "1.30 x",
            growth <= 1.3,
        ),
        Row("… large tables read without an index", ", ".join(scanned) or "none", "none", not scanned),
    ]


def compared(what: str, found: dict, limit: float) -> Row:
    ratio = found["ours"] / found["reference"]
    figure = f"{found['ours']:.2f} s / {found['reference']:.2f} s = {ratio:.2f} x"
    return Row(what, figure, f"{limit:.2f} x", ratio <= limit)


def pivot(bench: Bench) -> list[Row]:
    return [compared("pivot of everything by month and kind / SQL by hand", bench.measure("pivot"), 1.5)]


def timesheets(bench: Bench) -> list[Row]:
    return [compared("hours and cost by month / Odoo's timesheet analysis", bench.measure("timesheets"), 1.0)]


def board(bench: Bench) -> list[Row]:
    """As quick as what Odoo's users have, with no more queries, however many orders there are."""
    found = bench.measure("board")
    queries, reference = found["queries"], found["reference_queries"]
    return [
        compared("first screen of the board / Odoo's kanban by stage", found, 1.2),
        Row("… queries", f"{queries} / {reference}", "no more", queries <= reference),
    ]


def escalation(bench: Bench) -> list[Row]:
    """Telling somebody of orders that nobody looks after, when it is all of them."""
    with database.scratch(bench.environment, bench.database(bench.orders)) as name:
        found = bench.measure("escalation", name=name)
    return [
        Row(
            f"telling somebody of {found['orders']:,} unattended orders",
            f"{found['seconds']:.1f} s",
            "60 s",
            found["seconds"] <= 60 and found["orders"] >= bench.orders,
        ),
        Row("… added memory", f"{found['added']:.0f} MB", "150 MB", found["added"] <= 150),
    ]


def confirm(bench: Bench) -> list[Row]:
    """With the add-ons and without them, in turns."""
    without = database.base(bench.environment, database.FULL)
    with_addons = database.template(bench.environment, database.FULL)
    found = {"ours": [], "reference": []}
    for _round in range(ROUNDS):
        for side, template in (("ours", with_addons), ("reference", without)):
            with database.scratch(bench.environment, template) as name:
                found[side].append(bench.measure("confirm", name=name))
    best = {side: min(answer["seconds"] for answer in answers) for side, answers in found.items()}
    queries = " / ".join(str(found[side][0]["queries"]) for side in ("ours", "reference"))
    return [
        compared("confirming 50 lines with / without the add-ons", best, 1.25),
        Row("… queries", queries, "-", True),
    ]


def xlsx(bench: Bench) -> list[Row]:
    found = bench.measure("xlsx")
    return [
        compared(f"XLSX of {found['rows']:,} facts / Odoo's export", found, 0.5),
        Row(
            f"… added memory (Odoo's: {found['reference_added']:.0f} MB)",
            f"{found['added']:.0f} MB",
            "150 MB",
            found["added"] <= 150,
        ),
    ]


MEASUREMENTS: dict[str, Callable[[Bench], list[Row]]] = {
    "sheet": sheet,
    "pivot": pivot,
    "timesheets": timesheets,
    "board": board,
    "escalation": escalation,
    "confirm": confirm,
    "xlsx": xlsx,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=[[], *MEASUREMENTS], default=[], metavar="what")
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args(arguments)
    rows = []
    with runtime.prepared() as environment:
        bench = Bench(environment, options.orders, options.fresh)
        for name in options.what or MEASUREMENTS:
            with step(name, "some minutes"):
                rows += MEASUREMENTS[name](bench)
    print(table(rows), flush=True)
    return 0 if all(row.good for row in rows) else 1


def table(rows: list[Row]) -> str:
    lines = [("", "measured", "limit", "")]
    lines += [(row.what, row.figure, row.limit, "ok" if row.good else "TOO MUCH") for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    padded = [[cell.ljust(width) for cell, width in zip(line, [*widths, 0], strict=True)] for line in lines]
    return "\n".join("  ".join(cells) for cells in padded)


if __name__ == "__main__":
    console.main(main)
