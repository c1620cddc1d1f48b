"""Whether an order is looked after: ok, due, overdue or unattended; and who is to be told next if not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

#: What calls for somebody comes first.
LEVELS = ("unattended", "overdue", "due", "ok")


@dataclass(frozen=True)
class Watch:
    """What is known of whoever looks after an order. Moments are in UTC.

    :param bool is_open: it is not done
    :param bool has_owner: somebody is responsible, active and not away
    :param entered: when the order came into its stage
    :param deadline: until when the stage should be left; None without a limit
    :param next_step: until when the nearest planned step is due; None if nothing is planned
    :param held_until: until when it waits on purpose, that moment included; None if it doesn't
    """

    is_open: bool
    has_owner: bool
    entered: datetime
    deadline: datetime | None = None
    next_step: datetime | None = None
    held_until: datetime | None = None


def attention(watch, now, warn_before=timedelta(hours=24), without_step=timedelta(days=3)):
    """Return the level.

    Nobody responsible is worse than late: who is late knows it. An order with an owner is unattended, too, when nothing
    is planned although its deadline is missed or it has been in its stage for longer than ``without_step``. What waits
    on purpose waits, but not without an owner, and not longer than was said.

    >>> monday, friday = datetime(2026, 5, 4), datetime(2026, 5, 8)
    >>> attention(Watch(True, True, monday), friday), attention(Watch(True, True, monday, next_step=friday), friday)
    ('unattended', 'due')
    >>> attention(Watch(True, False, monday, held_until=friday), monday), attention(Watch(False, False, monday), friday)
    ('unattended', 'ok')
    """
    if not watch.is_open:
        return "ok"
    if not watch.has_owner:
        return "unattended"
    if watch.held_until is not None:
        return "ok" if now <= watch.held_until else "overdue"
    late = watch.deadline is not None and watch.deadline < now
    if watch.next_step is None and (late or watch.entered + without_step < now):
        return "unattended"
    if late or (watch.next_step is not None and watch.next_step < now):
        return "overdue"
    soon = [moment for moment in (watch.deadline, watch.next_step) if moment is not None]
    return "due" if soon and min(soon) - warn_before <= now else "ok"


def escalate(owner, head, named, told):
    """Return whom to tell next: the first of owner, head of the department and the company's person not told yet.

    People who are missing are skipped; None when all were told.

    >>> escalate("anna", "bert", "cora", ()), escalate(None, "bert", "cora", ("bert",))
    ('anna', 'cora')
    """
    return next((person for person in (owner, head, named) if person and person not in told), None)
