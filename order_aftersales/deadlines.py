"""Until when an order should leave its stage."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Dates:
    """What an order's documents say about time, in UTC; None where they say nothing.

    :param allowed: the end of the day on which the working hours are over that the stage allows
    :param promised: the end of the day that was promised to the customer
    :param answer: until when the customer may accept the quotation that was sent
    :param due: when the last invoice is due, if nothing is left to be invoiced
    """

    allowed: datetime | None = None
    promised: datetime | None = None
    answer: datetime | None = None
    due: datetime | None = None


def stage_deadline(key, dates):
    """Return until when an order should leave the stage ``key``.

    A date that the customer knows beats a rule of the house: work is due when it is promised, a quotation that lies
    with the customer when it expires, a bill that lies with him when it is due.

    >>> stage_deadline("fulfilment", Dates(datetime(2026, 5, 1), promised=datetime(2026, 6, 1))).month
    6
    >>> stage_deadline("entry", Dates(datetime(2026, 5, 1), promised=datetime(2026, 6, 1))).month
    5
    """
    known = {"fulfilment": dates.promised, "costing": dates.answer, "billing": dates.due}.get(key)
    if key == "done":
        return None
    return known or dates.allowed
