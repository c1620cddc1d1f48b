"""The allowance for minor items on a quotation: how much it is, and which rate somebody may choose. Free of the ORM.

Rates are shares (0.0075 is 0.75 %). Amounts are net, all in one currency.
"""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

#: Rates are kept with six digits.
RATE_DIGITS = 6
#: Amounts come as floating point numbers; no currency knows that many digits.
AMOUNT_DIGITS = 8

#: Why a rate can't be taken, from the worst to the mildest.
OBJECTIONS = (
    "impossible",  #: no share: below 0 or above 1
    "manager_only",  #: outside the limits, which is for a sales manager
    "reason_missing",  #: outside the limits without a word why
)


def is_exceptional(rate, proposals, lowest, highest):
    """Whether ``rate`` is one that only a manager may choose.

    :param float rate: the rate that was chosen
    :param proposals: rates that the company itself proposes, always allowed
    :param float lowest: lower limit
    :param float highest: upper limit
    """
    rate, lowest, highest = (round(number, RATE_DIGITS) for number in (rate, lowest, highest))
    allowed = {0.0, *(round(proposal, RATE_DIGITS) for proposal in proposals)}
    return rate not in allowed and not lowest <= rate <= highest


def rate_objection(rate, proposals, lowest, highest, *, is_manager, has_reason):
    """Return what speaks against ``rate`` (one of :data:`OBJECTIONS`), or None.

    No allowance (0) and what the company proposes are fine for everybody, and so is any rate within the limits.
    Outside of them it takes a manager and a reason.
    """
    if not 0 <= round(rate, RATE_DIGITS) <= 1:
        return "impossible"
    if not is_exceptional(rate, proposals, lowest, highest):
        return None
    if not is_manager:
        return "manager_only"
    return None if has_reason else "reason_missing"


def split_allowance(rate, bases, rounding):
    """Return the allowance of each part of a quotation, adding up to ``rate`` of their sum, rounded once.

    The parts are what shares its taxes. Rounding each of them by itself could miss the sum by a cent or more: the
    units that remain go to the parts that rounding down took most from. A part that is negative (a discount with
    taxes of its own) lowers the sum and gets nothing.

    :param float rate: share of the net amount
    :param bases: net amount of each part
    :param float rounding: smallest unit of the currency (0.01, 1.0, 0.05 …)
    :return: list of amounts, in the order of ``bases``; all zero when there is nothing to take a share of
    """
    unit = Decimal(repr(float(rounding)))
    parts = [_exact(base, AMOUNT_DIGITS) for base in bases]
    units = int((_exact(rate, RATE_DIGITS) * sum(parts) / unit).to_integral_value(ROUND_HALF_UP))
    weights = [max(part, Decimal(0)) for part in parts]
    if units <= 0 or not any(weights):
        return [0.0] * len(parts)
    shares = [units * weight / sum(weights) for weight in weights]
    floors = [int(share.to_integral_value(ROUND_FLOOR)) for share in shares]
    by_loss = sorted(range(len(parts)), key=lambda index: (floors[index] - shares[index], -weights[index], index))
    for index in by_loss[: units - sum(floors)]:
        floors[index] += 1
    return [float(floor * unit) for floor in floors]


def _exact(number, digits):
    """The decimal number that the floating point ``number`` stands for."""
    return Decimal(repr(round(float(number), digits)))
