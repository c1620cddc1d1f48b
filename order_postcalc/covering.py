"""Which invoice pays for which hour, where the hours themselves are not what is billed.

A line of an order that is sold at a fixed price is billed in parts. Whoever bills 30 % of it bills 30 % of the hours
that it takes: the first ones. So its invoices, oldest first, are spans of its hours, and every timesheet is in the span
in which its middle lies.
"""

#: Hours closer than this are the same: sums of minutes are not exact in binary.
TOLERANCE = 1e-6


def net_billed(billed, credited):
    """Return what is left of invoices after credit notes, oldest first, and of no invoice less than nothing.

    A credit note takes from the invoice that it reverses. What it doesn't find there, or doesn't say, it takes from the
    newest ones.

    :param billed: pairs of invoice and quantity, oldest first
    :param credited: pairs of the reversed invoice, or None, and quantity

    >>> net_billed([("A", 3), ("B", 4)], [("A", 3)])
    [('B', 4.0)]
    >>> net_billed([("A", 3), ("B", 4)], [(None, 5)])
    [('A', 2.0)]
    """
    left = {}
    for invoice, quantity in billed:
        left[invoice] = left.get(invoice, 0.0) + quantity
    missing = 0.0
    for invoice, quantity in credited:
        taken = min(quantity, left.get(invoice, 0.0))
        if taken:
            left[invoice] -= taken
        missing += quantity - taken
    for invoice in reversed(left):
        taken = min(missing, left[invoice])
        left[invoice] -= taken
        missing -= taken
    return [(invoice, quantity) for invoice, quantity in left.items() if quantity > TOLERANCE]


def billed_spans(billed, quantity, hours):
    """Return pairs of invoice and the hour up to which it pays, oldest first.

    The last invoice of a line that is billed fully pays for all that is left, however much it is.

    :param billed: pairs of invoice and net quantity, oldest first
    :param float quantity: what was ordered
    :param float hours: that the whole line takes

    >>> billed_spans([("A", 3), ("B", 1)], 10, 40)
    [('A', 12.0), ('B', 16.0)]
    >>> billed_spans([("A", 3), ("B", 9)], 10, 40)
    [('A', 12.0), ('B', inf)]
    """
    spans, total = [], 0.0
    for invoice, part in billed:
        total += part
        if quantity <= 0 or total >= quantity - TOLERANCE:
            return [*spans, (invoice, float("inf"))]
        spans.append((invoice, total / quantity * hours))
    return spans


def cover(entries, billed, quantity, planned_hours):
    """Return for every entry the invoice that pays for it, or None.

    :param entries: hours of the timesheets of a line, in the order in which they were worked
    :param billed: pairs of invoice and net quantity, oldest first
    :param float quantity: what was ordered
    :param float planned_hours: that the line was expected to take; recorded ones count when they are more

    30 % of 40 planned hours are the first 12:

    >>> cover([8, 3, 8], [("A", 0.3)], 1, 40)
    ['A', 'A', None]

    All of it is billed, so all hours are paid for:

    >>> cover([8, 3, 60], [("A", 0.3), ("B", 0.7)], 1, 40)
    ['A', 'A', 'B']
    """
    spans = billed_spans(billed, quantity, max(planned_hours, sum(entries)))
    covering, worked = [], 0.0
    for hours in entries:
        middle = worked + hours / 2
        worked += hours
        covering.append(next((invoice for invoice, end in spans if middle <= end + TOLERANCE), None))
    return covering
