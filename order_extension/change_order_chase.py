"""Whom to chase today for a missing signature: the customer, the seller, or nobody. Free of the ORM."""

from datetime import date, timedelta
from typing import NamedTuple

#: So many days before the last day to sign the seller hears of it, early enough to call.
ALERT_DAYS_BEFORE_DEADLINE = 2
#: ``date.weekday()`` from here on is the weekend: nobody wants to be reminded then.
SATURDAY = 5


class Offer(NamedTuple):
    """What is known of an unsigned change order."""

    sent_on: date | None  #: None: a draft
    reminded_on: date | None = None  #: when the customer was last reminded
    reminder_count: int = 0
    alerted_on: date | None = None  #: when the seller was last told
    valid_until: date | None = None
    can_be_written_to: bool = True  #: has an address and doesn't mind
    is_proceeding: bool = False  #: the work has started without the signature


class Chase(NamedTuple):
    remind: bool  #: write to the customer
    alert: bool  #: tell the seller


def chase(today, offer, every_days, max_count):
    """Decide what is done about ``offer`` on ``today``.

    Doing it and asking again on the same day gives nothing more to do, whoever starts the job how often.

    :param date today:
    :param Offer offer:
    :param int every_days: days between reminders; 0: none. Work that has started is chased every day.
    :param int max_count: reminders at most
    """
    interval = 1 if offer.is_proceeding else every_days
    is_chased = every_days > 0
    is_open = bool(offer.sent_on) and (offer.valid_until is None or offer.valid_until >= today)
    last = max(filter(None, (offer.sent_on, offer.reminded_on)), default=None)
    is_due = is_chased and is_open and today >= last + timedelta(days=interval)
    remind = is_due and offer.can_be_written_to and offer.reminder_count < max_count and today.weekday() < SATURDAY
    if offer.is_proceeding:
        return Chase(remind, offer.alerted_on != today)
    was_last = remind and offer.reminder_count + 1 >= max_count
    nobody_reminds = is_due and not offer.alerted_on and (max_count == 0 or not offer.can_be_written_to)
    return Chase(remind, was_last or nobody_reminds or (is_chased and is_open and _is_near_deadline(today, offer)))


def _is_near_deadline(today, offer):
    """Whether the last day is near and the seller was not told yet that it is."""
    if offer.valid_until is None:
        return False
    near = offer.valid_until - timedelta(days=ALERT_DAYS_BEFORE_DEADLINE)
    return today >= near and (offer.alerted_on is None or offer.alerted_on < near)
