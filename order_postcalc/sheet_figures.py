"""The figures of a row of the post-calculation sheet, and what follows from them: rules without a database."""

from dataclasses import dataclass, fields

#: What is measured, and in which unit.
MEASURES = {"hours": "hours", "cost": "money", "revenue": "money", "margin": "money", "margin_share": "share"}
COLUMNS = ("original", "extensions", "revised", "actual", "invoiced", "forecast", "deviation", "deviation_share")
#: Kinds of facts that are cost, in the order in which they are shown.
COST_KINDS = ("labour", "material", "purchase", "expense", "other", "minor")
REVENUE_KINDS = ("invoice", "downpayment")
PLAN_KINDS = ("plan", "change")
#: Hours are kept as exactly as they are recorded, in minutes, without the noise of binary fractions.
HOUR_DIGITS = 6
SHARE_DIGITS = 6


@dataclass
class Figures:
    """What is added up. Everything else on the sheet follows from it, in a row as in a total.

    What remains is what lies between now and completion, see forecast.py; of an advance it is negative, as it will be
    deducted.
    """

    original_hours: float = 0.0
    original_cost: float = 0.0
    original_revenue: float = 0.0
    extension_hours: float = 0.0
    extension_cost: float = 0.0
    extension_revenue: float = 0.0
    actual_hours: float = 0.0
    actual_cost: float = 0.0
    committed_cost: float = 0.0
    invoiced_hours: float = 0.0
    invoiced_revenue: float = 0.0
    remaining_hours: float = 0.0
    remaining_cost: float = 0.0
    remaining_revenue: float = 0.0

    def __iadd__(self, other):
        for name in NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    def rounded(self, rounding):
        """Return these figures as they are shown, so that the parts that one sees add up to the total."""
        return Figures(
            **{
                name: round(getattr(self, name), HOUR_DIGITS) if name.endswith("_hours") else rounding(value)
                for name, value in ((name, getattr(self, name)) for name in NAMES)
            }
        )

    def __bool__(self):
        return any(getattr(self, name) for name in NAMES)

    @property
    def planned_hours(self):
        return self.original_hours + self.extension_hours

    @property
    def planned_cost(self):
        return self.original_cost + self.extension_cost

    @property
    def planned_revenue(self):
        return self.original_revenue + self.extension_revenue


NAMES = [field.name for field in fields(Figures)]


def total(rows, rounding=lambda amount: round(amount, 2)):
    """Return the sum of the figures of ``rows``."""
    result = Figures()
    for figures in rows:
        result += figures
    return result.rounded(rounding)


def ratio(part, whole):
    """Return ``part`` of ``whole``, None where there is nothing to take a part of.

    >>> ratio(50, 200)
    0.25
    >>> ratio(50, 0) is None
    True
    """
    return round(part / whole, SHARE_DIGITS) if whole else None


def margin_share(margin, revenue):
    """Return the margin as a share of the revenue, None without revenue.

    >>> margin_share(1950, 5070)
    0.384615
    """
    return ratio(margin, revenue) if revenue > 0 else None


def cells(figures, rounding=lambda amount: round(amount, 2)):
    """Return all that the sheet shows of ``figures``, by measure and column; None where there is nothing to say.

    >>> shown = cells(Figures(original_cost=420, actual_cost=200, remaining_cost=245, original_revenue=720))
    >>> shown["cost"]["forecast"], shown["cost"]["deviation"], shown["margin"]["revised"]
    (445, 25.0, 300.0)
    """
    f = figures
    result = {
        "hours": {
            "original": f.original_hours,
            "extensions": f.extension_hours,
            "revised": f.planned_hours,
            "actual": f.actual_hours,
            "invoiced": f.invoiced_hours,
            "forecast": f.actual_hours + f.remaining_hours,
        },
        "cost": {
            "original": f.original_cost,
            "extensions": f.extension_cost,
            "revised": f.planned_cost,
            "actual": f.actual_cost,
            "invoiced": None,
            "forecast": f.actual_cost + f.remaining_cost,
        },
        "revenue": {
            "original": f.original_revenue,
            "extensions": f.extension_revenue,
            "revised": f.planned_revenue,
            "actual": None,
            "invoiced": f.invoiced_revenue,
            "forecast": f.invoiced_revenue + f.remaining_revenue,
        },
        "margin": {
            "original": f.original_revenue - f.original_cost,
            "extensions": f.extension_revenue - f.extension_cost,
            "revised": f.planned_revenue - f.planned_cost,
            "actual": f.invoiced_revenue - f.actual_cost,
            "invoiced": None,
            "forecast": f.invoiced_revenue + f.remaining_revenue - f.actual_cost - f.remaining_cost,
        },
    }
    for measure, row in result.items():
        exact = (lambda hours: round(hours, HOUR_DIGITS)) if measure == "hours" else rounding
        row.update({column: value if value is None else exact(value) for column, value in row.items()})
        row["deviation"] = exact(row["forecast"] - row["revised"])
        row["deviation_share"] = ratio(row["deviation"], abs(row["revised"]))
    result["margin_share"] = _margin_shares(result["revenue"], result["margin"])
    return result


def _margin_shares(revenue, margin):
    shares = {
        "original": margin_share(margin["original"], revenue["original"]),
        "extensions": margin_share(margin["extensions"], revenue["extensions"]),
        "revised": margin_share(margin["revised"], revenue["revised"]),
        "actual": margin_share(margin["actual"], revenue["invoiced"]),
        "invoiced": None,
        "forecast": margin_share(margin["forecast"], revenue["forecast"]),
        "deviation_share": None,
    }
    known = shares["forecast"] is not None and shares["revised"] is not None
    shares["deviation"] = round(shares["forecast"] - shares["revised"], SHARE_DIGITS) if known else None
    return shares


def is_better(measure, deviation):
    """Whether a deviation is good news: less cost and fewer hours, more revenue and margin. None: as planned.

    >>> is_better("cost", 12.5), is_better("margin", 12.5), is_better("hours", 0)
    (False, True, None)
    """
    if not deviation:
        return None
    return (deviation > 0) == (measure in ("revenue", "margin", "margin_share"))
