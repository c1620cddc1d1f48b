"""Properties of the pure rules: they hold for whatever comes in."""

import base64
import doctest
import io
import json
import math

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from odoo.tests import BaseCase, tagged

from .. import change_order_rules as rules
from .. import self_contained
from ..typed_amount import parse_amount

# The same examples in every run: a test that passes on one machine passes on all.
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.load_profile("repeatable")

cents = st.integers(-10_000_000, 10_000_000).map(lambda amount: amount / 100)
quantities = st.floats(0, 1_000_000, allow_nan=False)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def round_cents(amount):
    return round(amount, 2)


@tagged("post_install", "-at_install")
class TestChangeOrderRules(BaseCase):
    def test_examples(self):
        for module in (rules, self_contained):
            found = doctest.testmod(module)
            self.assertTrue(found.attempted)
            self.assertFalse(found.failed)

    def test_transitions_end(self):
        """Whatever path is taken, it ends, and nothing comes after a signature."""
        self.assertEqual(rules.TRANSITIONS["signed"], frozenset())
        self.assertFalse(rules.can_move("signed", "cancelled"))
        self.assertFalse(rules.can_move("draft", "signed"), "only what was sent can be signed")
        for targets in rules.TRANSITIONS.values():
            self.assertLessEqual(targets, rules.TRANSITIONS.keys())
            self.assertNotIn("draft", targets, "what was offered never becomes a draft again")

    def test_name(self):
        self.assertEqual(rules.change_order_name("S00042", 1), "S00042/C01")
        self.assertEqual(rules.change_order_name("S00042", 120, 2), "S00042/C120-R2")

    @given(cents, cents, st.lists(cents, max_size=8), cents)
    @settings(max_examples=200, deadline=None)
    def test_contract_sums_add_up(self, order_now, order_after, effects, change):
        sums = rules.contract_sums(order_now, order_after, effects, change, round_cents)
        self.assertAlmostEqual(sums.original + sums.changes_before, sums.before, 2)
        self.assertAlmostEqual(sums.before + sums.change + sums.rounding, sums.after, 2)
        self.assertAlmostEqual(sums.after, order_after, 2)

    def test_contract_sums_worked_example(self):
        # ordered 10 000.00; signed before: +850.00 and -120.00, so the order comes to 10 730.00; now +300.50
        sums = rules.contract_sums(10_730.0, 11_030.5, [850.0, -120.0], 300.5, round_cents)
        self.assertEqual(sums, (10_000.0, 730.0, 10_730.0, 300.5, 0.0, 11_030.5))

    @given(quantities, quantities, quantities)
    @settings(max_examples=200, deadline=None)
    def test_reducible_quantity(self, ordered, delivered, invoiced):
        left = rules.reducible_quantity(ordered, delivered, invoiced)
        self.assertGreaterEqual(left, 0)
        self.assertLessEqual(left, ordered)
        if left:
            self.assertGreaterEqual(ordered - left + 1e-6, max(delivered, invoiced))

    @given(st.lists(st.integers(0, 30), max_size=12), st.data())
    @settings(max_examples=200, deadline=None)
    def test_make_room(self, sequences, data):
        """The new lines, being the youngest of their sequence, come right where they should; nothing else changes."""
        sequences = sorted(sequences)
        position = data.draw(st.integers(0, len(sequences)))
        count = data.draw(st.integers(1, 5))
        moved, new = rules.make_room(sequences, position, count)
        lines = [(moved.get(index, seq), index, f"old{index}") for index, seq in enumerate(sequences)]
        lines += [(seq, len(sequences) + index, f"new{index}") for index, seq in enumerate(new)]
        expected = [f"old{index}" for index in range(position)]
        expected += [f"new{index}" for index in range(count)]
        expected += [f"old{index}" for index in range(position, len(sequences))]
        self.assertEqual([name for _seq, _age, name in sorted(lines)], expected)

    @given(plain, plain)
    @settings(max_examples=200, deadline=None)
    def test_hash_is_of_the_content(self, one, other):
        same = rules.canonical_json(one) == rules.canonical_json(other)
        self.assertEqual(rules.content_hash(one) == rules.content_hash(other), same)

    @given(st.dictionaries(st.text(max_size=8), st.integers(), max_size=6))
    @settings(max_examples=100, deadline=None)
    def test_hash_ignores_the_order_of_keys(self, content):
        shuffled = dict(reversed(content.items()))
        self.assertEqual(rules.content_hash(content), rules.content_hash(shuffled))

    def test_hash_known_value(self):
        # printf '{"a":1,"b":"ü"}' | sha256sum
        self.assertEqual(
            rules.content_hash({"b": "ü", "a": 1}),
            "1a59e522e02ce50ad2c27c11a6d30f8667489c199580627fe9e3e33e2b0e91d5",
        )
        with self.assertRaises(ValueError):
            rules.canonical_json({"amount": math.nan})
        self.assertEqual(json.loads(rules.canonical_json({"a": [1, None]})), {"a": [1, None]})

    @given(st.text(max_size=300))
    @settings(max_examples=300, deadline=None)
    def test_clean_line(self, text):
        line = rules.clean_line(text)
        self.assertLessEqual(len(line), rules.MAX_NAME_LENGTH)
        self.assertEqual(line, line.strip())
        self.assertTrue(all(char.isprintable() for char in line), repr(line))
        self.assertEqual(rules.clean_line(line), line)

    def test_clean_line_keeps_names(self):
        self.assertEqual(rules.clean_line("  Zoë\u202e\x00 O'Neil-Müller \n 三木 "), "Zoë O'Neil-Müller 三木")
        self.assertEqual(rules.clean_line(None), "")
        self.assertEqual(rules.clean_text("too dear\r\n\x07and late "), "too dear\nand late")

    # === TYPED AMOUNTS ===

    def _read(self, text):
        try:
            return parse_amount(text, ("€", "EUR", "Euros"))
        except ValueError as error:
            return error.args[0]

    def test_amounts_as_people_type_them(self):
        for text in (
            "1234,5", "1234.50", "1 234,50", "1\N{NO-BREAK SPACE}234,50\N{NO-BREAK SPACE}€",
            "1\N{NARROW NO-BREAK SPACE}234,50",
            "1'234.50", "1’234.50 EUR", "1.234,50", "1,234.50", "€1,234.50", "eur 1 234.5", "1 234,50 euros",
        ):  # fmt: skip
            self.assertEqual(self._read(text), 1234.5, text)
        for text, amount in (
            ("", 0.0), (None, 0.0), (" 70 ", 70.0), ("-20", -20.0), ("−20 €", -20.0), ("€ -20,00", -20.0),
            ("1250,-", 1250.0), ("1.250,–", 1250.0), ("1.234.567", 1234567.0), ("1 234", 1234.0), ("0,5", 0.5),
        ):  # fmt: skip
            self.assertEqual(self._read(text), amount, text)

    def test_what_can_be_read_in_two_ways_is_asked(self):
        for text in ("1.234", "1,234", "12.345 €", "-1.234"):
            self.assertEqual(self._read(text), "ambiguous", text)
        with self.assertRaises(ValueError) as caught:
            parse_amount("-1,234")
        self.assertEqual(caught.exception.args, ("ambiguous", -1234.0, -1.234))

    def test_what_is_no_amount(self):
        for text in (
            "much less", "1e5", "nan", "--5", "9999999999", "0.567", "1234.567", "1 234.567", "1,234,50", "12 34", "7.",
            "20 $", "€", "1.2345,00", "5 €/h",
        ):  # fmt: skip
            self.assertEqual(self._read(text), "unreadable", text)

    @given(
        st.integers(0, 999_999_999),
        st.integers(0, 99) | st.none(),
        st.sampled_from(["", " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "'", "’", ".", ","]),
        st.sampled_from([".", ","]),
        st.sampled_from(["{}", "-{}", "{} €", "€{}", "EUR {}", " {} "]),
    )
    @settings(max_examples=400, deadline=None)
    def test_amount_is_what_was_meant_or_asked(self, whole, cents, group, point, form):
        """Whatever way somebody writes an amount: it is read as they meant it, or not at all."""
        if group == point:
            group = ""
        text = form.format(f"{whole:,}".replace(",", group) + ("" if cents is None else f"{point}{cents:02d}"))
        amount = (whole + (cents or 0) / 100) * (-1 if "-" in form else 1)
        if cents is None and group in (".", ",") and 1000 <= whole < 1_000_000:
            self.assertEqual(self._read(text), "ambiguous", text)
        else:
            self.assertAlmostEqual(self._read(text), amount, 2, text)

    @given(st.text(alphabet=st.sampled_from("0123456789 .,'-−€x\u202f"), max_size=12) | st.text(max_size=20))
    @settings(max_examples=400, deadline=None)
    def test_typed_amount_never_breaks(self, text):
        read = self._read(text)
        if isinstance(read, str):
            self.assertIn(read, ("ambiguous", "unreadable"))
        else:
            self.assertTrue(math.isfinite(read) and abs(read) < 1e9, text)

    # === SIGNATURE ===

    def _picture(self, size=(20, 8), image_format="PNG"):
        stream = io.BytesIO()
        Image.new("RGB", size, "white").save(stream, image_format)
        return base64.b64encode(stream.getvalue()).decode()

    def _assert_refused(self, data, why):
        with self.assertRaises(ValueError) as caught:
            rules.decode_signature(data)
        self.assertEqual(caught.exception.args, (why,))

    def test_signature_pictures(self):
        for image_format in ("PNG", "JPEG", "GIF"):
            picture = self._picture(image_format=image_format)
            self.assertEqual(rules.decode_signature(picture), base64.b64decode(picture))

    def test_signature_refused(self):
        self._assert_refused(None, "missing")
        self._assert_refused("", "missing")
        self._assert_refused("not base64 !", "unreadable")
        self._assert_refused("äöü", "unreadable")
        self._assert_refused(["a", "list"], "unreadable")
        self._assert_refused(base64.b64encode(b"plain text").decode(), "unreadable")
        svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
        self._assert_refused(base64.b64encode(svg).decode(), "unreadable")
        self._assert_refused(self._picture(image_format="BMP"), "unreadable")
        self._assert_refused(self._picture()[:20], "unreadable")
        self._assert_refused("A" * (rules.MAX_SIGNATURE_BYTES * 2), "too_large")
        # 30 000 x 1 000 white pixels are a file of some 90 kB
        self._assert_refused(self._picture((30_000, 1_000)), "too_large")

    @given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode()))
    @settings(max_examples=300, deadline=None)
    def test_signature_never_breaks(self, data):
        try:
            rules.decode_signature(data)
        except ValueError as error:
            self.assertIn(error.args[0], ("missing", "too_large", "unreadable"))
