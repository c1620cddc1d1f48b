"""Odoo itself: a checkout that is given, or Debian's package with what was stripped from it."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .console import EnvironmentProblem, say, step
from .files import building, locked, sha256, short_hash
from .layout import cache

SERIES = "19.0"
ODOO_PACKAGE = (
    "odoo-19",
    "19.0.0+dfsg-1",
    "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf",
)
# The package's symlinks point into these; newer font packages lack the files.
SUITES = ["bookworm", "sid"]
COMPANIONS = [
    (
        "fonts-font-awesome",
        "5.0.10+really4.7.0~dfsg-4.1",
        "5f09e1adce26d59628a239c538882d53e58978b958233864fc617be9a510018e",
    ),
    ("fonts-inconsolata", "001.010-6", "bb5015c631cd47aa7d9d6e0ecd101f0e1234300f935e7719ea32ed9b640f0ac4"),
    ("fonts-montserrat", "9.000-6", "c5f603701f86661a7eed820ff0b0d19e0aa697b316053b7885cc7346370128c1"),
    ("fonts-ocr-b", "0.3~dfsg1-1", "56e6a6bfe5d77bbb4f0a6964ce1f8ed3679d7c1a138064bcaf6cc3480c3628f3"),
    ("fonts-roboto-unhinted", "2:0~20170802-3", "f89cf7d8a589489daecf750031ec50456ab3e648d49ff544f0f08753268fbd91"),
    ("libjs-jquery", "3.6.1+dfsg+~3.5.14-1", "a58c9ff6afe96c769cb6535754c909410760e4efa1e1540236194e489adcfb25"),
    ("libjs-jquery-form", "12-4", "fbfeedcd3eaf519b3cdcc88e93a1c79f6775da71657bac763f1430fe66e8a1da"),
    ("libjs-underscore", "1.13.4~dfsg+~1.11.4-3", "4a0fbc90e7f62ea50c4ac7453352721fa60bb5eac87e9f39a027908faff29015"),
]
PACKAGES_FOLDER = "usr/lib/python3/dist-packages"
# Assets that the package lacks and a manifest lists: without them the whole bundle fails to load.
STUBS = {
    "mail/static/lib/selfie_segmentation/selfie_segmentation.js": (
        "// Left out of the packaged Odoo. It blurs the background of video calls; nothing else uses it.\n"
    ),
}


@dataclass(frozen=True)
class Source:
    python_path: Path  # the folder that holds the package `odoo`
    addons: tuple[Path, ...]  # add-on folders outside that package
    key: str  # changes when Odoo changes


def prepare() -> Source:
    given = os.environ.get("ODOO_SRC")
    return from_checkout(Path(given).expanduser().resolve()) if given else from_debian()


def series(python_path: Path) -> str | None:
    """`19.0` for a folder with Odoo 19, None for a folder without Odoo."""
    release = python_path / "odoo" / "release.py"
    if not release.is_file():
        return None
    match = re.search(r"^version_info\s*=\s*\(\s*(\d+)\s*,\s*(\d+)", release.read_text(), re.MULTILINE)
    return f"{match[1]}.{match[2]}" if match else None


def from_checkout(folder: Path) -> Source:
    found = series(folder)
    if found != SERIES:
        what = f"has Odoo {found}" if found else "has no odoo/release.py"
        raise EnvironmentProblem(f"ODOO_SRC={folder} {what}; point it at a checkout of Odoo {SERIES}, or unset it")
    commit = subprocess.run(["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True).stdout
    addons = (folder / "addons",) if (folder / "addons").is_dir() else ()
    return Source(folder, addons, short_hash(str(folder), commit, (folder / "odoo/release.py").read_text()))


def from_debian() -> Source:
    given = os.environ.get("ODOO_DEB")
    if given and not Path(given).is_file():
        raise EnvironmentProblem(f"ODOO_DEB={given} is no file; give the path of Debian's odoo-19 package")
    checksum = sha256(Path(given)) if given else ODOO_PACKAGE[2]
    key = short_hash(checksum, *(companion[2] for companion in COMPANIONS), *STUBS.values())
    root = cache() / "source" / key
    if not root.is_dir():
        with locked(cache() / "source.lock", "unpacking Odoo"):
            if not root.is_dir():
                with step(f"Odoo {SERIES}: Debian's package (123 MB) and what it links to", "about 20 s") as progress:
                    _build(root, Path(given) if given else None, progress)
    return Source(root / PACKAGES_FOLDER, (), key)


def _build(root: Path, given: Path | None, progress) -> None:
    apt = debian.Apt(SUITES)
    progress("reading Debian's package lists")
    apt.update()
    with building(root) as folder:
        for name, version, checksum in [*COMPANIONS, *([] if given else [ODOO_PACKAGE])]:
            progress(f"{name} {version}")
            debian.extract(apt.download(name, version, checksum), folder)
        if given:
            debian.extract(given, folder)
        if series(folder / PACKAGES_FOLDER) != SERIES:
            raise EnvironmentProblem(f"the package holds no Odoo {SERIES}; set ODOO_SRC or ODOO_DEB to one that does")
        repair(folder)


def repair(root: Path) -> None:
    """Make the unpacked package whole, here in the cache."""
    packages = root / PACKAGES_FOLDER
    for stray in ("addons", "doc", "setup"):  # would be importable as top-level packages
        shutil.rmtree(packages / stray, ignore_errors=True)
    for name, content in STUBS.items():
        path = packages / "odoo" / "addons" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
    for link in dangling_links(packages):
        say(f"    warning: the packaged Odoo lacks {link.relative_to(packages)}")


def dangling_links(folder: Path) -> list[Path]:
    return [
        Path(parent, name)
        for parent, _folders, names in os.walk(folder)
        for name in names
        if os.path.islink(os.path.join(parent, name)) and not os.path.exists(os.path.join(parent, name))
    ]
