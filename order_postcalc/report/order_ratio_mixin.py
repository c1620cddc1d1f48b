"""Ratios that are right whatever they are grouped by: of sums, never averages of ratios."""

from odoo import models
from odoo.tools import SQL


class OrderRatioMixin(models.AbstractModel):
    """A ratio is a field with the aggregator "avg", computed by ``_compute_ratios`` and named in ``_get_ratios``."""

    _name = "order.ratio.mixin"
    _description = "Ratios of a Report"

    def _get_ratios(self):
        """Return for each ratio what is divided by what: names of fields."""
        return {}

    def _get_differences(self):
        """Return for each difference what is taken from what: names of fields."""
        return {}

    def _compute_ratios(self):
        ratios, differences = self._get_ratios(), self._get_differences()
        for record in self:
            for name, (minuend, subtrahend) in differences.items():
                record[name] = record[minuend] - record[subtrahend]
            for name, (dividend, divisor) in ratios.items():
                record[name] = record[dividend] / record[divisor] if record[divisor] else 0.0

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, aggregator = aggregate_spec.partition(":")
        if aggregator == "sum" and name in self._get_differences():
            return SQL("SUM(%s)", self._get_measure_sql(name, query))
        if aggregator == "avg" and name in self._get_ratios():
            return self._get_ratio_sql(name, query)
        if aggregator == "sum_currency" and name in self._get_differences() | self._get_ratios():
            return self._get_converted_sql(name, query)
        return super()._read_group_select(aggregate_spec, query)

    def _get_converted_sql(self, name, query):
        """What screens ask for besides, in case that amounts are in different currencies: all in the user's own."""
        if name in self._get_differences():
            parts = self._get_differences()[name]
            return SQL("%s - %s", *(self._read_group_select(f"{part}:sum_currency", query) for part in parts))
        dividend, divisor = self._get_ratios()[name]
        condition = self._get_ratio_condition(name, query)
        return SQL(
            "%s FILTER (WHERE %s)::numeric / NULLIF(SUM(%s) FILTER (WHERE %s), 0)::numeric",
            self._read_group_select(f"{dividend}:sum_currency", query),
            condition,
            self._get_measure_sql(divisor, query),
            condition,
        )

    def _get_ratio_sql(self, name, query):
        measures = self._get_ratios()[name]
        dividend, divisor = (self._get_measure_sql(measure, query) for measure in measures)
        condition = self._get_ratio_condition(name, query)
        ratio = SQL(
            "SUM(%s) FILTER (WHERE %s)::numeric / NULLIF(SUM(%s) FILTER (WHERE %s), 0)::numeric",
            dividend,
            condition,
            divisor,
            condition,
        )
        if not any(self._fields[measure].type == "monetary" for measure in measures):
            return ratio
        # Amounts in different currencies have no common ratio.
        currency = self._field_to_sql(self._table, "currency_id", query)
        return SQL("CASE WHEN MIN(%s) = MAX(%s) THEN %s END", currency, currency, ratio)

    def _get_ratio_condition(self, name, query):
        """Which records a ratio is about; by default all of them."""
        return SQL("TRUE")

    def _get_measure_sql(self, name, query):
        parts = self._get_differences().get(name)
        if parts:
            return SQL("(%s - %s)", *(self._field_to_sql(self._table, part, query) for part in parts))
        return self._field_to_sql(self._table, name, query)
