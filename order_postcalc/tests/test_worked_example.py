"""The order of docs/worked-example.md: every figure there is one here, to the cent."""

import io

from lxml import html
from openpyxl import load_workbook

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.order_postcalc.report.order_postcalc_sheet_xlsx import write_sheet
from odoo.addons.order_postcalc.xlsx import read_formula_range

from .test_sheet import SheetCommon

COLUMNS = ("original", "extensions", "revised", "actual", "invoiced", "forecast", "deviation")
#: The table "At a glance" of the document.
GLANCE = {
    "hours": (16, 2, 18, 19.75, None, 19.75, 1.75),
    "cost": (2234, 266, 2500, 2539, None, 2539, 39),
    "revenue": (3660, 455, 4115, None, 4050, 4115, 0),
    "margin": (1426, 189, 1615, 1511, None, 1576, -39),
}
#: Cost by line: revised plan, actual, at completion, deviation.
LINES = {
    "Front door, oak": (1450, 0, 0, -1450),
    "Fitting": (672, 710, 710, 38),
    "Set of seals": (84, 0, 0, -84),
    "Electric lock": (210, 0, 0, -210),
    "Fitting (extension)": (84, 0, 0, -84),
    "Without an order line": (0, 1819, 1819, 1819),
    "Favours": (0, 10, 10, 10),
}
#: Hours and cost by activity, as recorded.
ACTIVITIES = {"Workshop": (3, 120), "Travel": (2, 60), "Assembly on site": (14.5, 530), "Favours": (0.25, 10)}


