"""What a change order costs: priced as the order itself would, right to the cent."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestChangeOrderPricing(ChangeOrderCommon):
    def _assert_amounts(self, change, untaxed, tax, total):
        self.assertRecordValues(change, [{"amount_untaxed": untaxed, "amount_tax": tax, "amount_total": total}])

    def test_the_fixture(self):
        self.assertRecordValues(self.order, [{"amount_untaxed": 5070.0, "amount_tax": 963.3, "amount_total": 6033.3}])

    def test_price_tax_and_name_come_from_the_product(self):
        change = self._make_change()
        line = change.line_ids
        self.assertEqual(line.name, "Ease a stuck window")
        self.assertEqual(line.price_unit, 85.0)
        self.assertEqual(line.tax_ids, self.tax_19)
        self.assertEqual(line.product_uom_id, self.window.uom_id)
        # 85.00 + 19 % = 16.15
        self._assert_amounts(change, 85.0, 16.15, 101.15)

    def test_several_tax_rates(self):
        seedlings = self._make_product("Seedlings", 33.33, taxes_id=[Command.set(self.tax_7.ids)])
        change = self._make_change(self._add(self.window, 3), self._add(seedlings, 7))
        # 3 x 85.00 = 255.00, 19 % = 48.45; 7 x 33.33 = 233.31, 7 % = 16.3317 -> 16.33
        self._assert_amounts(change, 488.31, 64.78, 553.09)

    def test_several_taxes_on_one_line(self):
        both = self._make_product("Both", 100.0, taxes_id=[Command.set((self.tax_19 | self.tax_7).ids)])
        self._assert_amounts(self._make_change(self._add(both)), 100.0, 26.0, 126.0)

    def test_price_included_tax(self):
        included = self._make_tax("19 % incl.", 19, price_include_override="tax_included")
        product = self._make_product("Gross price", 119.0, taxes_id=[Command.set(included.ids)])
        change = self._make_change(self._add(product, 2))
        # 2 x 119.00 = 238.00, of which 38.00 tax
        self._assert_amounts(change, 200.0, 38.0, 238.0)

    def test_fiscal_position(self):
        abroad = self.env["account.fiscal.position"].create({"name": "Abroad", "company_id": self.company.id})
        self.tax_7.write(
            {"fiscal_position_ids": [Command.link(abroad.id)], "original_tax_ids": [Command.link(self.tax_19.id)]}
        )
        self.order = self._make_order(fiscal_position_id=abroad.id)
        change = self._make_change()
        self.assertEqual(change.line_ids.tax_ids, self.tax_7)
        # 85.00 + 7 % = 5.95
        self._assert_amounts(change, 85.0, 5.95, 90.95)

    def test_pricelist_with_quantity_price_and_discount(self):
        # Odoo asks the system user whether discounts are switched on
        self.env.ref("base.user_root").sudo().group_ids |= self.env.ref("sale.group_discount_per_so_line")
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Regular customers",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 80.0,
                            "applied_on": "1_product",
                            "product_tmpl_id": self.window.product_tmpl_id.id,
                        }
                    ),
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 70.0,
                            "applied_on": "1_product",
                            "min_quantity": 5,
                            "product_tmpl_id": self.window.product_tmpl_id.id,
                        }
                    ),
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 10.0,
                            "applied_on": "1_product",
                            "product_tmpl_id": self.boards.product_tmpl_id.id,
                        }
                    ),
                ],
            }
        )
        self.order = self._make_order(pricelist_id=pricelist.id)
        change = self._make_change(self._add(self.window, 2), self._add(self.window, 5), self._add(self.boards, 4))
        self.assertEqual(change.line_ids.mapped("price_unit"), [80.0, 70.0, 35.0])
        self.assertEqual(change.line_ids.mapped("discount"), [0.0, 0.0, 10.0])
        # 160.00 + 350.00 + 4 x 35.00 x 0.9 = 126.00 -> 636.00, 19 % = 120.84
        self._assert_amounts(change, 636.0, 120.84, 756.84)

    def test_same_as_the_order_would(self):
        """The very same lines, once in a quotation and once in a change order, are the same to the cent."""
        lines = ((self.window, 3), (self.boards, 2.5), (self.assembly, 1.25))
        quotation = self._make_order(lines, confirm=False)
        change = self._make_change(*(self._add(product, quantity) for product, quantity in lines))
        for field in ("name", "price_unit", "discount", "product_uom_id", "tax_ids", "price_subtotal", "price_total"):
            self.assertEqual(
                [line[field] for line in change.line_ids], [line[field] for line in quotation.order_line], field
            )
        self._assert_amounts(change, quotation.amount_untaxed, quotation.amount_tax, quotation.amount_total)

    def test_foreign_currency(self):
        francs = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        francs.active = True
        francs.rate_ids = [Command.create({"name": "2020-01-01", "rate": 0.9, "company_id": self.company.id})]
        pricelist = self.env["product.pricelist"].create({"name": "Francs", "currency_id": francs.id})
        self.order = self._make_order(pricelist_id=pricelist.id)
        change = self._make_change(self._add(self.window, 3))
        self.assertEqual(change.currency_id, francs)
        # 85.00 x 0.9 = 76.50 CHF; x 3 = 229.50; 19 % = 43.605 -> 43.61 (half up)
        self._assert_amounts(change, 229.5, 43.61, 273.11)

    def test_unit_of_measure(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.boards.uom_ids = dozen
        change = self._make_change(self._add(self.boards, 2, product_uom_id=dozen.id))
        # a dozen boards is 12 x 35.00 = 420.00; two are 840.00, 19 % = 159.60
        self.assertEqual(change.line_ids.product_uom_id, dozen)
        self._assert_amounts(change, 840.0, 159.6, 999.6)

    def test_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.window.with_context(lang="fr_FR").name = "Ajuster une fenêtre bloquée"
        self.customer.lang = "fr_FR"
        self.assertEqual(self._make_change().line_ids.name, "Ajuster une fenêtre bloquée")

    def test_manual_price_is_kept(self):
        change = self._make_change(self._add(self.window, price_unit=99.0))
        change.line_ids.quantity = 2
        self.assertEqual(change.line_ids.price_unit, 99.0)
        with Form(change) as form, form.line_ids.edit(0) as line:
            line.product_id = self.boards
        self.assertEqual(change.line_ids.price_unit, 35.0, "another product has its own price")

    def test_price_follows_the_quantity_otherwise(self):
        change = self._make_change()
        change.line_ids.quantity = 4
        self._assert_amounts(change, 340.0, 64.6, 404.6)

    def test_form_prices_on_the_fly(self):
        with Form(self.env["sale.change.order"].with_context(default_order_id=self.order.id)) as form:
            form.title = "Window"
            with form.line_ids.new() as line:
                line.product_id = self.window
                self.assertEqual(line.price_unit, 85.0)
                line.quantity = 2
                self.assertEqual(line.price_subtotal, 170.0)
            self.assertEqual(form.amount_untaxed, 170.0)
        self._assert_amounts(form.record, 170.0, 32.3, 202.3)

    # === REDUCTIONS ===

    def test_reduction_is_negative(self):
        change = self._make_change(self._reduce(self._line(self.boards), 4))
        # 4 x 35.00 = 140.00 off, 19 % = 26.60
        self._assert_amounts(change, -140.0, -26.6, -166.6)
        self.assertEqual(change.line_ids._get_signed_quantity(), -4)
        self.assertEqual(change.line_ids.name, self._line(self.boards).name)

    def test_addition_and_reduction(self):
        change = self._make_change(self._add(self.window), self._reduce(self._line(self.boards), 4))
        self._assert_amounts(change, -55.0, -10.45, -65.45)

    def test_reduction_is_what_the_order_loses(self):
        """Half cents: 2 x 1.005 is 2.01 but 1 x 1.005 is 1.01, so taking one off takes 1.00 off."""
        self.company.tax_calculation_rounding_method = "round_per_line"
        self.order = self._make_order(((self.boards, 2),), confirm=False)
        self.order.order_line.price_unit = 1.005
        self.order.action_confirm()
        change = self._make_change(self._reduce(self._line(self.boards), 1), send=True)
        self.assertEqual(change.amount_untaxed, -1.0)
        self.assertEqual(change.amount_rounding, 0.0)
        self._sign(change)
        self.assertEqual(self.order.amount_untaxed, 1.01)
        self.assertEqual(change.amount_after, self.order.amount_untaxed)

    def test_rounding_of_the_whole_order_is_named(self):
        """0.1 x 10.04 is 1.004: one line is 1.00, but three of them, rounded as a whole, are 3.01."""
        self.company.tax_calculation_rounding_method = "round_globally"
        tenth = self._make_product("Tenth", 10.04, type="consu")
        self.order = self._make_order(((tenth, 0.1), (tenth, 0.1)))
        self.assertEqual(self.order.amount_untaxed, 2.01)  # 2.008
        changes = [self._make_change(self._add(tenth, 0.1), send=True) for _index in range(3)]
        # order: 2.008 -> 3.012 -> 4.016 -> 5.020, so 2.01 -> 3.01 -> 4.02 -> 5.02, each change alone 1.00
        for change, after, rounding in zip(changes, (3.01, 4.02, 5.02), (0.0, 0.01, 0.0), strict=True):
            self.assertEqual(change.amount_untaxed, 1.0)
            self._sign(change)
            self.assertEqual(self.order.amount_untaxed, after)
            self.assertEqual(change.amount_after, after)
            self.assertEqual(change.amount_rounding, rounding)
            self.assertEqual(change.amount_original, 2.01, "the original contract never moves")
            self.assertEqual(change.amount_after_total, self.order.amount_total)

    def test_reduction_of_another_order(self):
        other = self._make_order()
        with self.assertRaisesRegex(ValidationError, "own order"):
            self._make_change(self._reduce(other.order_line[0], 1))

    def test_virtual_lines_leave_the_order_alone(self):
        """Working out prices must neither add lines to the order nor change its sums."""
        self._make_change(self._add(self.window, 3), self._add(self.boards))
        self.assertEqual(len(self.order.order_line), 3)
        self.assertEqual(self.order.amount_untaxed, 5070.0)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(len(self.order.order_line), 3)

    def test_query_count_does_not_grow_with_orders(self):
        """Sums of many change orders on many orders take as many queries as those of one."""
        orders = [self._make_order() for _index in range(6)]
        changes = self.env["sale.change.order"]
        for order in orders:
            self.order = order
            changes |= self._make_change()

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.mapped("amount_after")
            return self.cr.sql_log_count - before

        count(changes[0])  # warm the ORM's own caches
        self.assertEqual(count(changes), count(changes[0]))
