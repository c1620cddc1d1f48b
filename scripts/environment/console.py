"""What a person reads while the scripts work.

It goes to stderr: stdout belongs to the results and to the commands that are run.
"""

import sys
import time
from contextlib import contextmanager

QUIET_SECONDS = 15  # between two lines of progress where a line cannot be overwritten


class EnvironmentProblem(Exception):
    """Something that cannot be had. The message is one sentence that tells the way out."""


def say(text: str = "") -> None:
    print(text, file=sys.stderr, flush=True)


def seconds(value: float) -> str:
    if value < 90:
        return f"{value:.0f} s"
    return f"{value // 60:.0f} min {value % 60:.0f} s"


class Progress:
    """Says how far a step is: on a terminal in place, elsewhere in a line now and then."""

    def __init__(self) -> None:
        self._overwrites = sys.stderr.isatty()
        self._last = time.monotonic()

    def __call__(self, text: str) -> None:
        if self._overwrites:
            print(f"\r\033[K    {text[:110]}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._last >= QUIET_SECONDS:
            self._last = time.monotonic()
            say(f"    {text}")

    def close(self) -> None:
        if self._overwrites:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


@contextmanager
def step(title: str, expected: str = ""):
    """Announce a step, and how long it took. Yields the step's progress."""
    say(f"==> {title}" + (f" ({expected})" if expected else ""))
    started = time.monotonic()
    progress = Progress()
    try:
        yield progress
    finally:
        progress.close()
    say(f"    done in {seconds(time.monotonic() - started)}")


def main(function) -> None:
    """Run a script's `function`; a problem is told in its one sentence, without a traceback."""
    try:
        code = function(sys.argv[1:])
    except EnvironmentProblem as problem:
        say(f"\nerror: {problem}")
        code = 1
    except KeyboardInterrupt:
        say("\nstopped")
        code = 130
    sys.exit(code)
