"""Columns that one query fills when the add-on comes are filled with what is computed from then on."""

from odoo.fields import Command
from odoo.tests import tagged

from .facts_common import FactsCommon


@tagged("post_install", "-at_install")
class TestInstalledColumns(FactsCommon):
    """The fill of each column, against its computation, for every way in which a record finds its order.

    "this" is the order of the common data, "other" another one of the same company.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._make_other_order()
        cls.task = cls.order.order_line.task_id[:1]
        cls.other_task = cls.other.order_line.task_id[:1]
        cls.other_account = cls.other_task.project_id.account_id
        # As it is when a project is no longer made for a line of the order, but its cost is re-invoiced there.
        cls.reinvoiced = cls._make_project("Re-invoiced", reinvoiced_sale_order_id=cls.other.id)
        cls.inner = cls._make_project("Workshop")

    @classmethod
    def _make_project(cls, name, **values):
        values = {"name": name, "company_id": cls.company.id, "allow_timesheets": True, **values}
        project = cls.env["project.project"].create(values)
        cls._get_account(project)
        # What Odoo would derive from the order is not what this is about.
        if "reinvoiced_sale_order_id" not in values:
            project.write({"sale_line_id": False, "reinvoiced_sale_order_id": False})
        return project

    def _assert_filled_as_computed(self, name, fill, expected):
        """Compare what ``fill`` makes of the emptied column ``name`` with what is computed.

        :param dict expected: value by record, by hand
        """
        records = next(iter(expected)).browse(record.id for record in expected)
        self.env.flush_all()
        computed = {record: record[name] for record in records}
        self.env.cr.execute(f"UPDATE {records._table} SET {name} = NULL")
        self.env.invalidate_all()
        fill()
        self.env.invalidate_all()
        for record in records:
            with self.subTest(record=record.display_name):
                self.assertEqual(computed[record], expected[record], "computed otherwise than by hand")
                self.assertEqual(record[name], computed[record], "filled otherwise than computed")

    # === ANALYTIC ENTRIES ===

    def _time(self, name, project=None, **values):
        return self.env["account.analytic.line"].create(
            {
                "name": name,
                "date": "2026-03-02",
                "unit_amount": 1.0,
                "employee_id": self.employee.id,
                "project_id": (project or self.project).id,
                **values,
            }
        )

    def _entry(self, name, account=None, **values):
        return self.env["account.analytic.line"].create(
            {
                "name": name,
                "date": "2026-03-05",
                "amount": -10.0,
                "account_id": account and account.id,
                "company_id": self.company.id,
                **values,
            }
        )

    def test_order_of_an_entry(self):
        """Its line, else its task, else its project; what isn't working time by the project of its account."""
        nobody = self.env["sale.order"]
        other_line = self.other.order_line.filtered("task_id")[:1]
        no_line = {"so_line": False, "is_so_line_edited": True}
        in_shared_project = self.task.copy({"name": "For the other one"})
        in_shared_project.sale_line_id = other_line
        without_line = self.task.copy({"name": "For nobody"})
        without_line.sale_line_id = False
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        shop, shared, old = self.env["account.analytic.account"].create(
            [
                {"name": name, "plan_id": (of or self.account.plan_id).id, "company_id": self.company.id}
                for name, of in (("Shop", plan), ("Both", None), ("Archived", None))
            ]
        )
        self._make_project("First part", account_id=shared.id, reinvoiced_sale_order_id=self.order.id)
        self._make_project("Second part", account_id=shared.id, reinvoiced_sale_order_id=self.other.id)
        self._make_project("Done", account_id=old.id, reinvoiced_sale_order_id=self.other.id, active=False)
        inner_with_account = self._make_project("Preparations", account_id=self.other_account.id)
        expected = {
            self._time("line, task and project", task_id=self.task.id): self.order,
            self._time("task", task_id=self.task.id, **no_line): self.order,
            self._time("task in the project of this", task_id=in_shared_project.id, **no_line): self.other,
            self._time("task without a line", task_id=without_line.id, **no_line): self.order,
            self._time("line of the other one", task_id=self.task.id, so_line=other_line.id, is_so_line_edited=True): (
                self.other
            ),
            self._time("project", **no_line): self.order,
            self._time("re-invoiced project", self.reinvoiced, **no_line): self.other,
            self._time("inner project", self.inner): nobody,
            # The project says of no order; its account, which is the other order's as well, isn't asked.
            self._time("inner project with account", inner_with_account): nobody,
            self._entry("account", self.account): self.order,
            self._entry("line and account", self.account, so_line=other_line.id): self.other,
            self._entry("account of a project with and one without an order", self.other_account): self.other,
            self._entry("account of two orders", shared): nobody,
            self._entry("account of an archived project", old): self.other,
            self._entry("account of no project", self.inner.account_id): nobody,
            self._entry("other plan", None, **{plan._column_name(): shop.id}): nobody,
            self._entry("both plans", self.account, **{plan._column_name(): shop.id}): self.order,
        }
        bill = self._make_bill(
            {
                "price_unit": 1000.0,
                "analytic_distribution": {f"{self.account.id},{shop.id}": 60, str(self.other_account.id): 40},
            }
        )
        entries = bill.invoice_line_ids.analytic_line_ids
        self.assertEqual(sorted(entries.mapped("amount")), [-600.0, -400.0])
        expected |= {entry: self.order if entry.amount == -600.0 else self.other for entry in entries}
        expected |= self._make_entries_of_another_company()
        self._assert_filled_as_computed(
            "postcalc_order_id", self.env["account.analytic.line"]._init_postcalc_order_id, expected
        )

    def _make_entries_of_another_company(self):
        company = self.setup_other_company(name="Another joinery")["company"]
        env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        order = env["sale.order"].create({"partner_id": self.customer.id, "company_id": company.id})
        project = env["project.project"].create(
            {"name": "Elsewhere", "company_id": company.id, "reinvoiced_sale_order_id": order.id}
        )
        project._create_analytic_account()
        entry = env["account.analytic.line"].create(
            {"name": "Elsewhere", "amount": -5.0, "account_id": project.account_id.id, "company_id": company.id}
        )
        return {entry.with_env(self.env): order.with_env(self.env)}

    def test_order_of_an_account(self):
        """That of its projects, archived ones included, if they are of one order only."""
        shared, empty = self.env["account.analytic.account"].create(
            [
                {"name": name, "plan_id": self.account.plan_id.id, "company_id": self.company.id}
                for name in ("Both", "No project")
            ]
        )
        self._make_project("First part", account_id=shared.id, reinvoiced_sale_order_id=self.order.id)
        self._make_project("Second part", account_id=shared.id, reinvoiced_sale_order_id=self.other.id, active=False)
        self._make_project("Preparations", account_id=self.account.id)
        self._make_project(
            "Two projects, one order", account_id=self.other_account.id, reinvoiced_sale_order_id=self.other.id
        )
        nobody = self.env["sale.order"]
        self._assert_filled_as_computed(
            "postcalc_order_id",
            self.env["account.analytic.account"]._init_postcalc_order_id,
            {
                self.account: self.order,
                self.other_account: self.other,
                self.reinvoiced.account_id: self.other,
                self.inner.account_id: nobody,
                shared: nobody,
                empty: nobody,
            },
        )

    # === INVOICES ===

    def test_order_that_is_credited(self):
        """Of a credit note for an invoice of one order; the invoice itself and vendors' credit notes credit none."""
        nobody = self.env["sale.order"]
        of_one = self._invoice()
        of_two = self._invoice(self.other | self._make_order())
        bill = self._make_bill({"price_unit": 10.0})
        of_nothing = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create({"name": "Goodwill", "price_unit": 5.0})],
            }
        )
        self._assert_filled_as_computed(
            "credited_order_id",
            self.env["account.move"]._init_credited_order_id,
            {
                of_one: nobody,
                self._reverse(of_one): self.order,
                self._reverse(of_two): nobody,
                bill: nobody,
                self._reverse(bill): nobody,
                of_nothing: nobody,
            },
        )

    def test_lines_that_bill_several_lines(self):
        lines = self._line(self.assembly) | self._line(self.boards)
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create({"name": name, "price_unit": 5.0, "sale_line_ids": [Command.set(billed.ids)]})
                    for name, billed in (("Two", lines), ("One", lines[0]), ("None", lines.browse()))
                ],
            }
        )
        self._assert_filled_as_computed(
            "bills_several_lines",
            self.env["account.move.line"]._init_bills_several_lines,
            dict(zip(invoice.invoice_line_ids, (True, False, False), strict=True)),
        )
