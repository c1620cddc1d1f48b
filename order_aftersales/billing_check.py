"""Whether a line of an invoice bills what was delivered, at the price that was agreed.

In favour of the customer nothing is wrong: less, cheaper or later than agreed may always be billed.
"""

from dataclasses import dataclass

QUANTITY, PRICE, DISCOUNT, QUANTITY_PRICE, NOT_AGREED = (
    "quantity", "price", "discount", "quantity_price", "not_agreed",
)  # fmt: skip


@dataclass(frozen=True)
class BilledLine:
    """A line of an invoice, all of it in the unit and the currency of this line.

    :param float quantity: on this line, negative where it credits
    :param float allowed: what may be billed in all: what is delivered, or ordered where the customer pays in advance
    :param float billed_before: on other lines that come first, less what was credited
    :param float price: of a unit without discount
    :param float discount: in percent
    :param agreed_price: None when neither the order nor a signed extension has such a line
    """

    quantity: float
    allowed: float = 0.0
    billed_before: float = 0.0
    price: float = 0.0
    discount: float = 0.0
    agreed_price: float | None = None
    agreed_discount: float = 0.0

    @property
    def net_price(self):
        return net(self.price, self.discount)

    @property
    def agreed_net_price(self):
        return net(self.agreed_price, self.agreed_discount)


@dataclass(frozen=True)
class Tolerance:
    """What nobody minds: ``share`` of what was expected (0.02 = 2 %), or ``amount`` in the line's currency.

    Quantities in steps of less than ``quantity_step`` and amounts of less than half a ``money_step`` are roundings.
    """

    share: float = 0.0
    amount: float = 0.0
    quantity_step: float = 0.01
    money_step: float = 0.01


NOTHING_BUT_ROUNDINGS = Tolerance()


@dataclass(frozen=True)
class Mismatch:
    """What should have been billed instead.

    :param float surplus: by how much the line bills too much
    """

    kind: str
    expected_quantity: float
    expected_price: float
    surplus: float


def net(price, discount):
    """
    >>> net(100, 25)
    75.0
    """
    return price * (1 - discount / 100)


def find_mismatch(line, tolerance=NOTHING_BUT_ROUNDINGS):
    """Return what is wrong with ``line``, None if nothing is.

    >>> find_mismatch(BilledLine(10, allowed=8, price=5, agreed_price=5))
    Mismatch(kind='quantity', expected_quantity=8.0, expected_price=5.0, surplus=10.0)
    >>> find_mismatch(BilledLine(8, allowed=8, price=100, agreed_price=100, agreed_discount=10))
    Mismatch(kind='discount', expected_quantity=8, expected_price=90.0, surplus=80.0)
    >>> find_mismatch(BilledLine(8, allowed=8, price=90, agreed_price=100)) is None
    True
    """
    if line.quantity <= 0:
        return None  # It credits.
    if line.agreed_price is None:
        amount = line.quantity * line.net_price
        return Mismatch(NOT_AGREED, 0.0, 0.0, amount) if _exceeds(amount, 0.0, tolerance) else None
    expected_quantity, expected_price = line.quantity, line.net_price
    wrong_quantity = _has_wrong_quantity(line, tolerance)
    if wrong_quantity:
        expected_quantity = max(line.allowed - line.billed_before, 0.0)
    difference = line.net_price - line.agreed_net_price
    wrong_price = _exceeds(difference * line.quantity, abs(line.agreed_net_price) * line.quantity, tolerance)
    if wrong_price:
        expected_price = line.agreed_net_price
    if not wrong_quantity and not wrong_price:
        return None
    return Mismatch(
        _get_kind(line, wrong_quantity, wrong_price),
        expected_quantity,
        expected_price,
        line.quantity * line.net_price - expected_quantity * expected_price,
    )


def _has_wrong_quantity(line, tolerance):
    """All that is billed counts, not only this line: many small excesses are one large one."""
    excess = line.billed_before + line.quantity - line.allowed
    # What is free may be listed, and a discount may be granted more often than agreed.
    return (
        line.net_price > 0
        and excess > tolerance.quantity_step / 2
        and _exceeds(excess * line.net_price, max(line.allowed, 0.0) * line.net_price, tolerance)
    )


def _exceeds(surplus, expected, tolerance):
    return surplus > max(tolerance.money_step / 2, tolerance.amount, expected * tolerance.share)


def _get_kind(line, wrong_quantity, wrong_price):
    if wrong_quantity:
        return QUANTITY_PRICE if wrong_price else QUANTITY
    forgotten_discount = line.discount < line.agreed_discount and line.price <= line.agreed_price
    return DISCOUNT if forgotten_discount else PRICE


def get_releasable_quantity(line, mismatch):
    """Return how much of ``line`` can go as it is, when the rest of it is held back.

    A line at a wrong price waits as a whole: nobody changes a price but the people who agree on it.

    >>> wrong = BilledLine(10, allowed=8, price=5, agreed_price=5)
    >>> get_releasable_quantity(wrong, find_mismatch(wrong))
    8.0
    """
    if mismatch is None:
        return line.quantity
    return mismatch.expected_quantity if mismatch.kind == QUANTITY else 0.0
