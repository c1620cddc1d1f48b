"""Odoo's own tests with the add-ons installed beside: what passes without them has to pass with them."""

import re
from pathlib import Path

from . import addons, database, runtime
from .console import step
from .suite import Verdict

#: The modules that the add-ons touch, and whose tests are run after everything is installed.
MODULES = (
    "sale", "sale_management", "sale_project", "sale_timesheet", "sale_stock", "sale_crm", "sale_margin",
    "project_account", "repair", "portal", "hr_timesheet", "project", "crm", "account_payment",
    "sale_pdf_quote_builder", "sale_purchase",
)  # fmt: skip
#: They take minutes each, and are about the charts of accounts of single countries.
LEFT_OUT = ("TestTaxesDownPaymentSale", "TestTaxesGlobalDiscountSale", "TestTaxesDispatchingBaseLinesSale")
#: They fail without the add-ons as well, for reasons of the environment.
KNOWN = ("test_generate_and_send_invoice_with_qr_code", "test_wizard_confirm", "test_invoicing_terms")
FAILURE = re.compile(r" (?:ERROR|FAIL): (.*)$")
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
LEAST = 700  # tests; without the add-ons there are 736


def run(environment: runtime.Environment) -> Verdict:
    """Install the modules with the add-ons into a database of its own, and run the tests of the modules there."""
    name = f"{database.PREFIX}_odoo_suite"
    kind = database.Kind("odoo_suite", MODULES)
    database.drop(environment, name)
    try:
        with step("database with Odoo's modules and the add-ons", "about 4 minutes") as progress:
            database.install(environment, name, kind, [*MODULES, *addons.names()], progress)
        log = runtime.log_file("odoo-suite")
        tags = [*(f"post_install/{module}" for module in MODULES), *(f"-/sale:{one}" for one in LEFT_OUT)]
        # Not with -u: tests that are meant for the installation of a module fail when others came later.
        arguments = ["-d", name, f"--test-tags={','.join(tags)}", "--stop-after-init"]
        with step("Odoo's own tests", "about 10 minutes"):
            environment.run_odoo([*arguments, f"--http-port={runtime.free_port()}"], log, judged=True)
    finally:
        database.drop(environment, name)
    return judge(log)


def judge(log: Path) -> Verdict:
    """What failed beyond what is known, and whether enough ran."""
    text = log.read_text(errors="replace")
    # a value that the database refuses is told as an error also where a test expects it
    failed = {match[1] for line in text.splitlines() if "null value" not in line and (match := FAILURE.search(line))}
    new = sorted(one for one in failed if not any(known in one for known in KNOWN))
    results = RESULT.findall(text)
    ran = int(results[-1][2]) if results else 0
    lines = [*new, f"{ran} of Odoo's own tests ran, {len(new)} failed that pass without the add-ons. Log: {log}"]
    if ran < LEAST:
        lines.append(f"PROBLEM: {LEAST} tests at least were expected")
    return Verdict(1 if new or ran < LEAST else 0, lines)
