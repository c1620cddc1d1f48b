"""What employees are told about small extras, free of the ORM."""

from .change_order_rules import content_hash


def rules_hash(limits, wordings):
    """Return the fingerprint of the rules, which changes when what they say changes, and only then.

    :param dict limits: numbers by name
    :param dict wordings: by name, what is said in any language; spaces around it and the order do not count

    >>> rules_hash({"amount": 30}, {}) == rules_hash({"amount": 30.0}, {})
    True
    >>> rules_hash({"amount": 30}, {"decline": ["No"]}) == rules_hash({"amount": 30}, {"decline": ["Sorry"]})
    False
    """
    return content_hash(
        {
            # no limit is finer than a millionth, and nobody means less by changing one
            "limits": {name: f"{limit + 0.0:.6f}" for name, limit in limits.items()},
            "wordings": {
                name: sorted({text.strip() for text in texts if text and text.strip()})
                for name, texts in wordings.items()
            },
        }
    )


def share_left(amount, left):
    """Return how much of an allowance is left, in whole per cent from 0 to 100.

    The bar is empty only when nothing is left, and full only when nothing is used.

    >>> share_left(38.03, 23.03), share_left(38.03, 0.01), share_left(38.03, 38.02), share_left(0.0, 0.0)
    (61, 1, 99, 0)
    """
    if amount <= 0 or left <= 0:
        return 0
    if left >= amount:
        return 100
    return min(99, max(1, round(100 * left / amount)))
