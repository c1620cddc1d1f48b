"""Small extras that are done free: what they are worth, who pays for them, and what is left of the allowance."""

import base64
import unittest

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SIGNATURE
from .common_minor_items import MinorItemsCommon


@tagged("post_install", "-at_install")
class TestMinorItems(MinorItemsCommon):
    def _assert_figures(self, used, left, order=None):
        order = order or self.order
        self.assertEqual((order.minor_items_used, order.minor_items_left), (used, left))

    def test_drawn_from_the_allowance(self):
        amounts = self.order.amount_total, len(self.order.order_line)
        item = self._make_item(material="Hinge", material_cost=4.5)
        # a quarter of an hour at 60.00 is 15.00, with 4.50 of material 19.50, of 38.03
        self.assertRecordValues(
            item,
            [
                {
                    "value": 19.5,
                    "covered_by": "allowance",
                    "state": "done",
                    "user_id": self.env.uid,
                    "partner_id": self.customer.id,
                    "salesperson_id": self.seller.id,
                    "company_id": self.company.id,
                    "date": fields.Date.context_today(item),
                }
            ],
        )
        self._assert_figures(19.5, 18.53)
        # 19.50 of 38.03
        self.assertAlmostEqual(self.order.minor_items_used_percent, 51.275, places=2)
        self.assertEqual(self.order.minor_item_count, 1)
        self.assertEqual(self.task.minor_item_count, 1)
        self.assertEqual((self.order.amount_total, len(self.order.order_line)), amounts, "the order never changes")

    def test_allowance_of_the_quotation(self):
        order = self._make_order(confirm=False)
        order.action_apply_minor_items()
        order.action_confirm()
        # 0.75 % of 5 070.00 are 38.03, which no small extra is priced after
        self._assert_figures(0.0, 38.03, order)
        item = self._make_item(order=order)
        self.assertEqual((item.value, item.covered_by), (15.0, "allowance"))
        self._assert_figures(15.0, 23.03, order)
        found = self.env["sale.order"].search([("minor_items_left", "=", 23.03), ("id", "=", order.id)])
        self.assertEqual(found, order)

    def test_goodwill_needs_the_right(self):
        self._make_item(duration=0.5)  # 30.00, which leaves 8.03
        with self.assertRaisesRegex(UserError, r"15.00.*8.03.*change order"), self.cr.savepoint():
            self._make_item(user=self.technician)
        self._assert_figures(30.0, 8.03)
        self.technician.group_ids |= self.env.ref("order_extension.group_goodwill")
        item = self._make_item(user=self.technician)
        self.assertEqual(item.covered_by, "goodwill")
        self._assert_figures(30.0, 8.03)
        # what still fits is the allowance's: 8 minutes are 0.13 h and so 7.80
        self.assertEqual(self._make_item(duration=8 / 60).covered_by, "allowance")
        self._assert_figures(37.8, 0.23)

    def test_limits_hold_in_the_ledger_too(self):
        """15 minutes and 30.00 at most, unless somebody may give goodwill: 16 minutes are 0.27 h at 60.00."""
        with self.assertRaisesRegex(UserError, "16 minutes"), self.cr.savepoint():
            self._make_item(user=self.technician, duration=16 / 60)
        with self.assertRaisesRegex(UserError, "at most"), self.cr.savepoint():
            self._make_item(user=self.technician, material_cost=15.01)
        item = self._make_item(user=self.technician)
        with self.assertRaisesRegex(UserError, "30 minutes"), self.cr.savepoint():
            item.duration = 0.5
        self.env.invalidate_all()
        self.assertEqual((item.duration, item.value), (0.25, 15.0))
        self.assertEqual(self._make_item(user=self.manager, duration=16 / 60).value, 16.2)

    def test_managers_and_sellers(self):
        self._set_allowance(self.order, 0.0)
        self.assertEqual(self._make_item(user=self.manager).covered_by, "goodwill")
        with self.assertRaisesRegex(UserError, "goodwill"), self.cr.savepoint():
            self._make_item(user=self.seller)
        self._assert_figures(0.0, 0.0)
        self.assertEqual(self.order.minor_items_used_percent, 0.0)

    def test_several_at_once(self):
        values = {"order_id": self.order.id, "name": "Favour"}
        # 0.33 h are 19.80, then 30.00 and 18.00, of 38.03: the second no longer fits, the third does
        items = self.env["sale.minor.item"].create([{**values, "duration": minutes / 60} for minutes in (20, 30, 18)])
        self.assertEqual(items.mapped("value"), [19.8, 30.0, 18.0])
        self.assertEqual(items.mapped("covered_by"), ["allowance", "goodwill", "allowance"])
        self._assert_figures(37.8, 0.23)

    def test_nothing_half_recorded(self):
        values = {"order_id": self.order.id, "name": "Favour"}
        with self.assertRaises(UserError), self.cr.savepoint():
            self.env["sale.minor.item"].with_user(self.seller).create(
                [{**values, "duration": minutes / 60} for minutes in (20, 30)]
            )
        self.env.invalidate_all()
        self.assertFalse(self.order.minor_item_ids)
        self._assert_figures(0.0, 38.03)

    def test_catalogue_fills_in(self):
        item = self._make_item(product_id=self.silicone.id)
        # what the user has given stays
        self.assertEqual((item.name, item.duration), ("Adjust a door", 0.25))
        item = self.env["sale.minor.item"].create({"order_id": self.order.id, "product_id": self.silicone.id})
        self.assertEqual(item.name, "Renew a silicone joint")
        self.assertAlmostEqual(item.duration * 60, 10)
        self.assertEqual(item.value, 25.0)

    def test_form_on_the_task(self):
        self.company.minor_item_limit_amount = 40.0
        action = self.task.with_user(self.technician).action_view_minor_items()
        Item = self.env["sale.minor.item"].with_user(self.technician)
        with Form(Item.with_context(default_task_id=action["context"]["default_task_id"])) as form:
            self.assertEqual(form.order_id.id, self.order.id)
            form.product_id = self.silicone
            self.assertEqual(form.name, "Renew a silicone joint")
            self.assertEqual(form.value, 25.0)
            form.duration = 0.25
            # 25.00 for 10 minutes: 37.50 for 15
            self.assertEqual(form.value, 37.5)
            form.requested_by = "Mr Sommer"
        self.assertRecordValues(
            form.record, [{"value": 37.5, "user_id": self.technician.id, "covered_by": "allowance"}]
        )

    def test_corrected(self):
        item = self._make_item()
        item.write({"name": "Adjust two doors", "duration": 0.5})
        self.assertEqual((item.value, item.covered_by), (30.0, "allowance"))
        self._assert_figures(30.0, 8.03)
        item.material_cost = 10.0
        # 40.00 no longer fit into 38.03
        self.assertEqual((item.value, item.covered_by), (40.0, "goodwill"))
        self._assert_figures(0.0, 38.03)
        item.material_cost = 0.0
        self.assertEqual((item.value, item.covered_by), (30.0, "allowance"))
        with self.assertRaisesRegex(UserError, "goodwill"), self.cr.savepoint(), self.cr.savepoint():
            item.with_user(self.seller).material_cost = 10.0
        self.env.invalidate_all()
        self._assert_figures(30.0, 8.03)

    def test_value_is_frozen(self):
        item = self._make_item()
        self._line(self.assembly).price_unit = 90.0
        self.env.flush_all()
        item.invalidate_recordset()
        self.assertEqual(item.value, 15.0)
        item.name = "Another name"
        self.assertEqual(item.value, 15.0)
        item.duration = 0.5
        self.assertEqual(item.value, 45.0)

    def test_cancelled_not_deleted(self):
        item = self._make_item()
        with (
            self.assertRaisesRegex(UserError, "stays in the ledger.*cancel it"),
            self.cr.savepoint(),
            self.cr.savepoint(),
        ):
            item.with_user(self.manager).unlink()
        action = item.action_cancel()
        wizard = (
            self.env[action["res_model"]].with_context(**action["context"]).create({"reason": " Wrong\u202e order "})
        )
        wizard.action_cancel_minor_item()
        self.assertRecordValues(
            item,
            [{"state": "cancelled", "cancel_reason": "Wrong order", "cancelled_by_id": self.env.uid, "value": 15.0}],
        )
        self.assertTrue(item.cancelled_on)
        self._assert_figures(0.0, 38.03)
        self.assertEqual((self.order.minor_item_count, self.task.minor_item_count), (0, 0))
        with self.assertRaisesRegex(UserError, "is cancelled"), self.cr.savepoint():
            item._cancel("Again")
        with self.assertRaisesRegex(UserError, "is cancelled"), self.cr.savepoint():
            item.duration = 1.0

    def test_cancelled_with_a_reason(self):
        item = self._make_item()
        for reason in ("", "  \n ", False):
            with self.assertRaisesRegex(UserError, "why"), self.cr.savepoint():
                item._cancel(reason)
        self.assertEqual(item.state, "done")

    def test_state_and_value_are_nobodys(self):
        item = self._make_item()
        for values in (
            {"state": "cancelled"},
            {"covered_by": "goodwill"},
            {"value": 1.0},
            {"cost": 1.0},
            {"cancel_reason": "x"},
        ):
            with self.assertRaisesRegex(UserError, "can't be written directly"), self.cr.savepoint():
                item.with_user(self.manager).write(values)
            with self.assertRaisesRegex(UserError, "can't be written directly"), self.cr.savepoint():
                self._make_item(user=self.manager, **values)
        with self.assertRaisesRegex(UserError, "can't be written directly"), self.cr.savepoint():
            item.with_context(minor_item_transition=True).write({"state": "cancelled"})
        item.write({"state": "done"})

    def test_stays_with_its_order(self):
        item = self._make_item()
        other = self._make_order()
        with self.assertRaisesRegex(UserError, "stays with its order"), self.cr.savepoint():
            item.order_id = other
        with self.assertRaisesRegex(ValidationError, "not part of"), self.cr.savepoint():
            item.task_id = other.order_line.task_id
        with self.assertRaisesRegex(ValidationError, "not part of"), self.cr.savepoint(), self.cr.savepoint():
            self._make_item(order=other, task_id=self.task.id)

    def test_confirmed_orders_only(self):
        quotation = self._make_order(confirm=False)
        with self.assertRaisesRegex(UserError, "not a confirmed order"), self.cr.savepoint():
            self._make_item(order=quotation)
        self.order.locked = True
        self._make_item()  # a locked order is as good as any: it does not change
        item = self._make_item(duration=0.1)
        self.order.action_unlock()
        self.order._action_cancel()
        with self.assertRaisesRegex(UserError, "not a confirmed order"), self.cr.savepoint():
            item.duration = 0.2
        item._cancel("Not done after all")
        self.assertEqual(item.state, "cancelled")
        with self.assertRaisesRegex(UserError, "stay in the ledger"), self.cr.savepoint():
            self.order.unlink()

    def test_duplicate_order_starts_afresh(self):
        self._make_item()
        copy = self.order.copy()
        self.assertFalse(copy.minor_item_ids)
        self.assertEqual(copy.minor_items_used, 0.0)

    def test_bad_figures(self):
        for values in ({"duration": -0.25}, {"material_cost": -1.0}):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
                self._make_item(**values)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.silicone.minor_item_minutes = -1
            self.env.flush_all()

    def test_photos(self):
        photo = (
            self.env["ir.attachment"]
            .with_user(self.technician)
            .create({"name": "door.png", "raw": base64.b64decode(SIGNATURE), "mimetype": "image/png"})
        )
        item = self._make_item(user=self.technician, photo_ids=[Command.link(photo.id)])
        self.assertEqual((photo.res_model, photo.res_id), ("sale.minor.item", item.id))
        text = (
            self.env["ir.attachment"]
            .with_user(self.technician)
            .create({"name": "note.txt", "raw": b"x", "mimetype": "text/plain"})
        )
        with self.assertRaisesRegex(UserError, "not a picture"), self.cr.savepoint():
            item.photo_ids = text
        other = self._make_item(duration=0.1)
        with self.assertRaisesRegex(UserError, "belongs to another"), self.cr.savepoint():
            other.photo_ids = photo

    def test_cost_of_the_service(self):
        self.assembly.standard_price = 32.0
        # 20 minutes at 32.00 an hour are 10.67, and 3.00 of material
        item = self._make_item(duration=20 / 60, material_cost=3.0)
        self.assertEqual(item.cost, 13.67)
        # 6.00 for the 10 minutes of a joint: 20 minutes are 12.00
        self.assertEqual(self._make_item(product_id=self.silicone.id, duration=20 / 60).cost, 12.0)
        # what costs nothing by itself still takes the time of the work on the order: 15 minutes at 32.00
        self.assertEqual(self._make_item(product_id=self.window.id).cost, 8.0)

    def test_cost_of_the_employee(self):
        if "hr.employee" not in self.env or "hourly_cost" not in self.env["hr.employee"]._fields:
            raise unittest.SkipTest("the hourly cost of employees is not installed")
        self.env["hr.employee"].sudo().create(
            {
                "name": "Tech",
                "user_id": self.technician.id,
                "hourly_cost": 42.0,
                "company_id": self.company.id,
            }
        )
        item = self._make_item(user=self.technician, material_cost=2.0)
        # 15 minutes at 42.00 an hour are 10.50, and 2.00 of material
        self.assertEqual(item.sudo().cost, 12.5)

    def test_own_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2.0, "company_id": self.company.id})],
            }
        )
        pricelist = self.env["product.pricelist"].create({"name": "Test", "currency_id": currency.id})
        order = self._make_order(pricelist_id=pricelist.id)
        self._set_allowance(order, 76.06)
        item = self._make_item(order=order, material_cost=4.0)
        # 120.00 an hour in this currency: 30.00 for 15 minutes, and 8.00 for 4.00 of material
        self.assertEqual((item.currency_id, item.value), (currency, 38.0))
        self._assert_figures(38.0, 38.06, order)
        facts = self.order._get_extra_facts(0.0, 0.0)
        self.assertEqual(facts.customer_used, 19.0)

    def test_queries_do_not_grow(self):
        """What is used and left of many orders is read in as many queries as of one."""
        orders = self.env["sale.order"].browse([self._make_order().id for _index in range(6)])
        for order in orders:
            self._set_allowance(order, 38.03)
            self._make_item(order=order)

        def count(records):
            records.env.flush_all()
            records.env.invalidate_all()
            before = self.cr.sql_log_count
            records.sudo()._compute_minor_items_used()
            records.mapped("minor_items_left")
            records._compute_minor_item_count()
            records.mapped("minor_items_used_percent")
            after = self.cr.sql_log_count
            records.env.invalidate_all()
            return after - before

        count(orders)
        self.assertEqual(count(orders), count(orders[:1]))

        values = {"order_id": self.order.id, "name": "Favour", "duration": 1 / 60}

        def count_create(number):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["sale.minor.item"].with_context(tracking_disable=True).create([values] * number)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count_create(1)
        self.assertLessEqual(count_create(8), count_create(1) + 8 * 6)
