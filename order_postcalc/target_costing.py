"""What an order of a usual kind may cost at its price, and how that is shared out. Free of the ORM.

Amounts are net and in one currency, shares are of 1.
"""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

#: Shares are kept with so many digits: 0.333333 is 33.3333 %.
SHARE_DIGITS = 6
#: Amounts come as floating point numbers; no currency knows that many digits.
AMOUNT_DIGITS = 8


def allowable_cost(price, margin, rounding):
    """Return what may be spent at ``price`` when ``margin``, a share of it, is to be left.

    >>> allowable_cost(5070.0, 0.3, 0.01)
    3549.0
    """
    unit = _exact(rounding, AMOUNT_DIGITS)
    exact = _exact(price, AMOUNT_DIGITS) * (1 - _exact(margin, SHARE_DIGITS))
    return float((exact / unit).to_integral_value(ROUND_HALF_UP) * unit)


def scale_to(price, past_price, count):
    """Return by what to multiply the sums of ``count`` past orders to have one at ``price``.

    Two orders of 500.00 and 1 500.00 have cost 1 200.00 together, 60 % of their price. At 800.00 that is 480.00.

    >>> 1200 * scale_to(800, 500 + 1500, 2)
    480.0

    Orders without a price are averaged.

    >>> 1200 * scale_to(800, 0, 2)
    600.0
    """
    return price / past_price if past_price > 0 else 1 / count


def shares_of(weights):
    """Return the share of each weight, adding up to exactly 1; what rounding leaves goes to the largest.

    >>> shares_of([2.0, 1.0])
    [0.666667, 0.333333]
    >>> shares_of([1.0, 1.0, 1.0])
    [0.333334, 0.333333, 0.333333]
    >>> shares_of([0.0, 0.0])
    [0.5, 0.5]

    :param weights: amounts, of which negative ones count as nothing; all nothing: equal shares
    """
    return split_amount(1.0, weights, 10**-SHARE_DIGITS)


def split_amount(amount, weights, rounding):
    """Return the part of ``amount`` for each weight, adding up to ``amount``.

    Each is rounded down, so that none is negative, and what that leaves goes to the largest.

    >>> split_amount(3549.0, [0.75, 0.25], 0.01)
    [2661.75, 887.25]
    >>> split_amount(100.0, [1, 1, 1], 0.01)
    [33.34, 33.33, 33.33]
    """
    if not weights:
        return []
    unit = _exact(rounding, AMOUNT_DIGITS)
    units = int((_exact(amount, AMOUNT_DIGITS) / unit).to_integral_value(ROUND_HALF_UP))
    exact = [max(_exact(weight, AMOUNT_DIGITS), Decimal(0)) for weight in weights]
    if not any(exact):
        exact = [Decimal(1)] * len(exact)
    total = sum(exact)
    parts = [int((units * weight / total).to_integral_value(ROUND_FLOOR)) for weight in exact]
    parts[exact.index(max(exact))] += units - sum(parts)
    return [float(part * unit) for part in parts]


def add_up_to_all(shares):
    """Whether ``shares`` make 100 %, as exactly as somebody types them: two digits of a percentage.

    >>> add_up_to_all([0.3333, 0.3333, 0.3334]), add_up_to_all([0.5, 0.4])
    (True, False)
    """
    return abs(sum(_exact(share, SHARE_DIGITS) for share in shares) - 1) <= Decimal("0.00005")


def allowable_hours(cost, hour_cost):
    """Return the hours that ``cost`` pays for, 0 where an hour has no cost.

    >>> allowable_hours(900.0, 40.0)
    22.5
    """
    return cost / hour_cost if hour_cost > 0 else 0.0


def _exact(number, digits):
    """The decimal number that the floating point ``number`` stands for."""
    return Decimal(repr(round(float(number), digits)))
