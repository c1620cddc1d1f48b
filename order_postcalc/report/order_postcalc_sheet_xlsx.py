"""The post-calculation sheet as a workbook: what the screen shows, with totals as formulas."""

from datetime import date
from types import SimpleNamespace

from ..sheet_figures import COLUMNS
from ..xlsx import Column, Formula, Workbook, cell_name

#: Kind of a spreadsheet column by the unit of a measure.
KINDS = {"hours": "hours", "money": "money", "share": "percent"}
#: Columns that are added up; what has neither is left out of the tables by line, activity and kind.
SUMMED = tuple(column for column in COLUMNS if column != "deviation_share")
LINE_MEASURES = ("hours", "cost", "revenue", "margin")
#: Rows above the lines of a table: its title and its header.
ABOVE = 2


def write_sheet(env, sheet):
    """Return the finished :class:`Workbook` of ``sheet``, see ``sale.order._get_postcalc_sheet``."""
    header = sheet["header"]
    currency = SimpleNamespace(
        name=header["currency"]["name"],
        symbol=header["currency"]["symbol"],
        position=header["currency"]["position"],
        decimal_places=header["currency"]["digits"],
    )
    with Workbook(f"{env._('Post-Calculation')} {header['order']}", header["company"]) as book:
        _Writer(env, sheet, book, currency).write_all()
    return book


