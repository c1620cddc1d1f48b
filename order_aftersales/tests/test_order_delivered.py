from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.order_aftersales.hooks import _judge_deliveries
from odoo.addons.order_aftersales.models.sale_order_delivered import STORED

from .common_promise import PromiseCommon

FLAGS = ("is_on_time", "is_on_time_agreed", "is_in_full", "is_undamaged", "has_right_papers", "is_perfect")


@tagged("post_install", "-at_install")
class TestOrderDelivered(PromiseCommon):
    """The order is promised for 10 May 2030; the day ends in Berlin at 22:00 of universal time."""

    def _close(self, order=None, state="1_done"):
        (order or self.order).stage_task_ids.state = state
        self.env.flush_all()

    def _finish(self, moment, order=None):
        """Deliver all and tick the tasks off at ``moment``. When is noted when it is written, at the latest."""
        with freeze_time(moment):
            self._deliver(order or self.order)
            self._close(order)
            self.env.flush_all()

    def _flags(self, order=None):
        return {name for name in FLAGS if (order or self.order)[name]}

    def _deliver_short(self, order, quantities):
        """Deliver ``quantities`` by product, and tell the customer that the rest won't come."""
        picking = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.write({"quantity": quantities.get(move.product_id, 0.0), "picked": True})
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()

    def _return(self, order, quantity=1.0, done=True, **values):
        picking = order.picking_ids.filtered(lambda one: one.state == "done")[:1]
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        wizard = wizard.create(values)
        wizard.product_return_moves[0].quantity = quantity
        returned = wizard._create_return()
        if done:
            returned.move_ids.write({"quantity": quantity, "picked": True})
            returned.button_validate()
        return returned

    # === ON TIME ===

    def test_perfect(self):
        """Goods on 9 May, the assembly on 10 May at 23:30 where the customer lives: as promised."""
        with freeze_time("2030-05-09 10:00:00"):
            self._deliver(self.order)
            self.assertFalse(self.order.delivered_on, "The assembly is open.")
        self.assertFalse(self._flags())
        with freeze_time("2030-05-10 21:30:00"):
            self._close()
        self.assertEqual(self.order.delivered_on, datetime(2030, 5, 10, 21, 30))
        self.assertEqual(self._flags(), set(FLAGS))
        self.assertEqual(self.order.days_late, 0)

    def test_after_midnight(self):
        self._finish("2030-05-10 22:00:00")
        self.assertEqual(self._flags(), {"is_in_full", "is_undamaged", "has_right_papers"})
        self.assertEqual(self.order.days_late, 1)

    def test_early(self):
        self._finish("2030-05-07 08:00:00")
        self.assertTrue(self.order.is_perfect)
        self.assertEqual(self.order.days_late, -3)

    def test_moved_by_us(self):
        """Moved to 14 May as the material is late, delivered on 14 May: late, for the first promise counts."""
        self._move()
        self._finish("2030-05-14 08:00:00")
        self.assertEqual(self._flags(), {"is_in_full", "is_undamaged", "has_right_papers"})
        self.assertEqual(self.order.days_late, 4)

    def test_moved_by_the_customer(self):
        """The same as the customer wished it: late for the first promise, in time as agreed."""
        slip = self._move(reason_id=self.customer_wish.id)
        self._finish("2030-05-14 08:00:00")
        self.assertFalse(self.order.is_on_time)
        self.assertTrue(self.order.is_on_time_agreed)
        slip.with_user(self.manager).reason_id = self.material_late
        self.assertFalse(self.order.is_on_time_agreed)

    def test_extension_signed(self):
        """Two days signed, two days lost: 14 May is two days later than agreed."""
        self._sign(self._make_change(days_added=2, send=True))
        self._finish("2030-05-14 08:00:00")
        self.assertFalse(self.order.is_on_time_agreed)
        self.order.picking_ids.date_done = "2030-05-12 08:00:00"
        self.order.stage_task_ids.sudo().closed_on = "2030-05-12 08:00:00"
        self.assertTrue(self.order.is_on_time_agreed)
        self.assertFalse(self.order.is_on_time)

    def test_customer_wants_it_earlier(self):
        """A wish to have it earlier doesn't shorten what was promised."""
        self._move(datetime(2030, 5, 6, 8), reason_id=self.customer_wish.id)
        self._finish("2030-05-09 08:00:00")
        self.assertTrue(self.order.is_on_time)
        self.assertTrue(self.order.is_on_time_agreed)

    def test_without_promise(self):
        order = self._make_order(commitment_date=False)
        self._finish("2030-05-09 08:00:00", order)
        self.assertEqual(self._flags(order), {"is_in_full", "is_undamaged", "has_right_papers"})
        order.commitment_date = self.SECOND
        self.assertFalse(order.first_promised_date, "Nobody promises what is there.")

    def test_nothing_to_move_any_more(self):
        self._finish("2030-05-09 08:00:00")
        self.assertFalse(self.order.with_user(self.seller).can_move_promise)

    # === IN FULL ===

    def test_backorder(self):
        """8 of 10 boards on 8 May, the others on 10 May: in time, but in pieces."""
        with freeze_time("2030-05-08 08:00:00"):
            self._deliver(self.order, {self.wardrobe: 1, self.boards: 8})
            self._close()
        self.assertFalse(self.order.delivered_on)
        with freeze_time("2030-05-10 08:00:00"):
            self._deliver(self.order)
        self.assertEqual(self.order.delivered_on, datetime(2030, 5, 10, 8))
        self.assertTrue(self.order.is_on_time)
        self.assertFalse(self.order.is_in_full)
        self.assertFalse(self.order.is_perfect)

    def test_rest_never_comes(self):
        """8 of 10 boards, no backorder: complete as far as it goes, and lowering the order doesn't make it full."""
        with freeze_time("2030-05-08 08:00:00"):
            self._deliver_short(self.order, {self.wardrobe: 1, self.boards: 8})
            self._close()
        self.assertTrue(self.order.delivered_on)
        self.assertFalse(self.order.is_in_full)
        self._line(self.boards).product_uom_qty = 8
        self.assertFalse(self.order.is_in_full)

    def test_one_thing_never_comes(self):
        """The wardrobe comes, the boards don't at all."""
        with freeze_time("2030-05-08 08:00:00"):
            self._deliver_short(self.order, {self.wardrobe: 1})
            self._close()
        self.assertTrue(self.order.delivered_on)
        self._line(self.boards).product_uom_qty = 0
        self.assertFalse(self.order.is_in_full)

    def test_two_planned_deliveries(self):
        """Two deliveries from the start are no backorder: the wardrobe and the boards come apart."""
        picking = self.order.picking_ids
        other = picking.copy({"move_ids": []})
        picking.move_ids[:1].picking_id = other
        self.assertEqual(len(self.order.picking_ids), 2)
        self._finish("2030-05-09 08:00:00")
        self.assertTrue(self.order.is_in_full)

    def test_reduced_by_extension(self):
        """The customer signs for 6 boards instead of 10, and gets 6: in full."""
        self._sign(self._make_change(self._reduce(self._line(self.boards), 4), send=True))
        self._finish("2030-05-09 08:00:00")
        self.assertTrue(self.order.is_perfect)

    def test_more_than_ordered(self):
        with freeze_time("2030-05-09 08:00:00"):
            self._deliver(self.order, {self.wardrobe: 1, self.boards: 12})
            self._close()
        self.assertTrue(self.order.is_in_full)

    # === SERVICES ===

    def test_services_with_tasks_only(self):
        order = self._make_order([(self.assembly, 4)])
        self.assertFalse(order.delivered_on)
        with freeze_time("2030-05-10 18:00:00"):
            self._close(order)
        self.assertEqual(order.delivered_on, datetime(2030, 5, 10, 18))
        self.assertTrue(order.is_perfect)

    def test_task_dropped(self):
        """A task that is cancelled is not delivered: alone it leaves the order open, with others not in full."""
        order = self._make_order([(self.assembly, 4)])
        self._close(order, "1_canceled")
        self.assertFalse(order.delivered_on)
        with freeze_time("2030-05-09 08:00:00"):
            self._deliver(self.order)
            self._close(state="1_canceled")
        self.assertTrue(self.order.delivered_on)
        self.assertFalse(self.order.is_in_full)

    def test_services_without_tasks(self):
        """Somebody enters what is done; where there are goods, what nobody enters holds nothing up."""
        order = self._make_order([(self.window, 2)])
        self.assertFalse(order.delivered_on)
        with freeze_time("2030-05-09 08:00:00"):
            order.order_line.qty_delivered = 1
            self.assertFalse(order.delivered_on)
            order.order_line.qty_delivered = 2
            self.env.flush_all()
        self.assertEqual(order.delivered_on, datetime(2030, 5, 9, 8))
        mixed = self._make_order([(self.window, 2), (self.boards, 1)])
        self._finish("2030-05-09 08:00:00", mixed)
        self.assertTrue(mixed.is_perfect)

    def test_services_billed_by_what_is_entered(self):
        self.window.invoice_policy = "delivery"
        order = self._make_order([(self.window, 2), (self.boards, 1)])
        self._deliver(order)
        self.assertFalse(order.delivered_on)
        order.order_line.filtered(lambda line: line.product_id == self.window).qty_delivered = 2
        self.assertTrue(order.delivered_on)

    def test_ticked_off_by_mistake(self):
        self._finish("2030-05-09 08:00:00")
        self._close(state="01_in_progress")
        self.assertFalse(self.order.delivered_on)
        self.assertFalse(self._flags())
        self.assertFalse(self.order.stage_task_ids.closed_on)
        with freeze_time("2030-05-12 08:00:00"):
            self._close()
        self.assertEqual(self.order.days_late, 2)

    def test_extended_after_delivery(self):
        """What is added when all was there is no part of the first promise: the order stays in time."""
        self._finish("2030-05-09 08:00:00")
        # All of this is one transaction, so what was there before has to be told from what comes now.
        order = self.order
        self.env.cr.execute("UPDATE sale_order SET delivery_noticed_on = '2025-06-01' WHERE id = %s", [order.id])
        for records in (order.order_line, order.order_line.move_ids, order.stage_task_ids):
            self.env.cr.execute(
                f"UPDATE {records._table} SET create_date = '2025-05-01' WHERE id IN %s", [tuple(records.ids)]
            )
        self.env.invalidate_all()
        change = self._make_change(self._add(self.boards, 2), self._add(self.assembly, 3), days_added=10, send=True)
        self._sign(change)
        self.assertEqual(len(change.line_ids.applied_line_id), 2)
        self.assertEqual(order.delivered_on, datetime(2030, 5, 9, 8))
        self._finish("2030-05-25 08:00:00")
        self.assertEqual(order.delivered_on, datetime(2030, 5, 9, 8))
        self.assertTrue(order.is_perfect)

    def test_cancelled(self):
        self.order._action_cancel()
        self.assertFalse(self.order.delivered_on)
        self._finish("2030-05-09 08:00:00", order := self._make_order())
        order._action_cancel()
        self.assertFalse(order.delivered_on)
        self.assertFalse(self._flags(order))

    # === UNDAMAGED ===

    def test_sent_back(self):
        """What the customer sends back as he wants it no more was not damaged, and was delivered all the same."""
        self._finish("2030-05-09 08:00:00")
        self._return(self.order)
        self.assertTrue(self.order.is_perfect)
        self.assertEqual(self.order.delivered_on, datetime(2030, 5, 9, 8))

    def test_damaged(self):
        """As soon as it is announced; a return that is called off counts no more."""
        self._finish("2030-05-09 08:00:00")
        returned = self._return(self.order, done=False, is_damage_return=True)
        self.assertTrue(returned.is_damage_return)
        self.assertEqual(self._flags(), set(FLAGS) - {"is_undamaged", "is_perfect"})
        returned.action_cancel()
        self.assertTrue(self.order.is_perfect)

    def test_claimed(self):
        self._finish("2030-05-09 08:00:00")
        values = {"order_id": self.order.id, "name": "Scratch"}
        self.env["order.case"].create({**values, "kind": "maintenance"})
        self.assertTrue(self.order.is_perfect)
        claim = self.env["order.case"].create({**values, "kind": "claim"})
        self.assertFalse(self.order.is_undamaged)
        claim.action_settle()
        self.assertFalse(self.order.is_undamaged)
        claim.action_drop()
        self.assertTrue(self.order.is_perfect)

    # === RIGHT PAPERS ===

    def _invoice(self, post=True):
        invoice = self.order._create_invoices()
        if post:
            invoice.action_post()
        return invoice

    def _credit(self, invoice, quantities=None, post=True):
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        reversal = reversal.create({"journal_id": invoice.journal_id.id, "reason": "Wrong price"})
        reversal.refund_moves()
        credit = reversal.new_move_ids
        for line in credit.invoice_line_ids:
            if quantities is not None:
                line.quantity = quantities.get(line.product_id, 0.0)
        if post:
            credit.action_post()
        return credit

    def test_invoiced(self):
        self._finish("2030-05-09 08:00:00")
        self._invoice()
        self.assertTrue(self.order.is_perfect)

    def test_credited(self):
        """A draft says nothing; posted, it says that the invoice was wrong."""
        self._finish("2030-05-09 08:00:00")
        credit = self._credit(self._invoice(), post=False)
        self.assertTrue(self.order.has_right_papers)
        credit.action_post()
        self.assertEqual(self._flags(), set(FLAGS) - {"has_right_papers", "is_perfect"})

    def test_credited_for_what_came_back(self):
        """One wardrobe came back and is credited: right. A board that didn't come back: wrong."""
        self._finish("2030-05-09 08:00:00")
        invoice = self._invoice()
        self._return(self.order)
        self._credit(invoice, {self.wardrobe: 1})
        self.assertTrue(self.order.is_perfect)
        self._credit(invoice, {self.boards: 1})
        self.assertFalse(self.order.has_right_papers)

    def test_invoice_cancelled(self):
        self._finish("2030-05-09 08:00:00")
        draft = self._invoice(post=False)
        draft.button_cancel()
        self.assertTrue(self.order.is_perfect)
        invoice = self._invoice()
        invoice.button_draft()
        invoice.button_cancel()
        self.assertFalse(self.order.has_right_papers)

    def test_posted_in_spite_of_a_difference(self):
        self._finish("2030-05-09 08:00:00")
        invoice = self._invoice()
        invoice._as_transition().billing_override_reason = "He agreed by phone"
        self.assertFalse(self.order.has_right_papers)

    # === THE ORDERS OF BEFORE, AND MANY ===

    def test_orders_of_before(self):
        self._finish("2030-05-09 08:00:00")
        wanted = {name: self.order[name] for name in STORED if name != "delivery_noticed_on"}
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET delivered_on = NULL, delivery_noticed_on = NULL, is_perfect = NULL, is_on_time ="
            " NULL, is_in_full = NULL, is_undamaged = NULL, first_promised_day = NULL, days_late = NULL WHERE id = %s",
            [self.order.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.order.is_perfect)
        _judge_deliveries(self.env)
        self.assertEqual({name: self.order[name] for name in wanted}, wanted)

    def test_queries(self):
        """Finding out takes no more queries for 12 orders than for 3."""
        orders = self.env["sale.order"].concat(*(self._make_order() for _index in range(12)))
        for order in orders:
            self._deliver(order)
            self._close(order)
        orders._create_invoices()

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for name in STORED:
                self.env.add_to_compute(some._fields[name], some)
            some.mapped("is_perfect")
            queries = self.env.cr.sql_log_count - before
            self.assertTrue(all(order.delivered_on for order in some))
            return queries

        count(orders[:1])
        few = count(orders[:3])
        self.assertLessEqual(count(orders), few)

    def test_first_promised_day(self):
        """23:00 UTC is the next day in Berlin."""
        order = self._make_order(commitment_date=self.FIRST + timedelta(hours=11))
        self.assertEqual(str(order.first_promised_day), "2030-05-11")
