"""Where a small wish of the customer goes: free, extension or follow-up. Free of the ORM.

The limits are data, the rule is one function. Amounts are untaxed, all in the currency of the order, and rounded by it.
"""

from typing import NamedTuple

#: From the laxest to the strictest. Whoever is on site may go stricter than the rule says, never laxer.
ROUTES = ("minor_item", "change_order", "follow_up", "decline")

#: Amounts are rounded to a currency, none of which knows less than a ten-thousandth.
PRECISION = 1e-5


class ExtraLimits(NamedTuple):
    """What may be given away on one order, and from when on a wish is too large for an extension."""

    item_amount: float  #: most that one minor item may be worth
    item_minutes: float  #: most minutes that one minor item may take
    customer_share: float  #: most that a customer may get free in 12 months, as a share of what he ordered; 0: no limit
    follow_up_amount: float  #: from this value on it is an order of its own; 0: never
    follow_up_days: float  #: from these working days on it is an order of its own; 0: never


class ExtraFacts(NamedTuple):
    """What is known of one wish, and of the order and customer it belongs to."""

    value: float  #: what it would be billed at
    minutes: float  #: how long it takes
    days: float  #: how many working days that is
    allowance: float  #: minor items allowance of the order
    allowance_left: float  #: what is left of it
    customer_used: float  #: what the customer got free in the 12 months before, this one excluded
    customer_volume: float  #: what the customer ordered in the same 12 months, net


class ExtraRoute(NamedTuple):
    route: str  #: one of :data:`ROUTES`, but never ``decline``: a wish is declined by people
    reason: str  #: what decided, one of :data:`REASONS`


#: What can decide, in the order in which it is asked.
REASONS = (
    "large_amount",  #: as valuable as an order of its own
    "large_days",  #: as long as an order of its own
    "too_long",  #: more minutes than a minor item may take
    "too_dear",  #: worth more than a minor item may be
    "no_allowance",  #: the order has no allowance for minor items
    "allowance_used_up",  #: it has one, but not enough of it is left
    "customer_share",  #: the customer had his share in these 12 months
    "fits",  #: within every limit
)


def is_more(amount, limit):
    """Whether ``amount`` is above ``limit`` by more than the noise of floating point numbers."""
    return amount - limit > PRECISION


def route_extra(facts, limits):
    """Decide where a wish goes.

    Large wishes become a follow-up. What is within every limit of a minor item is free. All the rest is an extension
    that the customer signs. A limit is the last value that is still within it; what makes a follow-up is the first
    value that is one.

    :param ExtraFacts facts: what is known
    :param ExtraLimits limits: what is allowed
    :rtype: ExtraRoute
    :raise ValueError: if a fact of this wish is negative
    """
    if facts.value < 0 or facts.minutes < 0 or facts.days < 0:
        raise ValueError("negative")
    if limits.follow_up_amount and not is_more(limits.follow_up_amount, facts.value):
        return ExtraRoute("follow_up", "large_amount")
    if limits.follow_up_days and not is_more(limits.follow_up_days, facts.days):
        return ExtraRoute("follow_up", "large_days")
    return ExtraRoute(*_route_small(facts, limits))


def _route_small(facts, limits):
    if is_more(facts.minutes, limits.item_minutes):
        return "change_order", "too_long"
    if is_more(facts.value, limits.item_amount):
        return "change_order", "too_dear"
    if not is_more(facts.allowance, 0.0):
        return "change_order", "no_allowance"
    if is_more(facts.value, facts.allowance_left) or not is_more(facts.allowance_left, 0.0):
        return "change_order", "allowance_used_up"
    if limits.customer_share and is_more(
        facts.customer_used + facts.value, limits.customer_share * facts.customer_volume
    ):
        return "change_order", "customer_share"
    return "minor_item", "fits"


def may_choose(choice, route):
    """Whether somebody on site may choose ``choice`` when the rule says ``route``: as strict, or stricter."""
    return ROUTES.index(choice) >= ROUTES.index(route)


def cover(value, left):
    """Who pays for a minor item worth ``value``: the ``allowance`` when it fits into what is ``left``, or ``goodwill``.

    An allowance that is used up pays for nothing any more, not even for what is worth nothing.
    """
    return "allowance" if is_more(left, 0.0) and not is_more(value, left) else "goodwill"
