"""The advice on the allowance: which orders and favours it is made of, who sees it, and what "Use This Rate" does."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PostcalcCommon


@tagged("post_install", "-at_install")
class TestAllowanceAdvice(PostcalcCommon):
    """Three orders from the template "Door" and the one of the joinery, without one.

    =======  =========  =====================================  ======
    order        net    favours                                  rate
    =======  =========  =====================================  ======
    door 1   1 000.00   material 4.00 + 2.00                    0.6 %
    door 2   2 000.00   material 20.00                          1.0 %
    door 3   1 000.00   none                                    0.0 %
    first    5 070.00   material 30.00                          0.59 %
    =======  =========  =====================================  ======

    Door: 26.00 of 4 000.00 = 0.65 %. All: 56.00 of 9 070.00 = 0.6174 %.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"advice_min_orders": 3, "minor_items_rate": 0.0075})
        cls.template = cls.env["sale.order.template"].create({"name": "Door", "company_id": cls.company.id})
        cls.door = cls._make_product("Door", 1000.0, type="consu", standard_price=600.0)
        cls.doors = cls.env["sale.order"]
        for quantity in (1, 2, 1):
            cls.doors += cls._make_order([(cls.door, quantity)], sale_order_template_id=cls.template.id)
        cls._give(cls.doors[0], 4.0)
        cls._give(cls.doors[0], 2.0)
        cls._give(cls.doors[1], 20.0)
        cls._give(cls.order, 30.0)
        cls.Advice = cls.env["order.allowance.advice"]

    @classmethod
    def _make_order(cls, *args, **values):
        return super()._make_order(*args, **{"has_minor_items": False, **values})

    @classmethod
    def _give(cls, order, material_cost):
        """Record a favour that is worth what its material costs."""
        return cls.env["sale.minor.item"].create(
            {"order_id": order.id, "name": "Favour", "duration": 0.0, "material_cost": material_cost}
        )

    def _work_out(self, user=None):
        """Return the new advice: of all orders, and of doors."""
        self.Advice.with_user(user or self.manager).with_company(self.company).action_work_out()
        advices = self.Advice.search([("company_id", "=", self.company.id), ("state", "=", "draft")])
        return (
            advices.filtered(lambda advice: not advice.order_template_id and not advice.customer_class),
            advices.filtered(lambda advice: advice.order_template_id and not advice.customer_class),
        )

    def _set_capture_rate(self, rate):
        self.patch(type(self.company), "_get_capture_rate", lambda company, date_from, date_to: rate)

    def test_figures(self):
        self._set_capture_rate(None)
        everything, door = self._work_out()
        self.assertEqual((everything.order_count, everything.volume), (4, 9070.0))
        self.assertEqual((everything.favour_count, everything.favours_value), (4, 56.0))
        self.assertAlmostEqual(everything.raw_rate, 0.006174, 6)
        self.assertEqual((everything.rate, everything.limit), (0.006, False))
        self.assertEqual((door.order_template_id, door.order_count, door.volume), (self.template, 3, 4000.0))
        self.assertEqual((door.favour_count, door.favours_value, door.favours_cost), (3, 26.0, 26.0))
        self.assertEqual((door.raw_rate, door.rate), (0.0065, 0.0065))
        self.assertEqual((door.lower_quartile, door.median_rate, door.upper_quartile), (0.003, 0.006, 0.008))
        self.assertEqual(door.order_bars, [1, 0, 0, 1, 1, 0, 0, 0, 0, 0])
        self.assertIn("up to 0.75 %", door.order_bars_html)

    def test_in_words(self):
        self._set_capture_rate(0.85)
        _everything, door = self._work_out()
        currency = self.company.currency_id.symbol
        # 0.65 / 0.85 = 0.7647, the nearest step is 0.75; 20 of 26 is 77 %
        self.assertEqual(
            door.reason.replace("\xa0", "").replace(currency, "").split("\n"),
            [
                "Orders: 3. Favours: 3, worth 26.00 of 4,000.00, which is 0.65 %.",
                "85 % of the extra work is recorded, so it was rather 0.76 %.",
                "One order alone has 77 % of it: look whether it is typical.",
                "Recommended, in steps of 0.05 %: 0.75 %.",
            ],
        )

    def test_other_words(self):
        self._set_capture_rate(0.2)
        _everything, door = self._work_out()
        # 2 x 0.65 % = 1.3 %, and 1 % is the highest
        self.assertEqual((door.rate, door.limit, door.is_correction_limited), (0.01, "highest", True))
        self.assertIn("Only 20 % of the extra work is recorded. No more than 2 times", door.reason)
        self.assertIn("1.00 %, the highest rate of the company", door.reason)
        self._set_capture_rate(None)
        self.company.minor_items_rate_min = 0.007
        _everything, door = self._work_out()
        self.assertEqual((door.rate, door.limit), (0.007, "lowest"))
        self.assertIn("is not known, so nothing is added", door.reason)

    def test_small_sample(self):
        self.company.advice_min_orders = 4
        everything, door = self._work_out()
        self.assertTrue(everything.has_recommendation)
        self.assertFalse(door.has_recommendation)
        self.assertEqual((door.order_count, door.favours_value), (3, 26.0))
        self.assertIn("No recommendation: that takes 4 orders.", door.reason)
        self.assertFalse(door.with_user(self.manager).can_use)
        with self.assertRaisesRegex(UserError, "“Door” has too few orders"):
            door.with_user(self.manager).action_use_rate()

    def test_what_counts(self):
        """Neither allowance nor down payment, no quotation, nothing from before, no cancelled favour."""
        self._give(self.doors[2], 500.0)._cancel("By mistake")
        quotation = self._make_order([(self.door, 5)], confirm=False, sale_order_template_id=self.template.id)
        old = self._make_order([(self.door, 5)], sale_order_template_id=self.template.id)
        old.date_order = fields.Datetime.now() - timedelta(days=400)
        allowance = self._make_order(
            [(self.door, 1)], sale_order_template_id=self.template.id, has_minor_items=True, minor_items_rate=0.01
        )
        self.assertEqual((quotation.state, allowance.amount_untaxed), ("draft", 1010.0))
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=allowance.ids)
            .create({"advance_payment_method": "percentage", "amount": 30})
        )
        wizard.create_invoices()
        _everything, door = self._work_out()
        self.assertEqual((door.order_count, door.volume, door.favours_value), (4, 5000.0, 26.0))

    def test_orders_of_another_company(self):
        """The second door, of 2 000.00 with 20.00, was sold by somebody else: 6.00 of 2 000.00 are left."""
        elsewhere = self.env["res.company"].create({"name": "Another joinery"})
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET company_id = %s WHERE id = %s", [elsewhere.id, self.doors[1].id])
        self.env.invalidate_all()
        _everything, door = self._work_out()
        self.assertEqual((door.order_count, door.volume, door.favours_value), (2, 2000.0, 6.0))

    def test_other_currency(self):
        """2 dollars are 1 of the company's currency: 1 000.00 there with a favour of 8.00 here"""
        dollar = self.env["res.currency"].create(
            {
                "name": "QDL",
                "symbol": "QD",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2.0, "company_id": self.company.id})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": dollar.id, "company_id": self.company.id}
        )
        order = self._make_order(
            [(self.door, 1)], confirm=False, pricelist_id=pricelist.id, sale_order_template_id=self.template.id
        )
        order.order_line.price_unit = 4000.0
        order.action_confirm()
        item = self._give(order, 8.0)
        self.assertEqual(item.value, 16.0)
        _everything, door = self._work_out()
        self.assertEqual((door.volume, door.favours_value), (6000.0, 34.0))

    def test_customer_classes(self):
        other = self.env["res.partner"].create({"name": "Builder"})
        self.doors[1].partner_id = other
        self.customer.with_company(self.company).sudo().abc_class = "A"
        self._work_out()
        advices = self.Advice.search([("company_id", "=", self.company.id), ("customer_class", "=", "A")])
        names = dict(zip(advices.mapped("display_name"), advices, strict=True))
        self.assertEqual(set(names), {"Customers of class A", "Door, class A"})
        # doors 1 and 3: 6.00 of 2 000.00
        advice = names["Door, class A"]
        self.assertEqual((advice.order_count, advice.volume, advice.favours_value), (2, 2000.0, 6.0))
        with self.assertRaisesRegex(UserError, "only about some customers"):
            advice.with_user(self.manager).action_use_rate()

    def test_use_for_the_template(self):
        self._set_capture_rate(None)
        _everything, door = self._work_out()
        self.assertEqual(door.current_rate, 0.0075)
        self.assertTrue(door.with_user(self.manager).can_use)
        door.with_user(self.manager).action_use_rate()
        self.assertEqual((self.template.minor_items_rate, self.company.minor_items_rate), (0.0065, 0.0075))
        self.assertEqual((door.state, door.previous_rate, door.applied_by_id), ("applied", 0.0, self.manager))
        self.assertTrue(door.applied_on)
        self.assertIn("0.65 %", door.message_ids[0].body)
        quotation = self._make_order([(self.door, 1)], confirm=False, sale_order_template_id=self.template.id)
        self.assertEqual(quotation.minor_items_rate, 0.0065)
        with self.assertRaisesRegex(UserError, "in use already"):
            door.with_user(self.manager).action_use_rate()

    def test_use_for_the_company(self):
        self._set_capture_rate(None)
        everything, _door = self._work_out()
        # a bookkeeper with the rights of a manager here, and none in the settings
        everything.with_user(self.bookkeeper_all).action_use_rate()
        self.assertEqual(self.company.minor_items_rate, 0.006)
        self.assertEqual((everything.previous_rate, everything.applied_by_id), (0.0075, self.bookkeeper_all))
        self._give(self.doors[2], 100.0)
        later, _door = self._work_out()
        self.assertEqual((everything.state, later.state), ("applied", "draft"))
        later.with_user(self.manager).action_use_rate()
        self.assertEqual((everything.state, later.state, later.previous_rate), ("superseded", "applied", 0.006))
        self.assertEqual(self.company.minor_items_rate, 0.01)

    def test_history(self):
        first, _door = self._work_out()
        second, _door = self._work_out()
        self.assertEqual((first.state, second.state), ("superseded", "draft"))
        with self.assertRaisesRegex(UserError, "superseded by a later one"):
            first.with_user(self.manager).action_use_rate()

    def test_limits_changed_since(self):
        self._set_capture_rate(None)
        everything, _door = self._work_out()
        self.company.write({"minor_items_rate_min": 0.007})
        with self.assertRaisesRegex(UserError, "Work out the rates anew"):
            everything.with_user(self.manager).action_use_rate()
        self.assertEqual((everything.state, self.company.minor_items_rate), ("draft", 0.0075))

    def test_template_without_allowance_or_for_all(self):
        _everything, door = self._work_out()
        self.template.minor_items_never = True
        with self.assertRaisesRegex(UserError, "“Door” carry no allowance"):
            door.with_user(self.manager).action_use_rate()
        self.template.write({"minor_items_never": False, "company_id": False})
        with self.assertRaisesRegex(UserError, "“Door” is used by all companies"):
            door.with_user(self.manager).action_use_rate()
        self.assertEqual(self.template.minor_items_rate, 0.0)

    def test_nobody_writes_it(self):
        everything, _door = self._work_out()
        for act in (
            lambda: everything.with_user(self.manager).write({"rate": 0.5}),
            lambda: everything.sudo().write({"rate": 0.5}),
            lambda: everything.sudo().with_context(allowance_decision=True).write({"state": "applied"}),
            lambda: everything.sudo().copy(),
            lambda: everything.sudo().unlink(),
        ):
            with self.assertRaises(UserError):
                act()

    def test_roles(self):
        everything, door = self._work_out()
        for user in (self.manager, self.bookkeeper):
            self.assertEqual(everything.with_user(user).order_count, 4)
        # A bookkeeper may not read quotation templates, and reads what an advice is about all the same.
        as_bookkeeper = door.with_user(self.bookkeeper)
        self.env.invalidate_all()
        self.assertEqual(as_bookkeeper.display_name, self.template.name)
        self.assertFalse(as_bookkeeper.is_about_everything)
        search = as_bookkeeper.get_view(view_type="search")["arch"]
        self.assertNotIn("order_template_id", search, "what can't be read is not offered")
        for user in (self.seller, self.technician, self.customer_user):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    everything.with_user(user).read(["rate"])
        for user in (self.bookkeeper, self.seller, self.technician):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    everything.with_user(user).action_use_rate()
                with self.assertRaises(AccessError):
                    self.Advice.with_user(user).action_work_out()
        other = self.env["res.company"].create({"name": "Another joinery"})
        stranger = new_test_user(
            self.env,
            "another_manager",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.Advice.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            everything.with_user(stranger).action_use_rate()

    def test_every_month(self):
        cron = self.env.ref("order_postcalc.ir_cron_allowance_advice")
        with self.enter_registry_test_mode():
            cron.with_user(self.env.ref("base.user_root")).method_direct_trigger()
        advices = self.Advice.search([("company_id", "=", self.company.id), ("state", "=", "draft")])
        self.assertEqual(advices.mapped("order_count")[:1], [4])

    def test_nothing_sold(self):
        other = self.env["res.company"].create({"name": "Another joinery"})
        advice = self.Advice._work_out(other)
        self.assertEqual(
            (advice.order_count, advice.has_recommendation, bool(advice.order_bars_html)), (0, False, False)
        )

    def test_more_orders_take_no_more_queries(self):
        counts = []
        for _time in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Advice._work_out(self.company)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            for _number in range(10):
                self._give(self._make_order([(self.door, 1)], sale_order_template_id=self.template.id), 5.0)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)