@tagged("post_install", "-at_install")
class TestWorkedExample(SheetCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hour = cls.env.ref("uom.product_uom_hour")
        cls.door = cls._make_product("Front door, oak", 2400.0, type="consu", standard_price=1450.0)
        cls.fitting = cls._make_product(
            "Fitting", 65.0, service_tracking="task_in_project", uom_id=hour.id, standard_price=42.0
        )
        cls.seals = cls._make_product("Set of seals", 55.0, type="consu", standard_price=28.0)
        cls.lock = cls._make_product("Electric lock", 380.0, type="consu", standard_price=210.0)
        cls.order = cls._make_order([(cls.door, 1), (cls.fitting, 16), (cls.seals, 4)])
        cls.task = cls.order.order_line.task_id

    def setUp(self):
        super().setUp()
        self._bill_advance()
        self._extend()
        self._work()
        self._buy()
        self.order.order_line.task_id.state = "1_done"
        self._bill()

    def _bill_advance(self):
        """30 % of 3 660.00: 1 098.00"""
        self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(self.order.ids)],
                "advance_payment_method": "percentage",
                "amount": 30,
            }
        ).create_invoices()
        self.order.invoice_ids.action_post()
        self.assertEqual(self.order.invoice_ids.amount_untaxed, 1098)

    def _extend(self):
        """An electric lock and 2 h; one of four sets of seals less."""
        self._sign(
            self._make_change(self._add(self.lock), self._add(self.fitting, 2), title="Electric lock", send=True)
        )
        self._sign(self._make_change(self._reduce(self._line(self.seals), 1), title="One set less", send=True))

    def _work(self):
        """12.5 h at 40.00 and 7 h at 30.00, and a favour of a quarter of an hour."""
        workshop, travel, site = (
            self.env.ref(f"order_postcalc.activity_{name}").id for name in ("workshop", "travel", "assembly")
        )
        for hours, employee, activity in (
            (3, self.employee, workshop),
            (9.5, self.employee, site),
            (2, self.other_employee, travel),
            (5, self.other_employee, site),
        ):
            self._log(hours, employee=employee, task=self.task, activity_id=activity)
        self.env["sale.minor.item"].create(
            {
                "name": "Ease the garden gate",
                "order_id": self.order.id,
                "user_id": self.technician.id,
                "duration": 0.25,
                "date": "2026-03-04",
            }
        )

    def _buy(self):
        """One bill for the door, three sets of seals and the lock, on the analytic account of the project."""
        project = self.task.project_id
        if not project.account_id:
            project._create_analytic_account()
        distribution = {str(project.account_id.id): 100}
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-03-10",
                "invoice_line_ids": [
                    Command.create(
                        {"name": name, "price_unit": amount, "tax_ids": [], "analytic_distribution": distribution}
                    )
                    for name, amount in (("Oak door", 1520.0), ("Seals", 84.0), ("Lock", 215.0))
                ],
            }
        )
        bill.action_post()

    def _bill(self):
        """The rest, and a credit note of one hour of fitting, 65.00."""
        invoice = self._invoice(final=True)
        self.assertEqual(invoice.amount_untaxed, 4115 - 1098)
        reversal = self.env["account.move.reversal"].create(
            {"move_ids": [Command.set(invoice.ids)], "journal_id": invoice.journal_id.id, "reason": "One hour"}
        )
        reversal.refund_moves()
        credit = reversal.new_move_ids
        kept = credit.invoice_line_ids.filtered(
            lambda line: line.product_id == self.fitting and line.sale_line_ids == self._line(self.fitting)
        )
        (credit.invoice_line_ids - kept).unlink()
        kept.quantity = 1
        credit.action_post()
        self.assertEqual(credit.amount_untaxed, 65)

    # === THE SCREEN ===

    def test_at_a_glance(self):
        sheet = self._sheet()
        for measure, figures in GLANCE.items():
            for column, figure in zip(COLUMNS, figures, strict=True):
                if figure is not None:
                    self.assertEqual(sheet["total"]["cells"][measure][column], figure, (measure, column))
        shares = sheet["total"]["cells"]["margin_share"]
        self.assertEqual((shares["revised"], shares["forecast"]), (0.392467, 0.382989))
        # 1 615.00 / 18 h, 1 511.00 / 19.75 h, 1 576.00 / 19.75 h
        self.assertEqual(sheet["per_hour"]["margin"], {"revised": 89.72, "actual": 76.51, "forecast": 79.8})
        self.assertEqual(sheet["advances"]["net"], 0)

    def test_by_line(self):
        sheet = self._sheet()
        labels = [
            row["label"] if row["label"] != "Fitting" or not row["section"] else "Fitting (extension)"
            for row in sheet["lines"]
        ]
        self.assertEqual([label for label in labels if label != "Down payments"], list(LINES))
        for label, row in zip(labels, sheet["lines"], strict=True):
            if label in LINES:
                cost = row["cells"]["cost"]
                shown = (cost["revised"], cost["actual"], cost["forecast"], cost["deviation"])
                self.assertEqual(shown, LINES[label], label)

    def test_by_activity(self):
        sheet = self._sheet()
        for label, figures in ACTIVITIES.items():
            [row] = [row["cells"] for row in sheet["activities"] if row["label"] == label]
            self.assertEqual((row["hours"]["actual"], row["cost"]["actual"]), figures, label)

    # === ON PAPER ===

    def test_paper(self):
        self.env.flush_all()
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.manager)
            ._render_qweb_html("order_postcalc.report_order_postcalc_sheet", self.order.ids)
        )
        page = html.fromstring(content)
        for measure, figures in GLANCE.items():
            for column, figure in zip(COLUMNS, figures, strict=True):
                [cell] = page.xpath(f"//table[@name='overview']//tr[@name='{measure}']/td[@name='{column}']")
                if figure is not None:
                    self.assertEqual(self._read(cell), figure, (measure, column))
        for table in ("by_line", "by_kind", "by_activity"):
            [total] = page.xpath(f"//div[@name='{table}']//tr[@name='row-total']/td[@name='cost-forecast']")
            self.assertEqual(self._read(total), 2539)
            for name in ("hours-actual", "cost-actual"):
                rows = page.xpath(f"//div[@name='{table}']//tr[starts-with(@name, 'row-')]/td[@name='{name}']")
                self.assertEqual(sum(self._read(cell) for cell in rows[:-1]), self._read(rows[-1]), (table, name))

    def test_paper_reads_well(self):
        """Variances have their sign, lines of a change order stand below its name, and the file has a title."""
        self.env.flush_all()
        report = self.env["ir.actions.report"].with_user(self.manager)
        name = "order_postcalc.report_order_postcalc_sheet"
        page = html.fromstring(report._render_qweb_html(name, self.order.ids)[0])

        def cells(column):
            found = page.xpath(f"//table[@name='overview']//tr/td[@name='{column}']")
            return [cell.text_content().strip() for cell in found]

        # + 1.75 h, + 39.00 of cost, revenue as agreed, 39.00 less margin, 0.9 points less
        self.assertEqual(cells("deviation"), ["+1.75", "+39.00", "0.00", "-39.00", "-0.9 pts"])
        self.assertEqual(cells("deviation_share")[:2], ["+9.7 %", "+1.6 %"])
        rows = page.xpath("//div[@name='by_line']//tr[starts-with(@name, 'row-')]/td[1]")
        indented = [cell.text_content().strip() for cell in rows if "ps-4" in cell.get("class")]
        self.assertEqual(indented, ["Electric lock", "Fitting"])
        content = report.with_context(force_report_rendering=True)._render_qweb_pdf(name, self.order.ids)[0]
        paper = PdfFileReader(io.BytesIO(content))
        self.assertLessEqual(paper.getNumPages(), 3)
        self.assertEqual(paper.getDocumentInfo().title, f"Post-Calculation {self.order.name}")

    def _read(self, cell):
        return float(cell.text_content().strip().replace(",", ""))

    # === IN THE SPREADSHEET ===

    def test_spreadsheet(self):
        sheet = self._sheet()
        content = b"".join(write_sheet(self.env, sheet).stream())
        values = load_workbook(io.BytesIO(content), data_only=True)
        formulas = load_workbook(io.BytesIO(content))
        self._check_overview(values["Overview"], formulas, sheet)
        for name, table, measures in (
            ("By Line", "lines", ("hours", "cost", "revenue", "margin")),
            ("By Activity", "activities", ("hours", "cost")),
            ("By Kind of Cost", "kinds", ("hours", "cost")),
        ):
            self._check_table(values[name], formulas[name], sheet, sheet[table], measures)

    def _check_overview(self, values, formulas, sheet):
        rows = {row[0].value: row for row in values.iter_rows()}
        labels = {measure["key"]: measure["label"] for measure in sheet["measures"]}
        for measure, figures in GLANCE.items():
            for number, figure in enumerate(figures, start=1):
                if figure is not None:
                    cell = rows[labels[measure]][number]
                    self.assertAlmostEqual(cell.value, figure, 2, (measure, number))
                    formula = formulas["Overview"][cell.coordinate].value
                    _sheet, place = formula.removeprefix("=").split("!")
                    self.assertAlmostEqual(self._sum(formulas["By Line"], formulas["By Line"][place].value), figure)

    def _check_table(self, values, formulas, sheet, rows, measures):
        titles = [cell.value for cell in values[2]]
        self.assertEqual(values.freeze_panes, "B3")
        last = 3 + len(rows)
        self.assertEqual(values.cell(last, 1).value, "Total")
        labels = {measure["key"]: measure["label"] for measure in sheet["measures"]}
        names = {column["key"]: column["label"] for column in sheet["columns"]}
        for measure in measures:
            for column, figure in zip(COLUMNS, GLANCE[measure], strict=True):
                if figure is None:
                    continue
                number = titles.index(f"{labels[measure]}: {names[column]}") + 1
                self.assertAlmostEqual(values.cell(last, number).value, figure, 2, (measure, column))
                self.assertAlmostEqual(self._sum(formulas, formulas.cell(last, number).value), figure, 2)
                for place, row in enumerate(rows, start=3):
                    self.assertAlmostEqual(values.cell(place, number).value or 0.0, row["cells"][measure][column])

    def _sum(self, worksheet, formula):
        """What a spreadsheet program makes of ``=SUM(B3:B9)``."""
        self.assertTrue(formula.startswith("=SUM("), formula)
        (top, column), (bottom, _column) = read_formula_range(formula)
        return sum(worksheet.cell(row + 1, column + 1).value or 0.0 for row in range(top, bottom + 1))
