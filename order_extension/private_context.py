"""What code of this process tells itself in a context, so that nobody else can say it.

A context comes over RPC as well, from whoever has a key to any method. It is made of plain values then, so that a value
which is wrapped here was put there by code of ours.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class _Private:
    value: object


def private(value=True):
    """Return ``value``, which has to be hashable, such that :func:`get_private` finds it in a context."""
    return _Private(value)


def get_private(env, key, default=None):
    """Return what code of ours has put under ``key`` in the context, else ``default``, whatever a caller has sent.

    >>> from types import SimpleNamespace
    >>> get_private(SimpleNamespace(context={"way": private("month")}), "way")
    'month'
    >>> get_private(SimpleNamespace(context={"way": "month"}), "way", "order")
    'order'
    """
    found = env.context.get(key)
    return found.value if isinstance(found, _Private) else default
