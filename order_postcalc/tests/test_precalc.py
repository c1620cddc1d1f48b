"""The pre-calculation of a quotation: its figures, by hand."""

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PostcalcCommon


class PrecalcCommon(PostcalcCommon):
    """A quotation over the same as the order: 5 070.00 at a cost of 3 120.00, with a margin floor of 20 %."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"margin_floor": 0.2, "margin_floor_policy": "block"})
        cls.quotation = cls._make_order(confirm=False)

    def _quoted(self, product, order=None):
        return (order or self.quotation).order_line.filtered(lambda line: line.product_id == product)

    def _lower(self, total, order=None):
        """Lower the price of the wardrobe such that the quotation is ``total``."""
        order = order or self.quotation
        self._quoted(self.wardrobe, order).price_unit += total - order.amount_untaxed


@tagged("post_install", "-at_install")
class TestPrecalc(PrecalcCommon):
    def test_totals(self):
        """Work 12 x 35 = 420, material 2 500 + 200; 5 070 - 3 120 = 1 950 = 38.46 %, 1 950 / 20 h = 97.50"""
        order = self.quotation
        self.assertEqual(
            (order.precalc_cost_work, order.precalc_cost_material, order.precalc_cost_favours), (420.0, 2700.0, 0.0)
        )
        self.assertEqual((order.precalc_revenue, order.precalc_cost, order.precalc_margin), (5070.0, 3120.0, 1950.0))
        self.assertEqual((order.precalc_hours, order.precalc_margin_per_hour), (20.0, 97.5))
        self.assertAlmostEqual(order.precalc_margin_share, 0.384615, 6)
        self.assertFalse(order.precalc_lines_without_cost)

    def test_line(self):
        """720.00 - 420.00 = 300.00 = 41.67 %"""
        line = self._quoted(self.assembly)
        self.assertEqual((line.expected_revenue, line.expected_cost, line.expected_margin), (720.0, 420.0, 300.0))
        self.assertAlmostEqual(line.expected_margin_share, 0.416667, 6)

    def test_lines(self):
        """What has a plan: no section, nothing of which none is sold."""
        self.quotation.order_line = [
            Command.create({"product_id": self._make_product("Nail", 9.0).id}),
            Command.create({"product_id": self._make_product("Screw", 9.0).id, "product_uom_qty": 0}),
            Command.create({"display_type": "line_section", "name": "Section"}),
        ]
        expected = self.quotation.order_line.filtered(lambda line: not line.display_type and line.product_uom_qty)
        self.assertEqual(len(expected), 4)
        self.assertEqual(self.quotation.precalc_line_ids, expected)

    def test_hours_are_entered_in_both_lists(self):
        """8 h instead of 12 leave 4 x 35.00 more of the margin of 1 950.00: the cost of the assembly is by the hour."""
        seller = self.quotation.with_user(self.seller)
        self._quoted(self.assembly).purchase_price = 0
        self.company.postcalc_hour_cost = 35.0
        for name in ("precalc_line_ids", "order_line"):
            with Form(seller) as form:
                before = (form.precalc_hours, form.precalc_margin)
                position = seller[name].ids.index(self._quoted(self.assembly).id)
                with getattr(form, name).edit(position) as line:
                    line.expected_hours -= 4
                self.assertEqual((form.precalc_hours, form.precalc_margin), (before[0] - 4, before[1] + 140.0), name)
            self.assertEqual(seller.precalc_hours, before[0] - 4, name)
        self.assertEqual(self._quoted(self.assembly).expected_hours, 4)

    def test_unit_cost_is_entered_too(self):
        """The handles: 10 of them, 1.00 dearer each."""
        line = self.quotation.precalc_line_ids[-1]
        before = self.quotation.precalc_cost
        with Form(self.quotation.with_user(self.seller)) as form:
            position = self.quotation.precalc_line_ids.ids.index(line.id)
            with form.precalc_line_ids.edit(position) as edited:
                edited.purchase_price += 1
            self.assertEqual(form.precalc_cost, before + line.product_uom_qty)
        self.assertEqual(self.quotation.precalc_cost, before + line.product_uom_qty)

    def test_both_lists_at_once(self):
        """More of a product, of which a line is removed and one is added, and hours of another line."""
        with Form(self.quotation.with_user(self.seller)) as form:
            position = self.quotation.precalc_line_ids.ids.index(self._quoted(self.assembly).id)
            with form.precalc_line_ids.edit(position) as line:
                line.expected_hours = 3
            form.order_line.remove(self.quotation.order_line.ids.index(self._quoted(self.wardrobe).id))
            with form.order_line.new() as line:
                line.product_id = self.assembly
                line.product_uom_qty = 2
        lines = self.quotation.order_line
        self.assertEqual(self._quoted(self.assembly).mapped("product_uom_qty"), [12, 2])
        self.assertFalse(self._quoted(self.wardrobe))
        self.assertEqual(self._quoted(self.assembly).mapped("expected_hours"), [3, 2])
        self.assertEqual(self.quotation.precalc_line_ids, lines)

    def test_confirmed_lines_are_only_read(self):
        self.quotation.action_confirm()
        with self.assertRaises(AssertionError), Form(self.quotation) as form, form.precalc_line_ids.edit(0) as line:
            line.expected_hours = 3

    def test_floor(self):
        """3 120 / 0.8 = 3 900: the price could go down by 1 170"""
        order = self.quotation
        self.assertEqual((order.margin_floor, order.margin_floor_price), (0.2, 3900.0))
        self.assertEqual((order.margin_floor_distance, order.is_below_floor), (1170.0, False))
        self._lower(3900.0)
        self.assertEqual((order.margin_floor_distance, order.is_below_floor), (0.0, False))
        self._lower(3899.99)
        self.assertEqual((order.margin_floor_distance, order.is_below_floor), (-0.01, True))

    def test_floor_of_the_template(self):
        template = self.env["sale.order.template"].create({"name": "Wardrobe", "margin_floor": 0.4})
        self.quotation.sale_order_template_id = template
        self.assertEqual(self.quotation.margin_floor, 0.2, "it has none of its own")
        template.has_margin_floor = True
        # 3 120 / 0.6 = 5 200
        self.assertEqual((self.quotation.margin_floor, self.quotation.margin_floor_price), (0.4, 5200.0))
        self.assertTrue(self.quotation.is_below_floor)
        template.margin_floor = 0.0
        self.assertEqual((self.quotation.margin_floor, self.quotation.margin_floor_price), (0.0, 3120.0))

    def test_impossible_floor(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.env["sale.order.template"].create({"name": "Wardrobe", "margin_floor": 1.0})

    def test_hours_of_a_line_without_cost(self):
        """An installation for 900.00 without cost of its own: 10 h at 42.00 when its hours are entered."""
        self.company.postcalc_hour_cost = 42.0
        self.quotation.order_line = [
            Command.create({"product_id": self._make_product("Installation", 900.0).id, "product_uom_qty": 1})
        ]
        line = self.quotation.order_line[-1]
        self.assertEqual(line.expected_cost, 0.0)
        self.assertIn("“Installation” has no cost", self.quotation.precalc_lines_without_cost)
        line.expected_hours = 10
        self.assertEqual((line.expected_cost, self.quotation.precalc_cost), (420.0, 3540.0))
        self.assertEqual((self.quotation.precalc_cost_work, self.quotation.precalc_hours), (840.0, 30.0))
        self.assertFalse(self.quotation.precalc_lines_without_cost)

    def test_lines_without_cost_are_named(self):
        """Gifts too; but no discount, and no option that isn't chosen"""
        gift, handle, lamp = (self._make_product(name, 10.0) for name in ("Gift", "Handle", "Lamp"))
        self.quotation.order_line = [
            Command.create({"product_id": gift.id, "price_unit": 0.0}),
            Command.create({"product_id": handle.id}),
            Command.create({"product_id": lamp.id, "product_uom_qty": 0}),
            Command.create({"product_id": self.window.id, "price_unit": -50.0, "purchase_price": 0.0}),
            Command.create({"display_type": "line_section", "name": "Section"}),
        ]
        self.assertEqual(
            self.quotation.precalc_lines_without_cost,
            "2 lines have no cost, so the margin looks better than it is: “Gift”, “Handle”. Enter their hours, or the"
            " cost of their products.",
        )

    def test_allowance_is_set_aside(self):
        """1 % of 5 070.00 = 50.70 is there to be used up: the margin stays 1 950.00"""
        self.quotation.write({"has_minor_items": True, "minor_items_rate": 0.01})
        order = self.quotation
        self.assertEqual((order.precalc_revenue, order.precalc_cost_favours), (5120.7, 50.7))
        self.assertEqual((order.precalc_cost, order.precalc_margin), (3170.7, 1950.0))
        self.assertFalse(order.precalc_lines_without_cost)
        order.action_confirm()
        line = order._get_minor_items_lines()
        self.assertEqual((line.planned_cost, line.planned_revenue), (50.7, 50.7))

    def test_what_is_confirmed_is_what_was_calculated(self):
        order = self.quotation
        calculated = (order.precalc_hours, order.precalc_cost, order.precalc_revenue)
        order.action_confirm()
        [planned] = self._facts(
            ("kind", "=", "plan"),
            measures=["planned_hours:sum", "planned_cost:sum", "planned_revenue:sum"],
            order=order,
        )
        self.assertEqual(planned, calculated)

    def test_other_currency(self):
        """2 dollars are 1 of the company's currency: 720.00 there are 360.00 here, costs stay what they are."""
        dollar = self.env["res.currency"].create(
            {
                "name": "QDL",
                "symbol": "QD",
                "rate_ids": [
                    Command.create({"name": "2020-01-01", "rate": 2.0, "company_id": self.company.id}),
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": dollar.id, "company_id": self.company.id}
        )
        order = self._make_order([(self.assembly, 12)], confirm=False, pricelist_id=pricelist.id)
        line = order.order_line
        line.price_unit = 60.0
        self.assertEqual((line.currency_id, line.price_subtotal, line.purchase_price), (dollar, 720.0, 70.0))
        self.assertEqual((line.expected_revenue, line.expected_cost), (360.0, 420.0))
        self.assertEqual((order.precalc_revenue, order.precalc_cost, order.precalc_margin), (360.0, 420.0, -60.0))
        # 420 / 0.8 = 525
        self.assertEqual((order.margin_floor_price, order.margin_floor_distance), (525.0, -165.0))

    def test_down_payments_are_no_part(self):
        order = self.order
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 30})
        )
        wizard.create_invoices()
        self.assertTrue(order.order_line.filtered("is_downpayment"))
        self.assertEqual((order.precalc_revenue, order.precalc_cost), (5070.0, 3120.0))
        self.assertFalse(order.precalc_lines_without_cost)

    def test_empty_quotation(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.assertEqual((order.precalc_cost, order.precalc_margin_share, order.is_below_floor), (0.0, 0.0, False))

    def test_technicians_and_customers_see_nothing(self):
        order = self.quotation
        self.assertEqual(order.with_user(self.seller).precalc_cost, 3120.0)
        for user in (self.technician, self.customer_user):
            for name in ("precalc_cost", "precalc_margin", "margin_floor", "is_below_floor", "margin_floor_message"):
                self.assertNotIn(name, self.env["sale.order"].with_user(user).fields_get())
                with self.subTest(user=user.login, name=name), self.assertRaises(AccessError):
                    order.with_user(user).read([name])
        views = {
            user: self.env["sale.order"].with_user(user).get_view(view_type="form")["arch"]
            for user in (self.seller, self.technician)
        }
        self.assertIn('name="precalculation"', views[self.seller])
        self.assertNotIn('name="precalculation"', views[self.technician])

    def test_figures_of_many_quotations_at_once(self):
        """Ten quotations take hardly more queries than one."""
        orders = self.env["sale.order"].concat(*(self._make_order(confirm=False) for _number in range(10)))
        names = ["precalc_cost", "precalc_margin", "margin_floor_distance", "margin_floor_status"]
        counts = []
        for some in (orders[:1], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)
