"""The rules of the classes and of many extras on small volume, without and with the database."""

import doctest
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import SQL

from .. import abc_classes as rules
from ..abc_classes import abc_classes, exact, has_many_extras, percentile

cents = st.integers(-500_000, 2_000_000).map(lambda number: number / 100)
shares = st.tuples(st.integers(1, 100), st.integers(0, 100)).map(
    lambda pair: (pair[0] / 100, min(pair[0] + pair[1], 100) / 100)
)
contributions = st.lists(cents, max_size=12).map(lambda amounts: dict(enumerate(amounts, 1)))


@tagged("post_install", "-at_install")
class TestAbcRules(BaseCase):
    def test_examples(self):
        self.assertEqual(doctest.testmod(rules).failed, 0)

    def test_limits(self):
        # 50 + 30 = 80 % are reached by the second: the third begins at 80 %, which is B; the fourth at 95 % is C
        self.assertEqual(abc_classes({1: 50.0, 2: 30.0, 3: 15.0, 4: 5.0}, 0.8, 0.95), {1: "A", 2: "A", 3: "B", 4: "C"})
        # 0.1 + 0.2 as floats are more than 0.3: the third one begins at 30 % exactly, and is B
        self.assertEqual(abc_classes({1: 0.2, 2: 0.1, 3: 0.1}, 0.75, 1.0)[3], "B")

    def test_only_customer(self):
        self.assertEqual(abc_classes({7: 0.01}, 0.8, 0.95), {7: "A"})

    def test_nothing_contributed(self):
        self.assertEqual(abc_classes({1: 0.0, 2: -5.0}, 0.8, 0.95), {1: "C", 2: "C"})
        self.assertEqual(abc_classes({}, 0.8, 0.95), {})

    def test_equal_contributions(self):
        """The first by key is first, whatever the order they come in."""
        self.assertEqual(abc_classes({2: 10.0, 1: 10.0}, 0.5, 0.95), {1: "A", 2: "B"})

    @given(contributions, shares)
    def test_no_worse_class_for_more(self, amounts, limits):
        classes = abc_classes(amounts, *limits)
        self.assertEqual(classes.keys(), amounts.keys())
        for one, amount in amounts.items():
            self.assertTrue(amount > 0 or classes[one] == "C")
            for other, less in amounts.items():
                if less < amount:
                    self.assertLessEqual(classes[one], classes[other])
        if any(amount > 0 for amount in amounts.values()):
            self.assertEqual(classes[max(amounts, key=lambda key: (exact(amounts[key]), -key))], "A")

    @given(contributions, shares)
    def test_class_a_makes_its_share(self, amounts, limits):
        """A is as many as are needed for its share, and not one more."""
        classes = abc_classes(amounts, *limits)
        of_a = sorted(exact(amounts[key]) for key, abc_class in classes.items() if abc_class == "A")
        total = sum(exact(amount) for amount in amounts.values() if amount > 0)
        if of_a:
            self.assertGreaterEqual(sum(of_a), exact(limits[0]) * total)
            self.assertLess(sum(of_a[1:]), exact(limits[0]) * total)

    def test_many_extras(self):
        usual = {"median_volume": 1000.0, "value_share": 0.02, "usual_count": 3}
        # volume, class, value and count of favours; 2 % of 500.00 are 10.00
        for figures, many in (
            ((500.0, "B", 10.0, 1), False),  # exactly the limit
            ((500.0, "B", 10.01, 1), True),
            ((1000.0, "B", 900.0, 9), False),  # not small: exactly the median
            ((5000.0, "C", 100.01, 1), True),  # class C is small whatever it orders
            ((500.0, "A", 1.0, 3), False),  # as many as usual
            ((500.0, "A", 1.0, 4), True),
            ((0.0, "C", 0.0, 0), False),
        ):
            self.assertEqual(has_many_extras(*figures, **usual), many, figures)
        usual["value_share"] = 0.0
        self.assertFalse(has_many_extras(500.0, "C", 400.0, 1, **usual))
        usual["usual_count"] = 1
        self.assertFalse(has_many_extras(500.0, "C", 400.0, 1, **usual))
        self.assertTrue(has_many_extras(500.0, "C", 0.0, 2, **usual))


@tagged("post_install", "-at_install")
class TestAbcRulesInTheDatabase(TransactionCase):
    """The database applies the same rules to the same figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Joinery"})
        cls.partners = cls.env["res.partner"].create([{"name": f"Customer {number}"} for number in range(12)])
        cls.env.flush_all()

    def _read(self, customers, limits):
        """Return id, class, many extras, median volume and usual count of customers with these figures."""
        columns = (
            "id, partner_id, company_id, share_a, share_b, free_limit, volume, contribution, free_count, free_value,"
            " revenue, direct_cost, order_count, currency_id, cost_of_favours, cost_of_rework, cost_of_unsold,"
            " cost_to_serve, signed_count, signed_amount"
        )
        rows = [
            SQL(
                "(%s, %s, %s, %s::numeric, %s::numeric, 0.02::numeric, %s::numeric, %s::numeric, %s, %s::numeric,"
                " 0, 0, 1, 1, 0, 0, 0, 0, 0, 0)",
                partner.id, partner.id, self.company.id, *(str(limit) for limit in limits), str(volume),
                str(contribution), free_count, str(free_value),
            )
            for partner, (contribution, volume, free_count, free_value) in zip(self.partners, customers, strict=False)
        ]  # fmt: skip
        query = SQL("SELECT * FROM (VALUES %s) figures (%s)", SQL(", ").join(rows), SQL(columns))
        report = self.env["order.customer.report"]
        with patch.object(self.env.registry["order.customer.report"], "_query_customers", lambda _self: query):
            return self.env.execute_query(
                SQL(
                    "SELECT partner_id, abc_class, has_many_extras, median_volume, usual_count FROM (%s) report",
                    report._table_query,
                )
            )

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(
                st.one_of(cents, st.sampled_from([0.0, 0.1, 0.2, 100.0])),
                st.integers(0, 1_000_000).map(lambda number: number / 100),
                st.integers(0, 6),
                st.integers(0, 5000).map(lambda number: number / 100),
            ),
            min_size=1,
            max_size=12,
        ),
        shares,
    )
    def test_same_rules(self, customers, limits):
        rows = {row[0]: row[1:] for row in self._read(customers, limits)}
        ids = self.partners.ids
        classes = abc_classes({key: figures[0] for key, figures in zip(ids, customers, strict=False)}, *limits)
        self.assertEqual({key: row[0] for key, row in rows.items()}, classes)
        median = percentile([volume for _contribution, volume, *_favours in customers], 0.5)
        usual = percentile([count for *_figures, count, _value in customers if count], 0.75)
        for key, (_contribution, volume, count, value) in zip(ids, customers, strict=False):
            self.assertAlmostEqual(float(rows[key][2]), median)
            self.assertAlmostEqual(rows[key][3], usual)
            expected = has_many_extras(volume, classes[key], value, count, float(rows[key][2]), 0.02, rows[key][3])
            self.assertEqual(rows[key][1], expected)
