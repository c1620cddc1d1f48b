"""What is written is read again by another program's eyes."""

import doctest
from datetime import date, datetime
from io import BytesIO
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from odoo.tests import BaseCase, tagged

from .. import xlsx
from ..xlsx import Column, Formula, Workbook, day_number, money_format, read_formula_range

EURO = SimpleNamespace(name="EUR", symbol="€", position="after", decimal_places=2)
DOLLAR = SimpleNamespace(name="USD", symbol="$", position="before", decimal_places=2)
YEN = SimpleNamespace(name="JPY", symbol="¥", position="before", decimal_places=0)

COLUMNS = [
    Column("What"),
    Column("Day", "date"),
    Column("Hours", "hours", total=True),
    Column("Cost", "money", total=True),
    Column("Currency", width=10),
]
cents = st.integers(-10_000_000, 10_000_000).map(lambda number: number / 100)


@tagged("post_install", "-at_install")
class TestXlsx(BaseCase):
    def _write(self, *rows, columns=COLUMNS, title=None):
        """Return the sheet as formulas, the sheet as values, and the totals; rows are values and a currency."""
        with Workbook("Costs", author="Joinery") as book:
            sheet = book.add_sheet("Costs", columns)
            if title:
                sheet.write_title(title)
            sheet.write_header()
            for values, currency in rows:
                sheet.write_row(values, currency)
            sheet.add_filter()
            totals = sheet.write_totals("Total", currency_column=len(columns) - 1)
        content = b"".join(book.stream())
        self.assertEqual(len(content), book.size)
        return (
            load_workbook(BytesIO(content)).active,
            load_workbook(BytesIO(content), data_only=True).active,
            totals,
        )

    def test_numbers_are_numbers(self):
        formulas, values, totals = self._write(
            (["Work", date(2026, 3, 2), 7.5, 300.0, "EUR"], EURO),
            (["Travel", date(2026, 3, 3), 0.25, 10.0, "EUR"], EURO),
        )
        self.assertEqual([cell.value for cell in values[1]], ["What", "Day", "Hours", "Cost", "Currency"])
        self.assertEqual([cell.value for cell in values[2]], ["Work", datetime(2026, 3, 2), 7.5, 300.0, "EUR"])
        self.assertTrue(values["B2"].is_date)
        self.assertEqual((values["C2"].number_format, values["D2"].number_format), ("#,##0.00", '#,##0.00 "€"'))
        # 7.5 + 0.25 = 7.75 hours, 300 + 10 = 310.00
        self.assertEqual((formulas["C4"].value, formulas["D4"].value), ("=SUM(C2:C3)", "=SUM(D2:D3)"))
        self.assertEqual((values["C4"].value, values["D4"].value), (7.75, 310.0))
        self.assertEqual(totals.sums, {2: {None: 7.75}, 3: {"EUR": 310.0}})
        self.assertEqual(totals.rows, {"EUR": 3})
        self.assertTrue(values["D4"].font.bold)

    def test_header_stays_in_sight(self):
        formulas, _values, _totals = self._write((["Work", None, 1.0, 2.0, "EUR"], EURO), title="Costs")
        self.assertEqual(formulas.freeze_panes, "A3")
        self.assertEqual(formulas.print_title_rows, "$2:$2")
        self.assertEqual(formulas.auto_filter.ref, "A2:E3")
        self.assertEqual(formulas["D4"].value, "=SUM(D3:D3)")

    def test_head_of_several_lines_has_room(self):
        """A title of 26 characters over a column of 12 wide takes 3 lines of 15 points."""
        formulas, _values, _totals = self._write(columns=[Column("What"), Column("Actual hours of this week", "date")])
        self.assertEqual(formulas.row_dimensions[1].height, 45)

    def test_pages(self):
        """What fits is one page wide; a table in parts has a page for each, with what a row is about at the left."""
        formulas, _values, _totals = self._write()
        self.assertEqual((formulas.page_setup.fitToWidth, formulas.page_setup.fitToHeight), (None, 0))
        self.assertTrue(formulas.sheet_properties.pageSetUpPr.fitToPage)
        self.assertEqual(formulas.oddFooter.right.text, "&P / &N")
        columns = [Column("What", width=40), *[Column("Cost", "money", width=20) for _number in range(8)]]
        with Workbook("Doors & Windows") as book:
            book.add_sheet("Costs", columns, parts=[5]).write_header()
        formulas = load_workbook(BytesIO(b"".join(book.stream()))).active
        self.assertEqual(formulas.print_title_cols, "$A:$A")
        self.assertEqual([page.id for page in formulas.col_breaks.brk], [5])
        # A page shows 100 characters; here 40 + 4 * 20 = 120 have to go on it: 83 %.
        self.assertEqual(formulas.page_setup.scale, 83)
        self.assertEqual(formulas.freeze_panes, "B2")
        self.assertEqual(formulas.oddFooter.left.text, "Doors && Windows – &A")

    def test_several_currencies(self):
        """Euros and dollars are never added up; hours are."""
        formulas, values, totals = self._write(
            (["Work", None, 1.0, 100.0, "EUR"], EURO),
            (["Work", None, 2.0, 30.0, "USD"], DOLLAR),
            (["Work", None, 4.0, 0.5, "EUR"], EURO),
        )
        self.assertEqual(formulas["D5"].value, '=SUMIF(E2:E4,"EUR",D2:D4)')
        self.assertEqual(formulas["D6"].value, '=SUMIF(E2:E4,"USD",D2:D4)')
        self.assertEqual([values[cell].value for cell in ("D5", "D6")], [100.5, 30.0])
        self.assertEqual((values["C5"].value, values["C6"].value), (7.0, None))
        self.assertEqual((values["D5"].number_format, values["D6"].number_format), ('#,##0.00 "€"', '"$" #,##0.00'))
        self.assertEqual(totals.sums[3], {"EUR": 100.5, "USD": 30.0})

    def test_nothing_to_add_up(self):
        """The sum of no rows is 0, not a formula over its own cell."""
        _formulas, values, _totals = self._write()
        self.assertEqual([cell.value for cell in values[2]], ["Total", None, 0, 0, None])

    def test_texts_stay_texts(self):
        texts = ["=1+1", "-5", "https://example.com", "007", "a\x07b", "x" * 40000, "<b> & \n"]
        formulas, _values, _totals = self._write(*((([text, None, 0.0, 0.0, "EUR"]), EURO) for text in texts))
        read = [formulas.cell(row, 1) for row in range(2, len(texts) + 2)]
        self.assertEqual({cell.data_type for cell in read}, {"s"})
        self.assertEqual([cell.value for cell in read][:4], texts[:4])
        self.assertEqual(len(read[5].value), 32767)
        self.assertEqual({cell.hyperlink for cell in read}, {None})

    def test_empty(self):
        """What is not there is an empty cell, and no 0."""
        _formulas, values, _totals = self._write(
            ([None, False, None, False, ""], EURO), (["Work", None, None, 0.0, "EUR"], EURO)
        )
        self.assertEqual([cell.value for cell in values[2]], [None] * 5)
        self.assertEqual([cell.value for cell in values[3]], ["Work", None, None, 0, "EUR"])

    def test_blocks(self):
        """A sheet with two blocks, each with its own sums, and a formula over both."""
        columns = [Column("What"), Column("Hours", "hours", total=True), Column("Share", "percent")]
        with Workbook() as book:
            sheet = book.add_sheet("Order: S0042/1", columns)
            sheet.write_title("S0042")
            sheet.write_note("Customer", "Lena Sommer")
            sheet.skip()
            rows = []
            for hours in (8.0, 12.0):
                sheet.write_header(freeze=False)
                sheet.write_row(["Work", hours, 0.25])
                rows.append(sheet.write_totals("Total").rows[None])
            first, second = (xlsx.cell_name(row, 1) for row in rows)
            sheet.write_row(["Both", Formula(f"={first}+{second}", 20.0), None], bold=True)
        content = b"".join(book.stream())
        formulas = load_workbook(BytesIO(content)).active
        self.assertEqual(formulas.title, "Order S00421")
        self.assertEqual(formulas.freeze_panes, None)
        self.assertEqual(
            [formulas[cell].value for cell in ("B6", "B9", "B10")], ["=SUM(B5:B5)", "=SUM(B8:B8)", "=B6+B9"]
        )
        self.assertEqual(formulas["C5"].number_format, "0.0 %")
        self.assertEqual(load_workbook(BytesIO(content), data_only=True).active["B10"].value, 20.0)

    def test_after_an_error_nothing_is_left(self):
        with self.assertRaises(ZeroDivisionError), Workbook() as book:
            book.add_sheet("Costs", COLUMNS).write_row([1 / 0])
        with self.assertRaises(ValueError):
            next(book.stream())

    def test_a_row_too_short(self):
        with Workbook() as book, self.assertRaises(ValueError):
            book.add_sheet("Costs", COLUMNS).write_row(["Work"])
        b"".join(book.stream())

    def test_examples(self):
        self.assertEqual(doctest.testmod(xlsx), (0, 9))

    def test_money_formats(self):
        self.assertEqual(money_format(YEN), '"¥" #,##0')
        quoted = SimpleNamespace(name="XXX", symbol='"', position="after", decimal_places=3)
        self.assertEqual(money_format(quoted), '#,##0.000 ""')

    def test_days(self):
        # Excel: 1 January 2026 is day 46023, noon half a day more.
        self.assertEqual(day_number(date(2026, 1, 1)), 46023)
        self.assertEqual(day_number(datetime(2026, 1, 1, 12)), 46023.5)

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(cents, st.sampled_from([EURO, DOLLAR, YEN])), max_size=12))
    def test_sums_are_those_of_the_rows(self, amounts):
        """Whatever is written: the value of each formula is the sum of the cells that it names."""
        formulas, values, _totals = self._write(
            *((["Work", None, 0.5, amount, currency.name], currency) for amount, currency in amounts)
        )
        for row in range(len(amounts) + 2, formulas.max_row + 1):
            cell = formulas.cell(row, 4)
            if not amounts:
                continue
            (first, _column), (last, column) = read_formula_range(cell.value)
            self.assertEqual((first, last, column), (1, len(amounts), 3))
            name = formulas.cell(row, 5).value or amounts[0][1].name
            written = [
                values.cell(number + 1, 4).value
                for number in range(first, last + 1)
                if values.cell(number + 1, 5).value == name
            ]
            digits = next(currency.decimal_places for _amount, currency in amounts if currency.name == name)
            self.assertAlmostEqual(values.cell(row, 4).value, round(sum(written), digits), places=digits)
