"""The database that `serve.py` shows: made once, updated when the add-ons changed, never somebody else's."""

import fcntl
import json
from contextlib import contextmanager

from . import addons, database
from .console import EnvironmentProblem, step
from .layout import cache, subfolder
from .runtime import Environment

EMPTY = database.Kind("empty", database.FULL.modules, expected="about 2 minutes, once")
DATABASES = {True: ("demo", database.DEMO), False: ("empty", EMPTY)}  # with demo data or without


@contextmanager
def alone(name: str, url: str):
    """One server for a database at a time. Yields the URL of the one that already runs, or None."""
    path = subfolder("run") / f"serve-{name}.lock"
    with path.open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.seek(0)
            yield stream.read().strip() or "an address it has not said yet"
            return
        stream.truncate(0)
        stream.write(url)
        stream.flush()
        yield None


def mark(environment: Environment, name: str) -> dict:
    """What this repository wrote down about the database, {} when it is not ours."""
    rows = database.query(
        environment, "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", name
    )
    try:
        found = json.loads(rows[0][0] or "{}")
    except (IndexError, ValueError):
        return {}
    return found if found.get("cache") == str(cache()) else {}


def set_mark(environment: Environment, name: str, content: str) -> None:
    text = json.dumps({"cache": str(cache()), "addons": content})
    database.query(environment, f"COMMENT ON DATABASE {database.quoted(name)} IS %s", text)


def prepare(environment: Environment, *, demo: bool, reset: bool) -> str:
    """The name of the database, with the add-ons as they are now."""
    name, kind = DATABASES[demo]
    if name in database.names(environment):
        content = mark(environment, name).get("addons")
        if content is None:
            raise EnvironmentProblem(
                f"the server has a database “{name}” that this repository did not make; "
                "rename it, or unset the PG* variables to use a private server"
            )
        if not reset:
            update(environment, name, kind, content)
            return name
        database.drop(environment, name)
    create(environment, name, kind)
    return name


def create(environment: Environment, name: str, kind: database.Kind) -> None:
    below = database.base(environment, kind)
    content = addons.content_hash(addons.find())
    title = f"database “{name}” with the add-ons" + (" and their demo data" if kind.demo else "")
    with step(title, "about 30 s") as progress:
        unfinished = f"{database.PREFIX}_{name}_unfinished"
        database.clone(environment, below, unfinished)
        database.install(environment, unfinished, kind, addons.names(), progress)
        progress("scripts and styles")
        database.compile_assets(environment, unfinished)
        database.rename(environment, unfinished, name)
        set_mark(environment, name, content)


def update(environment: Environment, name: str, kind: database.Kind, content: str) -> None:
    """Bring the add-ons in the database up to date, if they changed since."""
    now = addons.content_hash(addons.find())
    if now == content:
        return
    with step("the add-ons changed: updating them", "about 30 s") as progress:
        # an update that was interrupted leaves “to upgrade”
        there = database.modules(environment, name, "installed", "to upgrade")
        new = [addon for addon in addons.names() if addon not in there]
        old = [addon for addon in addons.names() if addon in there]
        try:
            database.install(environment, name, kind, new, progress, update=old)
        except EnvironmentProblem as problem:
            advice = "Mend the add-on and start again, or begin anew with --reset."
            raise EnvironmentProblem(f"{problem}\n{advice}") from problem
        set_mark(environment, name, now)
