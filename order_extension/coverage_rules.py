"""What of an order no signature covers: pure arithmetic, without the ORM.

Quantities are in the unit of the order line, hours in the unit of the company's timesheets.
"""


def uncovered_quantity(ordered, delivered, signed, *, billed_by_delivery):
    """Return what is claimed, or would be, beyond what was signed; never negative.

    What is delivered counts where it is what the customer is billed for, and where nothing was ordered at all, as with
    an extra product on a delivery.

    >>> uncovered_quantity(10, 12, 10, billed_by_delivery=True)
    2
    >>> uncovered_quantity(10, 12, 10, billed_by_delivery=False)
    0
    """
    never_ordered = not ordered and not signed
    counts_delivered = ordered >= 0 and signed >= 0 and (billed_by_delivery or never_ordered)
    claimed = max(ordered, delivered) if counts_delivered else ordered
    return max(claimed - signed, 0)


def coverage_after_reduction(signed, taken_off):
    """Return the signed quantity of a line that a signed reduction has taken ``taken_off`` from.

    A quantity that nobody has signed can't be made less by it.
    """
    return min(signed, max(signed - taken_off, 0))


def net_price(price_unit, discount):
    """Return the price of a unit after ``discount`` per cent."""
    return price_unit * (1 - discount / 100)


#: Recorded hours differ from their sum in minutes by less than this.
HALF_A_MINUTE = 0.5 / 60


def hours_beyond(recorded, sold):
    """Return the hours recorded beyond the sold ones; never negative, and none for less than half a minute.

    >>> hours_beyond(13.5, 12)
    1.5
    """
    beyond = recorded - sold
    return beyond if beyond > HALF_A_MINUTE else 0.0


def spare_hours(recorded, sold):
    """Return the sold hours that nobody has recorded anything on yet; never negative."""
    return max(sold - recorded, 0.0)
