from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..hooks import _cover_timesheets
from .common import PostcalcCommon


class CoveringCommon(PostcalcCommon):
    """Of the order, 12 hours of assembly at 60.00 are sold at a fixed price."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls.order.order_line.filtered(lambda line: line.product_id == cls.assembly)
        cls.task = cls.line.task_id

    def _invoice(self, quantity=None, date="2026-03-31", post=True, order=None):
        """Return an invoice of what is left to bill, of ``quantity`` of the assembly if it is given."""
        invoice = (order or self.order)._create_invoices()
        invoice.invoice_date = date
        if quantity is not None:
            invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.assembly).quantity = quantity
        if post:
            invoice.action_post()
        return invoice

    def _reverse(self, invoice, quantity=None):
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard = wizard.create({"journal_id": invoice.journal_id.id, "reason": "Wrong"})
        credit = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if quantity is not None:
            credit.invoice_line_ids.filtered(lambda line: line.product_id == self.assembly).quantity = quantity
        credit.action_post()
        return credit

    def _assert_covered(self, entries, invoices):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual([entry.covering_invoice_id for entry in entries], list(invoices))


@tagged("post_install", "-at_install")
class TestCovering(CoveringCommon):
    def setUp(self):
        super().setUp()
        self.none = self.env["account.move"]
        self.days = [self._log(4, date=f"2026-03-0{day}") for day in (2, 3, 4)]

    def test_nothing_is_billed(self):
        self._assert_covered(self.days, [self.none] * 3)

    def test_billed_fully(self):
        invoice = self._invoice()
        self._assert_covered(self.days, [invoice] * 3)

    def test_a_draft_pays_for_nothing(self):
        invoice = self._invoice(post=False)
        self._assert_covered(self.days, [self.none] * 3)
        invoice.action_post()
        self._assert_covered(self.days, [invoice] * 3)
        invoice.button_draft()
        self._assert_covered(self.days, [self.none] * 3)
        invoice.button_cancel()
        self._assert_covered(self.days, [self.none] * 3)

    def test_in_parts(self):
        """6 of 12 h: up to hour 6, in which the middles 2 and 6 lie; then the rest"""
        first = self._invoice(6, date="2026-03-10")
        self._assert_covered(self.days, [first, first, self.none])
        rest = self._invoice()
        self._assert_covered(self.days, [first, first, rest])

    def test_oldest_first(self):
        """The older date pays for the first hours, whichever invoice was made first."""
        later = self._invoice(6, date="2026-04-30")
        earlier = self._invoice(date="2026-03-10")
        self._assert_covered(self.days, [earlier, earlier, later])

    def test_more_hours_than_planned(self):
        """12 of 24 recorded hours: half of the line billed pays for the first 12; all of it for all."""
        more = self._log(12, date="2026-03-05")
        first = self._invoice(6)
        self._assert_covered([*self.days, more], [first, first, first, self.none])
        rest = self._invoice(date="2026-04-30")
        self._assert_covered([*self.days, more], [first, first, first, rest])

    def test_an_entry_for_an_earlier_day(self):
        """The new 4 h come first: of 16 h now 8 are billed, in which the middles 2 and 6 lie."""
        first = self._invoice(6)
        early = self._log(4, date="2026-03-01")
        self._assert_covered([early, *self.days], [first, first, self.none, self.none])
        early.date = "2026-03-20"
        self._assert_covered([early, *self.days], [self.none, first, first, self.none])

    def test_an_entry_that_grows_or_goes(self):
        """8 + 4 + 4 h: of 16 h 8 are billed, in which the middle 4 lies; without the first one 6 of 12, so both."""
        first = self._invoice(6)
        self.days[0].unit_amount = 8
        self._assert_covered(self.days, [first, self.none, self.none])
        self.days[0].unlink()
        self._assert_covered(self.days[1:], [first, first])

    def test_an_entry_that_leaves_the_line(self):
        """16 h; half of it is 8. Once the first 8 h are elsewhere, 6 of 12 h are."""
        first = self._invoice(6)
        self.days[0].unit_amount = 8
        inside = self.env["project.task"].create({"name": "Inside", "project_id": self.task.project_id.id})
        inside.sale_line_id = False
        self.days[0].task_id = inside
        self.assertFalse(self.days[0].so_line)
        self._assert_covered(self.days, [self.none, first, first])

    def test_a_credit_note_takes_from_the_invoice_that_it_reverses(self):
        first = self._invoice(6, date="2026-03-10")
        rest = self._invoice()
        self._assert_covered(self.days, [first, first, rest])
        self._reverse(first)
        self._assert_covered(self.days, [rest, rest, self.none])

    def test_a_credit_note_that_reverses_none(self):
        """6 h taken back from the newest one"""
        first = self._invoice(6, date="2026-03-10")
        self._invoice()
        credit = self._reverse(first, 6)
        credit.button_draft()
        credit.reversed_entry_id = False
        credit.action_post()
        self._assert_covered(self.days, [first, first, self.none])

    def test_all_credited(self):
        invoice = self._invoice()
        self._reverse(invoice)
        self._assert_covered(self.days, [self.none] * 3)

    def test_billed_anew(self):
        invoice = self._invoice()
        self._reverse(invoice)
        again = self._invoice(date="2026-04-30")
        self._assert_covered(self.days, [again] * 3)

    def test_a_signed_change_order_makes_the_line_smaller(self):
        """6 of 12 h are billed; with 6 h less signed, that is all of it."""
        first = self._invoice(6)
        self._sign(self._make_change(self._reduce(self.line, 6), send=True))
        self._assert_covered(self.days, [first] * 3)

    def test_down_payments_bill_no_hours(self):
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=self.order.ids)
        wizard.create({"advance_payment_method": "percentage", "amount": 30}).create_invoices()
        self.order.invoice_ids.action_post()
        self._assert_covered(self.days, [self.none] * 3)

    def test_the_facts_say_so(self):
        """6 of 12 h: the first two entries, 8 h"""
        first = self._invoice(6)
        rows = self._facts(("kind", "=", "labour"), groupby=["invoice_id"], measures=["invoiced_hours:sum"])
        self.assertEqual(dict(rows), {first: 8.0, self.none: 0.0})

    def test_the_price_of_one_more_entry(self):
        """However many there are on a billed line, and nothing at all of it where nothing is billed."""
        self._invoice(6)
        for _times in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            with self._count_queries() as few:
                self._log(1)
                self.env.flush_all()
            for _more in range(5):
                self._log(1)
            self.env.flush_all()
            self.env.invalidate_all()
            with self._count_queries() as many:
                self._log(1)
                self.env.flush_all()
        self.assertLessEqual(many["queries"], few["queries"])

    def _count_queries(self):
        test = self

        class Counter(dict):
            def __enter__(self):
                self["start"] = test.cr.sql_log_count
                return self

            def __exit__(self, *args):
                self["queries"] = test.cr.sql_log_count - self["start"]

        return Counter()


@tagged("post_install", "-at_install")
class TestCoveringByTime(CoveringCommon):
    """Assembly that is billed by the hours recorded: Odoo keeps the invoice of each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.by_time = cls._make_product(
            "Assembly by time",
            60.0,
            service_tracking="task_in_project",
            uom_id=cls.env.ref("uom.product_uom_hour").id,
        )
        cls.by_time.service_policy = "delivered_timesheet"
        cls.order = cls._make_order([(cls.by_time, 10)])
        cls.task = cls.order.order_line.task_id

    def test_hour_by_hour(self):
        first_day = self._log(3, task=self.task)
        first = self._invoice()
        second_day = self._log(2, task=self.task, date="2026-03-09")
        self._assert_covered([first_day, second_day], [first, self.env["account.move"]])
        second = self._invoice(date="2026-04-30")
        self._assert_covered([first_day, second_day], [first, second])

    def test_drafts_and_reversals(self):
        entry = self._log(3, task=self.task)
        invoice = self._invoice(post=False)
        self.assertEqual(entry.timesheet_invoice_id, invoice)
        self._assert_covered([entry], [self.env["account.move"]])
        invoice.action_post()
        self._assert_covered([entry], [invoice])
        self._reverse(invoice)
        self._assert_covered([entry], [self.env["account.move"]])


