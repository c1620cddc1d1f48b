"""All of it together: the prepared environment, and Odoo run in it."""

import ctypes
import os
import re
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import pdf, postgres, python_env, source, system
from .console import EnvironmentProblem
from .layout import REPOSITORY, subfolder

LOADING = re.compile(r"Loading module (\w+) \((\d+)/(\d+)\)")
PR_SET_PDEATHSIG = 1  # of prctl(2)
TROUBLE = re.compile(r"^\S+ \S+ \d+ (ERROR|CRITICAL) ")
# Python would look for modules next to a script or in the current folder, and `odoo.py` is in `scripts`:
# this launcher lies in a folder of its own.
CLAIMS = []  # sockets without a file, for as long as this process lives: see free_port
LAUNCHER = "from odoo.cli import main\n\nmain()\n"


@dataclass(frozen=True)
class Environment:
    python: Path
    source: source.Source
    server: postgres.Server
    pdf_folder: Path

    def addons_path(self, extra: list[str] | None = None) -> str:
        return ",".join(map(str, [REPOSITORY, *self.source.addons, *(extra or [])]))

    def variables(self, configuration: Path) -> dict[str, str]:
        """The environment variables of Odoo's process."""
        dropped = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}
        kept = {key: value for key, value in os.environ.items() if key not in dropped}
        folders = [str(self.pdf_folder), str(self.python.parent), self.server.programs, os.environ.get("PATH", "")]
        return kept | {
            "ODOO_RC": str(configuration),
            "PATH": os.pathsep.join(filter(None, folders)),
            "PYTHONPATH": str(self.source.python_path),
            "PYTHONPYCACHEPREFIX": str(subfolder("pycache")),
            "PYTHONUNBUFFERED": "1",
        }

    def command(self) -> list[str]:
        launcher = subfolder("launcher") / "odoo-bin"
        if not launcher.exists():
            draft = launcher.with_name(f"{launcher.name}-{os.getpid()}")
            draft.write_text(LAUNCHER)
            draft.replace(launcher)  # at once: another run may be about to use it
        return [str(self.python), str(launcher)]

    @contextmanager
    def configuration(self, name: str, **options):
        """A configuration file for one run, removed afterwards: it may hold a password."""
        path = subfolder("run") / f"{name}-{os.getpid()}.conf"
        values = {
            "addons_path": self.addons_path(),
            "data_dir": subfolder("data"),
            "screenshots": subfolder("screenshots"),
            "http_interface": "127.0.0.1",
            "max_cron_threads": "1",
            **self.server.options(),
            **options,
        }
        path.touch(mode=0o600)
        path.write_text("[options]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def run_odoo(self, arguments: list[str], log: Path, progress=None, code: str = "", *, judged: bool = False) -> None:
        """Run an Odoo command to its end, with `code` for its shell if that is the command.

        Its output goes to `log`; a failure is told with its first error, unless the caller judges by the log.
        """
        with self.configuration(log.stem) as configuration, log.open("w") as stream:
            process = start(
                [*self.command(), *arguments],
                self.server,
                env=self.variables(configuration),
                text=True,
                errors="replace",
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            with ended(process):
                process.stdin.write(code)
                process.stdin.close()
                for line in process.stdout:
                    stream.write(line)
                    if progress and (match := LOADING.search(line)):
                        progress(f"{match[2]} of {match[3]} modules: {match[1]}")
            status = process.wait()
        if status != 0 and not judged:
            raise EnvironmentProblem(f"Odoo stopped with code {status}: see {log}\n{first_trouble(log)}")


@contextmanager
def prepared(*, with_browser: bool = False, pdf_required: bool = False):
    """The environment, complete and with its database server running."""
    if with_browser:
        system.ensure_browser()
    python = python_env.prepare()
    odoo = source.prepare()
    pdf_folder = pdf.prepare(python, required=pdf_required)
    with postgres.running() as server:
        yield Environment(python, odoo, server, pdf_folder)


def start(command: list[str], server: postgres.Server, *, stop: int = signal.SIGTERM, **options) -> subprocess.Popen:
    """Start a process that uses the server; it is asked to `stop` when we die, however that happens."""
    libc = ctypes.CDLL(None)

    def ask_to_stop_with_us():
        libc.prctl(PR_SET_PDEATHSIG, stop)

    return subprocess.Popen(command, pass_fds=server.inherited(), preexec_fn=ask_to_stop_with_us, **options)


@contextmanager
def ended(process: subprocess.Popen, stop: int = signal.SIGTERM):
    """See to it that `process` does not outlive this block, and hand a request to stop on to it.

    Blocks may be inside each other: the request reaches the processes of all of them.
    """
    before = signal.getsignal(signal.SIGTERM)

    def hand_on(number, frame):
        process.send_signal(stop)
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, hand_on)
    try:
        yield process
    finally:
        signal.signal(signal.SIGTERM, before)
        if process.poll() is None:
            process.send_signal(stop)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def troubles(log: Path) -> list[str]:
    """The lines of an Odoo log that report errors."""
    return [line for line in log.read_text(errors="replace").splitlines() if TROUBLE.match(line)]


def first_trouble(log: Path, lines: int = 25) -> str:
    """The part of a log that explains a failure: from its first error on, or its end."""
    text = log.read_text(errors="replace").splitlines()
    start = next((number for number, line in enumerate(text) if TROUBLE.match(line)), max(0, len(text) - lines))
    return "\n".join(text[start : start + lines])


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(first: int = 8070, last: int = 8999) -> int:
    """A port on which nothing listens, and that no other run is given while this one lives.

    :raise EnvironmentProblem: if there is none
    """
    for port in range(first, last):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0order-addons-port-{port}")  # a name that only one process of the machine can have
        except OSError:
            claim.close()
            continue
        if port_is_free(port):
            CLAIMS.append(claim)
            return port
        claim.close()
    raise EnvironmentProblem(f"no port between {first} and {last} is free; stop something that listens there")


def log_file(name: str) -> Path:
    return subfolder("logs") / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
