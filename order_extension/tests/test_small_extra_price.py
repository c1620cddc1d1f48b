"""What a small extra would have been billed at, the limits that hold for it, and what is known of it."""

import math
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from ..extra_routing import cover
from ..small_extra import billed_quantity, charged_for, covers, extra_cost, unit_minutes
from .common_minor_items import MinorItemsCommon

AMOUNTS = st.floats(0, 10_000, allow_nan=False).map(lambda amount: round(amount, 2))


def cents(amount):
    return round(amount, 2)


@tagged("post_install", "-at_install")
class TestSmallExtraArithmetic(BaseCase):
    def test_unit_minutes(self):
        self.assertEqual(unit_minutes(1.0), 60.0)
        self.assertEqual(unit_minutes(8.0), 480.0)
        self.assertEqual(unit_minutes(1.0, 20), 60.0, "standard minutes don't change what an hour is")
        self.assertEqual(unit_minutes(None, 20), 20.0)
        self.assertEqual(unit_minutes(), 60.0)

    def test_values(self):
        # 15 minutes are a quarter of an hour, 5 are 0.0833, of which 0.08 stand on the line
        self.assertEqual(billed_quantity(15, 60, cents, 0.01), 0.25)
        self.assertEqual(billed_quantity(5, 60, cents, 0.01), 0.08)
        self.assertEqual(billed_quantity(0, 60, cents, 0.01), 0.0)
        # material of 4.00 with 25 % on it is 5.00
        self.assertEqual(charged_for(4.0, 0.25, cents), 5.0)
        # 40 minutes at 31.50 an hour are 21.00, and 3.20 of material
        self.assertEqual(extra_cost(40 / 60, 31.5, 3.2, cents), 24.2)

    def test_bad_input(self):
        for bad in (-1, math.nan, math.inf):
            with self.assertRaises(ValueError):
                billed_quantity(bad, 60, cents, 0.01)
            with self.assertRaises(ValueError):
                charged_for(bad, 0.0)

    @given(st.integers(0, 2400), st.integers(0, 2400), st.sampled_from([1.0, 7.5, 10.0, 60.0, 450.0, 480.0]))
    def test_quantity_is_what_stands_on_the_line(self, minutes, more, per_unit):
        quantity = billed_quantity(minutes, per_unit, cents, 0.01)
        self.assertEqual(quantity, cents(quantity), "no finer than its unit")
        self.assertGreaterEqual(billed_quantity(minutes + more, per_unit, cents, 0.01), quantity)
        if minutes:
            self.assertGreaterEqual(quantity, 0.01, "no work is nothing")
            self.assertLessEqual(abs(quantity - minutes / per_unit), 0.01)

    @given(AMOUNTS, AMOUNTS, st.floats(0, 5))
    def test_more_is_never_cheaper(self, material, more, markup):
        value = charged_for(material, markup, cents)
        self.assertGreaterEqual(charged_for(material + more, markup, cents), value)
        self.assertEqual(value, cents(value))

    @given(st.lists(AMOUNTS, max_size=12), AMOUNTS)
    def test_never_covers_more_than_is_left(self, values, left):
        covered = covers(values, left, cover)
        self.assertEqual(len(covered), len(values))
        used = sum(value for value, by in zip(values, covered, strict=True) if by == "allowance")
        self.assertLessEqual(cents(used), cents(left))
        if cents(sum(values)) < left:
            self.assertEqual(set(covered), {"allowance"} if values else set())


