"""Packages of the operating system: which are missing, and how they are installed."""

import os
import shutil
import subprocess

from .console import EnvironmentProblem, say, step
from .files import run_with_retries

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")  # those that Odoo looks for
APT_OPTIONS = ("-o", "DPkg::Lock::Timeout=300", "-y", "--no-install-recommends")


def browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def missing_sentence(packages: list[str], purpose: str) -> str:
    """What a person without the right to install packages has to ask for."""
    verb = "is" if len(packages) == 1 else "are"
    return (
        f"{', '.join(packages)} {verb} needed for {purpose} and cannot be installed without root; "
        f"run: sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"
    )


def install(packages: list[str], purpose: str) -> None:
    """Install Debian packages, after naming them."""
    if not packages:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise EnvironmentProblem(missing_sentence(packages, purpose))
    say(f"This machine lacks packages for {purpose}; installing: {' '.join(packages)}")
    way_out = f"install them yourself and start again: apt-get install {' '.join(packages)}"
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with step("system packages", "about a minute"):
        run_with_retries(["apt-get", "update"], "apt-get update", way_out, env=environment)
        run_with_retries(["apt-get", "install", *APT_OPTIONS, *packages], "apt-get install", way_out, env=environment)


def ensure_browser() -> None:
    """Chromium, which runs the tours."""
    if not browser():
        install(["chromium", "fonts-dejavu-core"], "browser tests")


def missing_libraries(binary) -> list[str]:
    """The shared libraries that `binary` needs and this machine does not have."""
    listing = subprocess.run(["ldd", str(binary)], capture_output=True, text=True).stdout
    return [line.split()[0] for line in listing.splitlines() if "not found" in line]
