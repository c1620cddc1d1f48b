#!/usr/bin/env python3
"""Run any Odoo command in this repository's environment.

    python3 scripts/odoo.py -d scratch -i order_extension --with-demo --stop-after-init
    python3 scripts/odoo.py shell -d scratch
    python3 scripts/odoo.py --addons-path ../more-addons -d scratch -u order_extension --stop-after-init

The arguments are Odoo's own. Folders given with --addons-path come after this repository's.
"""

import os
import signal

from environment import console, runtime


def split_addons_path(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The folders given with `--addons-path`, and the other arguments."""
    folders, others, remaining = [], [], iter(arguments)
    for argument in remaining:
        if argument == "--addons-path":
            folders += next(remaining, "").split(",")
        elif argument.startswith("--addons-path="):
            folders += argument.split("=", 1)[1].split(",")
        else:
            others.append(argument)
    return [os.path.abspath(folder) for folder in folders if folder], others


def main(arguments: list[str]) -> int:
    folders, others = split_addons_path(arguments)
    with runtime.prepared() as environment:
        with environment.configuration("odoo", addons_path=environment.addons_path(folders)) as configuration:
            command = [*environment.command(), *others]
            process = runtime.start(command, environment.server, env=environment.variables(configuration))
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Odoo gets it from the terminal too, and decides
            with runtime.ended(process):
                return process.wait()


if __name__ == "__main__":
    console.main(main)
