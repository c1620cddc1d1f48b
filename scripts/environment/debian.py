"""Packages fetched from Debian into a folder, by any user, without touching the system.

apt gets lists, caches and settings of its own. The mirror is the one that this machine already uses.
"""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from . import system
from .console import EnvironmentProblem, say
from .files import locked, run_with_retries, sha256
from .layout import subfolder

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
MIRROR = re.compile(r"https?://[^\s\]]+?/debian/?(?=\s|$)")
WAY_OUT = "set ODOO_SRC to an Odoo 19 checkout, ODOO_DEB to a package file, or DEBIAN_MIRROR to a reachable mirror"


def find_mirror(sources: str) -> str | None:
    """The first Debian mirror in the text of apt's sources (either format), comments left out."""
    for line in sources.splitlines():
        line = line.strip()
        if line.startswith(("deb ", "deb-src ", "URIs:")) and (match := MIRROR.search(line)):
            return match.group().rstrip("/")
    return None


def machine_mirror() -> str:
    """The mirror of `DEBIAN_MIRROR`, or the one of this machine's own sources."""
    if mirror := os.environ.get("DEBIAN_MIRROR"):
        return mirror.rstrip("/")
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    text = "\n".join(path.read_text(errors="replace") for path in files if path.is_file())
    mirror = find_mirror(text)
    if not mirror:
        raise EnvironmentProblem(f"no Debian mirror is configured in /etc/apt; {WAY_OUT}")
    return mirror


class Apt:
    """An apt of its own, with the given suites."""

    def __init__(self, suites: list[str]):
        for tool in ("apt-get", "dpkg-deb"):
            if not shutil.which(tool):
                raise EnvironmentProblem(f"{tool} is not here, and Odoo comes as a Debian package; {WAY_OUT}")
        if not KEYRING.exists():
            system.install(["debian-archive-keyring"], "verifying Debian's packages")
        self.folder = subfolder("apt")
        mirror = machine_mirror()
        for name in ("lists/partial", "cache/archives/partial", "parts", "preferences", "downloads"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "sources.list").write_text(
            "".join(f"deb [signed-by={KEYRING}] {mirror} {suite} main\n" for suite in suites)
        )
        settings = {
            "Dir::Etc::SourceList": self.folder / "sources.list",
            "Dir::Etc::SourceParts": self.folder / "parts",
            "Dir::Etc::PreferencesParts": self.folder / "preferences",
            "Dir::State::Lists": self.folder / "lists",
            "Dir::State::status": "/dev/null",
            "Dir::Cache": self.folder / "cache",
            "APT::Architecture": self._architecture(),
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
        }
        configuration = self.folder / "apt.conf"
        configuration.write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))
        self.environment = os.environ | {"APT_CONFIG": str(configuration)}

    @staticmethod
    def _architecture() -> str:
        done = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True)
        return done.stdout.strip() or {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "amd64")

    def update(self) -> None:
        run_with_retries(["apt-get", "update"], "reading Debian's package lists", WAY_OUT, env=self.environment)

    def download(self, name: str, version: str, checksum: str) -> Path:
        """The package file, verified against `checksum`.

        When the mirror no longer has that version, any that Debian signed will do, with a warning.
        """
        folder = self.folder / "downloads" / name
        with locked(self.folder / "downloads.lock"):
            if folder.is_dir():
                for package in folder.glob("*.deb"):
                    if sha256(package) == checksum:
                        return package
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            if self._fetch(f"{name}={version}", folder):
                package = next(folder.glob("*.deb"))
                if sha256(package) != checksum:
                    raise EnvironmentProblem(f"{name} {version} is not the package that was pinned; {WAY_OUT}")
                return package
            say(f"    warning: {name} {version} is gone from the mirror, taking the version it has")
            run_with_retries(
                ["apt-get", "download", name], f"downloading {name}", WAY_OUT, cwd=folder, env=self.environment
            )
            return next(folder.glob("*.deb"))

    def _fetch(self, package: str, folder: Path) -> bool:
        """Whether `package` could be had; a version that does not exist is no reason to try again."""
        known = subprocess.run(
            ["apt-get", "download", "--print-uris", package],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if known.returncode != 0:
            return False
        run_with_retries(
            ["apt-get", "download", package], f"downloading {package}", WAY_OUT, cwd=folder, env=self.environment
        )
        return True


def extract_missing(name: str, folder: Path) -> None:
    """Unpack the package `name`, and what it needs and this machine lacks, into `folder`.

    It comes from the machine's own sources and fits its libraries; apt verifies it by Debian's signature.
    """
    apt = subfolder("apt", "machine")
    for part in ("lists/partial", "cache/archives/partial"):
        (apt / part).mkdir(parents=True, exist_ok=True)
    configuration = apt / "apt.conf"
    settings = {
        "Dir::State::Lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Debug::NoLocking": "1",
    }
    configuration.write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))
    environment = os.environ | {"APT_CONFIG": str(configuration)}
    way_out = f"install {name} yourself: apt-get install {name}"
    run_with_retries(["apt-get", "update"], "reading this machine's package lists", way_out, env=environment)
    command = ["apt-get", "install", "-y", "--no-install-recommends", "--download-only", name]
    run_with_retries(command, f"downloading {name}", way_out, env=environment)
    for package in sorted((apt / "cache" / "archives").glob("*.deb")):
        extract(package, folder)
        package.unlink()


def extract(package: Path, folder: Path) -> None:
    done = subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], capture_output=True, text=True)
    if done.returncode != 0:
        raise EnvironmentProblem(f"{package} cannot be unpacked ({done.stderr.strip()}); {WAY_OUT}")
