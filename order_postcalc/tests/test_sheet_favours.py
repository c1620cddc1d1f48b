"""Favours and the allowance that is sold for them: planned and actual in one row, wherever the sheet is shown."""

import io
import runpy
from pathlib import Path

from lxml import html
from openpyxl import load_workbook

from odoo.tests import tagged

from ..report.order_postcalc_sheet_xlsx import write_sheet
from .test_sheet import SheetCommon

MIGRATION = Path(__file__).parents[1] / "migrations" / "19.0.1.1.0" / "post-favours.py"


@tagged("post_install", "-at_install")
class TestSheetFavours(SheetCommon):
    """An allowance of 0.75 % of 5 070.00, 38.03, and a favour of half an hour at 40.00: 20.00."""

    def setUp(self):
        super().setUp()
        self.order = self._make_order(confirm=False)
        self.order.action_apply_minor_items()
        self.order.action_confirm()
        self.allowance = self.order.order_line.filtered(
            lambda line: line.is_minor_items_allowance and not line.display_type
        )
        self.env["sale.minor.item"].create(
            {
                "name": "Adjust a door",
                "order_id": self.order.id,
                "user_id": self.technician.id,
                "duration": 0.5,
                "date": "2026-03-03",
            }
        )
        self.columns = ("revised", "actual", "forecast", "deviation")

    def test_one_row(self):
        """Of 38.03 that were planned 20.00 are given away, the rest is expected: as planned, in every tab."""
        sheet = self._sheet()
        favour = self.env.ref("order_postcalc.activity_favour")
        for table, key in (("lines", "favours"), ("activities", favour.id), ("kinds", "minor")):
            with self.subTest(table=table):
                row = self._row(sheet, key, table)
                self.assertEqual(self._cells(sheet, "cost", *self.columns, row=row), [38.03, 20, 38.03, 0])
                self.assertNotIn(self.allowance.name, [row["label"] for row in sheet[table]])
        row = self._row(sheet, "favours")
        self.assertEqual(self._cells(sheet, "revenue", "revised", "invoiced", "forecast", row=row), [38.03, 0, 38.03])
        # What the allowance was sold for, less what the favours have cost; 38.03 are not invoiced yet
        self.assertEqual(self._cells(sheet, "margin", "revised", "actual", "forecast", row=row), [0, -20, 0])

    def test_behind_it(self):
        sheet = self._sheet()
        [row] = [row for row in sheet["lines"] if row["key"] == "favours"]
        for column, measure, amount in (("revised", "planned_cost", 38.03), ("actual", "actual_cost", 20)):
            domain = [*row["domain"], *sheet["cell_domains"]["cost"][column]]
            [(found,)] = self.env["order.postcalc.report"]._read_group(domain, [], [f"{measure}:sum"])
            self.assertAlmostEqual(found, amount, 2)

    def test_on_paper_and_in_the_spreadsheet(self):
        sheet = self._sheet()
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.manager)
            ._render_qweb_html("order_postcalc.report_order_postcalc_sheet", self.order.ids)
        )
        page = html.fromstring(content)
        for table, key in (("by_line", "favours"), ("by_kind", "minor")):
            [cost] = page.xpath(f"//div[@name='{table}']//tr[@name='row-{key}']/td[@name='cost-revised']")
            self.assertEqual(cost.text_content().strip(), "38.03")
        book = load_workbook(io.BytesIO(b"".join(write_sheet(self.env, sheet).stream())), data_only=True)
        for name in ("By Line", "By Kind of Cost"):
            titles = [cell.value for cell in book[name][2]]
            [row] = [row for row in book[name].iter_rows(min_row=3, values_only=True) if row[0] == "Favours"]
            self.assertEqual(row[titles.index("Cost: Revised Plan")], 38.03)
            self.assertEqual(row[titles.index("Cost: Actual")], 20)

    def test_none_is_expected_any_more(self):
        """Delivered and done, but not invoiced: somebody may still ask. Invoiced as well: 20.00, 18.03 are saved."""
        for line in self.order.order_line.filtered(lambda line: line.product_id.type == "consu"):
            line.qty_delivered = line.product_uom_qty
        self.order.order_line.task_id.state = "1_done"
        sheet = self._sheet()
        self.assertEqual(self._cells(sheet, "cost", *self.columns, row=self._row(sheet, "favours"))[2:], [38.03, 0])
        self._invoice()
        self.assertEqual(self.order.invoice_status, "invoiced")
        sheet = self._sheet()
        self.assertEqual(self._cells(sheet, "cost", *self.columns, row=self._row(sheet, "favours"))[2:], [20, -18.03])

    def test_invoiced_but_not_delivered(self):
        """Invoiced ahead of the work: favours are still expected."""
        self._invoice()
        sheet = self._sheet()
        self.assertEqual(self._cells(sheet, "cost", *self.columns, row=self._row(sheet, "favours"))[2:], [38.03, 0])

    def test_migration(self):
        """What was frozen before gets the activity of favours, and nothing else does."""
        plans = self.order.plan_ids
        favour, others = self.env.ref("order_postcalc.activity_favour"), plans - self.allowance.plan_ids
        before = others.mapped("activity_id")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE order_postcalc_plan SET activity_id = NULL WHERE id IN %s", [tuple(self.allowance.plan_ids.ids)]
        )
        runpy.run_path(str(MIGRATION))["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual(self.allowance.plan_ids.activity_id, favour)
        self.assertEqual(others.mapped("activity_id"), before)
