"""Properties of which invoice pays for which hour: they hold for whatever comes in."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..covering import TOLERANCE, billed_spans, cover, net_billed

hours = st.lists(st.integers(0, 1200).map(lambda minutes: minutes / 60), max_size=20)
quantities = st.integers(1, 100)
invoices = st.lists(st.integers(1, 60), max_size=5).map(lambda parts: list(enumerate(parts, start=1)))
credits = st.lists(st.tuples(st.none() | st.integers(1, 6), st.integers(1, 60)), max_size=4)


@tagged("post_install", "-at_install")
class TestCoveringRules(BaseCase):
    @given(hours, invoices, quantities, st.integers(0, 200))
    def test_each_hour_at_most_one_invoice_that_bills_the_line(self, entries, billed, quantity, planned):
        covering = cover(entries, billed, quantity, planned)
        self.assertEqual(len(covering), len(entries))
        self.assertLessEqual(set(covering), {None, *dict(billed)})

    @given(hours, quantities, st.integers(0, 200), st.data())
    def test_fully_billed_pays_for_all(self, entries, quantity, planned, data):
        part = data.draw(st.integers(1, quantity))
        billed = [("first", part), ("rest", quantity - part + data.draw(st.integers(0, 5)))]
        self.assertNotIn(None, cover(entries, billed, quantity, planned))

    @given(hours, invoices, quantities, st.integers(0, 200))
    def test_all_credited_pays_for_none(self, entries, billed, quantity, planned):
        back = [(invoice, part) for invoice, part in billed]
        left = net_billed(billed, back)
        self.assertEqual(left, [])
        self.assertEqual(set(cover(entries, left, quantity, planned)) - {None}, set())

    @given(hours, invoices, quantities, st.integers(0, 200), st.integers(1, 60))
    def test_billing_more_never_uncovers_or_moves_an_hour(self, entries, billed, quantity, planned, more):
        before = cover(entries, billed, quantity, planned)
        after = cover(entries, [*billed, ("more", more)], quantity, planned)
        for old, new in zip(before, after, strict=True):
            self.assertTrue(old is None or new == old)

    @given(hours, invoices, quantities, st.integers(0, 200))
    def test_earlier_hours_have_earlier_invoices(self, entries, billed, quantity, planned):
        order = [
            len(billed) + 1 if invoice is None else invoice for invoice in cover(entries, billed, quantity, planned)
        ]
        self.assertEqual(order, sorted(order))

    @given(hours, invoices, quantities, st.integers(0, 200))
    def test_no_more_is_covered_than_is_billed(self, entries, billed, quantity, planned):
        """Up to half of the entry at whose middle the span ends."""
        share = min(1.0, sum(part for _invoice, part in billed) / quantity)
        basis = max(planned, sum(entries))
        covered = [
            worked
            for worked, invoice in zip(entries, cover(entries, billed, quantity, planned), strict=True)
            if invoice
        ]
        limit = share * basis + (max(entries) / 2 if entries else 0)
        self.assertLessEqual(sum(covered), limit + TOLERANCE)

    @given(invoices, credits)
    def test_credits_take_no_more_than_there_is(self, billed, credited):
        left = dict(net_billed(billed, credited))
        total = sum(part for _invoice, part in billed) - sum(part for _invoice, part in credited)
        self.assertAlmostEqual(sum(left.values()), max(total, 0))
        for invoice, part in billed:
            self.assertTrue(0 <= left.get(invoice, 0) <= part)

    @given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
    def test_a_reversal_takes_from_its_own_invoice_first(self, old, new, credit):
        left = dict(net_billed([("old", old), ("new", new)], [("old", credit)]))
        self.assertEqual(left.get("old", 0), max(old - credit, 0))
        left = dict(net_billed([("old", old), ("new", new)], [(None, credit)]))
        self.assertEqual(left.get("new", 0), max(new - credit, 0))

    @given(invoices, quantities, st.integers(0, 200))
    def test_spans_follow_each_other(self, billed, quantity, planned):
        ends = [end for _invoice, end in billed_spans(billed, quantity, planned)]
        self.assertEqual(ends, sorted(ends))

    def test_a_line_without_quantity_is_billed_as_a_whole(self):
        self.assertEqual(cover([1, 2], [("A", 1)], 0, 0), ["A", "A"])
        self.assertEqual(cover([1, 2], [], 0, 0), [None, None])

    def test_corrections(self):
        """10 h, of which 4 are taken back: all is billed, and nothing is left open."""
        self.assertEqual(cover([10, -4], [("A", 1)], 1, 0), ["A", "A"])
