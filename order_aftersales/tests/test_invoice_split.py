"""Which delivery a quantity belongs to, and what a customer reads, without a database."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from .. import invoice_split
from ..invoice_split import (
    REST,
    divide_lines,
    hide_below_sections,
    net_deliveries,
    place_rest,
    share_by_delivery,
    sum_up,
)

quantities = st.integers(0, 5000).map(lambda hundredths: hundredths / 100)
deliveries = st.lists(quantities, max_size=6).map(lambda sizes: list(enumerate(sizes)))


def product(name, **values):
    return {"name": name, "quantity": 1, **values}


def section(name):
    return {"display_type": "line_section", "name": name}


@tagged("post_install", "-at_install")
class TestInvoiceSplit(BaseCase):
    def test_examples(self):
        self.assertFalse(doctest.testmod(invoice_split).failed)

    @given(quantities, quantities, deliveries)
    def test_nothing_is_lost(self, quantity, before, delivered):
        shares = share_by_delivery(quantity, before, delivered)
        self.assertAlmostEqual(sum(shares.values()), quantity)
        for key, size in delivered:
            self.assertLessEqual(shares.get(key, 0), size + 1e-6)
        self.assertTrue(all(share > 0 for share in shares.values()))

    @given(deliveries, st.lists(quantities, max_size=6))
    def test_step_by_step(self, delivered, steps):
        """However it is billed over time, each delivery is billed once."""
        billed, before = {}, 0.0
        for quantity in [*steps, 1000.0]:
            for key, share in share_by_delivery(quantity, before, delivered).items():
                billed[key] = billed.get(key, 0) + share
            before += quantity
        for key, size in delivered:
            self.assertAlmostEqual(billed.get(key, 0), size, places=4)

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 5), st.none() | st.integers(0, 3)), max_size=8))
    def test_what_came_back(self, moves):
        """As long as no more comes back than has gone, the sum is what the customer has."""
        gone = sum(quantity for _key, quantity, _from in moves if quantity > 0)
        known = [move for move in moves if move[1] >= 0]
        back = [(key, quantity, None) for key, quantity, _from in moves if quantity < 0]
        if -sum(quantity for _key, quantity, _from in back) <= gone:
            self.assertEqual(sum(q for _key, q in net_deliveries(known + back)), sum(q for _key, q, _from in moves))

    def test_where_the_rest_goes(self):
        self.assertEqual(place_rest({"a": 10, "b": 20}, 5, 0, "b"), ("b", "b"))
        self.assertEqual(place_rest({"a": 30, "b": 20}, 5, 25, "b"), ("b", "a"))
        self.assertEqual(place_rest({}, 5, 0, "now"), ("now", "now"))
        self.assertEqual(place_rest({"old": 50}, 5, 20, "now"), ("now", "old"))
        self.assertIsNone(place_rest({"a": 10}, -20, 0, "a"))

    def test_divided_lines(self):
        """Each part has the sections that its lines stand in, and the notes that follow them."""
        note = {"display_type": "line_note", "name": "oak"}
        lines = [section("Kitchen"), product("a"), note, product("b", quantity=3), section("Bath"), product("c")]
        shares = [{}, {1: 1}, {}, {1: 1, 2: 2}, {}, {REST: 1}]
        parts = divide_lines(lines, shares, 2, 2)
        self.assertEqual([line["name"] for line in parts[1]], ["Kitchen", "a", "oak", "b"])
        self.assertEqual([line["name"] for line in parts[2]], ["Kitchen", "b", "Bath", "c"])
        self.assertEqual([line.get("quantity") for line in parts[2]], [None, 2, None, 1])

    def test_what_the_customer_reads(self):
        lines = [
            product("x", owner="S1"), section("Kitchen"), product("a", owner="S1"), product("b", owner="S2"),
            section("Down Payments"), product("d", is_downpayment=True, quantity=-1),
        ]  # fmt: skip
        hidden = [line["name"] for line in hide_below_sections(lines) if line.get("collapse_composition")]
        self.assertEqual(hidden, ["Kitchen"])
        summed = sum_up(lines, lambda line: line.get("owner"), lambda owner: {"name": f"Order {owner}"})
        self.assertEqual(
            [line["name"] for line in summed], ["Order S1", "x", "a", "Order S2", "b", "Down Payments", "d"]
        )
        self.assertEqual([bool(line.get("collapse_composition")) for line in summed], [1, 0, 0, 1, 0, 0, 0])
