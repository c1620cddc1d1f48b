"""When the margin of a running order has fallen so far that its seller should know: rules without a database."""

from .sheet_figures import margin_share


def eroded_by(planned_margin, planned_revenue, forecast_margin, forecast_revenue):
    """Return by how much the margin expected at completion is lower than the planned one, as a share of the price.

    Planned were 1 950.00 of 5 070.00, which is 38.5 %, expected are 1 521.00, which is 30 %.

    >>> round(eroded_by(1950, 5070, 1521, 5070), 4)
    0.0846

    Without a price there is no share that could fall.

    >>> eroded_by(0, 0, -50, 0)
    0.0
    """
    planned = margin_share(planned_margin, planned_revenue)
    forecast = margin_share(forecast_margin, forecast_revenue)
    if planned is None or forecast is None:
        return 0.0
    return planned - forecast


def is_eroding(erosion, threshold):
    """Whether to warn; a threshold of 0 means never.

    >>> is_eroding(0.06, 0.05), is_eroding(0.05, 0.05), is_eroding(0.9, 0)
    (True, False, False)
    """
    return threshold > 0 and round(erosion - threshold, 6) > 0
