from odoo.tools.misc import formatLang


def format_number(env, number, digits):
    """Return a number of a sentence as the reader's language writes it: 45.6 in English, 45,6 in German."""
    return formatLang(env, number, digits=digits)


def format_short(env, number):
    """Return a number without decimals that say nothing: 20, not 20.00, but 7.5."""
    return formatLang(env, number, digits=len(f"{round(number, 2):.2f}".rstrip("0").partition(".")[2]))
