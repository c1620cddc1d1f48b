"""Where things are. All that the scripts make lies in one folder, which git ignores."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = REPOSITORY / "scripts"


def cache() -> Path:
    """The folder for everything that is downloaded or made (`ODOO_ENV_DIR` moves it)."""
    folder = os.environ.get("ODOO_ENV_DIR")
    return Path(folder).expanduser().resolve() if folder else REPOSITORY / ".odoo"


def subfolder(*parts: str) -> Path:
    """A folder in the cache, made when it is not there."""
    folder = cache().joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
