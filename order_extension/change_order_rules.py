"""Rules and arithmetic of change orders, free of the ORM.

Everything here is a function of its arguments, so that it can be reasoned about, and property-tested, without a
database. The models gather the inputs and store the results.
"""

import base64
import hashlib
import json
import unicodedata
from typing import NamedTuple

from .pictures import open_picture

#: What may follow what. A change order is written in *draft*, offered in *sent* and ends in one of the others.
TRANSITIONS = {
    "draft": frozenset({"sent", "cancelled"}),
    "sent": frozenset({"signed", "declined", "expired", "cancelled"}),
    "signed": frozenset(),
    "declined": frozenset(),
    "expired": frozenset({"cancelled"}),
    "cancelled": frozenset(),
}
#: Only an offer that was made and not accepted can be made again, better.
REVISABLE_STATES = frozenset({"sent", "declined", "expired"})

#: A drawn signature is some 20 kB, a photographed one rarely 2 MB.
MAX_SIGNATURE_BYTES = 4 * 1024 * 1024
#: A picture of few bytes can unfold to gigabytes: bound what is decoded.
MAX_SIGNATURE_PIXELS = 8_000_000
SIGNATURE_FORMATS = ("PNG", "JPEG", "GIF")
#: Longest name that a signatory may give, and longest reason or remark.
MAX_NAME_LENGTH = 120
MAX_TEXT_LENGTH = 2000
#: Longest pause before something that has failed is tried again.
MAX_RETRY_MINUTES = 24 * 60


def can_move(state, target):
    """Whether a change order may go from ``state`` to ``target``."""
    return target in TRANSITIONS[state]


def change_order_name(order_name, number, revision=1):
    """Return the number of a change order as people quote it.

    >>> change_order_name("S00042", 1)
    'S00042/C01'
    >>> change_order_name("S00042", 12, 3)
    'S00042/C12-R3'
    """
    suffix = f"-R{revision}" if revision > 1 else ""
    return f"{order_name}/C{number:02d}{suffix}"


class ContractSums(NamedTuple):
    """The running contract sum, in the manner of AIA G701. All in one currency and untaxed."""

    original: float  #: what was ordered at first
    changes_before: float  #: net of the change orders signed before this one, whatever their number
    before: float  #: contract sum before this one
    change: float  #: this change order, as it would be invoiced alone
    rounding: float  #: what rounding the whole order makes of it, mostly nothing
    after: float  #: contract sum with it


def contract_sums(order_now, order_after, effects_before, change, round_amount=lambda amount: amount):
    """Work out the running contract sum of an unsigned change order.

    Amounts are rounded per document, and the order is another document than the change order: a tenth of a thing at
    10.04 is 1.00, and three of them are 3.01 when the taxes are rounded for the order as a whole. So what the order
    grew by is counted, and a cent of difference is named.

    :param float order_now: what the order comes to now, signed change orders included
    :param float order_after: what it will come to with this one
    :param effects_before: what the change orders signed so far have added (by time of signature, not by number)
    :param float change: amount of this change order, negative for a reduction
    :param round_amount: rounds to the currency
    """
    changes_before = round_amount(sum(effects_before))
    return ContractSums(
        original=round_amount(order_now - changes_before),
        changes_before=changes_before,
        before=round_amount(order_now),
        change=round_amount(change),
        rounding=round_amount(order_after - order_now - change),
        after=round_amount(order_after),
    )


def needs_approval(amounts, limit):
    """Whether a manager agrees before the customer sees it.

    :param amounts: what it could come to, untaxed and in the company's currency; what is taken off counts as well
    :param float limit: amount from which on it is approved; 0: never
    """
    return limit > 0 and any(abs(amount) >= limit for amount in amounts)


def reducible_quantity(ordered, delivered, invoiced):
    """Return how much can still be taken off a line, in the line's unit.

    What was delivered or invoiced is done: giving it back is a return or a credit note, not a change order.
    """
    return max(0.0, ordered - max(delivered, invoiced, 0.0))


def make_room(sequences, position, count):
    """Make room for ``count`` lines in front of the line at ``position``.

    Order lines are sorted by sequence, then by age, and many share a sequence. So the lines from ``position`` on move
    up, and the new ones, being the youngest, take the sequences in between.

    :param sequences: sequences of the existing lines, in their order
    :param int position: index of the first line that must come after the new ones (``len(sequences)``: append)
    :param int count: number of new lines
    :return: tuple of (new sequence by index of each line to move, list of the sequences of the new lines)
    """
    if position >= len(sequences):
        start = max(sequences, default=9) + 1
        return {}, list(range(start, start + count))
    start = sequences[position]
    moved = {index: sequences[index] + count for index in range(position, len(sequences))}
    return moved, list(range(start, start + count))


def canonical_json(content):
    """Write ``content`` in the one form that has one hash: sorted keys, no blanks, plain Unicode (NFC)."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return unicodedata.normalize("NFC", text)


def content_hash(content):
    """SHA-256 of the canonical form of ``content``, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def clean_line(text, limit=MAX_NAME_LENGTH):
    """Return ``text`` as one printable line of at most ``limit`` characters, empty when there is nothing to read.

    Control and formatting characters (which could forge or reverse what is displayed) go, blanks are joined.
    """
    kept = "".join(
        " " if char.isspace() else char
        for char in str(text or "")
        if char.isspace() or not unicodedata.category(char).startswith("C")
    )
    return " ".join(kept.split())[:limit].strip()


def clean_text(text, limit=MAX_TEXT_LENGTH):
    """Like :func:`clean_line`, but for several lines."""
    lines = [clean_line(line, limit) for line in str(text or "").splitlines()]
    return "\n".join(lines).strip()[:limit].strip()


def decode_signature(data):
    """Decode and check the picture of a signature.

    :param str data: base64 of a PNG, JPEG or GIF picture, without the ``data:`` prefix
    :return: the picture's bytes
    :raise ValueError: its argument is ``missing``, ``too_large`` or ``unreadable``
    """
    if not data:
        raise ValueError("missing")
    if not isinstance(data, (str, bytes)):
        raise ValueError("unreadable")
    if len(data) * 3 // 4 > MAX_SIGNATURE_BYTES:
        raise ValueError("too_large")
    try:
        picture = base64.b64decode(data, validate=True)
        with open_picture(picture, SIGNATURE_FORMATS, MAX_SIGNATURE_PIXELS) as image:
            image.load()
    except (OSError, SyntaxError, ValueError) as error:
        # base64 of non-ASCII text is a plain ValueError too
        raise (error if error.args == ("too_large",) else ValueError("unreadable")) from error
    return picture


def retry_minutes(tries):
    """Return how many minutes to wait after so many failed tries: little at first, never more than a day.

    >>> [retry_minutes(tries) for tries in range(1, 7)]
    [1, 5, 25, 125, 625, 1440]
    """
    return min(5 ** (tries - 1), MAX_RETRY_MINUTES) if tries < 6 else MAX_RETRY_MINUTES
