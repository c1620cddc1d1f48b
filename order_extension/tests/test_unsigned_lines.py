"""What of a confirmed order no signature covers, and what happens to those who add to it."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ChangeOrderCommon


class UnsignedCommon(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order.line"].flush_model()

    def _add_line(self, product=None, user=None, order=None, **values):
        """Return a line that somebody adds to the order by hand."""
        order = (order or self.order).with_user(user or self.seller)
        before = order.order_line
        order.write(
            {
                "order_line": [
                    Command.create({"product_id": (product or self.window).id, "product_uom_qty": 1, **values})
                ]
            }
        )
        return (order.order_line - before).with_env(self.env)

    def _notes(self, order=None, text="by hand"):
        return (order or self.order).message_ids.filtered(lambda message: text in (message.body or ""))

    def _assert_unsigned(self, line, quantity, amount):
        self.assertEqual((line.unsigned_qty, line.unsigned_amount), (quantity, amount))


@tagged("post_install", "-at_install")
class TestUnsignedLines(UnsignedCommon):
    def test_a_confirmation_covers_all_lines(self):
        self.assertEqual(self.order.order_line.mapped("signed_qty"), [1.0, 12.0, 10.0])
        self.assertFalse(any(self.order.order_line.mapped("unsigned_qty")))
        self.assertFalse(self.order.unsigned_line_count)

    def test_nothing_is_listed_of_a_quotation(self):
        quotation = self._make_order(confirm=False)
        self.assertFalse(any(quotation.order_line.mapped("signed_qty") + quotation.order_line.mapped("unsigned_qty")))

    def test_line_added_by_hand(self):
        """2 windows at 85.00 less 10 % = 153.00, untaxed."""
        line = self._add_line(product_uom_qty=2, discount=10)
        self._assert_unsigned(line, 2.0, 153.00)
        self.assertEqual((self.order.unsigned_line_count, self.order.unsigned_amount), (1, 153.00))
        self.assertIn(line, self.env["sale.order.line"].search([("unsigned_qty", ">", 0)]))

    def test_amount_is_untaxed_where_prices_include_taxes(self):
        """119.00 with 19 % inside: 100.00 net."""
        included = self._make_tax("19 % inside", 19, price_include_override="tax_included")
        line = self._add_line(price_unit=119.0, tax_ids=[Command.set(included.ids)])
        self._assert_unsigned(line, 1.0, 100.00)

    def test_quantity_raised_by_hand_and_taken_back(self):
        """3 boards more at 35.00 = 105.00."""
        boards = self._line(self.boards)
        boards.with_user(self.seller).product_uom_qty = 13
        self._assert_unsigned(boards, 3.0, 105.00)
        boards.with_user(self.seller).product_uom_qty = 9
        self._assert_unsigned(boards, 0.0, 0.00)
        self.assertEqual(boards.signed_qty, 10.0)

    def test_change_order_covers_what_it_adds(self):
        self._sign(self._make_change(self._add(self.window, 2), send=True))
        line = self.order.order_line.filtered(lambda line: line.product_id == self.window)
        self.assertEqual(line.signed_qty, 2.0)
        self._assert_unsigned(line, 0.0, 0.00)

    def test_change_order_lowers_what_it_reduces(self):
        boards = self._line(self.boards)
        self._sign(self._make_change(self._reduce(boards, 4), send=True))
        self.assertEqual((boards.product_uom_qty, boards.signed_qty, boards.unsigned_qty), (6.0, 6.0, 0.0))

    def test_reduction_of_a_line_that_was_raised_by_hand(self):
        """10 signed, 12 ordered; the customer signs 4 less: 6 are covered, 8 are ordered, 2 x 35.00 are open."""
        boards = self._line(self.boards)
        boards.with_user(self.seller).product_uom_qty = 12
        self._sign(self._make_change(self._reduce(boards, 4), send=True))
        self.assertEqual((boards.product_uom_qty, boards.signed_qty), (8.0, 6.0))
        self._assert_unsigned(boards, 2.0, 70.00)

    def test_back_to_a_quotation_nothing_is_signed(self):
        self._add_line()
        self.order._action_cancel()
        self.assertFalse(any(self.order.order_line.mapped("unsigned_qty")), "a cancelled order claims nothing")
        self.order.action_draft()
        self.assertFalse(any(self.order.order_line.mapped("signed_qty")))
        self.order.action_confirm()
        self.assertEqual(self.order.order_line.mapped("signed_qty"), [1.0, 12.0, 10.0, 1.0])
        self.assertFalse(any(self.order.order_line.mapped("unsigned_qty")))

    def test_a_copy_starts_uncovered_and_is_covered_by_its_own_confirmation(self):
        copy = self.order.copy()
        self.assertFalse(any(copy.order_line.mapped("signed_qty")))
        copy.action_confirm()
        self.assertEqual(copy.order_line.mapped("signed_qty"), [1.0, 12.0, 10.0])

    def test_an_import_of_confirmed_orders_is_covered(self):
        order = self._make_order(confirm=False, state="sale")
        self.assertEqual(order.order_line.mapped("signed_qty"), [1.0, 12.0, 10.0])
        self.assertFalse(order.unsigned_line_count or self._notes(order))

    def test_sections_and_down_payments_are_not_counted(self):
        lines = self.env["sale.order.line"].create(
            [
                {"order_id": self.order.id, "display_type": "line_section", "name": "Later"},
                {
                    "order_id": self.order.id,
                    "is_downpayment": True,
                    "product_id": self.window.id,
                    "product_uom_qty": 1,
                    "price_unit": 500.0,
                },
            ]
        )
        self.assertFalse(any(lines.mapped("unsigned_qty")))
        self.assertFalse(self._notes())

    def test_cost_invoiced_on(self):
        """What a vendor bill brings: nothing ordered, 3 delivered at 40.00 = 120.00."""
        line = self.env["sale.order.line"].create(
            {
                "order_id": self.order.id,
                "product_id": self.window.id,
                "product_uom_qty": 0,
                "qty_delivered": 3,
                "price_unit": 40.0,
                "is_expense": True,
            }
        )
        line.qty_delivered = 3
        self._assert_unsigned(line, 3.0, 120.00)
        self.assertFalse(self._notes(), "nobody has entered it by hand")

    def test_more_than_ordered_delivered(self):
        """Billed by what is delivered: 14 hours of 12 at 60.00 = 120.00 more. Billed by the order: nothing."""
        by_delivery = self._make_product("Service", 60.0, service_type="manual", invoice_policy="delivery")
        order = self._make_order([(by_delivery, 12), (self.window, 1)])
        for line in order.order_line:
            line.with_user(self.seller).qty_delivered = 14
        self._assert_unsigned(order.order_line[0], 2.0, 120.00)
        self._assert_unsigned(order.order_line[1], 0.0, 0.00)

    def test_credit_signed_with_the_order(self):
        product = self._make_product("Old wardrobe taken back", 100.0, invoice_policy="delivery")
        order = self._make_order([(self.wardrobe, 1), (product, -1)])
        self.assertFalse(any(order.order_line.mapped("unsigned_qty")))

    def test_other_currency(self):
        """2 windows at 170.00 of a foreign currency: 340.00 of it."""
        currency = self.setup_other_currency("EUR")
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": currency.id})
        order = self._make_order(pricelist_id=pricelist.id)
        line = self._add_line(order=order, product_uom_qty=2, price_unit=170.0)
        self._assert_unsigned(line, 2.0, 340.00)
        self.assertEqual(line.currency_id, currency)

    def test_signed_quantity_is_not_for_writing(self):
        line = self._add_line()
        for user in (self.seller, self.manager):
            with self.subTest(user=user.login):
                with self.assertRaises(UserError):
                    line.with_user(user).signed_qty = 1
                with self.assertRaises(UserError):
                    self._line(self.boards).with_user(user).signed_qty = 0
                with self.assertRaises(UserError):
                    self._add_line(user=user, signed_qty=1)

    def test_orders_from_before_are_covered_as_they_stand(self):
        """What the column is filled with when the add-on comes to a database, or comes new in this version."""
        quotation = self._make_order(confirm=False)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order_line SET signed_qty = NULL")
        self.env["sale.order.line"]._init_column("signed_qty")
        self.env.invalidate_all()
        self.assertEqual(self.order.order_line.mapped("signed_qty"), [1.0, 12.0, 10.0])
        self.assertFalse(any(quotation.order_line.mapped("signed_qty")))

    def test_filter_on_orders(self):
        Order = self.env["sale.order"].with_user(self.seller)
        domain = [("order_line", "any", [("unsigned_qty", ">", 0)]), ("id", "=", self.order.id)]
        self.assertFalse(Order.search(domain))
        self._add_line()
        self.assertEqual(Order.search(domain), self.order)


@tagged("post_install", "-at_install")
class TestUnsignedDelivery(UnsignedCommon):
    def setUp(self):
        super().setUp()
        if "move_ids" not in self.env["sale.order.line"]._fields:
            self.skipTest("sale_stock is not installed: there are no deliveries")
        self.goods = self._make_product("Hinge", 12.0, type="consu", invoice_policy="delivery")
        self.company.undocumented_line_policy = "block"

    def _deliver(self, order, quantity, **extra):
        """Deliver ``quantity`` of each product, and what is in ``extra`` in addition."""
        picking = order.picking_ids
        for move in picking.move_ids:
            move.quantity = quantity
        for name in extra:
            product = getattr(self, name)
            self.env["stock.move"].create(
                {
                    "product_id": product.id,
                    "product_uom": product.uom_id.id,
                    "product_uom_qty": extra[name],
                    "quantity": extra[name],
                    "picking_id": picking.id,
                    "location_id": picking.location_id.id,
                    "location_dest_id": picking.location_dest_id.id,
                }
            )
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sanity_check=True).button_validate()

    def test_more_delivered_than_ordered(self):
        """12 hinges of 10: 2 at 12.00 = 24.00, though the policy is to block."""
        order = self._make_order([(self.goods, 10)])
        self._deliver(order, 12)
        self.assertEqual(order.order_line.qty_delivered, 12)
        self._assert_unsigned(order.order_line, 2.0, 24.00)

    def test_extra_product_delivered(self):
        """5 boards that nobody has ordered, billed by what is ordered: listed, at no price."""
        order = self._make_order([(self.goods, 10)])
        self._deliver(order, 10, boards=5)
        extra = order.order_line.filtered(lambda line: line.product_id == self.boards)
        self.assertEqual((extra.product_uom_qty, extra.qty_delivered), (0.0, 5.0))
        self._assert_unsigned(extra, 5.0, 0.00)

    def test_extra_product_billed_by_delivery(self):
        """4 brackets that nobody has ordered at 7.50 = 30.00."""
        self.bracket = self._make_product("Bracket", 7.5, type="consu", invoice_policy="delivery")
        order = self._make_order([(self.goods, 10)])
        self._deliver(order, 10, bracket=4)
        extra = order.order_line.filtered(lambda line: line.product_id == self.bracket)
        self._assert_unsigned(extra, 4.0, 30.00)


@tagged("post_install", "-at_install")
class TestUndocumentedLinePolicy(UnsignedCommon):
    def _set_policy(self, policy):
        self.company.undocumented_line_policy = policy

    def test_warning_is_the_usual(self):
        self.assertEqual(self.company.undocumented_line_policy, "warn")

    def test_warn_about_a_line(self):
        line = self._add_line()
        self.assertTrue(line)
        self.assertEqual(len(self._notes()), 1)
        self.assertIn("Ease a stuck window", self._notes().body)
        self.assertEqual(self._notes().author_id, self.seller.partner_id)

    def test_warn_once_about_several_lines(self):
        self.order.with_user(self.seller).write(
            {
                "order_line": [
                    Command.create({"product_id": self.window.id}),
                    Command.create({"product_id": self.boards.id}),
                ]
            }
        )
        self.assertEqual(len(self._notes()), 1)
        self.assertEqual(self._notes().body.count("<li>"), 2)

    def test_warn_about_what_is_raised(self):
        boards = self._line(self.boards).with_user(self.seller)
        for number, vals in enumerate(
            ({"product_uom_qty": 11}, {"price_unit": 36.0}, {"price_unit": 40.0, "discount": 5}), start=1
        ):
            boards.write(vals)
            self.assertEqual(len(self._notes()), number, vals)

    def test_no_warning_about_what_is_lowered_or_stays(self):
        boards = self._line(self.boards).with_user(self.seller)
        for vals in (
            {"product_uom_qty": 10},
            {"price_unit": 35.0},
            {"product_uom_qty": 9},
            {"discount": 5},
            {"price_unit": 34.0},
            {"name": "Boards, oak", "sequence": 99},
        ):
            boards.write(vals)
        self.assertFalse(self._notes())

    def test_off(self):
        self._set_policy("off")
        line = self._add_line()
        self._line(self.boards).with_user(self.seller).product_uom_qty = 20
        self.assertFalse(self._notes())
        self._assert_unsigned(line, 1.0, 85.00)

    def test_block(self):
        self._set_policy("block")
        boards = self._line(self.boards)
        for user in (self.seller, self.manager):
            for name, entry in (
                ("Ease a stuck window", lambda user: self._add_line(user=user)),
                ("Shelf board", lambda user: boards.with_user(user).write({"product_uom_qty": 11})),
                ("Shelf board", lambda user: boards.with_user(user).write({"price_unit": 36})),
            ):
                with self.subTest(user=user.login, name=name), self.assertRaises(UserError) as caught:
                    entry(user)
                self.assertIn(name, str(caught.exception))
                self.assertIn("Record a change order", str(caught.exception))
        self.order.invalidate_recordset()
        self.assertEqual(self.order.amount_untaxed, 5070.00)
        self.assertEqual(len(self.order.order_line), 3)

    def test_no_context_gets_around_it(self):
        """What a caller can send along makes no import and no delivery of what they enter."""
        self._set_policy("block")
        boards = self._line(self.boards).with_user(self.seller)
        for name in ("confirmed_order_comes_in", "skip_procurement", "follows_payment", "cron_id"):
            with self.subTest(name), self.assertRaises(UserError) as caught:
                boards.with_context(**{name: True}).write({"product_uom_qty": 11})
            self.assertIn("Record a change order", str(caught.exception))

    def test_block_does_nothing_by_halves(self):
        self._set_policy("block")
        lines = self.order.order_line.with_user(self.seller)
        with self.assertRaises(UserError):
            lines.write({"product_uom_qty": 11})
        lines.invalidate_recordset()
        self.assertEqual(lines.mapped("product_uom_qty"), [1.0, 12.0, 10.0])

    def test_block_lets_through_what_is_no_extra_work(self):
        self._set_policy("block")
        self._add_line(price_unit=-50.0, name="Discount")
        boards = self._line(self.boards).with_user(self.seller)
        boards.write({"product_uom_qty": 8, "discount": 3})
        self.order.with_user(self.seller).write(
            {"order_line": [Command.create({"display_type": "line_note", "name": "Ring the bell"})]}
        )
        self.assertEqual(len(self.order.order_line), 5)

    def test_block_lets_through_discounts(self):
        self._set_policy("block")
        self.company.sale_discount_product_id = self._make_product("Discount", 0.0)
        wizard = self.env["sale.order.discount"].with_user(self.seller)
        wizard.create(
            {"sale_order_id": self.order.id, "discount_type": "so_discount", "discount_percentage": 0.1}
        ).action_apply_discount()
        self.assertEqual(self.order.amount_untaxed, 4563.00, "5 070.00 less 10 %")

    def test_block_lets_through_down_payments(self):
        self._set_policy("block")
        wizard = self.env["sale.advance.payment.inv"].with_user(self.seller)
        wizard.with_context(active_model="sale.order", active_ids=self.order.ids).create(
            {"advance_payment_method": "fixed", "fixed_amount": 500.0}
        ).create_invoices()
        self.assertTrue(self.order.order_line.filtered("is_downpayment"))
        self.assertFalse(self.order.unsigned_line_count)

    def test_block_lets_through_odoo_itself(self):
        self._set_policy("block")
        self._add_line(user=self.env.ref("base.user_root"), name="Delivery fee")
        self.env["sale.order.line"].with_user(self.seller).create(
            {"order_id": self.order.id, "product_id": self.window.id, "product_uom_qty": 1, "is_expense": True}
        )
        self.assertEqual(self.order.unsigned_line_count, 2)

    def test_block_lets_through_what_is_signed(self):
        self._set_policy("block")
        self._sign(self._make_change(send=True))
        self._sign(self._make_change(self._reduce(self._line(self.boards), 1), send=True))
        self.assertEqual(self.order.amount_untaxed, 5120.00, "5 070.00 + 85.00 - 35.00")
        self.assertFalse(self.order.unsigned_line_count)

    def test_quotations_stay_free(self):
        self._set_policy("block")
        quotation = self._make_order(confirm=False)
        self._add_line(order=quotation)
        quotation.order_line.with_user(self.seller).write({"product_uom_qty": 50})
        quotation.with_user(self.seller).action_confirm()
        self.assertFalse(quotation.unsigned_line_count or self._notes(quotation))

    def test_policy_is_the_one_of_the_orders_company(self):
        self._set_policy("off")
        other = self.env["res.company"].create({"name": "Painter", "undocumented_line_policy": "block"})
        self.seller.company_ids |= other
        self._add_line(user=self.seller.with_company(other))
        self.assertEqual(len(self.order.order_line), 4)

    def test_said_while_it_is_entered(self):
        order = self.order.with_user(self.seller)
        line = order.env["sale.order.line"].new({"order_id": order.id, "product_id": self.window.id}, origin=None)
        message = line._onchange_product_of_confirmed_order()["warning"]["message"]
        self.assertIn("change order", message)
        board = self._line(self.boards).with_user(self.seller)
        draft = board.new(origin=board)
        draft.product_uom_qty = 9
        self.assertIsNone(draft._onchange_terms_of_confirmed_order())
        draft.product_uom_qty = 12
        self.assertIn("Shelf board", draft._onchange_terms_of_confirmed_order()["warning"]["message"])
        self._set_policy("off")
        self.assertIsNone(draft._onchange_terms_of_confirmed_order())

    def test_on_the_form(self):
        with Form(self.order.with_user(self.seller)) as form, form.order_line.new() as line:
            line.product_id = self.window
        self.assertEqual((form.unsigned_line_count, form.unsigned_amount), (1, 85.00))


@tagged("post_install", "-at_install")
class TestAcceptWithoutSignature(UnsignedCommon):
    def setUp(self):
        super().setUp()
        self.line = self._add_line(product_uom_qty=2)

    def _accept(self, user, reason="Agreed on the phone"):
        lines = self.line.with_user(user)
        context = lines.action_accept_without_signature()["context"]
        wizard = lines.env["sale.order.line.accept"].with_context(**context)
        wizard.create({"reason": reason}).action_accept()

    def test_manager_accepts_with_a_reason(self):
        self._accept(self.manager)
        self.assertEqual(self.line.signed_qty, 2.0)
        self._assert_unsigned(self.line, 0.0, 0.00)
        note = self._notes(text="Agreed on the phone")
        self.assertIn(self.manager.name, note.body)
        self.assertIn("Ease a stuck window: 2", note.body)
        self.assertEqual(note.author_id, self.manager.partner_id)

    def test_what_comes_after_is_open_again(self):
        self._accept(self.manager)
        self.line.with_user(self.seller).product_uom_qty = 3
        self._assert_unsigned(self.line, 1.0, 85.00)

    def test_others_may_not(self):
        for user in (self.seller, self.technician, self.bookkeeper, self.customer_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._accept(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.line.with_user(user)._accept_without_signature("me too")
        self.assertEqual(self.line.signed_qty, 0.0)

    def test_not_without_a_reason(self):
        for reason in ("", "  \n ", "\u200b"):
            with self.subTest(reason=reason), self.assertRaises(UserError):
                self.line.with_user(self.manager)._accept_without_signature(reason)

    def test_not_when_there_is_nothing_to_accept(self):
        with self.assertRaisesRegex(UserError, "nothing to accept"):
            self._line(self.boards).with_user(self.manager)._accept_without_signature("why not")

    def test_several_orders_at_once(self):
        other = self._make_order()
        self.line |= self._add_line(order=other)
        self._accept(self.manager)
        for order in (self.order, other):
            self.assertFalse(order.unsigned_line_count)
            self.assertEqual(len(self._notes(order, text="Agreed on the phone")), 1)

    def test_orders_of_another_company_are_out_of_reach(self):
        outsider = self.manager.copy({"login": "outsider", "name": "Outsider"})
        other = self.env["res.company"].create({"name": "Painter"})
        outsider.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            self.line.with_user(outsider)._accept_without_signature("mine now")