class _Writer:
    def __init__(self, env, sheet, book, currency):
        self.env, self.data, self.book, self.currency = env, sheet, book, currency
        self.labels = {column["key"]: column["label"] for column in sheet["columns"]}
        self.measures = {measure["key"]: measure for measure in sheet["measures"]}

    def write_all(self):
        lines = self.env._("By Line")
        self.write_overview(lines)
        self.write_table(lines, self.data["lines"], self.env._("Line"), LINE_MEASURES, has_share=True)
        self.write_table(self.env._("By Activity"), self.data["activities"], self.env._("Activity"), ("hours", "cost"))
        self.write_table(self.env._("By Kind of Cost"), self.data["kinds"], self.env._("Kind"), ("hours", "cost"))
        self.write_apart()

    # === OVERVIEW ===

    def write_overview(self, lines_name):
        header = self.data["header"]
        kinds = ["money"] * len(SUMMED) + ["percent"]
        titles = [self.labels[column] for column in COLUMNS]
        columns = [Column("", width=24), *(Column(title, kind) for title, kind in zip(titles, kinds, strict=True))]
        sheet = self.book.add_sheet(self.env._("Overview"), columns)
        sheet.write_title(f"{self.env._('Post-Calculation')} {header['order']}")
        for label, value in (
            (self.env._("Customer"), header["customer"]),
            (self.env._("Salesperson"), header["seller"]),
            (self.env._("State"), header["state_label"]),
        ):
            sheet.write_note(label, value)
        for label, day in (
            (self.env._("Ordered on"), header["ordered_on"]),
            (self.env._("Promised for"), header["promised_on"]),
            (self.env._("Closed on"), header["closed_on"]),
        ):
            if day:
                sheet.write_note(label)
                sheet.write_cell(1, date.fromisoformat(day), "date", row=sheet.row - 1, align="left")
        sheet.skip()
        sheet.write_header()
        places = self.get_places(LINE_MEASURES)
        total_row = ABOVE + len(self.data["lines"])
        quoted = f"'{lines_name}'"
        for key, measure in self.measures.items():
            sheet.write_cell(0, measure["label"], "text", bold=key == "margin")
            for number, column in enumerate(COLUMNS, start=1):
                value = self.data["total"]["cells"][key][column]
                if value is None:
                    continue
                place = places.get((key, column))
                if place and self.data["lines"]:
                    value = Formula(f"={quoted}!{cell_name(total_row, place)}", value)
                elif column == "deviation_share":
                    deviation, revised = (
                        cell_name(sheet.row, COLUMNS.index(name) + 1) for name in ("deviation", "revised")
                    )
                    value = Formula(f"=IF({revised}=0,0,{deviation}/ABS({revised}))", value)
                kind = "percent" if column == "deviation_share" else KINDS[measure["unit"]]
                sheet.write_cell(number, value, kind, self.currency)
            sheet.row += 1
        sheet.skip()
        self.write_key_figures(sheet)

    def write_key_figures(self, sheet):
        columns = ("revised", "actual", "forecast")
        titles = {"margin": self.env._("Margin per hour"), "revenue": self.env._("Revenue per hour")}
        for measure, values in self.data["per_hour"].items():
            sheet.write_cell(0, titles[measure], "text")
            for column in columns:
                if values[column] is not None:
                    sheet.write_cell(COLUMNS.index(column) + 1, values[column], "money", self.currency)
            sheet.row += 1
        for label, value, kind in (
            (self.env._("Hours no invoice pays for"), self.data["unpaid_hours"]["hours"], "hours"),
            (self.env._("Cost nobody planned"), self.data["unplanned"]["cost"], "money"),
            (self.env._("Committed purchases"), self.data["committed_cost"], "money"),
            (self.env._("Down payments not deducted yet"), self.data["advances"]["net"], "money"),
        ):
            sheet.write_cell(0, label, "text")
            sheet.write_cell(COLUMNS.index("actual") + 1, value, kind, self.currency)
            sheet.row += 1

    # === TABLES ===

    def get_places(self, measures):
        """Return the number of the spreadsheet column by measure and column of the sheet; 0 is the name."""
        keys = [(key, column) for key in measures for column in SUMMED if self._is_shown(key, column)]
        return {key: number for number, key in enumerate(keys, start=1)}

    def _is_shown(self, measure, column):
        """Cost has nothing invoiced, revenue no actual."""
        return self.data["total"]["cells"][measure][column] is not None

    def write_table(self, name, rows, title, measures, has_share=False):
        places = self.get_places(measures)
        columns = [Column(title, width=54)]
        columns += [
            Column(
                f"{self.measures[key]['label']}: {self.labels[column]}", KINDS[self.measures[key]["unit"]], total=True
            )
            for key, column in places
        ]
        if has_share:
            columns.append(
                Column(f"{self.measures['margin_share']['label']}: {self.labels['forecast']}", "percent", width=15)
            )
        # On paper a page per measure.
        parts = [number for (_key, column), number in places.items() if column == SUMMED[0]][1:]
        sheet = self.book.add_sheet(name, columns, parts=parts)
        sheet.write_title(name)
        sheet.write_header()
        for row in rows:
            label = f"{row['section']} – {row['label']}" if row["section"] else row["label"]
            values = [label, *(row["cells"][key][column] for key, column in places)]
            if has_share:
                values.append(self._get_share_formula(sheet.row, places, row["cells"]))
            sheet.write_row(values, self.currency)
        row = sheet.row
        sheet.write_totals(self.env._("Total"))
        if has_share:
            share = self._get_share_formula(row, places, self.data["total"]["cells"])
            sheet.write_cell(len(columns) - 1, share, "percent", row=row, bold=True, top=1)

    def _get_share_formula(self, row, places, cells):
        margin = cell_name(row, places["margin", "forecast"])
        revenue = cell_name(row, places["revenue", "forecast"])
        return Formula(f'=IF({revenue}>0,{margin}/{revenue},"")', cells["margin_share"]["forecast"] or 0.0)

    # === WHAT STANDS APART ===

    def write_apart(self):
        """Extensions that are not signed, favours, and what came after the closing."""
        columns = [
            Column(self.env._("Number"), width=20),
            Column(self.env._("What"), width=40),
            Column(self.env._("State"), width=22),
            Column(self.env._("Hours"), "hours", total=True),
            Column(self.env._("Amount"), "money", total=True),
        ]
        sheet = self.book.add_sheet(self.env._("Apart"), columns)
        sheet.write_title(self.env._("Extensions not signed: not in the plan"))
        sheet.write_header(freeze=False)
        for row in self.data["pending"]["rows"]:
            sheet.write_row([row["name"], row["title"], row["state"], row["hours"], row["amount"]], self.currency)
        sheet.write_totals(self.env._("Total"))
        sheet.skip()
        favours = self.data["favours"]
        sheet.write_title(self.env._("Favours"))
        for label, value, kind in (
            (self.env._("How many"), favours["count"], "integer"),
            (self.env._("Hours"), favours["hours"], "hours"),
            (self.env._("Cost"), favours["cost"], "money"),
            (self.env._("Worth"), favours["value"], "money"),
            (self.env._("Allowance"), favours["allowance"], "money"),
            (self.env._("Used of it"), favours["used"], "money"),
            (self.env._("Left of it"), favours["left"], "money"),
        ):
            sheet.write_cell(0, label, "text")
            sheet.write_cell(4, value, kind, self.currency)
            sheet.row += 1
        since = self.data["since_closing"]
        if since:
            sheet.skip()
            sheet.write_title(self.env._("Since the closing"))
            sheet.write_header([self.env._("Kind"), "", "", self.env._("Hours"), self.env._("Cost")], freeze=False)
            for row in since["rows"]:
                sheet.write_row([row["label"], "", "", row["hours"], row["cost"]], self.currency)
            sheet.write_totals(self.env._("Total"))
