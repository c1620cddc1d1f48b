"""How important an order is, from 0 to 100, and why: in what order to select and to schedule.

The figures that people compare are whole points, worked out in fractions: what the criteria give adds up to the score,
to the point, and no sum of floats decides which of two orders comes first.
"""

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import isfinite

CRITERIA = ("customer", "strategy", "margin", "capacity", "promise")
CLASS_VALUE = {"A": 1.0, "B": 0.6, "C": 0.3}
#: Days until the promised date within which a plan is frozen, and from which on it is liquid: 2 and 6 weeks.
FROZEN_DAYS = 14
LIQUID_DAYS = 42


@dataclass(frozen=True)
class Criterion:
    """One criterion.

    :param value: from 0 to 1, or None when nothing is known
    :param float weight: its share against the weights of the others
    """

    name: str
    value: float | None
    weight: float

    @property
    def counts(self):
        return self.value is not None and self.weight > 0


def score(criteria):
    """Return (score, parts): whole points by name, adding up to the score.

    What is not known neither helps nor harms: the others share its weight. Without anything known the score is 0.

    >>> score([Criterion("customer", 1.0, 3), Criterion("margin", 0.5, 1), Criterion("promise", None, 9)])
    (88, {'customer': 75, 'margin': 13})
    """
    known = [one for one in criteria if one.counts]
    total = sum(Fraction(one.weight) for one in known)
    exact = {one.name: 100 * Fraction(one.weight) * Fraction(within(one.value)) / total for one in known}
    return apportion(exact)


def apportion(exact):
    """Round the shares of ``exact``, by name, to whole numbers that add up to their rounded sum.

    The largest fractions are rounded up, of equal ones the first by name.

    >>> apportion({"a": Fraction(1, 2), "b": Fraction(1, 2), "c": Fraction(7, 4)})
    (3, {'a': 1, 'b': 0, 'c': 2})
    """
    total = int(sum(exact.values(), Fraction(0)) + Fraction(1, 2))
    parts = {name: int(points) for name, points in exact.items()}
    by_fraction = sorted(exact, key=lambda name: (parts[name] - exact[name], name))
    for name in by_fraction[: total - sum(parts.values())]:
        parts[name] += 1
    return total, parts


def within(value):
    """Keep a value between 0 and 1."""
    return min(max(value, 0.0), 1.0)


def are_weights_valid(weights):
    """Whether something can be weighed: no weight below 0, and not all of them 0."""
    return all(isfinite(weight) and weight >= 0 for weight in weights) and any(weights)


def customer_value(abc_class, percentile):
    """Return the importance of a customer: by his class, else by his place among the customers; None if he is new.

    :param percentile: share of the other customers that ordered less, in percent

    >>> customer_value("B", 100), customer_value(False, 80), customer_value(False, None)
    (0.6, 0.8, None)
    """
    if abc_class in CLASS_VALUE:
        return CLASS_VALUE[abc_class]
    return None if percentile is None else within(percentile / 100)


def percentiles(volumes):
    """Return by customer which share of the others ordered less, in whole percent; who ordered nothing has no place.

    Customers with the same volume share a place. Somebody who is the only one is the most important one.

    >>> percentiles({"Sommer": 900.0, "Winter": 500.0, "Herbst": 500.0, "Lenz": 100.0, "Mai": 0.0})
    {'Sommer': 100, 'Winter': 33, 'Herbst': 33, 'Lenz': 0}
    """
    ranked = {customer: volume for customer, volume in volumes.items() if volume > 0}
    if len(ranked) == 1:
        return dict.fromkeys(ranked, 100)
    ascending = sorted(ranked.values())
    places = {}
    for place, volume in enumerate(ascending):
        places.setdefault(volume, place)
    return {customer: 100 * places[volume] // (len(ranked) - 1) for customer, volume in ranked.items()}


def strategy_value(goals):
    """Return the share of the goals that is reached, by weight; None without goals.

    :param goals: pairs of weight and whether the goal is reached: a wanted criterion is met, an unwanted one is not

    >>> strategy_value([(2.0, True), (1.0, False), (1.0, True)]), strategy_value([])
    (0.75, None)
    """
    total = sum(weight for weight, _reached in goals)
    return within(sum(weight for weight, reached in goals if reached) / total) if total else None


def margin_value(share, target):
    """A margin against the target, both as a share of the net price: at the target 1, at nothing 0.

    >>> margin_value(0.2, 0.4), margin_value(-0.1, 0.4), margin_value(0.5, 0.4)
    (0.5, 0.0, 1.0)
    """
    if share is None or not target or target < 0:
        return None
    return within(share / target)


def capacity_value(free_hours, needed_hours):
    """Whether there is room for it until the promised date: 1 when it fits. What needs no hours has no answer.

    >>> capacity_value(30.0, 12.0), capacity_value(3.0, 12.0), capacity_value(-5.0, 12.0), capacity_value(8.0, 0.0)
    (1.0, 0.25, 0.0, None)
    """
    if free_hours is None or not needed_hours or needed_hours < 0:
        return None
    return within(free_hours / needed_hours)


def promise_value(days_left, frozen=FROZEN_DAYS, liquid=LIQUID_DAYS):
    """The nearer the promised date, the more urgent: 1 while the plan is frozen, 0 while it is liquid.

    >>> promise_value(-3), promise_value(14), promise_value(28), promise_value(42), promise_value(None)
    (1.0, 1.0, 0.5, 0.0, None)
    """
    return None if days_left is None else within((liquid - days_left) / (liquid - frozen))


class RunningTotal:
    """Hours by day, added up until any day without going through all of them again.

    >>> hours = RunningTotal({3: 8.0, 1: 4.0})
    >>> hours.until(0), hours.until(2), hours.until(3), hours.until(9)
    (0.0, 4.0, 12.0, 12.0)
    """

    def __init__(self, hours_by_day):
        self.days = sorted(hours_by_day)
        self.totals = list(accumulate(hours_by_day[day] for day in self.days))

    def until(self, day):
        place = bisect_right(self.days, day)
        return self.totals[place - 1] if place else 0.0
