"""The facts of a screen as a spreadsheet, opened again."""

import json
from datetime import datetime
from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..xlsx import CONTENT_TYPE
from .common import PostcalcCommon

URL = "/order_postcalc/facts.xlsx"


class FactsXlsxCommon(PostcalcCommon):
    def setUp(self):
        super().setUp()
        for user in (self.seller, self.other_seller, self.bookkeeper_all, self.technician):
            user.group_ids |= self.env.ref("base.group_allow_export")
        self._log(10.0, name="=1+1")
        self._log(2.25, employee=self.other_employee, date="2026-03-03")
        self.order._create_invoices().action_post()
        self.env.flush_all()

    def _read(self, content, data_only=True):
        """Return the sheet, its titles, and its rows as dictionaries, the totals among them."""
        sheet = load_workbook(BytesIO(content), data_only=data_only).active
        titles, *rows = [[cell.value for cell in row] for row in sheet]
        return sheet, titles, [dict(zip(titles, row, strict=True)) for row in rows]

    def _export(self, domain=None, user=None, data_only=True):
        report = self.env["order.postcalc.report"].with_user(user or self.bookkeeper_all)
        book = report._make_workbook(domain or [("order_id", "=", self.order.id)])
        return self._read(b"".join(book.stream()), data_only)


@tagged("post_install", "-at_install")
class TestFactsXlsx(FactsXlsxCommon):
    def test_rows(self):
        """Every fact is a row, the latest first, with numbers and days as such."""
        sheet, _titles, rows = self._export()
        facts = self.env["order.postcalc.report"].search([("order_id", "=", self.order.id)])
        self.assertEqual(len(rows), len(facts) + 1)
        for fact, row in zip(facts, rows, strict=False):
            self.assertEqual(row["What"], fact.name)
            self.assertEqual(row["Date"].date(), fact.date)
            self.assertEqual(row["Actual Hours"], fact.actual_hours or None)
            self.assertAlmostEqual(row["Margin"] or 0.0, fact.margin)
            self.assertEqual(row["Order"], self.order.name)
            self.assertEqual(row["Customer"], "Lena Sommer")
        work = next(row for row in rows if row["What"] == "=1+1")
        self.assertEqual(
            (work["Kind"], work["Actual Cost"], work["Date"]), ("Working Time", 400.0, datetime(2026, 3, 2))
        )
        self.assertEqual(work["Currency"], self.company.currency_id.name)
        # the invoice of the fixed price pays for the hours
        self.assertIn(self.order.invoice_ids.name, work["Invoice"])
        self.assertIsNone(work["Planned Hours"])
        self.assertEqual(sheet.freeze_panes, "A2")

    def test_totals_equal_the_screen(self):
        measures = [
            "planned_hours", "actual_hours", "invoiced_hours", "planned_cost", "actual_cost", "committed_cost",
            "planned_revenue", "invoiced_revenue", "margin",
        ]  # fmt: skip
        [sums] = self._facts(measures=[f"{name}:sum" for name in measures])
        labels = self.env["order.postcalc.report"].fields_get(measures, ["string"])
        _sheet, titles, rows = self._export()
        formulas = self._export(data_only=False)[2]
        for name, expected in zip(measures, sums, strict=True):
            title = labels[name]["string"]
            self.assertAlmostEqual(rows[-1][title], expected, msg=name)
            column = self._get_column(titles.index(title))
            self.assertEqual(formulas[-1][title], f"=SUM({column}2:{column}{len(rows)})")
        # 12.25 h: 10 × 40.00 + 2.25 × 30.00 = 467.50; 5 070.00 − 467.50 = 4 602.50
        self.assertEqual(rows[-1]["Actual Hours"], 12.25)
        self.assertEqual((rows[-1]["Actual Cost"], rows[-1]["Margin"]), (467.5, 4602.5))

    def _get_column(self, number):
        return (chr(64 + number // 26) if number >= 26 else "") + chr(65 + number % 26)

    def test_filter(self):
        rows = self._export([("order_id", "=", self.order.id), ("kind", "=", "labour")])[2]
        self.assertEqual([row["Actual Hours"] for row in rows], [2.25, 10.0, 12.25])
        self.assertEqual(len(self._export([("order_id", "=", 0)])[2]), 1)

    def test_employees_for_coaches_only(self):
        self.assertNotIn("Employee", self._export()[1])
        self.bookkeeper_all.group_ids |= self.env.ref("order_postcalc.group_coach")
        self.employee.coach_id = self._make_employee(self.bookkeeper_all, 0.0)
        names = {row["Employee"] for row in self._export()[2]}
        self.assertIn(self.employee.name, names)
        self.assertNotIn(self.other_employee.name, names)

    def test_only_what_one_may_see(self):
        self.assertGreater(len(self._export(user=self.seller)[2]), 1)
        self.assertEqual(len(self._export(user=self.other_seller)[2]), 1)
        for user in (self.technician, self.customer_user):
            with self.assertRaises(UserError):
                self._export(user=user)

    def test_right_to_export(self):
        self.seller.group_ids -= self.env.ref("base.group_allow_export")
        with self.assertRaisesRegex(UserError, "rights to export"):
            self._export(user=self.seller)
        # Who sees all orders works with these figures.
        self.bookkeeper.group_ids -= self.env.ref("base.group_allow_export")
        self.assertGreater(len(self._export(user=self.bookkeeper)[2]), 1)

    def test_more_than_a_sheet_holds(self):
        self.patch(self.env.registry["order.postcalc.report"], "search_count", lambda *args, **kwargs: 2_000_000)
        with self.assertRaisesRegex(UserError, "Narrow them down"):
            self._export()

    def test_one_query_for_all_facts(self):
        """As many queries for many facts as for few, but for the batches they are fetched in."""

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            # some of them ask once which kinds of records the user may read
            with self.assertQueryCount(50):
                before = self.env.cr.sql_log_count
                self._export()
                return self.env.cr.sql_log_count - before

        count()
        few = count()
        for _number in range(30):
            self._log(0.5)
        self.assertLessEqual(count(), few + 2)


@tagged("post_install", "-at_install")
class TestFactsXlsxDownload(FactsXlsxCommon, HttpCase):
    def _get(self, login, domain=None, **params):
        self.authenticate(login, login)
        params = {"domain": json.dumps(domain or [["order_id", "=", self.order.id]]), **params}
        return self.url_open(f"{URL}?" + "&".join(f"{key}={value}" for key, value in params.items()))

    def test_download(self):
        response = self._get("joinery_seller")
        self.assertEqual(response.headers["Content-Type"], CONTENT_TYPE)
        self.assertIn("Post-calculation", response.headers["Content-Disposition"])
        self.assertEqual(int(response.headers["Content-Length"]), len(response.content))
        rows = self._read(response.content)[2]
        self.assertEqual(rows[-1]["Margin"], 4602.5)

    def test_filters_that_are_none(self):
        for domain in ("[", "{}", '"x"', '[["nothing","=",1]]', "[1]", '[["date","~~",1]]'):
            self.authenticate("joinery_seller", "joinery_seller")
            response = self.url_open(f"{URL}?domain={domain}")
            self.assertEqual(response.status_code, 500)
            self.assertIn("can&#39;t be read", response.text.replace("&#x27;", "&#39;").replace("'", "&#39;"), domain)

    def test_strangers(self):
        for login in ("joinery_tech", "joinery_customer"):
            response = self._get(login)
            self.assertEqual(response.status_code, 500)
            self.assertNotIn("Lena", response.text)
        self.logout()
        self.assertIn("/web/login", self.url_open(URL).url)

    def test_not_a_company_of_the_user(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        response = self._get("joinery_seller", company_ids=company.id)
        self.assertEqual(response.status_code, 500)
        self.assertNotEqual(response.headers["Content-Type"], CONTENT_TYPE)
