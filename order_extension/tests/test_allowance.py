"""The allowance for minor items on a quotation: what it is, and which changes it follows."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from .common import ChangeOrderCommon


class AllowanceCommon(ChangeOrderCommon):
    """The joinery's quotation of 5 070.00 net, not confirmed yet. 0.75 % of it is 38.025, so 38.03."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tax_calculation_rounding_method = "round_per_line"
        cls.quote = cls._make_order(confirm=False)
        cls.service_7 = cls._make_product("Planting", 366.63, taxes_id=[Command.set(cls.tax_7.ids)])

    def _allowance(self, order=None):
        order = order or self.quote
        return order.order_line.filtered(lambda line: line.is_minor_items_allowance and not line.display_type)

    def _apply(self, order=None):
        order = order or self.quote
        order.action_apply_minor_items()
        return self._allowance(order)

    def _product_line(self, product, order=None):
        return (order or self.quote).order_line.filtered(lambda line: line.product_id == product)

    def _assert_allowance(self, amount, order=None):
        order = order or self.quote
        self.assertEqual(sum(self._allowance(order).mapped("price_subtotal")), amount)
        self.assertEqual(order.minor_items_amount, amount)


@tagged("post_install", "-at_install")
class TestAllowance(AllowanceCommon):
    # === ONE CLICK ===

    def test_one_click(self):
        line = self._apply()
        self.assertRecordValues(
            line,
            [
                {
                    "product_id": self.env.ref("order_extension.product_minor_items").id,
                    "product_uom_qty": 1.0,
                    "price_unit": 38.03,
                    "price_subtotal": 38.03,
                    "discount": 0.0,
                    "tax_ids": self.tax_19.ids,
                }
            ],
        )
        # 5 070.00 + 38.03 = 5 108.03; 19 %: 760.00 + 136.80 + 66.50 + 7.23 = 970.53
        self.assertRecordValues(
            self.quote,
            [
                {
                    "minor_items_rate": 0.0075,
                    "minor_items_amount": 38.03,
                    "has_minor_items": True,
                    "amount_untaxed": 5108.03,
                    "amount_tax": 970.53,
                    "amount_total": 6078.56,
                }
            ],
        )

    def test_no_second_line(self):
        line = self._apply()
        self.assertEqual(self._apply(), line)
        self._assert_allowance(38.03)

    def test_not_without_being_asked(self):
        self.assertFalse(self._allowance())
        self._product_line(self.boards).product_uom_qty = 20
        self.assertFalse(self._allowance())
        self.assertFalse(self.quote.has_minor_items)

    def test_only_on_quotations(self):
        for state in ("sale", "cancel"):
            self.order.state = state
            with self.assertRaisesRegex(UserError, self.order.name):
                self.order.action_apply_minor_items()
        self.assertFalse(self._allowance(self.order))

    def test_rate_of_zero_removes(self):
        self._apply()
        self.quote.minor_items_rate = 0
        self.assertFalse(self._allowance())
        self._assert_allowance(0.0)
        self.quote.action_apply_minor_items()
        self.assertFalse(self._allowance())
        self.quote.minor_items_rate = 0.01
        self._assert_allowance(50.70)

    def test_none_on_an_empty_quotation(self):
        self.quote.order_line.unlink()
        self.assertFalse(self._apply())
        self.quote.order_line = [Command.create({"display_type": "line_note", "name": "To be discussed"})]
        self.assertFalse(self._apply())
        self.quote.order_line = [Command.create({"product_id": self.boards.id, "product_uom_qty": 100})]
        self._assert_allowance(26.25)  # 0.75 % of 3 500.00

    def test_none_on_a_negative_quotation(self):
        self.quote.order_line = [Command.create({"product_id": self.window.id, "price_unit": -6000.0})]
        self.assertFalse(self._apply())

    # === WITHOUT A CLICK ===

    def test_by_company(self):
        self.company.minor_items_auto = True
        quote = self._make_order(confirm=False)
        self._assert_allowance(38.03, quote)

    def test_several_quotations_at_once(self):
        self.company.minor_items_auto = True
        quotes = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.boards.id, "product_uom_qty": quantity})],
                }
                for quantity in (100, 0, 200)
            ]
        )
        self.assertEqual(quotes.mapped("minor_items_amount"), [26.25, 0.0, 52.50])

    def test_by_template(self):
        template = self.env["sale.order.template"].create({"name": "Kitchens", "minor_items_rate": 0.02})
        self.quote.sale_order_template_id = template
        self.assertRecordValues(self.quote, [{"has_minor_items": True, "minor_items_rate": 0.02}])
        self._assert_allowance(101.40)

    def test_never_by_template(self):
        self.company.minor_items_auto = True
        template = self.env["sale.order.template"].create({"name": "Repairs", "minor_items_never": True})
        quote = self._make_order(confirm=False, sale_order_template_id=template.id)
        self.assertFalse(self._allowance(quote))
        self._apply(quote)
        self._assert_allowance(38.03, quote)

    def test_what_was_chosen_outlasts_a_template_that_is_silent(self):
        self._apply()
        self.quote.sale_order_template_id = self.env["sale.order.template"].create({"name": "Any"})
        self._assert_allowance(38.03)

    # === THE BASE ===

    def test_one_line_per_tax_combination(self):
        self.quote.order_line = [
            Command.clear(),
            Command.create({"product_id": self.window.id, "price_unit": 700.0}),
            Command.create({"product_id": self.service_7.id}),
        ]
        # 0.75 % of 1 066.63 = 7.999725 → 8.00: 5.25 of 700.00 and 2.75 of 366.63
        lines = self._apply()
        self.assertRecordValues(
            lines,
            [
                {"price_subtotal": 5.25, "tax_ids": self.tax_19.ids},
                {"price_subtotal": 2.75, "tax_ids": self.tax_7.ids},
            ],
        )
        self.assertEqual(self.quote.amount_untaxed, 1074.63)
        self.assertEqual(lines[0].name.splitlines()[:2], ["Minor items", "On items taxed with 19 %"])
        self.assertEqual(lines[1].name.splitlines(), ["Minor items", "On items taxed with 7 %"])
        self._product_line(self.service_7).unlink()
        self.assertEqual(self._allowance(), lines[0])
        self.assertNotIn("19 %", lines[0].name)

    def test_rounded_once(self):
        taxes = [self.tax_19, self.tax_7, self._make_tax("5 %", 5)]
        self.quote.write(
            {
                "minor_items_rate": 0.01,
                "order_line": [
                    Command.clear(),
                    *(
                        Command.create(
                            {"product_id": self.window.id, "price_unit": 10.5, "tax_ids": [Command.set(tax.ids)]}
                        )
                        for tax in taxes
                    ),
                ],
            }
        )
        # 1 % of 31.50 = 0.315 → 0.32, not three times 0.105 → 0.33
        self.assertEqual(len(self._apply()), 3)
        self.assertEqual(self.quote.currency_id.round(sum(self._allowance().mapped("price_subtotal"))), 0.32)

    def test_percent_of_the_net_not_of_the_gross(self):
        """Odoo's discounts take their share of the total with taxes; here that would give 0.76."""
        self.quote.order_line = [Command.clear(), Command.create({"product_id": self.window.id, "price_unit": 100.6})]
        self._apply()
        self._assert_allowance(0.75)  # 0.75 % of 100.60 = 0.7545

    def test_options_not_chosen(self):
        self._apply()
        self.quote.order_line = [
            Command.create({"display_type": "line_section", "name": "Options", "is_optional": True, "sequence": 50}),
            Command.create({"product_id": self.window.id, "product_uom_qty": 0, "sequence": 51}),
        ]
        self._assert_allowance(38.03)
        self.assertFalse(self._allowance()._is_line_optional())
        self._product_line(self.window).product_uom_qty = 2
        self._assert_allowance(39.30)  # 0.75 % of 5 240.00

    def test_taxes_per_piece_stay_with_the_pieces(self):
        recycling = self._make_tax("Recycling", 1.5, amount_type="fixed")
        self._product_line(self.boards).tax_ids = self.tax_19 | recycling
        line = self._apply()
        self.assertEqual(line.tax_ids, self.tax_19)
        self._assert_allowance(38.03)

    def test_untaxed_lines(self):
        self.quote.order_line.tax_ids = False
        line = self._apply()
        self.assertFalse(line.tax_ids)
        self._assert_allowance(38.03)
        self.assertEqual(self.quote.amount_total, 5108.03)

    def test_price_included_taxes(self):
        included = self._make_tax("19 % included", 19, price_include_override="tax_included")
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            self.quote.order_line = [
                Command.clear(),
                Command.create(
                    {"product_id": self.window.id, "price_unit": 999.99, "tax_ids": [Command.set(included.ids)]}
                ),
            ]
            # 999.99 / 1.19 = 840.33 net; 0.75 % of it = 6.302475 → 6.30; with 19 %: 7.497 → 7.50
            line = self._apply()
            self.assertRecordValues(line, [{"price_unit": 7.5, "price_subtotal": 6.3, "price_total": 7.5}])
            self.assertRecordValues(self.quote, [{"amount_untaxed": 846.63, "amount_total": 1007.49}])

    def test_included_and_excluded_taxes(self):
        included = self._make_tax("7 % included", 7, price_include_override="tax_included")
        self._product_line(self.boards).tax_ids = included
        # 350.00 / 1.07 = 327.10; net 5 047.10; 0.75 % = 37.85325 → 37.85: 35.40 of 4 720.00, 2.45 of 327.10
        lines = self._apply()
        self.assertRecordValues(
            lines,
            [
                {"price_subtotal": 35.4, "price_unit": 35.4, "tax_ids": self.tax_19.ids},
                {"price_subtotal": 2.45, "price_unit": 2.62, "tax_ids": included.ids},
            ],
        )

    def test_currency_without_decimals(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        pricelist = self.env["product.pricelist"].create({"name": "Japan", "currency_id": yen.id})
        quote = self._make_order(confirm=False, pricelist_id=pricelist.id)
        quote.order_line[0].price_unit = 123456.0
        quote.order_line[1:].product_uom_qty = 0
        self.assertEqual(quote.currency_id, yen)
        self._apply(quote)
        self._assert_allowance(926.0, quote)  # 0.75 % of 123 456 = 925.92

    def test_any_prices(self):
        """The order grows by exactly the rate of its net, however taxes are rounded."""
        included = self._make_tax("20 % included", 20, price_include_override="tax_included")
        taxes = [self.tax_19, self.tax_7, included, self.env["account.tax"]]
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for seed in range(1, 12):
                self.quote.has_minor_items = False
                self.quote.order_line = [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "product_id": self.window.id,
                                "product_uom_qty": 1 + (seed * index) % 7 / 4,
                                "price_unit": (seed * 7919 * (index + 1)) % 99991 / 100,
                                "discount": (seed * index) % 13,
                                "tax_ids": [Command.set(taxes[(seed + index) % 4].ids)],
                            }
                        )
                        for index in range(9)
                    ),
                ]
                currency = self.quote.currency_id
                net = self.quote.amount_untaxed
                self._apply()
                self.assertEqual(self.quote.minor_items_amount, currency.round(net * 0.0075), (method, seed))
                self.assertEqual(
                    currency.round(sum(self._allowance().mapped("price_subtotal"))), self.quote.minor_items_amount
                )
                if method == "round_per_line":
                    self.assertEqual(
                        self.quote.amount_untaxed, currency.round(net + self.quote.minor_items_amount), (method, seed)
                    )

    # === FOLLOWING ===

    def test_follows_lines_on_the_order(self):
        line = self._apply()
        self.quote.order_line = [
            Command.create({"product_id": self.window.id}),
            Command.update(self._product_line(self.boards).id, {"product_uom_qty": 20}),
            Command.delete(self._product_line(self.assembly).id),
        ]
        self._assert_allowance(35.89)  # 0.75 % of 4 000.00 + 700.00 + 85.00 = 35.8875
        self.assertEqual(self._allowance(), line, "the line stays the same record")

    def test_follows_lines_by_themselves(self):
        line = self._apply()
        window = self.env["sale.order.line"].create({"order_id": self.quote.id, "product_id": self.window.id})
        self._assert_allowance(38.66)  # 0.75 % of 5 155.00 = 38.6625
        window.price_unit = 185.0
        self._assert_allowance(39.41)  # 0.75 % of 5 255.00 = 39.4125
        window.discount = 50
        self._assert_allowance(38.72)  # 0.75 % of 5 162.50 = 38.71875
        window.unlink()
        self._assert_allowance(38.03)
        self.assertEqual(self._allowance(), line)

    def test_follows_a_discount_on_all_lines(self):
        line = self._apply()
        self._discount("sol_discount", 0.1)
        self._assert_allowance(34.22)  # 0.75 % of 4 563.00 = 34.2225
        self.assertEqual(line.discount, 0)

    def test_follows_a_global_discount(self):
        self._apply()
        self._discount("so_discount", 0.1)
        # The discount is 10 % of 5 108.03 with its taxes, which is 510.80 net; 0.75 % of 4 559.20 = 34.194
        self._assert_allowance(34.19)
        self.assertEqual(self.quote.order_line[-1:], self._allowance())

    def _discount(self, discount_type, percentage):
        self.env["sale.order.discount"].create(
            {"sale_order_id": self.quote.id, "discount_type": discount_type, "discount_percentage": percentage}
        ).action_apply_discount()

    def test_update_prices(self):
        line = self._apply()
        self.env["res.config.settings"].create({"group_product_pricelist": True}).execute()
        self.quote.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Half price",
                "currency_id": self.quote.currency_id.id,
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 50})],
            }
        )
        self.quote.action_update_prices()
        self.assertEqual(self._allowance(), line)
        self._assert_allowance(19.01)  # 0.75 % of 2 535.00 = 19.0125
        self.quote.action_update_prices()
        self._assert_allowance(19.01)

    def test_update_taxes(self):
        line = self._apply()
        abroad = self.env["account.fiscal.position"].create({"name": "Abroad"})
        exempt = self._make_tax(
            "Exempt", 0, fiscal_position_ids=[Command.set(abroad.ids)], original_tax_ids=[Command.set(self.tax_19.ids)]
        )
        self.quote.fiscal_position_id = abroad
        self.quote.action_update_taxes()
        self.assertEqual(self._product_line(self.boards).tax_ids, exempt)
        self.assertEqual(self._allowance(), line)
        self.assertEqual(line.tax_ids, exempt)
        self._assert_allowance(38.03)

    def test_follows_the_rate(self):
        line = self._apply()
        self.quote.minor_items_rate = 0.01
        self._assert_allowance(50.70)
        self.assertEqual(self._allowance(), line)

    def test_edits_by_hand_are_undone(self):
        line = self._apply()
        self.quote.order_line = [Command.update(line.id, {"price_unit": 500.0, "product_uom_qty": 3, "discount": 5})]
        self._assert_allowance(38.03)
        line.write({"price_unit": 1.0, "tax_ids": [Command.set(self.tax_7.ids)]})
        self._assert_allowance(38.03)
        self.assertEqual(line.tax_ids, self.tax_19)

    def test_deleting_it_means_without(self):
        line = self._apply()
        self.quote.order_line = [Command.delete(line.id)]
        self.assertFalse(self.quote.has_minor_items)
        self._product_line(self.boards).product_uom_qty = 20
        self.assertFalse(self._allowance())
        line = self._apply()
        line.unlink()
        self.assertFalse(self.quote.has_minor_items)
        self.assertFalse(self._allowance())

    def test_deleting_one_of_two_means_without(self):
        self.quote.order_line = [Command.create({"product_id": self.service_7.id})]
        lines = self._apply()
        self.assertEqual(len(lines), 2)
        lines[0].unlink()
        self.assertFalse(self._allowance())

    def test_its_own_section(self):
        """With sections, the allowance has one of its own: the last one may be an option or hide its prices."""
        self.quote.order_line = [
            Command.create({"display_type": "line_section", "name": "Extras", "collapse_prices": True}),
            Command.create({"product_id": self.window.id}),
        ]
        line = self._apply()
        section = line.parent_id
        self.assertTrue(section.is_minor_items_allowance)
        self.assertEqual(self.quote.order_line[-2:], section + line)
        self.quote.order_line.filtered(lambda line: line.display_type and line != section).unlink()
        self.assertFalse(section.exists())
        self.assertEqual(self._allowance(), line)

    def test_stays_last(self):
        line = self._apply()
        self.quote.order_line = [Command.create({"product_id": self.window.id, "sequence": 999})]
        self.assertEqual(self.quote.order_line[-1], line)

    # === THE FORM ===

    def test_in_the_form(self):
        self.company.minor_items_auto = True
        form = Form(self.env["sale.order"].with_user(self.seller).with_context(default_company_id=self.company.id))
        form.partner_id = self.customer
        with form.order_line.new() as line:
            line.product_id = self.wardrobe
        quote = form.save()
        self._assert_allowance(30.0, quote)
        with Form(quote) as form:
            with form.order_line.new() as line:
                line.product_id = self.boards
                line.product_uom_qty = 100
        self._assert_allowance(56.25, quote)  # 0.75 % of 7 500.00
        with Form(quote) as form:
            index = next(index for index, line in enumerate(quote.order_line) if line.is_minor_items_allowance)
            form.order_line.remove(index)
        self.assertFalse(self._allowance(quote))
        self.assertFalse(quote.has_minor_items)

    def test_template_changed_in_the_form(self):
        """A template replaces all lines, the allowance with them: it comes back, from the new lines."""
        template = self.env["sale.order.template"].create(
            {
                "name": "Windows",
                "sale_order_template_line_ids": [
                    Command.create({"product_id": self.boards.id, "product_uom_qty": 100})
                ],
            }
        )
        self._apply()
        self.env.user.group_ids |= self.env.ref("sale_management.group_sale_order_template")
        with Form(self.quote) as form:
            form.sale_order_template_id = template
        self.assertEqual(self._product_line(self.boards).product_uom_qty, 100)
        self.assertFalse(self._product_line(self.wardrobe))
        self.assertEqual(len(self._allowance()), 1)
        self._assert_allowance(26.25)

    def test_down_payments_are_no_part_of_the_base(self):
        self._apply()
        self.quote.order_line = [
            Command.create(
                {
                    "name": "Paid in advance",
                    "is_downpayment": True,
                    "product_uom_qty": 1.0,
                    "price_unit": 1000.0,
                    "tax_ids": [Command.set(self.tax_19.ids)],
                }
            )
        ]
        self.assertEqual(self.quote.amount_untaxed, 6108.03)
        self._assert_allowance(38.03)

    # === LIFE ===

    def test_prices_of_a_confirmed_order(self):
        """Nothing follows any more, so nothing would put the allowance right if its price was worked out anew."""
        self._apply()
        self.quote.action_confirm()
        self.quote._recompute_prices()
        self._assert_allowance(38.03)

    def test_duplicate(self):
        line = self._apply()
        self.quote.order_line = [Command.create({"display_type": "line_section", "name": "More"})]
        copy = self.quote.copy()
        self.assertEqual(len(self._allowance(copy)), 1)
        self.assertNotEqual(self._allowance(copy), line)
        self._assert_allowance(38.03, copy)
        self.assertEqual(len(copy.order_line), len(self.quote.order_line))
        copy.order_line.filtered(lambda line: line.product_id == self.wardrobe).product_uom_qty = 2
        self._assert_allowance(68.03, copy)  # 0.75 % of 9 070.00 = 68.025
        self._assert_allowance(38.03)

    def test_duplicate_without(self):
        self._apply().unlink()
        self.assertFalse(self._allowance(self.quote.copy()))

    def test_confirmed_it_stays(self):
        line = self._apply()
        self.quote.action_confirm()
        self._product_line(self.boards).product_uom_qty = 20
        self.quote.order_line = [Command.create({"product_id": self.window.id})]
        self.quote.minor_items_rate = 0.01
        self.quote.sale_order_template_id = self.env["sale.order.template"].create(
            {"name": "Kitchens", "minor_items_rate": 0.008}
        )
        self.assertEqual(self._allowance(), line)
        self._assert_allowance(38.03)
        self.assertFalse(line.task_id)

    def test_cancelled_and_reset(self):
        line = self._apply()
        self.quote.action_confirm()
        self._product_line(self.boards).product_uom_qty = 20
        self.quote._action_cancel()
        self._assert_allowance(38.03)
        self.quote.action_draft()
        self._assert_allowance(40.65)  # 0.75 % of 5 420.00
        self.assertEqual(self._allowance(), line)
        self.quote.action_confirm()
        self._assert_allowance(40.65)

    def test_signed_change_orders_leave_it_alone(self):
        self._apply()
        self.quote.action_confirm()
        self.order = self.quote
        self._sign(self._make_change(send=True))
        self._assert_allowance(38.03)
        self.assertEqual(self.quote.amount_untaxed, 5193.03)  # 5 108.03 + 85.00

    def test_not_reduced_by_change_orders(self):
        line = self._apply()
        self.quote.action_confirm()
        self.order = self.quote
        with self.assertRaisesRegex(ValidationError, "can't be reduced"):
            self._make_change(self._reduce(line, 1))

    # === WHAT THE CUSTOMER READS ===

    def test_sentence(self):
        line = self._apply()
        self.assertEqual(
            line.name,
            "Minor items\nFor small jobs that come up on site: they are done at once, without further paperwork.",
        )
        self.quote.minor_items_explained = False
        self.assertEqual(line.name, "Minor items")
        self.company.minor_items_explanation = "Screws and smiles."
        self.quote.minor_items_explained = True
        self.assertEqual(line.name, "Minor items\nScrews and smiles.")

    def test_wording_by_hand_stays(self):
        line = self._apply()
        line.name = "For Mrs Sommer's small wishes"
        self._product_line(self.boards).product_uom_qty = 20
        self.assertEqual(line.name, "For Mrs Sommer's small wishes")

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.minor_items_explanation = "Small jobs."
        self.company.with_context(lang="fr_FR").minor_items_explanation = "Petits travaux."
        line = self._apply()
        self.customer.lang = "fr_FR"
        self.quote.action_apply_minor_items()
        self.assertIn("Petits travaux.", line.name)

    def test_own_product(self):
        product = self._make_product("Kleinigkeiten", 5.0)
        self.company.minor_items_product_id = product
        line = self._apply()
        self.assertEqual(line.product_id, product)
        self._assert_allowance(38.03)

    # === WHO MAY CHOOSE WHICH RATE ===

    def test_seller_within_the_limits(self):
        quote = self.quote.with_user(self.seller)
        quote.action_apply_minor_items()
        for rate in (0.005, 0.01, 0, 0.0075):
            quote.minor_items_rate = rate
        self._assert_allowance(38.03)

    def test_seller_outside_the_limits(self):
        quote = self.quote.with_user(self.seller)
        for rate in (0.0049, 0.0101):
            with self.assertRaisesRegex(ValidationError, "between 0.5 % and 1 %"), self.env.cr.savepoint():
                quote.write({"minor_items_rate": rate, "minor_items_rate_reason": "I want to"})
        self.assertEqual(quote.minor_items_rate, 0.0075)

    def test_manager_outside_the_limits(self):
        quote = self.quote.with_user(self.manager)
        quote.action_apply_minor_items()
        with self.assertRaisesRegex(ValidationError, "Enter the reason"), self.env.cr.savepoint():
            quote.write({"minor_items_rate": 0.02, "minor_items_rate_reason": " "})
        quote.write({"minor_items_rate": 0.02, "minor_items_rate_reason": "Listed building"})
        self._assert_allowance(101.40)
        for rate in (-0.01, 1.5):
            with self.assertRaisesRegex(ValidationError, "between 0 and 100"), self.env.cr.savepoint():
                quote.minor_items_rate = rate

    def test_exception_is_not_copied(self):
        self.quote.write({"minor_items_rate": 0.02, "minor_items_rate_reason": "Listed building"})
        self._apply()
        copy = self.quote.with_user(self.seller).copy()
        self.assertRecordValues(copy, [{"minor_items_rate": 0.0075, "minor_items_rate_reason": False}])
        self._assert_allowance(38.03, copy)

    def test_seller_takes_the_rate_of_a_template(self):
        template = self.env["sale.order.template"].create({"name": "Old houses", "minor_items_rate": 0.02})
        quote = self.quote.with_user(self.seller)
        quote.sale_order_template_id = template
        quote.minor_items_rate = 0.02
        self._assert_allowance(101.40)

    # === ACCESS ===

    def test_who_may_apply_it(self):
        for user in (self.technician, self.customer_user, self.stranger_user, self.other_seller):
            with self.assertRaises(AccessError, msg=user.login):
                self.quote.with_user(user).action_apply_minor_items()
        self.assertFalse(self._allowance())

    def test_bookkeeper_changes_a_line(self):
        """Who can't create order lines can still change one, and the allowance follows."""
        self._apply()
        self._product_line(self.boards).with_user(self.bookkeeper).price_unit = 70.0
        self._assert_allowance(40.65)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Roofers", "minor_items_rate": 0.006})
        self.assertEqual(
            self.env["sale.order"].with_company(other).new({"company_id": other.id}).minor_items_rate, 0.006
        )


