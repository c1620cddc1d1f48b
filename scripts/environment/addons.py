"""This repository's add-ons: which there are, what they need, and when they changed."""

import ast
import hashlib
from pathlib import Path

from .console import EnvironmentProblem
from .layout import REPOSITORY

# Nothing in these is installed into a database.
NOT_INSTALLED = {"tests", "readme", "__pycache__"}


def find(repository: Path = REPOSITORY) -> list[Path]:
    """The add-ons' folders; one whose manifest says `installable: False` is left out."""
    folders = sorted(path.parent for path in repository.glob("*/__manifest__.py"))
    return [folder for folder in folders if manifest(folder).get("installable", True)]


def names(repository: Path = REPOSITORY) -> list[str]:
    return [folder.name for folder in find(repository)]


def manifest(folder: Path) -> dict:
    path = folder / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text())
    except (SyntaxError, ValueError) as error:
        raise EnvironmentProblem(f"{path} is no Python dictionary ({error}); mend it and start again") from error


def dependencies(folders: list[Path]) -> list[str]:
    """What `folders` depend on outside of themselves."""
    own = {folder.name for folder in folders}
    wanted = {name for folder in folders for name in manifest(folder).get("depends", [])}
    return sorted(wanted - own)


def with_own_dependencies(folder: Path, repository: Path = REPOSITORY) -> list[Path]:
    """An add-on's folder and those of this repository's add-ons that it needs."""
    there = {found.name: found for found in find(repository)}
    needed, pending = set(), [folder.name]
    while pending:
        name = pending.pop()
        if name in there and name not in needed:
            needed.add(name)
            pending += manifest(there[name]).get("depends", [])
    return sorted(there[name] for name in needed)


def content_hash(folders: list[Path]) -> str:
    """Changes with every file that an installation reads: tests and documentation don't count."""
    digest = hashlib.sha256()
    for folder in sorted(folders):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if NOT_INSTALLED.isdisjoint(inside.parts) and path.is_file():
                digest.update(f"{folder.name}/{inside}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
