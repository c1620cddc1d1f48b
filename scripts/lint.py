#!/usr/bin/env python3
"""Check all files with the hooks of .pre-commit-config.yaml.

    python3 scripts/lint.py             all hooks
    python3 scripts/lint.py ruff-check  one of them

Arguments are those of `pre-commit run`.
"""

import os
import shutil
import subprocess

from environment import console, python_env, system
from environment.layout import REPOSITORY, SCRIPTS, subfolder


def main(arguments: list[str]) -> int:
    if not shutil.which("git"):
        system.install(["git"], "finding the files to check")
    python = python_env.prepare(SCRIPTS / "lint-requirements.txt", "checking the code")
    command = [str(python), "-m", "pre_commit", "run", "--all-files", *arguments]
    if os.environ.get("CI"):  # elsewhere the difference is also what is being worked on
        command.append("--show-diff-on-failure")
    return subprocess.run(command, cwd=REPOSITORY, env=variables(), stdin=subprocess.DEVNULL).returncode


def variables() -> dict[str, str]:
    """The hooks live in the cache; git trusts the repository even when another user checked it out."""
    number = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    return os.environ | {
        "PRE_COMMIT_HOME": str(subfolder("pre-commit")),
        "GIT_CONFIG_COUNT": str(number + 1),
        f"GIT_CONFIG_KEY_{number}": "safe.directory",
        f"GIT_CONFIG_VALUE_{number}": str(REPOSITORY),
    }


if __name__ == "__main__":
    console.main(main)
