"""The promised date: what was promised first counts.

Moments are naive and in universal time, as Odoo keeps them. A promise is about a day of the customer: "10 May" is kept
by whoever comes on the evening of 10 May, wherever the server stands. ``tz`` is a name such as ``Europe/Berlin``.
"""

from dataclasses import dataclass
from datetime import datetime

from .days import local_day


def slip_days(before, after, tz):
    """Return by how many days of the calendar a promise has moved, positive when it is later now.

    >>> slip_days(datetime(2030, 5, 10, 20, 0), datetime(2030, 5, 14, 5, 0), "Europe/Berlin")
    4
    """
    if not before or not after:
        return 0
    return (local_day(after, tz) - local_day(before, tz)).days


def is_kept(promised, delivered, tz):
    """Whether what was ``delivered`` then came no later than on the day that was ``promised``.

    >>> is_kept(datetime(2030, 5, 10, 6, 0), datetime(2030, 5, 10, 21, 59), "Europe/Berlin")
    True
    >>> is_kept(datetime(2030, 5, 10, 6, 0), datetime(2030, 5, 10, 22, 0), "Europe/Berlin")
    False
    """
    return local_day(delivered, tz) <= local_day(promised, tz)


@dataclass(frozen=True)
class Part:
    """One thing that was ordered: what is delivered or done of it.

    ``is_closed``: nothing of it is open any more. ``closed_on``: when its last piece came, None if nobody has noted
    that. ``is_complete``: all of it came, and not in more pieces than were announced.
    """

    is_closed: bool
    is_complete: bool = False
    closed_on: datetime | None = None


def delivered_on(parts, otherwise):
    """Return when the last of ``parts`` came; None while one is open, or if nothing came at all.

    :param otherwise: when, if nobody has noted it

    >>> delivered_on([Part(True, True, datetime(2030, 5, 9)), Part(True, False, datetime(2030, 5, 10))], None)
    datetime.datetime(2030, 5, 10, 0, 0)
    >>> delivered_on([Part(True, True, datetime(2030, 5, 9)), Part(False)], None) is None
    True
    """
    if not parts or not all(part.is_closed for part in parts):
        return None
    dates = [part.closed_on for part in parts if part.closed_on]
    if dates:
        return max(dates)
    return otherwise if any(part.is_complete for part in parts) else None


def is_perfect(on_time, in_full, undamaged, right_papers):
    """Whether an order came as it should: each of the four counts, and none makes up for another.

    >>> is_perfect(on_time=True, in_full=True, undamaged=True, right_papers=False)
    False
    """
    return bool(on_time and in_full and undamaged and right_papers)
