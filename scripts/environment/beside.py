"""Add-ons of others, as the package index has them, to test ours beside."""

import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

from . import addons, database, runtime
from .console import step
from .files import building, locked, run_with_retries, sha256
from .layout import SCRIPTS, cache

REQUIREMENTS = SCRIPTS / "beside-requirements.txt"


def prepare(environment: runtime.Environment) -> tuple[runtime.Environment, database.Kind]:
    """The environment with the add-ons of others on its path, and the kind of database that has them installed."""
    folder = fetch(environment)
    names = tuple(sorted(path.parent.name for path in folder.glob("*/__manifest__.py")))
    source = replace(environment.source, addons=(*environment.source.addons, folder))
    kind = database.Kind("beside", (*database.FULL.modules, *names), expected="about 4 minutes, once")
    return replace(environment, source=source), kind


def fetch(environment: runtime.Environment) -> Path:
    """The folder with the add-ons of `REQUIREMENTS`, unpacked: they are no part of this project's environment."""
    folder = cache() / "beside" / sha256(REQUIREMENTS)[:10]
    with locked(cache() / "beside.lock", "fetching add-ons of others"):
        if not folder.is_dir():
            with step("add-ons of others", "about 20 s"), building(folder) as unfinished:
                download(environment.python, unfinished)
    return folder


def download(python: Path, folder: Path) -> None:
    wheels = folder / "wheels"
    pip = [python, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True).returncode != 0:
        subprocess.run([python, "-m", "ensurepip"], capture_output=True, check=True)
    options = ["--quiet", "--no-deps", "--require-hashes", "--disable-pip-version-check", "--dest", wheels]
    run_with_retries(
        [*pip, "download", *options, "--requirement", REQUIREMENTS],
        "fetching add-ons of others",
        "check the connection, or set PIP_INDEX_URL to a package index you can reach",
    )
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder / "unpacked")
        wheel.unlink()
    for addon in (folder / "unpacked" / "odoo" / "addons").iterdir():
        if addon.is_dir() and addon.name not in addons.names():
            addon.rename(folder / addon.name)
