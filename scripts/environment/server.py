"""Odoo serving one database on a port, and whether it answers yet."""

import contextlib
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from . import database, runtime
from .console import EnvironmentProblem, step


@contextmanager
def serving(environment: runtime.Environment, name: str, *, workers: int = 0):
    """Odoo with the database `name`, without its jobs, on a port that is free. Yields its URL."""
    with serving_process(environment, name, workers=workers, max_cron_threads=0) as (url, _process):
        yield url


@contextmanager
def serving_process(environment: runtime.Environment, name: str, **options):
    """Odoo with the database `name` and the `options` on a port that is free. Yields its URL and its process."""
    port = runtime.free_port()
    url = f"http://127.0.0.1:{port}"
    database.set_address(environment, name, url)
    settings = {"db_name": name, "dbfilter": f"^{name}$", "list_db": "False", "http_port": port, **options}
    log = runtime.log_file("serving")
    with environment.configuration(f"serving-{port}", **settings) as configuration, log.open("w") as stream:
        with running(environment, configuration, stream, url) as process:
            yield url, process


@contextmanager
def running(environment: runtime.Environment, configuration, stream, url: str):
    """Odoo as `configuration` says, its log into `stream`, once it answers at `url`. Yields its process."""
    process = runtime.start(
        environment.command(),
        environment.server,
        env=environment.variables(configuration),
        stdin=subprocess.DEVNULL,
        stdout=stream,
        stderr=subprocess.STDOUT,
    )
    with runtime.ended(process):
        with step("starting Odoo", "about 5 s"):
            wait_until_ready(process, url, Path(stream.name))
        yield process


def wait_until_ready(process: subprocess.Popen, url: str, log, limit: float = 180) -> None:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EnvironmentProblem(f"Odoo ended while starting: see {log}\n{runtime.first_trouble(log)}")
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"{url}/web/login", timeout=60):
                return
        time.sleep(0.5)
    raise EnvironmentProblem(f"Odoo did not answer within {limit:.0f} s: see {log}\n{runtime.first_trouble(log)}")
