"""Spreadsheets that one can hand on and count on: real numbers and dates, totals as formulas.

Written row by row into temporary files, so that their size is no matter of memory. Knows nothing of Odoo.

>>> with Workbook("Hours") as book:
...     sheet = book.add_sheet("Hours", [Column("Day", "date"), Column("Hours", "hours", total=True)])
...     sheet.write_header()
...     sheet.write_row([date(2026, 3, 2), 7.5])
...     sheet.write_row([date(2026, 3, 3), 0.25])
...     totals = sheet.write_totals("Total")
>>> totals.sums
{1: {None: 7.75}}
>>> len(b"".join(book.stream())) == book.size
True
"""

import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from math import ceil
from textwrap import wrap
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK_SIZE = 64 * 1024

#: Kind of a column -> its number format and usual width. Amounts of money have the format of their currency.
KINDS = {
    "text": ("", 24),
    "integer": ("#,##0", 10),
    "number": ("#,##0.00", 12),
    "hours": ("#,##0.00", 11),
    "money": ("#,##0.00", 15),
    "percent": ("0.0 %", 10),
    "date": ("yyyy-mm-dd", 12),
    "datetime": ("yyyy-mm-dd hh:mm", 17),
}
#: What spreadsheets count as the days since their first one.
_FIRST_DAY = date(1899, 12, 30).toordinal()
_SECONDS_PER_DAY = 86400
#: So much of a sum is noise of floating point numbers.
_SUM_DIGITS = 6
_LONGEST_TEXT = 32767
_LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans("", "", "[]:*?/\\'")
#: Characters that a page across shows in full size, and at the least size that one likes to read.
_PAGE_WIDTH = 100
_WIDEST_PAGE = 190
_LINE_HEIGHT = 15
_HEADER = {"bold": True, "bg_color": "#E9ECEF", "bottom": 1, "valign": "top", "text_wrap": True}
_TOTAL = {"bold": True, "top": 1}


class Formula(NamedTuple):
    """A formula with its value, for readers that don't calculate."""

    text: str
    value: float


class Totals(NamedTuple):
    """What :meth:`Sheet.write_totals` has written: its rows by currency, and the sums by column and currency."""

    rows: dict
    sums: dict


@dataclass(frozen=True)
class Column:
    """A column of a sheet; ``kind`` is one of ``KINDS``, with ``total`` it is added up."""

    title: str
    kind: str = "text"
    width: float = 0
    total: bool = False


def money_format(currency):
    """Return the number format of amounts in ``currency``: anything with symbol, position and decimal_places.

    >>> from types import SimpleNamespace as Currency
    >>> money_format(Currency(symbol="€", position="after", decimal_places=2))
    '#,##0.00 "€"'
    >>> money_format(Currency(symbol="¥", position="before", decimal_places=0))
    '"¥" #,##0'
    """
    number = "#,##0" + (f".{'0' * currency.decimal_places}" if currency.decimal_places else "")
    symbol = f'"{(currency.symbol or currency.name).replace(chr(34), "")}"'
    return f"{symbol} {number}" if currency.position == "before" else f"{number} {symbol}"


def cell_name(row, column):
    """Return the name of a cell, row and column counted from 0.

    >>> cell_name(4, 27)
    'AB5'
    """
    return f"{xl_col_to_name(column)}{row + 1}"


def day_number(day):
    """Return a date or a date and time (without time zone) as spreadsheets count them.

    >>> day_number(date(2026, 1, 1)), day_number(datetime(2026, 1, 1, 18))
    (46023, 46023.75)
    """
    number = day.toordinal() - _FIRST_DAY
    if isinstance(day, datetime):
        number += (day.hour * 3600 + day.minute * 60 + day.second) / _SECONDS_PER_DAY
    return number


