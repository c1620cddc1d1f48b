"""Whether somebody could answer a question of the company's own controls. One place for the rule of all add-ons.

What a customer signs, accepts or pays on the portal or the web shop, and what the jobs and workflows of Odoo do, is
never refused for a reason of ours: nobody is there to answer. No context that a caller can send says so.
"""

from odoo.http import request

from .private_context import get_private, private


def is_by_hand(env):
    """Return whether somebody acts with their own rights: presses a button, imports, or calls from outside."""
    return not env.su


def as_payment(records):
    """Return ``records`` such that what follows is known to follow from a payment, in the name of the system."""
    return records.sudo().with_context(follows_payment=private())


def is_set_off_by_a_person(env):
    """Return whether somebody of the company has set off what the system does now.

    Stricter than :func:`is_by_hand`, for what the system often does when a person has pressed a button: then there is
    somebody who can answer. Not so for a payment, a customer, and a job.
    """
    if not env.su:
        return True
    # A job runs by itself. Over HTTP somebody has sent the context.
    is_job = bool(env.context.get("cron_id")) and not request
    return not (get_private(env, "follows_payment") or env.user.share or is_job)
