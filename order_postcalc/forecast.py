"""What an order will have taken when it is complete: rules without a database.

What is on record has happened, so a forecast is what is on record plus what remains, and what remains is never
negative. For what remains the plan is believed until the facts say that it is over:

* hours: the planned ones less those worked; none when the tasks are closed. Each costs what it was planned to cost.
* goods: the planned cost of the share that has not been delivered, or what is ordered from vendors if that is more.
  What was delivered and has no cost on record is still expected to cost what was planned.
* favours: what of their allowance has not been given away, until everything is delivered and invoiced.
* revenue: the agreed price, or what is invoiced if that is more. Work billed by the hour is worth what was delivered
  once its tasks are closed.
"""

from dataclasses import dataclass
from math import fsum


@dataclass(frozen=True)
class Progress:
    """How far an order line has come.

    :param bool is_labour: the plan is one of working hours, not of goods or of services bought as a whole
    :param bool is_over: nothing more will be done: the tasks are closed, or the post-calculation is
    :param float delivered: share of the ordered quantity that is delivered, from 0 to 1
    :param delivered_revenue: what is delivered, at its price, if that and not the agreed price is invoiced, else None
    """

    is_labour: bool = False
    is_over: bool = False
    delivered: float = 0.0
    delivered_revenue: float | None = None


def remaining_hours(planned, actual, progress):
    """Return the hours still to be worked.

    >>> remaining_hours(12, 5, Progress(is_labour=True))
    7
    >>> remaining_hours(12, 14, Progress(is_labour=True))
    0
    >>> remaining_hours(12, 5, Progress(is_labour=True, is_over=True))
    0
    """
    return 0 if progress.is_over else max(planned - actual, 0)


def remaining_cost(planned_hours, planned_cost, actual_hours, labour_cost, other_cost, committed, progress):
    """Return the cost still to come.

    12 hours planned at 35.00, 5 are worked: 7 more at 35.00, whatever the first ones have cost.

    >>> remaining_cost(12, 420, 5, 200, 0, 0, Progress(is_labour=True))
    245.0

    Goods of 2 500.00, of which 40 % are delivered at 1 100.00: 60 % are still to come. When more than that is ordered
    from a vendor, so much is still to come.

    >>> remaining_cost(0, 2500, 0, 0, 1100, 0, Progress(delivered=0.4))
    1500.0
    >>> remaining_cost(0, 2500, 0, 0, 1100, 1800, Progress(delivered=0.4))
    1800

    :param float labour_cost: cost of the hours on record
    :param float other_cost: cost on record of everything else
    :param float committed: ordered from vendors, neither received nor billed
    """
    if progress.is_labour:
        hours = remaining_hours(planned_hours, actual_hours, progress)
        return max(hours * planned_cost / planned_hours if planned_hours else 0.0, committed, 0)
    if progress.is_over:
        return max(committed, 0)
    # Goods in the customer's house that no record puts a cost to were not free.
    share = 1 - min(max(progress.delivered, 0), 1) if other_cost else 1
    # The cost planned for goods that are made contains the hours to make them.
    return max(planned_cost * share - max(labour_cost, 0), committed, 0)


def remaining_favours(planned, actual, is_over=False):
    """Return the cost of the favours that are still expected: what is left of the allowance that was sold for them.

    >>> remaining_favours(60, 28), remaining_favours(38, 40), remaining_favours(60, 28, is_over=True)
    (32, 0, 0)

    :param bool is_over: nobody will ask for one any more
    """
    return 0 if is_over else max(planned - actual, 0)


def remaining_revenue(planned, invoiced, progress):
    """Return what is still to be invoiced.

    >>> remaining_revenue(720, 200, Progress(is_labour=True))
    520
    >>> remaining_revenue(720, 800, Progress(is_labour=True))
    0

    By the hour: 10 of 12 hours were worked at 60.00, or 14.

    >>> remaining_revenue(720, 200, Progress(is_labour=True, is_over=True, delivered_revenue=600))
    400
    >>> remaining_revenue(720, 200, Progress(is_labour=True, delivered_revenue=840))
    640

    A discount of 100.00 is still to be given:

    >>> remaining_revenue(-100, 0, Progress()), remaining_revenue(-100, -100, Progress())
    (-100, 0)
    """
    further = min if planned < 0 else max
    worth = planned
    if progress.delivered_revenue is not None:
        by_the_hour_and_over = progress.is_labour and progress.is_over
        worth = progress.delivered_revenue if by_the_hour_and_over else further(planned, progress.delivered_revenue)
    return further(worth - invoiced, 0)


def cover(remaining, booked, rounding=lambda amount: round(amount, 2)):
    """Return what remains of each when ``booked``, which names none of them, is for all of them.

    A vendor bill on the order as a whole is usually for the goods of the order: they are not expected to be bought
    once more. It counts in proportion to what remains, and the rounded parts add up.

    >>> cover([300.0, 100.0], 200.0)
    [150.0, 50.0]
    >>> cover([300.0, 100.0], 900.0)
    [0.0, 0.0]
    """
    total = fsum(remaining)
    left = total - min(max(booked, 0), total)
    results, taken, seen = [], 0.0, 0.0
    for amount in remaining:
        seen += amount
        # Rounding what has been given out so far, not each part, makes the last one fit.
        so_far = rounding(left * (seen / total)) if total else 0.0
        results.append(max(rounding(so_far - taken), 0.0))
        taken = so_far
    return results