@tagged("post_install", "-at_install")
class TestSmallExtraPrice(MinorItemsCommon):
    def _price(self, minutes, product=None, material=0.0, order=None, task=None):
        return (order or self.order)._price_small_extra(product, minutes, material, task=task)

    def test_hourly_service_of_the_task(self):
        # 60.00 an hour: a quarter is 15.00, 20 minutes are 0.33 h and so 19.80, and 4.50 of material
        self.assertEqual(self._price(15), 15.0)
        self.assertEqual(self._price(20, material=4.5), 24.3)
        self.assertEqual(self._price(0), 0.0)
        painting = self._make_product("Painting", 48.0, uom_id=self.env.ref("uom.product_uom_hour").id)
        order = self._make_order(((painting, 2), (self.assembly, 12)))
        # the first hourly service of the order is painting, the task's is assembly
        self.assertEqual(self._price(15, order=order), 12.0)
        self.assertEqual(self._price(15, order=order, task=order.order_line.task_id), 15.0)

    def test_price_of_the_order_before_the_catalogue(self):
        line = self._line(self.assembly)
        line.price_unit = 80.0
        line.discount = 10.0
        # 80.00 less 10 % are 72.00 an hour: 18.00 a quarter
        self.assertEqual(self._price(15), 18.0)
        self.assertEqual(self._price(15, self.assembly), 18.0)
        # a product that the order does not have is priced as a new line would be: 25.00 for its 10 minutes
        self.assertEqual(self._price(10, self.silicone), 25.0)
        self.assertEqual(self._price(15, self.silicone), 37.5)

    def test_piece_is_an_hour_without_standard_minutes(self):
        # 85.00 a piece: 15 minutes are 21.25
        self.assertEqual(self._price(15, self.window), 21.25)
        self.window.minor_item_minutes = 30
        self.assertEqual(self._price(15, self.window), 42.5)

    def test_day_is_eight_hours(self):
        day = self._make_product("Day of a joiner", 480.0, uom_id=self.env.ref("uom.product_uom_day").id)
        # 480.00 for 8 hours; 15 minutes are 0.03 of a day; standard minutes don't change that
        self.assertEqual(self._price(15, day), 14.4)
        day.minor_item_minutes = 30
        self.assertEqual(self._price(15, day), 14.4)

    def test_no_taxes_in_it(self):
        included = self._make_tax("19 % included", 19, price_include_override="tax_included")
        self.silicone.write({"list_price": 29.75, "taxes_id": [Command.set(included.ids)]})
        # 29.75 with 19 % are 25.00 net
        self.assertEqual(self._price(10, self.silicone), 25.0)

    def test_markup_on_material(self):
        self.company.minor_item_material_markup = 0.2
        # 4.00 and 20 % are 4.80, and 15.00 of work
        self.assertEqual(self._price(15, material=4.0), 19.8)

    def test_service_of_the_company(self):
        order = self._make_order(((self.wardrobe, 1), (self.window, 1)))
        self.assertEqual(self._price(15, material=3.0, order=order), 3.0, "nothing tells what work is worth")
        self.company.minor_item_service_id = self.assembly
        self.assertEqual(self._price(15, material=3.0, order=order), 18.0)

    def test_pricelist_and_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rounding": 0.05,
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2.0, "company_id": self.company.id})],
            }
        )
        pricelist = self.env["product.pricelist"].create({"name": "Test", "currency_id": currency.id})
        order = self._make_order(pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, currency)
        # 120.00 an hour: 7 minutes are 0.12 h and so 14.40; 1.23 of material are 2.46, rounded to 2.45
        self.assertEqual(self._price(7, material=1.23, order=order), 16.85)
        # the company's 30.00 and 2 000.00 are twice that
        limits = order._get_extra_limits()
        self.assertEqual((limits.item_amount, limits.follow_up_amount), (60.0, 4000.0))
        # 5 070.00 of this order are 10 140.00, and so is the other order of the customer in this currency
        facts = order._get_extra_facts(10.0, 15.0)
        self.assertEqual(facts.customer_volume, 20280.0)
        facts = self.order._get_extra_facts(10.0, 15.0)
        self.assertEqual(facts.customer_volume, 10140.0)

    def test_pricing_leaves_the_order_alone(self):
        lines, amount = self.order.order_line, self.order.amount_total
        self._price(15, self.silicone)
        self.assertEqual(self.order.order_line, lines)
        self.assertEqual(self.order.amount_total, amount)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.order.order_line, lines)

    def test_allowance_and_down_payments_price_nothing(self):
        line = self._line(self.assembly)
        self.order.locked = False
        self._line(self.wardrobe).product_id.type = "service"
        self.assertEqual(self._price(15), 15.0)
        line.sudo().is_minor_items_allowance = True
        self.assertEqual(self._price(15), 0.0)

    def test_bad_input(self):
        for minutes, material in ((-5, 0.0), (15, -1.0)):
            with self.assertRaisesRegex(UserError, "can't be negative"):
                self._price(minutes, material=material)

    def test_technician_prices_without_reading_the_order(self):
        order = self.order.with_user(self.technician)
        self.assertEqual(order._price_small_extra(self.silicone, 10, 0.0, task=self.task), 25.0)
        self.assertEqual(order._get_extra_limits().item_amount, 30.0)
        self.assertEqual(order._get_extra_facts(10.0, 240.0).days, 0.5)

    def test_limits_of_customer_before_template_before_company(self):
        self.assertEqual(tuple(self.order._get_extra_limits()), (30.0, 15, 0.02, 2000.0, 3.0))
        template = self.env["sale.order.template"].create(
            {
                "name": "Wardrobes",
                "own_extra_limits": True,
                "minor_item_limit_amount": 50.0,
                "minor_item_limit_minutes": 20,
                "follow_up_limit_amount": 1000.0,
            }
        )
        self.order.sale_order_template_id = template
        self.assertEqual(tuple(self.order._get_extra_limits()), (50.0, 20, 0.0, 1000.0, 0.0))
        company = self.env["res.partner"].create(
            {"name": "Sommer GmbH", "is_company": True, "own_extra_limits": True, "minor_item_limit_amount": 10.0}
        )
        self.customer.parent_id = company
        self.assertEqual(self.order._get_extra_limits().item_amount, 10.0)
        company.own_extra_limits = False
        self.assertEqual(self.order._get_extra_limits().item_amount, 50.0)
        template.own_extra_limits = False
        self.assertEqual(self.order._get_extra_limits().item_amount, 30.0)

    def test_facts_of_the_customer(self):
        self.company.resource_calendar_id.hours_per_day = 7.5
        facts = self.order._get_extra_facts(12.0, 225.0)
        # 225 minutes are 3.75 hours, half of a day of 7.5
        self.assertEqual(
            tuple(facts),
            (12.0, 225.0, 0.5, self.order.minor_items_amount, self.order.minor_items_left, 0.0, 5070.0),
        )
        other = self._make_order(((self.window, 2),))  # 170.00
        self._set_allowance(other, 20.0)
        self._make_item(order=other, task_id=False, duration=0, material_cost=8.0)
        cancelled = self._make_item(duration=0, material_cost=3.0)
        cancelled._cancel("Twice")
        backdated = self._make_item(duration=0, material_cost=5.0, date=fields.Date.today() - timedelta(days=400))
        # recorded today, it counts whatever its date says; recorded then, it no longer does
        self.assertEqual(self.order._get_extra_facts(12.0, 15.0).customer_used, 13.0)
        backdated.flush_recordset()
        self.env.cr.execute("UPDATE sale_minor_item SET create_date = date WHERE id = %s", (backdated.id,))
        self.env.invalidate_all()
        facts = self.order._get_extra_facts(12.0, 15.0)
        self.assertEqual((facts.customer_used, facts.customer_volume), (8.0, 5240.0))
        # orders of more than 12 months ago no longer count, but this one always does
        (other | self.order).date_order = fields.Datetime.now() - timedelta(days=400)
        self.assertEqual(self.order._get_extra_facts(12.0, 15.0).customer_volume, 5070.0)
        # nor do quotations, and those of other customers
        self._make_order(confirm=False)
        self._make_order(partner_id=self.env["res.partner"].create({"name": "Else"}).id)
        self.assertEqual(self.order._get_extra_facts(12.0, 15.0).customer_volume, 5070.0)
