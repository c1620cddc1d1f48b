"""The database server: the one that the `PG*` variables name, or a private one in the cache.

The private server has no port and no password: it listens on a socket in a folder that only its user can
enter. It starts when a run needs it and stops with the last run. What makes this hold when runs are killed
is a shared lock that every run and its children have on one file: the kernel frees it, nobody has to.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import debian
from .console import EnvironmentProblem, step
from .files import building, locked, short_hash
from .layout import cache

SOCKET_PATH_LIMIT = 107
VARIABLES = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGHOSTADDR", "PGSERVICE", "PGPASSFILE")
ROLE = "odoo"  # Odoo refuses to work as `postgres`
WAY_OUT = "set PGHOST, PGUSER … to a server you have, or PG_BIN to the folder with initdb"
# A crash may lose the last transactions but never damages the data.
SETTINGS = {
    "listen_addresses": "",
    "synchronous_commit": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "max_connections": "200",
    "logging_collector": "off",
}


@dataclass(frozen=True)
class Server:
    """How to reach the server; empty values are left to libpq."""

    host: str = ""
    port: str = ""
    user: str = ""
    password: str = ""
    private: bool = False
    programs: str = ""  # a folder for PATH: pg_dump has to be of the server's version
    lock: int | None = field(default=None, compare=False)  # children inherit it, see the top of this file

    def options(self) -> dict[str, str]:
        """Odoo's configuration for this server."""
        values = {"db_host": self.host, "db_port": self.port, "db_user": self.user, "db_password": self.password}
        return {key: value for key, value in values.items() if value}

    def inherited(self) -> tuple[int, ...]:
        """The `pass_fds` of a child that uses the server."""
        return () if self.lock is None else (self.lock,)


def given() -> Server | None:
    """The server of the usual variables, if any of them is set."""
    if not any(os.environ.get(name) for name in VARIABLES):
        return None
    value = os.environ.get
    return Server(value("PGHOST", ""), value("PGPORT", ""), value("PGUSER", ""), value("PGPASSWORD", ""))


@contextmanager
def running():
    """The server, started when it has to be, stopped when nobody else uses it."""
    if server := given():
        yield server
        return
    cluster = Cluster()
    cluster.folder.mkdir(parents=True, exist_ok=True)
    with (cluster.folder / "users.lock").open("a") as users:
        with locked(cluster.folder / "server.lock", "starting or stopping PostgreSQL"):
            fcntl.flock(users, fcntl.LOCK_SH)
            cluster.start()
        try:
            yield Server(str(cluster.sockets), "", ROLE, "", True, str(cluster.bin), users.fileno())
        finally:
            with locked(cluster.folder / "server.lock"):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # others still use it
                else:
                    cluster.stop()