@tagged("post_install", "-at_install")
class TestAllowancePortal(AllowanceCommon, HttpCase):
    """A customer chooses an option on the portal, without any right on the order but the link to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote.order_line = [
            Command.create({"display_type": "line_section", "name": "Options", "is_optional": True, "sequence": 50}),
            Command.create({"product_id": cls.window.id, "product_uom_qty": 0, "sequence": 51}),
        ]
        cls.quote.action_apply_minor_items()
        cls.quote.action_quotation_sent()
        cls.token = cls.quote._portal_ensure_token()

    def _choose(self, line, quantity, token):
        self.make_jsonrpc_request(
            f"/my/orders/{self.quote.id}/update_line_dict",
            {"line_id": line.id, "input_quantity": quantity, "access_token": token},
        )
        self.env.invalidate_all()

    def test_choosing_an_option(self):
        self._assert_allowance(38.03)
        self._choose(self._product_line(self.window), 2, self.token)
        self._assert_allowance(39.30)  # 0.75 % of 5 240.00
        self._choose(self._product_line(self.window), 0, self.token)
        self._assert_allowance(38.03)

    def test_the_allowance_is_no_option(self):
        self._choose(self._allowance(), 0, self.token)
        self._assert_allowance(38.03)

    def test_what_the_customer_reads(self):
        page = self.url_open(f"/my/orders/{self.quote.id}?access_token={self.token}").text
        self.assertIn("For small jobs that come up on site", page)
        self.assertIn("38.03", page)
