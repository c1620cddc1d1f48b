"""The rule by which orders are ranked, whatever its figures."""

import doctest

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from .. import priority
from ..priority import CRITERIA, Criterion, RunningTotal, are_weights_valid, percentiles, score

values = st.none() | st.floats(0, 1)
finite = st.floats(allow_nan=False, allow_infinity=False)
weights = st.integers(0, 1000).map(float) | st.floats(0, 1e6)


def criteria(value=values, weight=weights):
    return st.tuples(*(st.builds(Criterion, st.just(name), value, weight) for name in CRITERIA))


@tagged("post_install", "-at_install")
class TestPriorityRules(BaseCase):
    def test_examples(self):
        self.assertEqual(doctest.testmod(priority).failed, 0)
        self.assertGreater(doctest.testmod(priority).attempted, 8)

    @given(criteria(st.none() | st.floats(-1e9, 1e9)))
    def test_between_0_and_100_in_parts_that_add_up(self, given_criteria):
        total, parts = score(given_criteria)
        self.assertTrue(0 <= total <= 100)
        self.assertEqual(sum(parts.values()), total)
        self.assertTrue(all(points >= 0 for points in parts.values()))
        self.assertEqual(set(parts), {one.name for one in given_criteria if one.counts})

    @given(criteria(), st.integers(0, 4), st.floats(0, 1))
    def test_better_in_one_criterion_is_never_worse(self, given_criteria, place, better):
        one = given_criteria[place]
        assume(one.value is not None and better >= one.value)
        improved = list(given_criteria)
        improved[place] = Criterion(one.name, better, one.weight)
        self.assertGreaterEqual(score(improved)[0], score(given_criteria)[0])

    @given(criteria(), st.permutations(range(5)))
    def test_the_order_of_the_criteria_is_nothing(self, given_criteria, order):
        self.assertEqual(score([given_criteria[place] for place in order]), score(given_criteria))

    @given(criteria(weight=st.integers(0, 1000)), st.integers(1, 1000))
    def test_weights_count_against_each_other(self, given_criteria, factor):
        scaled = [Criterion(one.name, one.value, one.weight * factor) for one in given_criteria]
        self.assertEqual(score(scaled), score(given_criteria))

    @given(criteria(), st.floats(0.1, 1e6))
    def test_what_is_unknown_neither_helps_nor_harms(self, given_criteria, weight):
        more = [*given_criteria, Criterion("weather", None, weight)]
        self.assertEqual(score(more), score(given_criteria))

    @given(st.floats(0, 1), st.lists(st.floats(0.1, 1e6), min_size=1, max_size=5))
    def test_alike_in_everything_is_alike_in_all(self, value, given_weights):
        alike = [Criterion(str(place), value, weight) for place, weight in enumerate(given_weights)]
        self.assertAlmostEqual(score(alike)[0], 100 * value, delta=0.5 + 1e-6)

    def test_everything_best_is_100_and_worst_0(self):
        for value, expected in ((1.0, 100), (0.0, 0)):
            self.assertEqual(score([Criterion(name, value, 7) for name in CRITERIA])[0], expected)
        self.assertEqual(score([]), (0, {}))

    @given(st.dictionaries(st.integers(), st.floats(-1e9, 1e9)))
    def test_who_orders_more_has_no_lower_place(self, volumes):
        places = percentiles(volumes)
        self.assertEqual(set(places), {one for one, volume in volumes.items() if volume > 0})
        by_volume = sorted(places, key=volumes.get)
        ascending = [places[one] for one in by_volume]
        self.assertEqual(ascending, sorted(ascending))
        self.assertTrue(all(0 <= place <= 100 for place in ascending))
        if len({volumes[one] for one in by_volume}) == len(by_volume) and by_volume:
            self.assertEqual(ascending[-1], 100)

    @given(finite, finite, st.floats(0, 1), st.integers(-9999, 9999))
    def test_every_value_is_between_0_and_1(self, one, other, target, days):
        for value in (
            priority.customer_value(False, one),
            priority.margin_value(one if abs(one) < 1e9 else 0.0, target),
            priority.capacity_value(one, other),
            priority.promise_value(days),
        ):
            self.assertTrue(value is None or 0 <= value <= 1, value)

    @given(st.integers(-99, 99), st.integers(0, 99))
    def test_the_nearer_promise_is_no_less_urgent(self, days, later):
        self.assertGreaterEqual(priority.promise_value(days), priority.promise_value(days + later))

    @given(st.dictionaries(st.integers(-50, 50), st.integers(0, 100)), st.integers(-60, 60))
    def test_hours_until_a_day(self, hours, day):
        expected = sum(hours[each] for each in hours if each <= day)
        self.assertEqual(RunningTotal(hours).until(day), expected)

    def test_weights_that_weigh_nothing(self):
        self.assertTrue(are_weights_valid([0, 1, 0]))
        for wrong in ([0, 0], [-1, 2], [float("nan"), 1], [float("inf"), 1], []):
            self.assertFalse(are_weights_valid(wrong), wrong)