class Cluster:
    """The private server's programs, data and sockets."""

    def __init__(self) -> None:
        self.user = account()
        place = cache() / "postgres"
        if self.user and not can_enter(self.user, cache()):
            place = elsewhere("/var/tmp")
        self.bin = find_programs(place)
        self.folder = place / major_version(self.bin)
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.sockets = self.folder / "sockets"
        if len(str(self.sockets / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT:
            self.sockets = elsewhere(tempfile.gettempdir()) / "sockets"

    def start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            with step(f"PostgreSQL {self.folder.name}: a private server", "a few seconds"):
                self._initialise()
        if self._is_running():
            return
        self._own(self.sockets)
        self.sockets.chmod(0o700)  # who enters has all rights: there is no password
        self._remove_stale_files()
        arguments = [f"-c {key}={value!r}" if value else f"-c {key}=''" for key, value in SETTINGS.items()]
        arguments.append(f"-k '{self.sockets}'")
        done = self._run(
            "pg_ctl", "start", "-w", "-t", "120", "-s", "-D", self.data, "-l", self.log, "-o", " ".join(arguments)
        )
        if done.returncode != 0:
            lines = self.log.read_text(errors="replace").splitlines()[-3:] if self.log.exists() else []
            raise EnvironmentProblem(
                f"PostgreSQL did not start ({' / '.join(lines) or done.stderr.strip()}); "
                f"see {self.log}, remove {self.data} to begin anew, or {WAY_OUT}"
            )

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast", "-s", "-D", self.data)

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self._own(self.folder)
        unfinished = self.data.with_name("data.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        done = self._run(
            "initdb", "-D", unfinished, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        if done.returncode != 0:
            raise EnvironmentProblem(f"initdb failed ({(done.stderr or done.stdout).strip()[-300:]}); {WAY_OUT}")
        unfinished.rename(self.data)

    def _own(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def _is_running(self) -> bool:
        return self._run("pg_ctl", "status", "-D", self.data).returncode == 0 and self._owner_of_pid_file()

    def _owner_of_pid_file(self) -> bool:
        """Whether the process in postmaster.pid is our server: after a kill its number may be someone else's."""
        try:
            pid = (self.data / "postmaster.pid").read_text().split("\n", 1)[0]
            return str(self.data).encode() in Path(f"/proc/{int(pid)}/cmdline").read_bytes()
        except (OSError, ValueError):
            return False

    def _remove_stale_files(self) -> None:
        for path in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            path.unlink(missing_ok=True)

    def _run(self, program: str, *arguments) -> subprocess.CompletedProcess:
        """Run a PostgreSQL program as the server's user, without our own streams: a daemon would keep them open."""
        identity = {}
        if self.user:
            identity = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            code = subprocess.run(
                [str(self.bin / program), *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd="/",
                env=os.environ | library_path(self.bin),
                start_new_session=True,
                **identity,
            ).returncode
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(program, code, out.read(), err.read())


def elsewhere(parent: str) -> Path:
    """For what cannot be in the cache: the server's user may not enter it, or the path is too long for a socket."""
    return Path(parent) / f"odoo-postgres-{short_hash(str(cache()))}"


def account() -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EnvironmentProblem(f"PostgreSQL does not run as root, and there is no user postgres or nobody; {WAY_OUT}")


def can_enter(user: pwd.struct_passwd, folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["test", "-x", str(folder)], user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/")
    return done.returncode == 0


def find_programs(place: Path) -> Path:
    """The folder with initdb and postgres: `PG_BIN`, the system's newest, or one that is fetched into `place`."""
    if chosen := os.environ.get("PG_BIN"):
        if not (Path(chosen) / "initdb").exists():
            raise EnvironmentProblem(f"PG_BIN={chosen} has no initdb; give the folder that has, or unset it")
        return Path(chosen)
    if installed := newest(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))):
        return installed.parent
    root = place / "programs"
    if not root.is_dir():
        with locked(cache() / "postgres.lock", "fetching PostgreSQL"):
            if not root.is_dir():
                with step("PostgreSQL's programs, unpacked from this machine's packages", "about 20 s"):
                    with building(root) as folder:
                        debian.extract_missing("postgresql", folder)
    if fetched := newest(list(root.glob("usr/lib/postgresql/*/bin/initdb"))):
        return fetched.parent
    raise EnvironmentProblem(f"the package postgresql has no initdb; {WAY_OUT}")


def library_path(programs: Path) -> dict[str, str]:
    """The variables that programs from the cache need to find the libraries that came with them."""
    root = programs.parents[4]  # …/usr/lib/postgresql/<version>/bin
    if root == Path("/"):
        return {}
    folders = [str(folder) for folder in (root / "usr" / "lib").glob("*-linux-gnu*")]
    return {"LD_LIBRARY_PATH": os.pathsep.join(folders)}


def newest(programs: list[Path]) -> Path | None:
    """The one of the highest version, which the path `…/<version>/bin/initdb` tells."""
    versioned = [(int(path.parts[-3]), path) for path in programs if path.parts[-3].isdigit()]
    return max(versioned)[1] if versioned else None


def major_version(folder: Path) -> str:
    command = [str(folder / "postgres"), "--version"]
    text = subprocess.run(command, capture_output=True, text=True, env=os.environ | library_path(folder)).stdout
    number = text.split()[2] if len(text.split()) > 2 else ""
    if not number:
        raise EnvironmentProblem(f"{folder / 'postgres'} does not run; {WAY_OUT}")
    return number.split(".")[0]
