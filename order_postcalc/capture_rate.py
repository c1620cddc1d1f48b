"""How much of the extra work is known of at all.

A rate of favours, or a list of who gives away how much, is worth what the notes behind it are worth: of hours that
nobody wrote down, they say nothing.
"""


def capture_rate(documented, undocumented):
    """Return the share of the extra hours that somebody documented, between 0 and 1, or None without any.

    :param float documented: extra hours noted as favours or offered as extensions
    :param float undocumented: hours recorded beyond what was ordered that no note and no signature covers

    >>> capture_rate(6.0, 2.0)
    0.75
    >>> capture_rate(0.0, 3.0)
    0.0
    >>> capture_rate(0.0, 0.0) is None
    True
    """
    documented, undocumented = max(documented, 0.0), max(undocumented, 0.0)
    total = documented + undocumented
    return documented / total if total else None


def team_capture_rates(people, at_least):
    """Return the capture rate by team, of teams that are large enough for nobody to be singled out.

    :param people: tuples of team, person, documented and undocumented hours
    :param int at_least: people of a team who have extra hours

    >>> team_capture_rates([("site", 1, 3, 1), ("site", 2, 3, 1), ("shop", 3, 5, 0)], at_least=2)
    {'site': 0.75}
    """
    sums, members = {}, {}
    for team, person, documented, undocumented in people:
        if documented <= 0 and undocumented <= 0:
            continue
        before = sums.get(team, (0.0, 0.0))
        sums[team] = (before[0] + max(documented, 0.0), before[1] + max(undocumented, 0.0))
        members.setdefault(team, set()).add(person)
    return {team: capture_rate(*hours) for team, hours in sums.items() if len(members[team]) >= at_least}
