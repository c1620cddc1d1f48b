"""What was signed is taken back by another signature only, as far as it still can be."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestChangeOrderCounter(ChangeOrderCommon):
    def _counter(self, change, user=None):
        return change.browse(change.with_user(user or self.seller).action_counter()["res_id"])

    def test_there_and_back(self):
        """3 windows (255.00) instead of 4 boards (140.00), and back: the order is what it was."""
        change = self._make_change(
            self._add(self.window, 3), self._reduce(self._line(self.boards), 4), send=True, days_added=2
        )
        self._sign(change)
        self.assertEqual(self.order.amount_untaxed, 5070.0 + 255.0 - 140.0)
        self.assertEqual(str(self.order.commitment_date), "2030-05-12 12:00:00")
        counter = self._counter(change)
        self.assertRecordValues(
            counter,
            [
                {
                    "state": "draft",
                    "counters_id": change.id,
                    "title": f"Takes back {change.name}: Stuck window",
                    "days_added": -2,
                    "amount_untaxed": -115.0,
                    "create_uid": self.seller.id,
                    "number": 2,
                }
            ],
        )
        window = change.line_ids[0].applied_line_id
        self.assertRecordValues(
            counter.line_ids,
            [
                {"kind": "reduce", "order_line_id": window.id, "quantity": 3.0, "product_id": self.window.id},
                {"kind": "add", "order_line_id": False, "quantity": 4.0, "product_id": self.boards.id},
            ],
        )
        self.assertEqual(change.countered_by_ids, counter)
        self.assertEqual(change.countered_by_id, counter)
        self.assertEqual(change.state, "signed")
        counter.action_mark_sent()
        self._sign(counter)
        self.assertEqual(self.order.amount_untaxed, 5070.0)
        self.assertEqual(str(self.order.commitment_date), "2030-05-10 12:00:00")
        self.assertEqual(window.product_uom_qty, 0.0)
        self.assertEqual((change | counter).mapped("state"), ["signed", "signed"])
        with self.assertRaisesRegex(UserError, f"Nothing of {change.name} can be taken back"):
            change.action_counter()

    def test_at_the_price_agreed(self):
        """What was taken off at 35.00 less 10 % comes back so, whatever boards cost today."""
        line = self._line(self.boards)
        line.discount = 10.0
        change = self._sign(self._make_change(self._reduce(line, 4), send=True))
        self.boards.list_price = 99.0
        counter = self._counter(change)
        # 4 × 35.00 − 10 % = 126.00
        self.assertRecordValues(
            counter.line_ids, [{"price_unit": 35.0, "discount": 10.0, "price_subtotal": 126.0, "name": line.name}]
        )
        counter.line_ids.quantity = 3
        self.assertEqual(counter.line_ids.price_unit, 35.0, "another quantity is no other price")

    def test_what_is_done_stays(self):
        """Of 3 windows one is delivered: two can be taken back. Of two boards both are invoiced."""
        change = self._make_change(self._add(self.window, 3), self._add(self.boards, 2), send=True)
        self._sign(change)
        windows, boards = change.line_ids.applied_line_id
        windows.qty_delivered = 1
        self.boards.invoice_policy = "order"
        invoice = self.order._create_invoices()
        invoice.invoice_line_ids.filtered(lambda line: line.sale_line_ids == windows).unlink()
        self.assertEqual((windows.qty_invoiced, boards.qty_invoiced), (0.0, 2.0))
        counter = self._counter(change)
        self.assertRecordValues(counter.line_ids, [{"kind": "reduce", "order_line_id": windows.id, "quantity": 2.0}])
        notes = "".join(counter.message_ids.mapped("body"))
        self.assertIn("Not taken back", notes)
        self.assertIn(boards.name, notes)
        self.assertIn(windows.name, notes)

    def test_in_two_steps(self):
        """Two of four boards come back first; the second counter change order brings only the other two."""
        change = self._sign(self._make_change(self._reduce(self._line(self.boards), 4), send=True, days_added=3))
        first = self._counter(change)
        first.line_ids.quantity = 2
        first.days_added = -1
        first.action_mark_sent()
        self._sign(first)
        second = self._counter(change)
        self.assertNotEqual(second, first)
        self.assertEqual(second.line_ids.quantity, 2.0)
        self.assertEqual(second.days_added, -2)

    def test_one_at_a_time(self):
        change = self._sign(self._make_change(send=True))
        counter = self._counter(change)
        self.assertEqual(self._counter(change), counter)
        counter.action_mark_sent()
        self.assertEqual(self._counter(change), counter)
        counter._decline("Lena Sommer", "I want it after all")
        self.assertFalse(change.countered_by_id)
        self.assertNotEqual(self._counter(change), counter)

    def test_a_revision_still_counters(self):
        change = self._sign(self._make_change(send=True))
        counter = self._counter(change)
        counter.action_mark_sent()
        revision = counter.browse(counter.action_revise()["res_id"])
        self.assertEqual(revision.counters_id, change)
        self.assertFalse(revision.copy().counters_id)

    def test_what_was_free_is_free_again(self):
        free = self._line(self.boards)
        free.price_unit = 0.0
        change = self._sign(self._make_change(self._reduce(free, 4), send=True))
        counter = self._counter(change)
        self.assertEqual(counter.amount_untaxed, 0.0)
        counter.action_mark_sent()

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        change = self._sign(self._make_change(send=True))
        counter = self._counter(change)
        self.assertIn(change.name, counter.title)

    def test_only_of_signed_ones(self):
        for change in (self._make_change(), self._make_change(send=True)):
            self.assertFalse(change.can_counter)
            with self.assertRaisesRegex(UserError, "only what was signed is taken back"):
                change.action_counter()
        signed = self._sign(self._make_change(send=True))
        self.order._action_cancel()
        with self.assertRaisesRegex(UserError, "not a confirmed order"):
            signed.action_counter()

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_access(self):
        change = self._sign(self._make_change(send=True))
        for user in (self.bookkeeper, self.other_seller, self.other_technician, self.customer_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                change.with_user(user).action_counter()
        self.assertFalse(change.countered_by_ids)
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self._make_change(user=self.seller, counters_id=change.id)