class Workbook:
    """A workbook in a temporary file: a context in which it is written, afterwards streamed once."""

    def __init__(self, title="", author=""):
        self._file = tempfile.TemporaryFile(prefix="workbook-")  # noqa: SIM115 (closed when it was streamed)
        self._book = xlsxwriter.Workbook(self._file, {"constant_memory": True})
        self._book.set_properties({"title": title, "author": author})
        self._title = title.replace("&", "&&")
        self._formats = {}
        self.size = 0

    def __enter__(self):
        return self

    def __exit__(self, error_type, error, traceback):
        # Also after an error: what was written so far lies in files of its own.
        self._book.close()
        self.size = self._file.tell()
        if error_type:
            self._file.close()

    def add_sheet(self, name, columns, landscape=True, names=1, parts=()):
        """Add a sheet. A sheet is finished before the next one is begun.

        :param int names: how many columns at the left say what a row is; they are on every page
        :param parts: columns with which a page begins, of a table that is too wide for one
        """
        sheet = self._book.add_worksheet(name.translate(_NOT_IN_SHEET_NAMES)[:_LONGEST_SHEET_NAME] or None)
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        title = " – ".join(filter(None, (self._title, "&A"))) if self._title != name else "&A"
        sheet.set_footer(f"&L{title}&R&P / &N")
        sheet.repeat_columns(0, names - 1)
        return Sheet(self, sheet, columns, names=names, parts=tuple(parts))

    def get_format(self, kind="text", currency=None, **properties):
        """Return the one format with these properties."""
        key = (kind, currency and (currency.name, currency.symbol), *sorted(properties.items()))
        if key not in self._formats:
            if kind in ("date", "datetime"):
                # As a text: at the right it would touch the next one.
                properties = {"align": "left"} | properties
            number = money_format(currency) if currency and kind == "money" else KINDS[kind][0]
            if number:
                properties["num_format"] = number
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    def stream(self):
        """Return the finished workbook chunk by chunk, and leave nothing of it behind."""
        with self._file as file:
            file.seek(0)
            while chunk := file.read(CHUNK_SIZE):
                yield chunk


