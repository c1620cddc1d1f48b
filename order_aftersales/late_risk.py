"""Why a promise may not be kept: from what is known today, in hours and days."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

#: Hours below this are rounding.
A_MINUTE = 1 / 60


@dataclass(frozen=True)
class Outlook:
    """What is known of one order today.

    Hours are working hours: ``open_hours`` of its own tasks, ``hours_left`` of one person from now to the end of the
    promised day, ``load_hours`` of all that its people have to do until then, its own tasks included. ``goods`` are
    the days when goods that are missing are expected, None for those that nobody expects.
    """

    today: date
    promised: date
    open_hours: float = 0.0
    hours_left: float = 0.0
    people: int = 0
    load_hours: float = 0.0
    goods: tuple[date | None, ...] = ()


def late_risks(outlook):
    """Return why the promise may not be kept: pairs of a code and by how much, the most certain first.

    ``passed``: days since the promised day. ``missing``: goods that nobody expects. ``goods``: days that the last
    goods come after the promised day. ``hours``: working hours that the own tasks take too long. ``capacity``: hours
    that its people have promised too many of.

    >>> late_risks(Outlook(date(2030, 5, 6), date(2030, 5, 7), open_hours=20, hours_left=16, people=1, load_hours=30))
    (('hours', 4),)
    >>> late_risks(Outlook(date(2030, 5, 6), date(2030, 5, 7), open_hours=20, hours_left=16, people=2, load_hours=35))
    (('capacity', 3),)
    >>> late_risks(Outlook(date(2030, 5, 6), date(2030, 5, 7), goods=(date(2030, 5, 9), None)))
    (('missing', 1), ('goods', 2))
    >>> late_risks(Outlook(date(2030, 5, 9), date(2030, 5, 7), goods=(None,)))
    (('passed', 2),)
    """
    if outlook.today > outlook.promised:
        return (("passed", (outlook.today - outlook.promised).days),)
    risks = []
    missing = sum(expected is None for expected in outlook.goods)
    if missing:
        risks.append(("missing", missing))
    last = max((expected for expected in outlook.goods if expected), default=None)
    if last and last > outlook.promised:
        risks.append(("goods", (last - outlook.promised).days))
    # Work that nobody is assigned to yet needs one person at least.
    available = outlook.hours_left * max(outlook.people, 1)
    if outlook.open_hours - available > A_MINUTE:
        risks.append(("hours", outlook.open_hours - available))
    elif outlook.people and outlook.load_hours - available > A_MINUTE:
        risks.append(("capacity", outlook.load_hours - available))
    return tuple(risks)


class WorkingTime:
    """Working hours from the first interval to any moment, asked for often: intervals are looked through once.

    >>> WorkingTime([(0, 4), (5, 9)]).until(7)
    6.0
    """

    def __init__(self, intervals, hours=float):
        """:param intervals: sorted pairs of start and stop; ``hours`` makes hours of a difference of two of them"""
        self._hours = hours
        self._starts = [start for start, _stop in intervals]
        self._stops = [stop for _start, stop in intervals]
        self._sums = [0.0, *accumulate(hours(stop - start) for start, stop in intervals)]

    def until(self, moment):
        """Return the hours up to ``moment``."""
        index = bisect_right(self._starts, moment)
        if not index:
            return 0.0
        beyond = self._hours(self._stops[index - 1] - moment) if self._stops[index - 1] > moment else 0.0
        return self._sums[index] - beyond
