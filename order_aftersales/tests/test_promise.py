from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.order_aftersales.hooks import _keep_first_promises

from .common_promise import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromise(PromiseCommon):
    # === THE FIRST PROMISE ===

    def test_kept_at_confirmation(self):
        """What the quotation says may change as it likes; the date it is confirmed with is kept."""
        order = self._make_order(confirm=False)
        order.commitment_date = "2030-04-30 08:00:00"
        self.assertFalse(order.first_promised_date)
        order.commitment_date = self.FIRST
        order.action_confirm()
        self.assertEqual(order.first_promised_date, self.FIRST)
        self.assertFalse(order.promise_slip_ids)
        self.assertEqual(order.promise_slip_days, 0)

    def test_promised_after_confirmation(self):
        """Confirmed without a date: nothing is promised until somebody enters one."""
        order = self._make_order(commitment_date=False)
        self.assertTrue(order.expected_date, "Odoo expects a date of goods, but has told nobody.")
        self.assertFalse(order.first_promised_date)
        order.commitment_date = self.SECOND
        self.assertEqual(order.first_promised_date, self.SECOND)
        self.assertFalse(order.promise_slip_ids)

    @freeze_time("2030-04-01 08:00:00")
    def test_promise_what_is_expected(self):
        """The boards take 5 days, the fitting set 12: the company promises the later one. Services have no date."""
        self.company.promise_expected_date = True
        self.boards.sale_delay = 5
        self.fitting.sale_delay = 12
        order = self._make_order([(self.boards, 1), (self.fitting, 1), (self.assembly, 1)], commitment_date=False)
        self.assertEqual(order.commitment_date, datetime(2030, 4, 13, 8))
        self.assertEqual(order.first_promised_date, datetime(2030, 4, 13, 8))
        self.assertFalse(order.promise_slip_ids)
        service = self._make_order([(self.assembly, 1)], commitment_date=False)
        self.assertFalse(service.commitment_date)
        dated = self._make_order([(self.boards, 1)])
        self.assertEqual(dated.first_promised_date, self.FIRST)

    def test_imported_confirmed(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "state": "sale", "commitment_date": self.FIRST}
        )
        self.assertEqual(order.first_promised_date, self.FIRST)

    def test_nobody_rewrites_it(self):
        for user in (self.env.user, self.manager, self.seller):
            with self.assertRaisesRegex(UserError, "what the customer was promised first"):
                self.order.with_user(user).first_promised_date = self.SECOND
            with self.assertRaisesRegex(UserError, "what the customer was promised first"):
                self.order.with_user(user).first_promised_date = False
        with self.assertRaisesRegex(UserError, "what the customer was promised first"):
            self._make_order(first_promised_date=self.SECOND)
        order = self.env["sale.order"].with_context(default_first_promised_date=self.SECOND)
        self.assertFalse(order.create({"partner_id": self.customer.id}).first_promised_date)
        self.assertEqual(self.order.first_promised_date, self.FIRST)

    def test_not_copied(self):
        self._move()
        copy = self.order.copy()
        self.assertFalse(copy.first_promised_date)
        self.assertFalse(copy.promise_slip_ids)

    def test_orders_of_before(self):
        """What was confirmed before the add-on came promises what it says at that time."""
        old, undated = self.order, self._make_order(commitment_date=False)
        quotation = self._make_order(confirm=False)
        old._as_transition().first_promised_date = False
        moved = self._make_order()
        moved.commitment_date = self.SECOND
        _keep_first_promises(self.env)
        self.assertEqual(old.first_promised_date, self.FIRST)
        self.assertEqual(moved.first_promised_date, self.FIRST, "It knows better already.")
        self.assertFalse(undated.first_promised_date)
        self.assertFalse(quotation.first_promised_date)
        self.assertFalse(old.promise_slip_ids)

    # === SLIPS ===

    def test_moved_in_passing(self):
        """A form, an import, the API: the date moves and waits for its reason."""
        self.order.with_user(self.seller).write({"commitment_date": self.SECOND})
        slip = self._slips()
        self.assertRecordValues(
            slip,
            [
                {
                    "old_date": self.FIRST,
                    "new_date": self.SECOND,
                    "days": 4,
                    "reason_id": False,
                    "user_id": self.seller.id,
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "is_customer_told": False,
                }
            ],
        )
        self.assertEqual(self.order.first_promised_date, self.FIRST)
        self.assertEqual(self.order.promise_slip_days, 4)
        self.assertIn(slip, self.env["order.promise.slip"].search([("reason_id", "=", False)]))

    def test_the_same_date_is_no_slip(self):
        self.order.commitment_date = self.FIRST
        self.order.write({"commitment_date": "2030-05-10 12:00:00", "client_order_ref": "4711"})
        self.assertFalse(self.order.promise_slip_ids)

    def test_two_slips_and_back(self):
        """10 May → 14 May (+4) → 8 May (−6): two days earlier than promised, and each step is told."""
        self.order.commitment_date = self.SECOND
        self.order.commitment_date = datetime(2030, 5, 8, 6)
        self.assertEqual(self._slips().mapped("days"), [4, -6])
        self.assertEqual(self._slips().mapped("old_date"), [self.FIRST, self.SECOND])
        self.assertEqual(self.order.promise_slip_days, -2)

    def test_taken_back(self):
        """No date any more, then another: the days are counted from the last date that the customer knew."""
        self.order.commitment_date = False
        self.order.commitment_date = self.SECOND
        self.assertRecordValues(
            self._slips(),
            [
                {"old_date": self.FIRST, "new_date": False, "days": 0},
                {"old_date": self.FIRST, "new_date": self.SECOND, "days": 4},
            ],
        )
        self.assertEqual(self.order.first_promised_date, self.FIRST)

    def test_by_cancelling(self):
        """Cancelled, quoted anew with a later date and confirmed again: the first promise is still the first."""
        self.order._action_cancel()
        self.order.action_draft()
        self.order.commitment_date = self.SECOND
        self.assertFalse(self.order.promise_slip_ids, "Nothing is promised by a quotation.")
        self.order.action_confirm()
        self.assertEqual(self.order.first_promised_date, self.FIRST)
        self.assertEqual(self._slips().mapped("days"), [4])

    def test_late_in_the_evening(self):
        """23:00 UTC is past midnight in Berlin, but not in New York: the day is the customer's."""
        evening = datetime(2030, 5, 10, 23)
        self.order.commitment_date = evening
        self.assertEqual(self._slips().days, 1)
        other = self._make_order()
        self.customer.tz = "America/New_York"
        other.commitment_date = evening
        self.assertEqual(self._slips(other).days, 0, "Another hour of the same day is kept on file, too.")

    def test_company_where_the_customer_has_no_time_zone(self):
        self.customer.tz = False
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        self.assertEqual(self.order._get_promise_tz(), "Pacific/Auckland")

    def test_many_orders_at_once(self):
        """Each order has its own slip, from its own date, with no query per order more than Odoo makes itself."""
        orders = self.env["sale.order"].concat(*(self._make_order() for _index in range(10)))
        orders[0].commitment_date = datetime(2030, 5, 12, 12)
        self.env.flush_all()
        orders.write({"commitment_date": self.SECOND})
        self.assertEqual([sum(self._slips(order).mapped("days")) for order in orders], [4] * 10)
        self.assertEqual(self._slips(orders[0]).mapped("days"), [2, 2])
        self.assertEqual(len(self._slips(orders[1])), 1)

    def test_queries_of_many_orders(self):
        """Logging slips takes the same number of queries for 2 orders as for 12."""

        def count(number):
            orders = self.env["sale.order"].concat(*(self._make_order([(self.window, 1)]) for _index in range(number)))
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE sale_order SET commitment_date = %s WHERE id IN %s", [self.SECOND, tuple(orders.ids)]
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._follow_promise()
            self.env["order.promise.slip"].flush_model()
            queries = self.env.cr.sql_log_count - before
            self.assertEqual(len(orders.promise_slip_ids), number)
            return queries

        count(1)
        self.assertEqual(count(2), count(12))

    def test_by_signed_extension(self):
        """Five days signed by the customer: the slip says so itself and links the extension."""
        change = self._make_change(days_added=5, send=True)
        self._sign(change)
        self.assertEqual(self.order.commitment_date, self.FIRST + timedelta(days=5))
        self.assertEqual(self.order.first_promised_date, self.FIRST)
        slip = self._slips()
        self.assertRecordValues(
            slip,
            [
                {
                    "days": 5,
                    "reason_id": self.env.ref("order_aftersales.slip_reason_agreed_extension").id,
                    "is_customers_doing": True,
                    "change_order_id": change.id,
                    "is_customer_told": True,
                }
            ],
        )
        for user in (self.seller, self.manager, self.planner):
            self.assertFalse(slip.with_user(user).can_complete)
            with self.assertRaisesRegex(AccessError, "can say why"):
                slip.with_user(user).reason_id = self.material_late

    def test_extension_without_days(self):
        self._sign(self._make_change(send=True))
        self.assertFalse(self.order.promise_slip_ids)

    def test_extension_of_an_order_without_date(self):
        order = self._make_order(commitment_date=False)
        change = self._make_change(days_added=5, order_id=order.id, send=True)
        self._sign(change)
        self.assertFalse(order.first_promised_date)
        self.assertFalse(order.promise_slip_ids)

    # === KEPT AS THEY HAPPENED ===

    def test_slips_stay(self):
        slip = self._move()
        for user in (self.env.user, self.manager, self.seller):
            mine = slip.with_user(user)
            for name, value in {
                "days": 0,
                "old_date": self.SECOND,
                "new_date": self.FIRST,
                "user_id": self.manager.id,
                "order_id": self._make_order().id,
                "is_customer_told": True,
            }.items():
                with self.assertRaisesRegex(UserError, "kept as it happened"):
                    mine.write({name: value})
            with self.assertRaises(AccessError):
                mine.unlink()
            with self.assertRaises(AccessError):
                mine.create({"order_id": self.order.id, "company_id": self.company.id, "days": 3})
        with self.assertRaisesRegex(UserError, "stays on file"):
            slip.sudo().unlink()
        self.assertEqual(slip.days, 4)

    def test_who_completes(self):
        """The seller who has moved it, and leaders; a storekeeper and another seller don't."""
        self.order.with_user(self.seller).commitment_date = self.SECOND
        slip = self._slips()
        for user in (self.storekeeper, self.bookkeeper, self.technician):
            self.assertFalse(slip.with_user(user).can_complete)
            with self.assertRaisesRegex(AccessError, "can say why"):
                slip.with_user(user).write({"reason_id": self.material_late.id})
        slip.with_user(self.seller).write({"reason_id": self.material_late.id, "note": "Hinges out of stock"})
        slip.with_user(self.planner).department_id = self.workshop
        self.assertEqual(slip.reason_id, self.material_late)
        self.assertEqual(slip.department_id, self.workshop)

    def test_who_sees(self):
        """As the orders: the other seller not, other departments yes, the customer and other companies not."""
        slip = self._move()
        for user in (self.seller, self.manager, self.planner, self.storekeeper, self.bookkeeper, self.technician):
            self.assertEqual(slip.with_user(user).days, 4)
            self.assertEqual(self.order.with_user(user).promise_slip_ids, slip)
        self.assertFalse(slip.with_user(self.other_seller).search([("id", "=", slip.id)]))
        with self.assertRaises(AccessError):
            slip.with_user(self.other_seller).read(["days"])
        with self.assertRaises(AccessError):
            slip.with_user(self.customer_user).read(["days"])
        for name in ("promise_slip_ids", "first_promised_date"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.order.with_user(self.customer_user).read([name])
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._make_user("elsewhere_manager", "sales_team.group_sale_manager", company=company)
        self.assertFalse(slip.with_user(stranger).search([("id", "=", slip.id)]))

    # === THE BUTTON ===

    def test_button(self):
        slip = self._move(note="The supplier is late", department_id=self.warehouse_department.id)
        self.assertRecordValues(
            slip,
            [
                {
                    "days": 4,
                    "reason_id": self.material_late.id,
                    "department_id": self.warehouse_department.id,
                    "note": "The supplier is late",
                    "user_id": self.seller.id,
                    "is_customer_told": False,
                    "is_customers_doing": False,
                }
            ],
        )

    def test_own_department_is_proposed(self):
        wizard = self.env["order.promise.move"].with_user(self.storekeeper).new({"order_id": self.order.id})
        self.assertEqual(wizard.department_id, self.warehouse_department)

    def test_leader_of_production(self):
        """The planner may not write orders, but knows when the workshop is ready."""
        self.assertFalse(self.order.with_user(self.planner).has_access("write"))
        self.assertTrue(self.order.with_user(self.planner).can_move_promise)
        self.assertEqual(self._move(user=self.planner).user_id, self.planner)

    def test_who_may_not_move(self):
        for user in (self.technician, self.service):
            self.assertFalse(self.order.with_user(user).can_move_promise)
            with self.assertRaisesRegex(AccessError, "ask its salesperson or a leader"):
                self.order.with_user(user).action_move_promise()
            with self.assertRaisesRegex(AccessError, "ask its salesperson or a leader"):
                self.order.with_user(user)._move_promise(self.SECOND)
        with self.assertRaises(AccessError):
            self.order.with_user(self.other_seller).action_move_promise()
        self.assertEqual(self.order.commitment_date, self.FIRST)

    def test_bad_dates(self):
        with self.assertRaisesRegex(UserError, "promised for 05/10/2030 already"):
            self._move(self.FIRST)
        with self.assertRaisesRegex(UserError, "01/05/2020 is in the past"):
            self._move(datetime(2020, 1, 5, 8))
        undated = self._make_order(commitment_date=False)
        with self.assertRaisesRegex(UserError, "has no promised date"):
            self._move(order=undated)
        cancelled = self._make_order()
        cancelled._action_cancel()
        with self.assertRaisesRegex(UserError, "has no promised date"):
            self._move(order=cancelled)
        self.assertFalse(self.order.promise_slip_ids)

    def test_deliveries_follow(self):
        self._move()
        self.assertEqual(set(self.order.picking_ids.move_ids.mapped("date_deadline")), {self.SECOND})

    def test_deliveries_are_rescheduled(self):
        """They are planned four days later, too, by somebody who has no right on them; if not wanted, they stay."""
        picking = self.order.picking_ids
        before = picking.scheduled_date
        self.assertFalse(picking.with_user(self.planner).has_access("write"))
        self._move(user=self.planner)
        self.assertEqual(picking.scheduled_date, before + timedelta(days=4))
        self._move(datetime(2030, 5, 20, 12), move_deliveries=False)
        self.assertEqual(picking.scheduled_date, before + timedelta(days=4))

    def test_what_is_delivered_stays(self):
        self._deliver(self.order, {self.wardrobe: 1})
        done = self.order.picking_ids.filtered(lambda picking: picking.state == "done")
        when = done.move_ids.date
        self._move()
        self.assertEqual(done.move_ids.date, when)

    def test_customer_is_told(self):
        """In his language: the date that was, the one that is, and the message is shown before it goes out."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        wizard_form = Form(
            self.env["order.promise.move"].with_user(self.planner).with_context(default_order_id=self.order.id)
        )
        self.assertFalse(wizard_form.body)
        wizard_form.new_date = "2030-05-14 12:00:00"
        wizard_form.reason_id = self.material_late
        wizard_form.note = "Hinges forgotten"
        self.assertIn("10.05.2030", wizard_form.body)
        self.assertIn("14.05.2030", wizard_form.body)
        self.assertIn(self.order.name, wizard_form.subject)
        wizard = wizard_form.save()
        wizard.action_move()
        message = self.order.message_ids.filtered(lambda message: "14.05.2030" in (message.body or ""))
        self.assertEqual(message.partner_ids, self.customer)
        self.assertEqual(message.author_id, self.planner.partner_id)
        self.assertNotIn("Hinges forgotten", message.body)
        self.assertTrue(self._slips().is_customer_told)

    def test_customer_without_address(self):
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self._move(tell_customer=True)
        self.assertFalse(self.order.promise_slip_ids)
        self.assertEqual(self.order.commitment_date, self.FIRST)

    def test_reason_of_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["order.slip.reason"].create({"name": "Theirs", "company_id": company.id})
        with self.assertRaises(UserError):
            self._move(reason_id=foreign.id)
        self.assertFalse(self.env["order.slip.reason"].with_user(self.seller).search([("id", "=", foreign.id)]))

    def test_cancelled_with_slips(self):
        """A cancelled order keeps its slips, and isn't deleted with them."""
        slip = self._move(order=self._make_order([(self.window, 1)]))
        order = slip.order_id
        order._action_cancel()
        self.assertTrue(slip.exists())
        with self.assertRaisesRegex(UserError, "stays on file"):
            order.unlink()
        self.assertTrue(slip.exists())
