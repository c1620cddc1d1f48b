"""What an hour costs when the capacity that can be used in practice is paid for by the hours that are used.

Time-driven costing: people are paid for all their hours, of which a fifth or so goes into breaks, training and waiting.
The rest, the practical capacity, carries the cost. What of it nobody uses is cost of idle capacity, and no order is
charged with it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class CapacityUse:
    """Hours and cost of one period. Used, internal and idle cost add up to the cost of the capacity.

    When more hours are recorded than there are in practice, idle hours and idle cost are negative: an overload, by
    which the used hours were cheaper than the rate says.
    """

    rate: float
    used_cost: float
    internal_cost: float
    idle_hours: float
    idle_cost: float


def practical_hours(theoretical_hours, share):
    """Return the hours that can be used in practice.

    >>> practical_hours(1000.0, 0.8)
    800.0
    """
    return max(theoretical_hours, 0.0) * share


def cost_rate(cost, practical):
    """Return what an hour of practical capacity costs, 0 where there is none.

    >>> cost_rate(40000.0, 800.0)
    50.0
    """
    return cost / practical if practical > 0 else 0.0


def capacity_use(cost, practical, used_hours, internal_hours=0.0):
    """Split the cost of the capacity of a period into what was used, for orders and inside, and what was idle.

    >>> capacity_use(40000.0, 800.0, used_hours=600.0, internal_hours=40.0)
    CapacityUse(rate=50.0, used_cost=30000.0, internal_cost=2000.0, idle_hours=160.0, idle_cost=8000.0)
    """
    rate = cost_rate(cost, practical)
    used_cost, internal_cost = used_hours * rate, internal_hours * rate
    return CapacityUse(
        rate=rate,
        used_cost=used_cost,
        internal_cost=internal_cost,
        idle_hours=practical - used_hours - internal_hours,
        idle_cost=cost - used_cost - internal_cost,
    )
