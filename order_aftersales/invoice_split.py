"""Which delivery, or which month, the lines of an invoice belong to, where a customer wants one invoice for each."""

from collections import defaultdict

#: What belongs to no delivery: services, deductions, what is paid in advance.
REST = None
SECTION, SUBSECTION, NOTE = "line_section", "line_subsection", "line_note"


def share_by_delivery(quantity, billed_before, deliveries, digits=6):
    """Divide ``quantity`` among the deliveries that it was delivered with, oldest first.

    What was billed before used up the oldest deliveries, whichever they were called then.

    :param deliveries: pairs of key and quantity, oldest first, returns deducted
    :return: quantity by key, what was delivered by none of them under ``REST``

    >>> share_by_delivery(5, 4, [("first", 6), ("second", 3)])
    {'first': 2, 'second': 3}
    >>> share_by_delivery(5, 0, [("first", 3)])
    {'first': 3, None: 2}
    """
    shares, used, left = defaultdict(int), max(billed_before, 0), quantity
    for key, delivered in deliveries:
        free = max(round(delivered - used, digits), 0)
        used = max(round(used - max(delivered, 0), digits), 0)
        share = min(free, left)
        if share > 0:
            shares[key] += share
            left = round(left - share, digits)
    if left:
        shares[REST] = left
    return dict(shares)


def net_deliveries(moves):
    """Return the deliveries of ``moves``, with what came back deducted where it came from.

    What came back from nowhere in particular is deducted from the last one, and so on backwards.

    :param moves: triples of key, quantity (negative for a return), and the key that a return belongs to,
        oldest first

    >>> net_deliveries([("first", 6, None), ("second", 3, None), ("back", -2, "first"), ("found", -1, None)])
    [('first', 4), ('second', 2)]
    """
    delivered, lost = {}, 0
    for key, quantity, _returned_from in moves:
        if quantity >= 0:
            delivered[key] = delivered.get(key, 0) + quantity
    for _key, quantity, returned_from in moves:
        if quantity < 0 and returned_from in delivered:
            delivered[returned_from] += quantity
        elif quantity < 0:
            lost -= quantity
    for key in reversed(delivered):
        less = min(max(delivered[key], 0), lost)
        delivered[key] -= less
        lost -= less
    return list(delivered.items())


def place_rest(amounts, rest_amount, deduction, preferred):
    """Return which part takes what belongs to none, and which one the deductions.

    Deductions go where most is left to pay; if even that doesn't suffice, nothing is divided.

    :param dict amounts: of the parts, by key
    :param float rest_amount: of what belongs to none, deductions left out
    :param float deduction: of down payments, as a positive amount
    :param preferred: key of the part that takes the rest, made if there is no such part
    :return: tuple of the two keys, None if it is better not to divide

    >>> place_rest({"a": 100, "b": 900}, 50, 300, "a")
    ('a', 'b')
    >>> place_rest({"a": 100, "b": 150}, 0, 200, "b") is None
    True
    """
    amounts = dict(amounts)
    if rest_amount:
        amounts[preferred] = amounts.get(preferred, 0) + rest_amount
    if not amounts:
        return preferred, preferred
    largest = max(amounts, key=lambda key: amounts[key])
    if any(amount < 0 for amount in amounts.values()) or (deduction and amounts[largest] < deduction):
        return None
    return preferred, largest


# === LINES OF INVOICES, AS THE VALUES THAT CREATE THEM ===


def is_heading(line):
    return line.get("display_type") in (SECTION, SUBSECTION)


def is_product(line):
    return line.get("display_type", "product") == "product"


def divide_lines(lines, shares, rest_key, deduction_key):
    """Return the lines by part, each with the sections and notes that they stand in.

    :param shares: of each line, its quantity by part; empty for sections and notes
    :param rest_key: part that takes what belongs to none
    :param deduction_key: part that takes the deduction of down payments
    """
    parts, headings, keys = {}, [], []
    for line, line_shares in zip(lines, shares, strict=True):
        if is_product(line):
            quantities = {}
            for key, quantity in line_shares.items():
                if key is REST:
                    key = deduction_key if line.get("is_downpayment") else rest_key
                quantities[key] = quantities.get(key, 0) + quantity
            for key, quantity in quantities.items():
                part = parts.setdefault(key, [])
                part += [heading for heading in headings if heading not in part]
                part.append({**line, "quantity": quantity})
            keys = list(quantities)
        elif is_heading(line) or not keys:
            # A section ends what stood above it; a note at its beginning stays with it.
            headings = [line] if line["display_type"] == SECTION else [*headings, line]
            keys = []
        else:
            for key in keys:
                parts[key].append(line)
    return parts


def hide_below_sections(lines):
    """Return the lines such that the customer reads one sum per section; deductions are shown as they are."""
    return [
        {**line, "collapse_composition": True}
        if line.get("display_type") == SECTION and not _starts_deductions(lines, index)
        else line
        for index, line in enumerate(lines)
    ]


def sum_up(lines, get_owner, get_heading):
    """Return the lines under one section per owner, of which the customer reads the sum, and then the deductions.

    :param get_owner: tells whose line it is, None for nobody's
    :param get_heading: gives the values of an owner's section
    """
    owned, deductions = {}, []
    for index, line in enumerate(lines):
        if is_heading(line):
            if _starts_deductions(lines, index):
                deductions.append(line)
        elif line.get("is_downpayment"):
            deductions.append(line)
        else:
            owned.setdefault(get_owner(line), []).append(line)
    result = []
    # What is nobody's comes first, as nothing ends a section.
    for owner in sorted(owned, key=lambda owner: owner is not None):
        if owner is not None:
            result.append({**get_heading(owner), "display_type": SECTION, "collapse_composition": True})
        result += owned[owner]
    return result + deductions


def _starts_deductions(lines, index):
    below = next((line for line in lines[index + 1 :] if is_product(line)), {})
    return bool(below.get("is_downpayment"))


def join_once(*texts):
    """Return the parts of ``texts``, each once.

    >>> join_once("S1, S2", "S2, S3", False)
    'S1, S2, S3'
    """
    parts = [part for text in texts if text for part in text.split(", ")]
    return ", ".join(dict.fromkeys(parts))
