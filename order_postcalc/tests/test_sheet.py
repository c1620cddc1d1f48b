"""The sheet of an order: every figure by hand."""

from odoo.fields import Command
from odoo.tests import tagged

from .common import PostcalcCommon


class SheetCommon(PostcalcCommon):
    def _sheet(self, user=None, order=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (order or self.order).with_user(user or self.manager).get_postcalc_sheet()

    def _row(self, sheet, key, table="lines"):
        [row] = [row for row in sheet[table] if row["key"] == str(key)]
        return row["cells"]

    def _cells(self, sheet, measure, *columns, row=None):
        cells = row or sheet["total"]["cells"]
        return [cells[measure][column] for column in columns]

    def _invoice(self, order=None, **values):
        """Post an invoice of what can be invoiced of the order."""
        self.env.flush_all()
        invoice = (order or self.order).with_context(raise_if_nothing_to_invoice=False)._create_invoices(**values)
        invoice.action_post()
        return invoice

    def _close_tasks(self):
        self.order.order_line.task_id.state = "1_done"


@tagged("post_install", "-at_install")
class TestSheet(SheetCommon):
    def test_as_planned(self):
        """20 h, 3 120.00 of 5 070.00: a margin of 1 950.00, which is 38.4615 %, and 97.50 per hour."""
        sheet = self._sheet()
        plan = ("original", "extensions", "revised", "forecast", "deviation")
        self.assertEqual(self._cells(sheet, "hours", *plan), [20, 0, 20, 20, 0])
        self.assertEqual(self._cells(sheet, "cost", *plan), [3120, 0, 3120, 3120, 0])
        self.assertEqual(self._cells(sheet, "revenue", *plan), [5070, 0, 5070, 5070, 0])
        self.assertEqual(self._cells(sheet, "margin", *plan), [1950, 0, 1950, 1950, 0])
        self.assertEqual(self._cells(sheet, "margin_share", "revised", "forecast"), [0.384615, 0.384615])
        self.assertEqual(sheet["per_hour"]["margin"], {"revised": 97.5, "actual": None, "forecast": 97.5})
        self.assertEqual(sheet["per_hour"]["revenue"], {"revised": 253.5, "actual": None, "forecast": 253.5})
        self.assertEqual([row["label"] for row in sheet["lines"]], ["Fitted wardrobe", "Assembly", "Shelf board"])

    def test_hours_so_far(self):
        """5 h at 40.00 are 200.00; 7 of 12 planned hours remain at 35.00: 245.00. 445.00 are 25.00 more than 420.00."""
        self._log(5)
        sheet = self._sheet()
        row = self._row(sheet, self._line(self.assembly).id)
        self.assertEqual(self._cells(sheet, "hours", "revised", "actual", "forecast", row=row), [12, 5, 12])
        self.assertEqual(
            self._cells(sheet, "cost", "revised", "actual", "forecast", "deviation", "deviation_share", row=row),
            [420, 200, 445, 25, 0.059524],
        )
        self.assertEqual(self._cells(sheet, "cost", "forecast", "deviation"), [3145, 25])

    def test_overrun(self):
        """15 h at 40.00: nothing remains of 12 planned hours, and 600.00 are 180.00 too much."""
        self._log(15)
        sheet = self._sheet()
        row = self._row(sheet, self._line(self.assembly).id)
        self.assertEqual(self._cells(sheet, "hours", "forecast", "deviation", row=row), [15, 3])
        self.assertEqual(self._cells(sheet, "cost", "forecast", "deviation", row=row), [600, 180])

    def test_closed_tasks(self):
        """8 h at 40.00 and done: 320.00 instead of 420.00, and no hours of the wardrobe will come either."""
        self._log(8)
        self._close_tasks()
        sheet = self._sheet()
        row = self._row(sheet, self._line(self.assembly).id)
        self.assertEqual(self._cells(sheet, "hours", "forecast", "deviation", row=row), [8, -4])
        self.assertEqual(self._cells(sheet, "cost", "forecast", "deviation", row=row), [320, -100])
        self.assertEqual(self._cells(sheet, "hours", "forecast"), [8])
        self.assertEqual(self._cells(sheet, "revenue", "forecast"), [5070], "the price is fixed")

    def test_extension_and_reduction(self):
        """A window, 85.00 at 50.00, and 2 h of assembly less, 120.00 at 70.00: 3 100.00 of 5 035.00."""
        change = self._sign(
            self._make_change(self._add(self.window), self._reduce(self._line(self.assembly), 2), send=True)
        )
        sheet = self._sheet()
        columns = ("original", "extensions", "revised", "forecast")
        self.assertEqual(self._cells(sheet, "hours", *columns), [20, -2, 18, 18])
        self.assertEqual(self._cells(sheet, "cost", *columns), [3120, -20, 3100, 3100])
        self.assertEqual(self._cells(sheet, "revenue", *columns), [5070, -35, 5035, 5035])
        row = self._row(sheet, self._line(self.assembly).id)
        self.assertEqual(self._cells(sheet, "cost", *columns, row=row), [420, -70, 350, 350])
        [added] = [row for row in sheet["lines"] if row["section"]]
        self.assertEqual(added["section"], f"{change.name}: Stuck window")
        self.assertEqual(self._cells(sheet, "cost", *columns, row=added["cells"]), [0, 50, 50, 50])
        self.assertFalse(sheet["pending"]["rows"])

    def test_pending_is_not_planned(self):
        """2 h of assembly at 60.00 are offered: 120.00 and 2 h beside the plan, not in it."""
        self._make_change(self._add(self.assembly, 2), send=True)
        self._make_change(self._reduce(self._line(self.assembly), 3))
        sheet = self._sheet()
        self.assertEqual(self._cells(sheet, "revenue", "extensions", "revised", "forecast"), [0, 5070, 5070])
        self.assertEqual(
            [(row["amount"], row["hours"], row["state"]) for row in sheet["pending"]["rows"]],
            [(120, 2, "Waiting for Signature"), (-180, -3, "Draft")],
        )
        self.assertEqual(sheet["pending"]["amount"], -60)

    def test_invoiced(self):
        """All invoiced, nothing recorded yet: revenue is in, the cost is expected as planned."""
        self._invoice()
        sheet = self._sheet()
        self.assertEqual(self._cells(sheet, "revenue", "invoiced", "forecast", "deviation"), [5070, 5070, 0])
        self.assertEqual(self._cells(sheet, "margin", "actual", "forecast"), [5070, 1950])

    def test_down_payment(self):
        """30 % of 5 070.00 are 1 521.00: advances, that will be deducted from what is still to be invoiced."""
        self._down_payment(30)
        sheet = self._sheet()
        self.assertEqual(self._cells(sheet, "revenue", "invoiced", "forecast"), [1521, 5070])
        self.assertEqual(sheet["advances"]["net"], 1521)
        row = self._row(sheet, "advances")
        self.assertEqual(self._cells(sheet, "revenue", "invoiced", "forecast", "deviation", row=row), [1521, 0, 0])
        self._invoice(final=True)
        sheet = self._sheet()
        self.assertEqual(self._cells(sheet, "revenue", "invoiced", "forecast"), [5070, 5070])
        self.assertEqual(sheet["advances"]["net"], 0)

    def _down_payment(self, percent):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(self.order.ids)],
                "advance_payment_method": "percentage",
                "amount": percent,
            }
        )
        wizard.create_invoices()
        self.order.invoice_ids.filtered(lambda move: move.state == "draft").action_post()

    def test_cost_without_a_line(self):
        """A vendor's 900.00 for the order as a whole is for its goods, of which 2 700.00 were still to come.

        1 800.00 remain, and 420.00 of assembly: 3 120.00 as planned.
        """
        self._book_cost(900)
        sheet = self._sheet()
        row = self._row(sheet, "none")
        self.assertEqual(self._cells(sheet, "cost", "revised", "actual", "forecast", row=row), [0, 900, 900])
        self.assertEqual(self._cells(sheet, "cost", "actual", "forecast", "deviation"), [900, 3120, 0])
        self.assertEqual(sheet["unplanned"]["cost"], 900)
        self._book_cost(2100)
        self.assertEqual(self._cells(self._sheet(), "cost", "actual", "forecast", "deviation"), [3000, 3420, 300])

    def _book_cost(self, amount):
        project = self.order.order_line.project_id[:1] or self.order.order_line.task_id.project_id[:1]
        if not project.account_id:
            project._create_analytic_account()
        return self.env["account.analytic.line"].create(
            {"name": "Vendor", "account_id": project.account_id.id, "amount": -amount, "date": "2026-03-05"}
        )

    def test_every_table_has_the_same_total(self):
        """By line, by activity and by kind: the same cost and the same hours."""
        self.assembly.activity_id = self.env.ref("order_postcalc.activity_assembly")
        self._sign(self._make_change(self._add(self.window), self._add(self.assembly, 3), send=True))
        self._log(5)
        self._log(1.25, employee=self.other_employee, activity_id=self.env.ref("order_postcalc.activity_rework").id)
        self._book_cost(333.33)
        self._invoice()
        sheet = self._sheet()
        for table in ("lines", "activities", "kinds"):
            for measure in ("hours", "cost"):
                for column in ("original", "extensions", "revised", "actual", "forecast", "deviation"):
                    self.assertAlmostEqual(
                        sum(row["cells"][measure][column] for row in sheet[table]),
                        sheet["total"]["cells"][measure][column],
                        msg=(table, measure, column),
                    )
        # 5 h at 40.00, 1.25 h at 30.00, and 333.33
        [facts] = self._facts(measures=["actual_hours:sum", "actual_cost:sum", "invoiced_revenue:sum"])
        self.assertEqual(
            (6.25, 570.83, sheet["total"]["cells"]["revenue"]["invoiced"]),
            tuple(round(value, 2) for value in facts),
        )

    def test_drill_down(self):
        """Behind every figure are facts that add up to it."""
        self._sign(self._make_change(self._add(self.window), self._reduce(self._line(self.assembly), 2), send=True))
        self._log(5)
        self._log(1, so_line=False, is_so_line_edited=True)
        self._book_cost(100)
        self._do_favour()
        self._down_payment(30)
        self._invoice()
        sheet = self._sheet()
        self.assertLessEqual({"none", "favours", "advances"}, {row["key"] for row in sheet["lines"]})
        Report = self.env["order.postcalc.report"]
        measures = {
            ("hours", "original"): "planned_hours", ("hours", "actual"): "actual_hours",
            ("hours", "revised"): "planned_hours", ("hours", "invoiced"): "invoiced_hours",
            ("cost", "original"): "planned_cost", ("cost", "extensions"): "planned_cost",
            ("cost", "revised"): "planned_cost", ("cost", "actual"): "actual_cost",
            ("revenue", "revised"): "planned_revenue", ("revenue", "invoiced"): "invoiced_revenue",
            ("margin", "actual"): "margin",
        }  # fmt: skip
        for table in ("lines", "activities", "kinds"):
            for row in [*sheet[table], sheet["total"]]:
                for (measure, column), field in measures.items():
                    if measure not in row["cells"]:
                        continue
                    domain = [*row["domain"], *sheet["cell_domains"][measure].get(column, [])]
                    [(amount,)] = Report._read_group(domain, [], [f"{field}:sum"])
                    self.assertAlmostEqual(
                        amount or 0.0, row["cells"][measure][column], 2, (table, row["label"], measure, column)
                    )

    def _do_favour(self, order=None):
        return self.env["sale.minor.item"].create(
            {
                "name": "Adjust a door",
                "order_id": (order or self.order).id,
                "user_id": self.technician.id,
                "duration": 0.5,
                "date": "2026-03-03",
            }
        )

    def test_favours(self):
        """Half an hour at 40.00 is a cost of 20.00, free of charge; another one was noted by mistake."""
        self._do_favour()
        self._do_favour()._cancel("By mistake")
        sheet = self._sheet()
        self.assertEqual((sheet["favours"]["count"], sheet["favours"]["hours"], sheet["favours"]["cost"]), (1, 0.5, 20))
        self.assertEqual(self._cells(sheet, "cost", "actual", "forecast"), [20, 3140])
        self.assertEqual(self._row(sheet, "favours")["cost"]["actual"], 20)
        self.assertFalse(sheet["unplanned"]["rows"], "favours are counted apart")

    def test_favours_use_up_the_allowance(self):
        """An allowance of 0.75 % of 5 070.00, 38.03, is planned as cost: 3 158.03. A favour of 20.00 is part of it.

        After two of them 40.00 were given away instead of 38.03: 3 160.00 at completion.
        """
        order = self._make_order(confirm=False)
        order.action_apply_minor_items()
        order.action_confirm()
        self._do_favour(order)
        columns = ("revised", "actual", "forecast")
        self.assertEqual(self._cells(self._sheet(order=order), "cost", *columns), [3158.03, 20, 3158.03])
        self._do_favour(order)
        self.assertEqual(self._cells(self._sheet(order=order), "cost", *columns), [3158.03, 40, 3160])

    def test_activity_of_what_remains(self):
        """5 of 12 h are worked, at 40.00; the other 7, at 35.00, belong to the activity that they are planned for."""
        self.assembly.activity_id = self.env.ref("order_postcalc.activity_assembly")
        order = self._make_order()
        self._log(5, task=order.order_line.task_id)
        row = self._row(self._sheet(order=order), self.assembly.activity_id.id, "activities")
        self.assertEqual(self._cells(None, "hours", "revised", "actual", "forecast", row=row), [12, 5, 12])
        self.assertEqual(self._cells(None, "cost", "revised", "actual", "forecast", row=row), [420, 200, 445])

    def test_foreign_order(self):
        """2 of the order's currency make one of the company's: all figures are in the latter.

        12 h of assembly by the hour at 120.00 there: 720.00, and 15 h recorded are 900.00.
        """
        self.assembly.service_policy = "delivered_timesheet"
        currency = self.setup_other_currency("HRK", rates=[("2020-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "Abroad", "currency_id": currency.id})
        order = self._make_order([(self.assembly, 12)], pricelist_id=pricelist.id, confirm=False)
        order.order_line.price_unit = 120.0
        order.action_confirm()
        self._log(15, task=order.order_line.task_id)
        item = self._do_favour(order)
        self.assertTrue(item.value)
        change = self._make_change(self._add(self.window), order_id=order.id)
        change.line_ids.price_unit = 170.0
        sheet = self._sheet(order=order)
        self.assertEqual(self._cells(sheet, "revenue", "revised", "forecast"), [720, 900])
        self.assertEqual(sheet["favours"]["value"], self.company.currency_id.round(item.value / 2))
        self.assertEqual((sheet["pending"]["amount"], sheet["pending"]["rows"][0]["amount"]), (85, 85))

    def _make_order_of_other_company(self):
        company = self.env["res.company"].create({"name": "Joinery overseas"})
        self.env.user.company_ids |= company
        product = self.env["product.product"].create(
            {"name": "Fitting", "type": "service", "service_tracking": "task_in_project", "list_price": 10.0}
        )
        line = Command.create({"product_id": product.id, "product_uom_qty": 2, "tax_ids": False})
        values = {"partner_id": self.customer.id, "company_id": company.id, "order_line": [line]}
        order = self.env["sale.order"].with_company(company).create(values)
        order.action_confirm()
        return order

    def test_who_waits(self):
        """Hours overrun: the next order of the same technician, due on the 4th, is shown; not before.

        What he does for another company, on the 3rd, is not told to this one.
        """
        waiting = self._make_order()
        task = waiting.order_line.task_id
        task.date_deadline = "2026-05-04 12:00:00"
        self._make_order_of_other_company().order_line.task_id.write(
            {"user_ids": self.technician.ids, "date_deadline": "2026-05-03 12:00:00"}
        )
        self._log(5)
        self.assertFalse(self._sheet()["waiting"])
        self._log(10)
        self.assertEqual(
            self._sheet()["waiting"],
            [{"order": waiting.name, "task_id": task.id, "task": task.name, "deadline": "2026-05-04"}],
        )
        task.project_id.privacy_visibility = "followers"
        self.assertFalse(self._sheet()["waiting"], "one has to be invited there")

    def test_as_many_queries_for_a_large_order(self):
        """An order of 30 lines and 60 timesheets takes as many queries as one of 3 lines and 2 timesheets."""
        large = self._make_order([(self.assembly, 2)] * 10 + [(self.boards, 1)] * 20)
        for task in large.order_line.task_id:
            for number in range(6):
                self._log(0.25 + number, task=task)
        self._log(1)
        self._log(20)  # both overrun, so that the same sections are shown
        for order in (self.order, large):
            self._sheet(order=order)
        counts = []
        for order in (self.order, large):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.with_user(self.manager).get_postcalc_sheet()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[0])
        self.assertLess(counts[0], 30)