@tagged("post_install", "-at_install")
class TestHoursBehind(CoveringCommon):
    def setUp(self):
        super().setUp()
        self._log(4)
        self._log(4, employee=self.other_employee, date="2026-03-03")
        self._log(4, date="2026-03-04")
        self.invoice = self._invoice(6)

    def test_on_the_invoice(self):
        """6 h billed at 60.00 are 360.00, and 8 h recorded: 45.00 an hour; 4 x 40.00 + 4 x 30.00 = 280.00."""
        invoice = self.invoice.with_user(self.bookkeeper)
        self.assertEqual(invoice.hours_behind, 8.0)
        self.assertEqual(invoice.hours_behind_revenue, 360.0)
        self.assertEqual(invoice.hours_behind_rate, 45.0)
        self.assertEqual(invoice.hours_behind_cost, 280.0)
        self.assertEqual((invoice.hours_unpaid, invoice.hours_unpaid_count), (4.0, 1))

    def test_the_lists(self):
        Report = self.env["order.postcalc.report"].with_user(self.bookkeeper)
        invoice = self.invoice.with_user(self.bookkeeper)
        behind = Report.search(invoice.action_view_hours_behind()["domain"])
        self.assertEqual(sum(behind.mapped("actual_hours")), 8.0)
        unpaid = Report.search(invoice.action_view_hours_unpaid()["domain"])
        self.assertEqual(sum(unpaid.mapped("actual_hours")), 4.0)

    def test_the_credit_note_has_none(self):
        credit = self._reverse(self.invoice)
        self.assertEqual((credit.hours_behind, credit.hours_behind_rate), (0.0, 0.0))
        self.assertEqual(self.invoice.hours_behind, 0.0)
        self.assertEqual(self.invoice.hours_unpaid, 12.0)

    def test_sellers_see_the_cost_of_their_own_orders(self):
        """Another seller may open the invoice when he gets it; what the order cost is not his business."""
        self.invoice.invoice_user_id = self.seller
        self.assertEqual(self.invoice.with_user(self.seller).hours_behind_cost, 280.0)
        self.invoice.sudo().invoice_user_id = self.other_seller
        self.env.invalidate_all()
        invoice = self.invoice.with_user(self.other_seller)
        self.assertEqual(invoice.hours_behind, 8.0)
        self.assertEqual(invoice.hours_behind_cost, 0.0)

    def test_without_the_group_no_cost(self):
        user = self.bookkeeper
        group = self.env.ref("order_postcalc.group_user")
        self.env.ref("account.group_account_invoice").implied_ids -= self.env.ref("order_postcalc.group_all")
        user.group_ids = [Command.unlink(group.id)]
        user.group_ids = [Command.set(self.env.ref("account.group_account_invoice").ids)]
        self.assertFalse(user.has_group("order_postcalc.group_user"))
        invoice = self.invoice.with_user(user)
        self.assertEqual(invoice.read(["hours_behind"])[0]["hours_behind"], 8.0)
        with self.assertRaises(AccessError):
            invoice.read(["hours_behind_cost"])

    def test_customers_see_nothing_of_it(self):
        self.invoice.message_subscribe(self.customer.ids)
        invoice = self.invoice.with_user(self.customer_user)
        for name in ("hours_behind", "hours_behind_cost", "hours_unpaid", "covered_timesheet_ids"):
            with self.assertRaises(AccessError):
                invoice.read([name])


@tagged("post_install", "-at_install")
class TestCoveringInstalled(CoveringCommon):
    def test_invoices_from_before(self):
        """6 of 12 h were billed when the add-on came, and the first two entries are paid for."""
        days = [self._log(4, date=f"2026-03-0{day}") for day in (2, 3, 4)]
        first = self._invoice(6)
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_analytic_line SET covering_invoice_id = NULL")
        self.env.invalidate_all()
        _cover_timesheets(self.env)
        self._assert_covered(days, [first, first, self.env["account.move"]])
