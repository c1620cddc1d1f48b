"""How low the price of a quotation may be, and how far an approval to go below reaches. Free of the ORM.

Amounts are net and in one currency. The margin is what the price leaves over the cost, the floor the lowest margin as
a share of the price (0.2 is 20 %).
"""

from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

#: Shares are compared with so many digits.
SHARE_DIGITS = 6
#: Amounts come as floating point numbers; no currency knows that many digits.
AMOUNT_DIGITS = 8


class Calculation(NamedTuple):
    """Price and cost of a quotation."""

    price: float
    cost: float

    @property
    def margin(self):
        return self.price - self.cost

    @property
    def share(self):
        """The margin as a share of the price; 0 where there is no price to take a share of."""
        return self.margin / self.price if self.price > 0 else 0.0


def lowest_price(cost, floor, rounding):
    """Return the lowest price that keeps the ``floor``, a whole multiple of ``rounding``.

    >>> lowest_price(3120.0, 0.2, 0.01)
    3900.0
    >>> lowest_price(100.0, 0.3, 0.01)  # 142.857…: one cent less would not be enough
    142.86
    >>> lowest_price(100.0, 0.0, 0.01)
    100.0

    :param float floor: below 1; negative where the price need not even cover the cost
    """
    if round(floor, SHARE_DIGITS) >= 1:
        raise ValueError("no price leaves a margin of 100 %")
    unit = _exact(rounding, AMOUNT_DIGITS)
    exact = _exact(cost, AMOUNT_DIGITS) / (1 - _exact(floor, SHARE_DIGITS))
    return float((exact / unit).to_integral_value(ROUND_CEILING) * unit)


def distance_to_floor(calculation, floor, rounding):
    """Return by how much the price could still go down; negative: by how much it is too low.

    >>> distance_to_floor(Calculation(5070.0, 3120.0), 0.2, 0.01)
    1170.0
    >>> distance_to_floor(Calculation(3800.0, 3120.0), 0.2, 0.01)
    -100.0
    """
    lowest = _exact(lowest_price(calculation.cost, floor, rounding), AMOUNT_DIGITS)
    return float(_exact(calculation.price, AMOUNT_DIGITS) - lowest)


def is_below_floor(calculation, floor, rounding):
    """Whether the price is lower than the floor has it."""
    return distance_to_floor(calculation, floor, rounding) < 0


def is_still_approved(calculation, approved, floor, rounding):
    """Whether what a manager let pass covers what the quotation has become.

    It does while no more is missing to the floor than he accepted, and the margin is no smaller a share of the price:
    a better price, lower costs or less work stay approved, a larger discount or twice the work does not.

    >>> approved = Calculation(3800.0, 3120.0)
    >>> is_still_approved(Calculation(3850.0, 3120.0), approved, 0.2, 0.01)
    True
    >>> is_still_approved(Calculation(3799.99, 3120.0), approved, 0.2, 0.01)
    False
    >>> is_still_approved(Calculation(7600.0, 6240.0), approved, 0.2, 0.01)  # 200.00 are missing, not 100.00
    False

    :param Calculation approved: what the manager saw
    :param float floor: the floor that he saw; one that the company raises later takes nothing back
    """
    if calculation.price <= 0 < approved.price:
        return False
    no_more_missing = distance_to_floor(calculation, floor, rounding) >= min(
        distance_to_floor(approved, floor, rounding), 0.0
    )
    no_smaller_share = round(calculation.share, SHARE_DIGITS) >= round(approved.share, SHARE_DIGITS)
    return no_more_missing and no_smaller_share


def _exact(number, digits):
    """The decimal number that the floating point ``number`` stands for."""
    return Decimal(repr(round(float(number), digits)))
