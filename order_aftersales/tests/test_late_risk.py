from datetime import datetime

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common_promise import PromiseCommon


@tagged("post_install", "-at_install")
@freeze_time("2030-05-06 06:00:00")
class TestLateRisk(PromiseCommon):
    """It is Monday, 6 May 2030, 8 o'clock in Berlin; the order is promised for Friday, 10 May.

    The week has 5 days of 8 hours: 40 hours until the promise. The assembly takes 12 hours, by one technician.
    """

    @classmethod
    def _make_people(cls):
        super()._make_people()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "40 hours", "tz": "Europe/Berlin", "company_id": cls.company.id}
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.task = cls.order.order_line.task_id
        cls.elsewhere = cls.env["project.project"].create({"name": "Elsewhere", "company_id": cls.company.id})
        cls.task.write({"allocated_hours": 12.0, "date_deadline": False})

    def _make_task(self, hours, users=None, **values):
        return self.env["project.task"].create(
            {
                "name": "Another job",
                "project_id": self.elsewhere.id,
                "allocated_hours": hours,
                "user_ids": [Command.set((users or self.technician).ids)],
                **values,
            }
        )

    def _stock(self, product, quantity):
        location = self.order.warehouse_id.lot_stock_id
        self.env["stock.quant"]._update_available_quantity(product, location, quantity)

    def _make_goods_order(self, quantity=4, **values):
        return self._make_order([(self.fitting, quantity)], **values)

    def _receive_later(self, product, quantity, date):
        """Expect ``quantity`` from a vendor on ``date``."""
        warehouse = self.order.warehouse_id
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "picking_type_id": warehouse.in_type_id.id,
                "date": date,
            }
        )
        move._action_confirm()
        return move

    # === HOURS ===

    def test_enough_time(self):
        self.assertFalse(self.order.is_late_risk)
        self.assertFalse(self.order.late_risk)

    def test_more_hours_than_time(self):
        """43.5 hours of work, 40 until Friday evening: 3.5 too many for one, enough for two."""
        self.task.allocated_hours = 43.5
        self.order.invalidate_recordset(["late_risk"])
        self.assertEqual(
            self.order.late_risk, "The open work takes 3.5 hours longer than there is working time until then."
        )
        self.task.user_ids |= self.other_technician
        self.order.invalidate_recordset(["late_risk"])
        self.assertFalse(self.order.late_risk)

    def test_nobody_assigned(self):
        """Somebody will have to do it: as much as one person can."""
        self.task.write({"user_ids": False, "allocated_hours": 41.0})
        self.order.invalidate_recordset(["late_risk"])
        self.assertIn("takes 1.0 hours longer", self.order.late_risk)

    def test_holiday(self):
        """Thursday is a holiday: 32 hours are left, 12 + 21 are to be done."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Ascension",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2030-05-08 22:00:00",
                "date_to": "2030-05-09 22:00:00",
            }
        )
        self.task.allocated_hours = 33.0
        self.order.invalidate_recordset(["late_risk"])
        self.assertIn("takes 1.0 hours longer", self.order.late_risk)

    def test_closed_tasks_take_no_time(self):
        self.task.write({"allocated_hours": 100.0, "state": "1_done"})
        self.assertFalse(self.order.late_risk)

    def test_parts_are_not_counted_twice(self):
        """A task of 30 hours with two parts of 15: 30 hours."""
        self.task.allocated_hours = 30.0
        for _index in range(2):
            self._make_task(
                15.0,
                parent_id=self.task.id,
                project_id=self.task.project_id.id,
                sale_line_id=self.task.sale_line_id.id,
            )
        self.order.invalidate_recordset(["late_risk"])
        self.assertFalse(self.order.late_risk)

    def test_people_are_busy_elsewhere(self):
        """12 hours here, 20 + half of 20 elsewhere until Friday: 42 of 40. What is due on Monday doesn't count."""
        other = self._make_order([(self.assembly, 1)], commitment_date="2030-05-09 10:00:00").order_line.task_id
        other.write({"allocated_hours": 20.0, "date_deadline": False, "user_ids": [Command.set(self.technician.ids)]})
        self._make_task(20.0, users=self.technician | self.other_technician, date_deadline="2030-05-08 15:00:00")
        self._make_task(100.0, date_deadline="2030-05-13 15:00:00")
        self._make_task(100.0)
        self.order.invalidate_recordset(["late_risk"])
        self.assertEqual(
            self.order.late_risk, "The people on it have promised 2.0 hours more than they can work until then."
        )

    def test_the_day_has_passed(self):
        with freeze_time("2030-05-12 21:00:00"):
            self.assertEqual(self.order.late_risk, "The promised day has passed (2 days ago).")
        self.order.invalidate_recordset(["late_risk"])
        with freeze_time("2030-05-11 21:00:00"):
            self.assertEqual(self.order.late_risk, "The promised day was yesterday.")
        self.order.invalidate_recordset(["late_risk"])
        with freeze_time("2030-05-10 21:59:00"):
            self.assertNotIn("passed", self.order.late_risk or "")

    def test_without_promise(self):
        for order in (self._make_order(commitment_date=False), self._make_order(confirm=False)):
            self.assertFalse(order.is_late_risk)
        self.task.allocated_hours = 100.0
        self.order._action_cancel()
        self.assertFalse(self.order.is_late_risk)

    # === GOODS ===

    def test_goods_nobody_expects(self):
        order = self._make_goods_order()
        self.assertEqual(order.late_risk, "Goods that are neither in stock nor on their way: one product.")
        self.assertTrue(order.is_short_of_stock)

    def test_goods_in_stock(self):
        self._stock(self.fitting, 4)
        order = self._make_goods_order()
        self.assertFalse(order.late_risk)
        self.assertFalse(order.is_short_of_stock)

    def test_goods_expected_too_late(self):
        """Expected on Tuesday, 14 May: four days after the promise; on 9 May they would be there in time."""
        move = self._receive_later(self.fitting, 4, datetime(2030, 5, 14, 8))
        order = self._make_goods_order()
        self.assertEqual(order.late_risk, "The last goods are expected 4 days after the promised day.")
        move.date = datetime(2030, 5, 9, 8)
        order.invalidate_recordset()
        order.order_line.move_ids.invalidate_recordset()
        self.assertFalse(order.late_risk)
        self.assertTrue(order.is_short_of_stock, "They are not there yet.")

    # === SHORT OF STOCK ===

    def test_short_until_goods_come(self):
        """The flag follows the deliveries: partly there, all there, delivered."""
        self._stock(self.fitting, 1)
        order = self._make_goods_order()
        self.assertEqual(order.order_line.move_ids.state, "partially_available")
        self.assertTrue(order.is_short_of_stock)
        self._stock(self.fitting, 3)
        order.picking_ids.action_assign()
        self.assertFalse(order.is_short_of_stock)
        self._deliver(order)
        self.assertFalse(order.is_short_of_stock)

    def test_short_after_partial_delivery(self):
        """One of four is delivered, the other three wait in a delivery of their own."""
        self._stock(self.fitting, 1)
        order = self._make_goods_order()
        self._deliver(order, {self.fitting: 1})
        self.assertEqual(len(order.picking_ids), 2)
        self.assertTrue(order.is_short_of_stock)
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.assertFalse(order.is_short_of_stock)

    def test_cancelled_is_not_short(self):
        order = self._make_goods_order()
        order._action_cancel()
        self.assertFalse(order.is_short_of_stock)

    def test_goods_without_stock_are_never_short(self):
        self.assertFalse(self.order.is_short_of_stock)

    def test_manual_reservation_says_nothing(self):
        """Nobody has tried to reserve: whether goods are missing isn't known by states."""
        self.order.warehouse_id.out_type_id.reservation_method = "manual"
        order = self._make_goods_order()
        self.assertFalse(order.is_short_of_stock)
        self.assertTrue(order.late_risk)

    def test_two_steps(self):
        """Pick, then ship: the shipment waits for the pick, which is short only if the stock is."""
        self.order.warehouse_id.delivery_steps = "pick_ship"
        self._stock(self.fitting, 4)
        self.assertFalse(self._make_goods_order().is_short_of_stock)
        self.assertTrue(self._make_goods_order().is_short_of_stock)

    # === WHO AND HOW MANY ===

    def test_who_sees_it(self):
        """The storekeeper and the technician see why, though not with what the people are busy."""
        self.task.allocated_hours = 43.5
        for user in (self.seller, self.storekeeper, self.technician, self.bookkeeper, self.planner):
            order = self.order.with_user(user)
            order.invalidate_recordset(["late_risk"])
            self.assertIn("3.5 hours", order.late_risk)

    def test_queries(self):
        """No more queries for 12 orders than for 2."""
        orders = self.env["sale.order"].concat(
            *(self._make_order([(self.fitting, 1), (self.assembly, 50)]) for _index in range(12))
        )
        orders.order_line.task_id.write({"allocated_hours": 50.0})

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            risks = some.mapped("late_risk")
            self.assertEqual(len([risk for risk in risks if "hours" in risk and "Goods" in risk]), len(some))
            return self.env.cr.sql_log_count - before

        count(orders[:1])
        few = count(orders[:2])
        self.assertLessEqual(count(orders), few)

    # === SHOWN ===

    def test_on_documents(self):
        """Task, delivery and invoice tell what was promised, and that it was promised otherwise first."""
        self._move()
        self.assertEqual(self.task.with_user(self.technician).promised_date, self.SECOND)
        self.assertEqual(self.task.with_user(self.technician).promise_note, "First promised 05/10/2030 (+4 days)")
        picking = self.order.picking_ids.with_user(self.storekeeper)
        self.assertEqual(picking.promised_date, self.SECOND)
        self.assertEqual(picking.promise_note, "First promised 05/10/2030 (+4 days)")
        invoice = self.order._create_invoices()
        self.assertEqual(
            invoice.with_user(self.bookkeeper).promise_info,
            f"{self.order.name}: promised 05/14/2030. First promised 05/10/2030 (+4 days)",
        )
        self.assertFalse(self.env["account.move"].create({"move_type": "out_invoice"}).promise_info)

    def test_found_by_promise(self):
        tasks = self.env["project.task"].with_user(self.technician).search([("promised_date", "<", "2030-05-11")])
        self.assertIn(self.task, tasks)
