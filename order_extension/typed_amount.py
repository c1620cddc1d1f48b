"""Read an amount as people type it, free of the ORM. What can be read in two ways is never guessed."""

import re

from .change_order_rules import clean_line

#: At most some hundred millions. The separator of thousands may be a blank, an apostrophe, a point or a comma; behind
#: the other one of point and comma stand the cents, or a dash for none.
_AMOUNT = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:(?P<group>[ '.,])[0-9]{3})(?:(?P=group)[0-9]{3})?|[0-9]{1,9})"
    r"(?:(?P<point>[.,])(?P<cents>[0-9]{1,2}|-{1,2}))?"
)
_MINUS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{EM DASH}": "-"})
_APOSTROPHES = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{LEFT SINGLE QUOTATION MARK}": "'"})


def parse_amount(text, units=()):
    """Return the amount in ``text``, 0.0 for an empty one.

    >>> parse_amount("1 234,50 €", ["€"]), parse_amount("1'234.50"), parse_amount("1.234,50"), parse_amount("1,234.50")
    (1234.5, 1234.5, 1234.5, 1234.5)

    :param str text: as it was typed, with any kind of blanks
    :param units: what may stand before or after it: symbol and name of the currency, whatever their case
    :raise ValueError: with ``ambiguous`` and both readings, the greater one first (1.234 may be either), or with
        ``unreadable``
    """
    amount = clean_line(text).translate(_MINUS).translate(_APOSTROPHES)
    if not amount:
        return 0.0
    amount, minus = _take_off_minus(_take_off_unit(amount, units))
    sign = -1.0 if minus else 1.0
    amount = _take_off_unit(amount, units)
    match = _AMOUNT.fullmatch(amount)
    if not match:
        raise ValueError("unreadable")
    whole, group, point = match["whole"], match["group"], match["point"]
    if group and (whole.startswith("0") or group == point):
        raise ValueError("unreadable")
    digits = whole.replace(group, "") if group else whole
    if group in (".", ",") and not point and whole.count(group) == 1:
        raise ValueError("ambiguous", sign * float(digits), sign * float(whole.replace(group, ".")))
    cents = (match["cents"] or "").strip("-")
    return sign * float(f"{digits}.{cents or 0}")


def _take_off_minus(amount):
    return (amount[1:].lstrip(), True) if amount.startswith("-") else (amount, False)


def _take_off_unit(amount, units):
    """Return ``amount`` without the unit before or after it, if it is one of ``units``."""
    for unit in sorted(filter(None, map(clean_line, units)), key=len, reverse=True):
        if amount.casefold().endswith(unit.casefold()):
            return amount[: -len(unit)].rstrip()
        if amount.casefold().startswith(unit.casefold()):
            return amount[len(unit) :].lstrip()
    return amount
