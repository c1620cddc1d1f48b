"""The virtual environment: Odoo's requirements and pytest, every one pinned by its hash."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import system
from .console import EnvironmentProblem, say, step
from .files import locked, run_with_retries, sha256
from .layout import SCRIPTS, cache

REQUIREMENTS = SCRIPTS / "requirements.txt"
OLDEST, NEWEST = (3, 10), (3, 13)
PREFERENCE = ("3.12", "3.11", "3.13", "3.10")


def supported(version: tuple[int, int]) -> bool:
    return OLDEST <= version <= NEWEST


def version_of(interpreter: str) -> tuple[int, int] | None:
    """None for what does not run, such as a version manager's placeholder."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([interpreter, "-c", code], capture_output=True, text=True, timeout=30)
        major, minor = done.stdout.split()
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def choose() -> tuple[str, tuple[int, int]]:
    """The interpreter to use: `ODOO_PYTHON`, the running one, or one on PATH."""
    if given := os.environ.get("ODOO_PYTHON"):
        version = version_of(given)
        if version is None or not supported(version):
            raise EnvironmentProblem(f"ODOO_PYTHON={given} is no Python 3.10 to 3.13; give another, or unset it")
        return given, version
    running = sys.version_info[:2]
    if supported(running):
        # from inside a virtual environment, its base: the one that runs here may be ours
        return os.path.realpath(sys.executable), running
    for name in PREFERENCE:
        path = shutil.which(f"python{name}")
        if path and (version := version_of(path)) and supported(version):
            return path, version
    raise EnvironmentProblem("Odoo 19 needs Python 3.10 to 3.13; set ODOO_PYTHON to the path of one")


def prepare(requirements: Path = REQUIREMENTS, purpose: str = "Odoo and its tests") -> Path:
    """The interpreter of an environment with `requirements`, made when it is not there or not complete."""
    interpreter, version = choose()
    folder = cache() / "python" / f"{version[0]}.{version[1]}-{requirements.stem}-{sha256(requirements)[:10]}"
    complete = folder / "complete"
    if not complete.exists():
        with locked(cache() / "python.lock", "installing Python packages"):
            if not complete.exists():
                title = f"Python packages for {purpose} (Python {version[0]}.{version[1]})"
                build(folder, interpreter, requirements, title)
                complete.touch()
    return folder / "bin" / "python"


def build(folder: Path, interpreter: str, requirements: Path, title: str) -> None:
    """A virtual environment in `folder` with `requirements`, by uv where it is there and works, else by pip."""
    uv = shutil.which("uv")
    if not uv and not _has_ensurepip(interpreter):
        system.install(["python3-venv"], "Python's virtual environments")
    python = folder / "bin" / "python"
    pins = ["--quiet", "--require-hashes", "--requirement", str(requirements)]
    with step(title, "about 15 s" if uv else "about 70 s"):
        if uv:
            _make(folder, interpreter, "--without-pip")
            if (
                subprocess.run([uv, "pip", "install", "--python", str(python), *pins], capture_output=True).returncode
                == 0
            ):
                return
            say("    uv could not install them, now with pip")
        _make(folder, interpreter)
        run_with_retries(
            [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *pins],
            "installing Python packages",
            "check the connection, or set PIP_INDEX_URL to a package index you can reach",
        )


def _make(folder: Path, interpreter: str, *options: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    made = subprocess.run([interpreter, "-m", "venv", *options, str(folder)], capture_output=True, text=True)
    if made.returncode != 0:
        reason = (made.stderr or made.stdout).strip().splitlines()[-1:]
        raise EnvironmentProblem(f"{interpreter} makes no virtual environment {reason}; set ODOO_PYTHON to another")


def _has_ensurepip(interpreter: str) -> bool:
    return subprocess.run([interpreter, "-c", "import ensurepip"], capture_output=True).returncode == 0
