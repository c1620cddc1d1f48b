"""What a small extra would have been billed at and what it costs. Arithmetic, free of the ORM."""

import math

#: A service that is not sold by time counts one unit as one hour, as Odoo itself plans its hours.
MINUTES_PER_HOUR = 60.0


def unit_minutes(hours_per_unit=None, standard_minutes=0):
    """Return how many minutes one sold unit of a service stands for.

    >>> unit_minutes(8.0)  # sold by the day
    480.0
    >>> unit_minutes(None, 20)  # sold by the piece, which usually takes 20 minutes
    20.0
    >>> unit_minutes()
    60.0

    :param float hours_per_unit: hours of one unit when the service is sold by time, else None
    :param standard_minutes: minutes that one piece of it usually takes; they don't change what a unit of time is
    """
    if hours_per_unit:
        return hours_per_unit * MINUTES_PER_HOUR
    return float(standard_minutes) if standard_minutes > 0 else MINUTES_PER_HOUR


def billed_quantity(minutes, minutes_per_unit, round_quantity, smallest):
    """Return the quantity that ``minutes`` are billed as, in units of ``minutes_per_unit`` each.

    It is the quantity that stands on the line, rounded as its unit is, because the customer pays for that one. What
    takes any time is billed as the smallest quantity at least: a line of nothing is no line.

    >>> billed_quantity(5, 60.0, lambda quantity: round(quantity, 2), 0.01)
    0.08
    >>> billed_quantity(1, 480.0, lambda quantity: round(quantity, 2), 0.01)  # less than half a hundredth of a day
    0.01

    :param round_quantity: rounds to the precision of the unit
    :param float smallest: the smallest quantity of the unit
    :raise ValueError: if the minutes are negative or no number
    """
    if not math.isfinite(minutes) or minutes < 0:
        raise ValueError("minutes")
    if not minutes:
        return 0.0
    return max(round_quantity(minutes / minutes_per_unit), smallest)


def charged_for(material_cost, markup, round_amount=round):
    """Return what material of this cost is billed at, with its mark-up.

    :param float material_cost: what the material costs, in the currency of the result
    :param float markup: what is added to it, 0.2 for 20 %
    :param round_amount: rounds to the currency
    :raise ValueError: if the cost of material is negative or no number
    """
    if not math.isfinite(material_cost) or material_cost < 0:
        raise ValueError("material_cost")
    return round_amount(material_cost * (1.0 + markup))


def extra_cost(hours, hourly_cost, material_cost, round_amount=round):
    """Return what a small extra costs the company, all in its own currency."""
    return round_amount(hours * hourly_cost + material_cost)


def covers(values, left, cover):
    """Return who pays for each of ``values``, recorded one after the other while ``left`` lasts.

    :param values: what each is worth, in the order of recording
    :param float left: what is left of the allowance before the first one
    :param cover: decides one of them, :func:`extra_routing.cover`
    """
    result = []
    for value in values:
        result.append(cover(value, left))
        if result[-1] == "allowance":
            left -= value
    return result