@dataclass
class Sheet:
    """One sheet, written from top to bottom. Rows and columns are counted from 0.

    A block is what lies between a header and its totals; a sheet can have several.
    """

    book: Workbook
    sheet: xlsxwriter.worksheet.Worksheet
    columns: list
    row: int = 0
    names: int = 1
    parts: tuple = ()

    def __post_init__(self):
        self._styles = {}
        self._totalled = [number for number, column in enumerate(self.columns) if column.total]
        self._widths = [column.width or KINDS[column.kind][1] for column in self.columns]
        for number, width in enumerate(self._widths):
            self.sheet.set_column(number, number, width)
        self._fit_to_pages()
        self._start_block()

    def _fit_to_pages(self):
        """Make pages as wide as one can read: one for all columns, else some next to each other."""
        if self.parts:
            starts = [self.names, *self.parts, len(self.columns)]
            widest = max(sum(self._widths[first:end]) for first, end in pairwise(starts))
            scale = int(100 * _PAGE_WIDTH / (widest + sum(self._widths[: self.names])))
            self.sheet.set_print_scale(max(10, min(100, scale)))
            self.sheet.set_v_pagebreaks(self.parts)
        else:
            self.sheet.fit_to_pages(ceil(sum(self._widths) / _WIDEST_PAGE), 0)

    def _start_block(self):
        self._block_start = self._block_end = self.row
        self._sums = defaultdict(lambda: defaultdict(float))
        self._currencies = {}

    # === ROWS ===

    def write_title(self, text, size=14):
        self._write_text(self.row, 0, text, self.book.get_format(bold=True, font_size=size))
        self.row += 1

    def write_note(self, label, text=""):
        """Write what a title goes on with: a label and a text next to it."""
        self._write_text(self.row, 0, label, self.book.get_format(font_color="#6C757D"))
        if text:
            self._write_text(self.row, 1, text, self.book.get_format())
        self.row += 1

    def skip(self, rows=1):
        self.row += rows

    def write_header(self, titles=None, freeze=True):
        """Write the head of a block, which with ``freeze`` stays in sight and on every page."""
        titles = [column.title for column in self.columns] if titles is None else titles
        lines = max(len(wrap(title, max(1, int(width) - 2))) for title, width in zip(titles, self._widths, strict=True))
        if lines > 1:
            # Not every program makes room for them by itself.
            self.sheet.set_row(self.row, lines * _LINE_HEIGHT)
        for number, (column, title) in enumerate(zip(self.columns, titles, strict=True)):
            right = column.kind not in ("text", "date", "datetime")
            style = self.book.get_format(**_HEADER, **({"align": "right"} if right else self._get_indent(number)))
            self._write_text(self.row, number, title, style)
        self.row += 1
        if freeze:
            self.sheet.freeze_panes(self.row, self.names if self.parts else 0)
            self.sheet.repeat_rows(self.row - 1)
        self._start_block()

    def write_row(self, values, currency=None, bold=False):
        """Write a row of the block; empty are None, False and "".

        :param values: one per column, amounts and hours as numbers, shares as numbers (0.25 is 25 %), or a Formula
        :param currency: of the amounts in this row, see :func:`money_format`
        """
        row, sums = self.row, self._sums
        styles = self._get_styles(currency, bold=bold)
        for number, (value, (kind, style)) in enumerate(zip(values, styles, strict=True)):
            if value is not None and value is not False and value != "":
                self._write_value(row, number, kind, value, style)
        for number in self._totalled:
            value = values[number]
            name = currency and currency.name if self.columns[number].kind == "money" else None
            sums[number][name] += value.value if isinstance(value, Formula) else value or 0.0
        if currency:
            self._currencies[currency.name] = currency
        self.row += 1

    def write_totals(self, label, currency_column=None):
        """Write the sums of the block below it: formulas, with their values.

        Amounts in several currencies are added up one by one, a row each.

        :param int currency_column: where the block says the name of the currency; needed for several ones
        :rtype: Totals
        """
        names = list(self._currencies) or [None]
        self._block_end = self.row
        rows = {}
        for name in names:
            values = [""] * len(self.columns)
            values[0] = label
            for number in self._totalled:
                if self.columns[number].kind == "money":
                    among = (currency_column, name) if len(names) > 1 else None
                    values[number] = self._get_sum_formula(number, name, among)
                elif name == names[0]:
                    values[number] = self._get_sum_formula(number, None)
            if len(names) > 1:
                values[currency_column] = name
            rows[name] = self.row
            self._write_total_row(values, self._currencies.get(name))
        sums = {number: {key: self._get_sum(number, key) for key in self._sums[number]} for number in self._totalled}
        self._start_block()
        return Totals(rows, sums)

    def _get_sum_formula(self, number, name, among=None):
        """Return the sum of a column, ``among`` the rows with a text in another column."""
        last = self._block_end - 1
        if last < self._block_start:
            return 0.0

        def block(column):
            return f"{cell_name(self._block_start, column)}:{cell_name(last, column)}"

        text = f'=SUMIF({block(among[0])},"{among[1]}",{block(number)})' if among else f"=SUM({block(number)})"
        return Formula(text, self._get_sum(number, name))

    def _write_total_row(self, values, currency):
        styles = self._get_styles(currency, **_TOTAL)
        for number, (value, (kind, style)) in enumerate(zip(values, styles, strict=True)):
            self._write_value(self.row, number, "text" if isinstance(value, str) else kind, value, style)
        self.row += 1

    def _get_sum(self, number, name):
        currency = self._currencies.get(name)
        digits = currency.decimal_places if currency else _SUM_DIGITS
        return round(self._sums[number][name], digits) + 0.0  # no -0.0

    def add_filter(self):
        """Let the rows of the block so far be filtered by its header."""
        if self.row > self._block_start:
            self.sheet.autofilter(self._block_start - 1, 0, self.row - 1, len(self.columns) - 1)

    # === CELLS ===

    def write_cell(self, column, value, kind=None, currency=None, row=None, **properties):
        """Write one cell of the row at hand, or of one further down, in a style of its own."""
        row = self.row if row is None else row
        kind = kind or self.columns[column].kind
        self._write_value(row, column, kind, value, self.book.get_format(kind, currency, **properties))

    def _get_styles(self, currency, **properties):
        key = (currency and currency.name, *sorted(properties.items()))
        if key not in self._styles:
            used = {name: value for name, value in properties.items() if value}
            self._styles[key] = [
                (column.kind, self.book.get_format(column.kind, currency, **used, **self._get_indent(number)))
                for number, column in enumerate(self.columns)
            ]
        return self._styles[key]

    def _get_indent(self, number):
        """Keep a text off the number to the left of it."""
        kinds = [column.kind for column in self.columns[max(0, number - 1) : number + 1]]
        return {"indent": 1} if kinds[-1] == "text" and kinds[0] not in ("text", "date", "datetime") else {}

    def _write_value(self, row, number, kind, value, style):
        if isinstance(value, Formula):
            self.sheet.write_formula(row, number, value.text, style, value.value)
        elif kind == "text":
            self._write_text(row, number, value, style)
        elif kind in ("date", "datetime"):
            self.sheet.write_number(row, number, day_number(value), style)
        else:
            self.sheet.write_number(row, number, value, style)

    def _write_text(self, row, number, text, style):
        if text == "":
            self.sheet.write_blank(row, number, None, style)
        else:
            # A text that looks like a formula stays a text.
            self.sheet.write_string(row, number, str(text)[:_LONGEST_TEXT], style)


def read_formula_range(text):
    """Return the first and last cell of the (last) range in a formula, for those that check it.

    >>> read_formula_range("=SUM(C2:C41)")
    ((1, 2), (40, 2))
    """
    first, last = text.rstrip(")").rsplit(",", 1)[-1].rsplit("(", 1)[-1].split(":")
    return xl_cell_to_rowcol(first), xl_cell_to_rowcol(last)
