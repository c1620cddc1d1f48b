"""Databases, and templates to clone them from.

Installing Odoo's modules takes minutes, a clone a second. There are two levels: a *base* with the modules that
the add-ons need, kept until those change, and on it a *template* with the add-ons as they are now.
A database is built under another name and renamed when it is complete, so that one with its proper
name can be relied on, however a run ended. Its filestore is cloned by hard links: Odoo never rewrites a file.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import addons
from .console import EnvironmentProblem, say, step
from .files import locked, sha256, short_hash
from .layout import cache, subfolder
from .python_env import REQUIREMENTS
from .runtime import Environment, log_file, troubles

PREFIX = "order_addons"  # of every database made here except the one that is served
LANGUAGES = "en_US,fr_FR,de_DE"  # the first is everybody's own
COMPILE_ASSETS = """
bundle = env["ir.qweb"]._get_asset_bundle
for name in ("web.assets_web", "web.assets_frontend_minimal", "web.assets_frontend_lazy", "web.assets_tests"):
    bundle(name, css=False).js()
for name in ("web.assets_web", "web.assets_web_print", "web.assets_frontend", "web.report_assets_common"):
    bundle(name, js=False, autoprefix=name.startswith("web.report")).css()
env.cr.commit()
"""
KEPT_TEMPLATES = 3  # of each kind: whoever switches between branches finds theirs again


@dataclass(frozen=True)
class Kind:
    """A set of modules to test or to show the add-ons with."""

    name: str
    modules: tuple[str, ...] = ()  # beyond what the add-ons need
    addons: tuple[str, ...] | None = None  # of this repository; None: all of them
    auto_install: bool = True
    demo: bool = False
    expected: str = "about 2 minutes, once"


FULL = Kind(
    "full",
    (
        "sale_stock",
        "sale_timesheet",
        "sale_margin",
        "sale_project_stock",
        "sale_purchase",
        "sale_crm",
        "crm",
        "hr_timesheet",
        "sale_expense",
        "project_hr_expense",
        "project_purchase",
    ),
)
DEMO = Kind("demo", FULL.modules, demo=True, expected="about 3 minutes, once")


def minimal(folder: Path) -> Kind:
    """One add-on with nothing but what it depends on."""
    names = tuple(needed.name for needed in addons.with_own_dependencies(folder))
    # short: names of databases have their limit
    short = folder.name.removeprefix("order_")[:5]
    return Kind(f"own_{short}", addons=names, auto_install=False, expected="about 80 s, once")


def query(environment: Environment, statement: str, *parameters, database: str = "") -> list[list]:
    """The rows of a statement, as the server's user."""
    server = environment.server
    connect = {"host": server.host, "port": server.port, "user": server.user, "password": server.password}
    connect["dbname"] = database or os.environ.get("PGDATABASE") or "postgres"
    request = {
        "connect": {key: value for key, value in connect.items() if value},
        "statements": [[statement, parameters]],
    }
    script = Path(__file__).with_name("run_sql.py")
    done = subprocess.run(
        [str(environment.python), str(script)], input=json.dumps(request), capture_output=True, text=True
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        reason = next(
            (line for line in lines if line.startswith("psycopg2.")), lines[-1] if lines else "no reason given"
        )
        raise EnvironmentProblem(
            f"the database server did not carry out “{statement[:60]}” ({reason}); "
            "if PG* variables are set, check them, or unset them to use a private server"
        )
    return json.loads(done.stdout)


def names(environment: Environment) -> set[str]:
    return {row[0] for row in query(environment, "SELECT datname FROM pg_database")}


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def filestore(name: str) -> Path:
    return subfolder("data", "filestore") / name


def drop(environment: Environment, name: str) -> None:
    query(environment, f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
    shutil.rmtree(filestore(name), ignore_errors=True)


def clone(environment: Environment, template: str, name: str) -> None:
    drop(environment, name)
    query(environment, f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(template)}")
    if filestore(template).is_dir():
        shutil.copytree(filestore(template), filestore(name), copy_function=os.link)


def rename(environment: Environment, name: str, new_name: str) -> None:
    shutil.rmtree(filestore(new_name), ignore_errors=True)
    if filestore(name).is_dir():
        filestore(name).rename(filestore(new_name))
    query(environment, f"ALTER DATABASE {quoted(name)} RENAME TO {quoted(new_name)}")


def modules(environment: Environment, name: str, *states: str) -> set[str]:
    """The modules of a database in one of `states`."""
    statement = "SELECT name FROM ir_module_module WHERE state = ANY(%s)"
    return {row[0] for row in query(environment, statement, list(states), database=name)}


def install(environment: Environment, name: str, kind: Kind, wanted: list[str], progress=None, *, update=()) -> Path:
    """Install the modules `wanted` into the database `name`, which Odoo makes when it is not there. Returns the log."""
    log = log_file(name)
    arguments = ["-d", name, "--stop-after-init", "--no-http", "--max-cron-threads=0"]
    arguments += ["-i", ",".join(wanted)] if wanted else []
    arguments += ["-u", ",".join(update)] if update else []
    arguments += ["--with-demo"] if kind.demo else []
    arguments += [] if kind.auto_install else ["--skip-auto-install"]
    arguments += [f"--load-language={LANGUAGES}"]
    environment.run_odoo(arguments, log, progress)
    if missing := sorted(set(wanted) - modules(environment, name, "installed")):
        raise EnvironmentProblem(f"Odoo did not install {', '.join(missing)}: is a dependency missing? See {log}")
    if errors := troubles(log):
        say(f"    warning: {len(errors)} errors in {log}, the first: {errors[0]}")
    return log


def set_address(environment: Environment, name: str, url: str) -> None:
    """Tell Odoo its own address: the PDF program fetches styles from there, and mails lead there."""
    query(environment, "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url'", url, database=name)


def compile_assets(environment: Environment, name: str) -> None:
    """Compile the scripts and styles of Odoo's pages now: else the first page, or a tour's clock, waits for it."""
    environment.run_odoo(["shell", "-d", name, "--no-http"], log_file(f"{name}-assets"), code=COMPILE_ASSETS)


def base_name(environment: Environment, kind: Kind) -> str:
    """The name says what is in it: it changes when Odoo, the requirements or the modules do."""
    # on a shared server: ours alone, because the files that belong to it are in our cache
    owner = "" if environment.server.private else str(cache())
    settings = [*base_modules(kind), str(kind.auto_install), str(kind.demo)]
    key = short_hash(environment.source.key, sha256(REQUIREMENTS), *settings, LANGUAGES, COMPILE_ASSETS, owner)
    return f"{PREFIX}_base_{kind.name}_{key}"


def base_modules(kind: Kind) -> list[str]:
    return sorted({"base", "web", *addons.dependencies(own_addons(kind)), *kind.modules})


def own_addons(kind: Kind) -> list[Path]:
    return [folder for folder in addons.find() if kind.addons is None or folder.name in kind.addons]


def base(environment: Environment, kind: Kind) -> str:
    """A database with everything but the add-ons."""
    name = base_name(environment, kind)
    if name not in names(environment):
        with locked(cache() / f"base-{kind.name}.lock", f"installing Odoo's modules ({kind.name})"):
            if name not in names(environment):
                with step(f"database with Odoo's modules ({kind.name})", kind.expected) as progress:
                    unfinished = f"{name}_unfinished"
                    drop(environment, unfinished)
                    install(environment, unfinished, kind, base_modules(kind), progress)
                    progress("scripts and styles")
                    compile_assets(environment, unfinished)
                    rename(environment, unfinished, name)
                prune(environment, f"{PREFIX}_base_{kind.name}_", keep=name, count=2)
    return name


def template(environment: Environment, kind: Kind) -> str:
    """A database with the add-ons as they are now."""
    below = base(environment, kind)
    folders = own_addons(kind)
    if not folders:
        return below
    content = addons.content_hash(folders)
    name = f"{PREFIX}_tpl_{kind.name}_{short_hash(below, content)}"
    with locked(cache() / f"template-{kind.name}.lock", f"installing the add-ons ({kind.name})"):
        if name not in names(environment):
            with step(f"template with the add-ons ({kind.name})", "about 30 s after an edit") as progress:
                unfinished = f"{name}_unfinished"
                clone(environment, below, unfinished)
                try:
                    install(environment, unfinished, kind, [folder.name for folder in folders], progress)
                    progress("scripts and styles")
                    compile_assets(environment, unfinished)
                except BaseException:
                    drop(environment, unfinished)
                    raise
                if addons.content_hash(folders) != content:
                    say("    warning: the add-ons were edited meanwhile, this run may see a mixture")
                    name += f"_edited_{secrets.token_hex(3)}"  # never taken for the one or the other
                rename(environment, unfinished, name)
        filestore(name).mkdir(exist_ok=True)
        os.utime(filestore(name))
        prune(environment, f"{PREFIX}_tpl_{kind.name}_", keep=name, count=KEPT_TEMPLATES)
    return name


def prune(environment: Environment, prefix: str, keep: str, count: int) -> None:
    """Drop the databases of `prefix` that were used longest ago."""

    def last_use(name: str) -> float:
        return filestore(name).stat().st_mtime if filestore(name).is_dir() else 0.0

    others = sorted((name for name in names(environment) if name.startswith(prefix) and name != keep), key=last_use)
    for name in others[: max(0, len(others) - count + 1)]:
        with contextlib.suppress(EnvironmentProblem):  # in use by another run: next time
            drop(environment, name)


@contextmanager
def scratch(environment: Environment, template_name: str):
    """A clone for one run, dropped afterwards; those of killed runs are dropped too."""
    _drop_abandoned(environment)
    name = f"{PREFIX}_run_{time.strftime('%H%M%S')}_{secrets.token_hex(3)}"
    path = subfolder("run") / f"{name}.lock"
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        clone(environment, template_name, name)
        try:
            yield name
        finally:
            drop(environment, name)
            path.unlink(missing_ok=True)


def _drop_abandoned(environment: Environment) -> None:
    for path in subfolder("run").glob(f"{PREFIX}_run_*.lock"):
        with contextlib.suppress(OSError), path.open("a") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails for a run that lives
            drop(environment, path.stem)
            path.unlink(missing_ok=True)
