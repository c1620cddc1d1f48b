"""Which rate of the allowance the favours of past orders call for. Free of the ORM.

Rates and shares are of 1 (0.0075 is 0.75 %). Amounts are net, all in one currency.
"""

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import NamedTuple

#: Rates are recommended in steps of 0.05 %: nobody reads more out of some dozen orders.
STEP = 0.0005
#: What was not noted is estimated from what was; beyond twice as much it would be mostly a guess.
MOST_CORRECTION = 2.0
#: Orders are shown by their own rate in classes of 0.25 %, of which the last one is open.
BAR_WIDTH = 0.0025
BARS = 9

_DIGITS = 10


class Sample(NamedTuple):
    """One order: what it came to without its allowance, and what was done free on it."""

    volume: float
    favours: float

    @property
    def rate(self):
        return self.favours / self.volume


class Recommendation(NamedTuple):
    """What comes of a sample, with all that led there."""

    orders: int
    volume: float
    favours: float
    #: favours as a share of the volume, as they were noted
    raw: float
    #: the factor that makes up for what was not noted
    correction: float
    #: whether more than that was missing
    is_correction_limited: bool
    #: ``raw`` times ``correction``
    adjusted: float
    #: what is recommended: rounded and within the limits; None where the sample is too small
    rate: float | None
    #: "lowest" or "highest" where a limit decides
    limit: str | None
    lower_quartile: float
    median: float
    upper_quartile: float
    #: part of all favours that the one order with the most has
    largest_share: float


def recommend(samples, *, capture_rate, lowest, highest, min_orders):
    """Return the rate that ``samples`` call for.

    The rate is of the sums, so that a large order counts as what it is. Orders that came to nothing, or less, have no
    rate and are left out.

    >>> samples = [Sample(1000.0, 6.0)] * 9 + [Sample(1000.0, 14.0)]
    >>> found = recommend(samples, capture_rate=0.85, lowest=0.005, highest=0.01, min_orders=10)
    >>> found.raw, round(found.adjusted, 6), found.rate
    (0.0068, 0.008, 0.008)

    :param samples: list of :class:`Sample`
    :param capture_rate: share of the extra work that is noted, None where that is not known
    :param float lowest: lower limit of the rate
    :param float highest: upper limit
    :param int min_orders: with fewer orders nothing is recommended
    """
    samples = [sample for sample in samples if sample.volume > 0]
    volume = sum(sample.volume for sample in samples)
    favours = sum(sample.favours for sample in samples)
    raw = favours / volume if volume else 0.0
    correction, is_correction_limited = correction_for(capture_rate)
    adjusted = raw * correction
    rate, limit = (None, None)
    if samples and len(samples) >= min_orders:
        rate, limit = within_limits(round_rate(adjusted), lowest, highest)
    rates = sorted(sample.rate for sample in samples)
    return Recommendation(
        orders=len(samples),
        volume=volume,
        favours=favours,
        raw=raw,
        correction=correction,
        is_correction_limited=is_correction_limited,
        adjusted=adjusted,
        rate=rate,
        limit=limit,
        lower_quartile=quantile(rates, 0.25),
        median=quantile(rates, 0.5),
        upper_quartile=quantile(rates, 0.75),
        largest_share=max((sample.favours for sample in samples), default=0.0) / favours if favours else 0.0,
    )


def correction_for(capture_rate):
    """Return the factor that makes up for favours that nobody noted, and whether it was cut off.

    >>> correction_for(0.8)
    (1.25, False)
    >>> correction_for(0.2)
    (2.0, True)
    >>> correction_for(None)
    (1.0, False)
    """
    if capture_rate is None or capture_rate >= 1:
        return 1.0, False
    if capture_rate * MOST_CORRECTION < 1:
        return MOST_CORRECTION, True
    return 1 / capture_rate, False


def round_rate(rate, step=STEP):
    """Return ``rate`` in whole steps, a half one upwards.

    >>> round_rate(0.00774), round_rate(0.00775)
    (0.0075, 0.008)
    """
    step = Decimal(repr(step))
    steps = (Decimal(repr(round(rate, _DIGITS))) / step).to_integral_value(ROUND_HALF_UP)
    return float(steps * step)


def within_limits(rate, lowest, highest):
    """Return ``rate`` moved to the nearest limit, and which one it was, if any.

    >>> within_limits(0.003, 0.005, 0.01)
    (0.005, 'lowest')
    """
    if rate < lowest:
        return lowest, "lowest"
    if rate > highest:
        return highest, "highest"
    return rate, None


def quantile(ordered, share):
    """Return the value that ``share`` of the ``ordered`` ones don't exceed, between two of them where it lies there.

    >>> quantile([1.0, 2.0, 3.0, 4.0], 0.25)
    1.75
    """
    if not ordered:
        return 0.0
    position = (len(ordered) - 1) * share
    index = int(position)
    if index + 1 == len(ordered):
        return ordered[index]
    low, high = ordered[index], ordered[index + 1]
    return low + (high - low) * (position - index)


def bars(rates, width=BAR_WIDTH, count=BARS):
    """Return how many of ``rates`` are exactly 0, and in each class above, the upper end included; the last is open.

    >>> bars([0.0, 0.0, 0.001, 0.0025, 0.03], count=3)
    [2, 2, 0, 1]
    """
    counts = [0] * (count + 1)
    width = Decimal(repr(width))
    for rate in rates:
        exact = Decimal(repr(round(rate, _DIGITS)))
        index = 0 if exact <= 0 else min(int((exact / width).to_integral_value(ROUND_CEILING)), count)
        counts[index] += 1
    return counts
