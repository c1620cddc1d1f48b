"""When a day ends: the one place that says it.

Moments are naive and in universal time, as Odoo keeps them. What is due on a day is due until that day is over: a
promise where the customer is, everything else where the company works. ``tz`` is a name such as ``Europe/Berlin``.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def get_zone(tz):
    """Return the time zone of the name ``tz``, universal time if there is none of that name."""
    try:
        return ZoneInfo(tz or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local_day(moment, tz):
    """Return the day that it is in ``tz`` at ``moment``.

    >>> local_day(datetime(2030, 5, 10, 22, 30), "Europe/Berlin")
    datetime.date(2030, 5, 11)
    >>> local_day(datetime(2030, 5, 10, 22, 30), "UTC")
    datetime.date(2030, 5, 10)
    """
    return moment.replace(tzinfo=UTC).astimezone(get_zone(tz)).date()


def end_of_day(day, tz):
    """Return the last second of a day in ``tz``.

    :param day: the day, or a moment of it

    >>> end_of_day(datetime(2030, 5, 10, 6, 0), "Europe/Berlin")
    datetime.datetime(2030, 5, 10, 21, 59, 59)
    >>> end_of_day(datetime(2030, 5, 10).date(), "America/Los_Angeles")
    datetime.datetime(2030, 5, 11, 6, 59, 59)
    """
    if isinstance(day, datetime):
        day = local_day(day, tz)
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=get_zone(tz))
    return midnight.astimezone(UTC).replace(tzinfo=None) - timedelta(seconds=1)
