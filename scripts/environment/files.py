"""Locks, checksums, and folders that are either complete or not there."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from .console import EnvironmentProblem, say

ATTEMPTS = 4


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def short_hash(*parts: str) -> str:
    """A name for what depends on `parts`."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


@contextmanager
def locked(path: Path, waiting_for: str = ""):
    """Hold the lock on `path`. It ends with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting_for:
                say(f"    waiting: another run is {waiting_for}")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def building(target: Path):
    """A folder to fill that becomes `target` when nothing went wrong."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left_over in target.parent.glob(f".{target.name}-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    folder.chmod(0o755)
    try:
        yield folder
        shutil.rmtree(target, ignore_errors=True)
        os.replace(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_with_retries(command: list, what: str, way_out: str, **options) -> subprocess.CompletedProcess:
    """Run a command that uses the network; after `ATTEMPTS` failures say so in one sentence."""
    for attempt in range(1, ATTEMPTS + 1):
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )
        if done.returncode == 0:
            return done
        if attempt < ATTEMPTS:
            pause = 2**attempt
            say(f"    {what} failed, again in {pause} s ({attempt} of {ATTEMPTS})")
            time.sleep(pause)
    reason = next((line for line in reversed(done.stdout.splitlines()) if line.strip()), "no output").strip()
    raise EnvironmentProblem(f"{what} failed {ATTEMPTS} times ({reason}); {way_out}")
