"""Which customers a company lives on, and which take more than they are worth. Without a database."""

from decimal import Decimal


def exact(amount):
    """Return an amount as it is written, free of the noise of floating point numbers."""
    return Decimal(str(amount))


def abc_classes(contributions, share_a, share_b):
    """Return the class of each customer by what he contributes.

    The customers are taken from the largest contribution down, the first of equal ones by key. Those that make the
    first ``share_a`` of the sum of all positive contributions are A, those up to ``share_b`` are B, the rest is C. Who
    crosses a limit still belongs to the class before it, so that the largest is A even if he is the only one. Who
    contributes nothing, or costs more than he brings, is C.

    >>> abc_classes({1: 700.0, 2: 200.0, 3: 60.0, 4: 40.0, 5: -300.0}, 0.8, 0.95)
    {1: 'A', 2: 'A', 3: 'B', 4: 'C', 5: 'C'}

    :param dict contributions: amount by a key that can be sorted
    """
    ranked = sorted(contributions.items(), key=lambda item: (-exact(item[1]), item[0]))
    total = sum((exact(amount) for amount in contributions.values() if amount > 0), Decimal(0))
    classes, before = {}, Decimal(0)
    for key, amount in ranked:
        if amount <= 0:
            classes[key] = "C"
            continue
        if before < exact(share_a) * total:
            classes[key] = "A"
        else:
            classes[key] = "B" if before < exact(share_b) * total else "C"
        before += exact(amount)
    return classes


def percentile(values, share):
    """Return the value below which ``share`` of ``values`` lie, interpolated as the database does; 0 of none.

    >>> percentile([1, 2, 3, 10], 0.75)
    4.75
    """
    if not values:
        return 0.0
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def has_many_extras(volume, abc_class, free_value, free_count, median_volume, value_share, usual_count):
    """Return whether a customer gets much free although he orders little.

    Little is class C, or less than half of the customers order. Much is more than ``value_share`` of what he orders
    (0: any share is fine), or more favours than three quarters of the customers get that get any, and two at least.

    >>> has_many_extras(1000.0, "B", 30.0, 1, median_volume=2000.0, value_share=0.02, usual_count=4)
    True
    >>> has_many_extras(5000.0, "A", 300.0, 9, median_volume=2000.0, value_share=0.02, usual_count=4)
    False
    """
    is_small = abc_class == "C" or exact(volume) < exact(median_volume)
    beyond_share = value_share > 0 and exact(free_value) > exact(value_share) * exact(volume)
    beyond_count = free_count >= 2 and free_count > usual_count
    return is_small and free_count > 0 and (beyond_share or beyond_count)
