"""Goods: delivered from stock or by hand, and bought at the same time."""

from unittest import SkipTest

from odoo.fields import Command
from odoo.tests import tagged

from .facts_common import FactsCommon


@tagged("post_install", "-at_install")
class TestFactsManualDelivery(FactsCommon):
    """An order whose goods are delivered without a stock: as if sale_stock weren't installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order.order_line.filtered(lambda line: line.product_id.type == "consu").qty_delivered_method = "manual"
        cls.env.flush_all()

    def _deliver_by_hand(self, product, quantity):
        self._line(product).qty_delivered = quantity

    def test_delivered_at_the_cost_of_the_line(self):
        """1 x 2 500.00 + 4 x 20.00; that the cost of the product changes later is nothing to the line."""
        self._deliver_by_hand(self.wardrobe, 1)
        self._deliver_by_hand(self.boards, 4)
        self.boards.standard_price = 99.0
        self.assertEqual(self._costs(), {"material": 2580.0})
        self._deliver_by_hand(self.boards, 1)  # three came back
        self.assertEqual(self._costs(), {"material": 2520.0})

    def test_the_bill_for_it_counts_instead(self):
        """4 boards of 20.00; the bill for them says 92.00. The wardrobe isn't on it."""
        self._deliver_by_hand(self.wardrobe, 1)
        self._deliver_by_hand(self.boards, 4)
        bill = self._make_bill(
            {
                "product_id": self.boards.id,
                "quantity": 4,
                "price_unit": 23.0,
                "analytic_distribution": {self.account.id: 100},
            }
        )
        self.assertEqual(self._costs(), {"material": 2500.0, "purchase": 92.0})
        bill.button_draft()
        self.assertEqual(self._costs(), {"material": 2580.0})

    def test_services_and_reinvoiced_cost_are_not_delivered_goods(self):
        self._line(self.assembly).qty_delivered = 12
        self._line(self.boards).sudo().is_expense = True
        self._deliver_by_hand(self.boards, 10)
        self.assertEqual(self._costs(), {})

    def test_cancelled_order(self):
        """Noted as delivered, and cancelled: it cost nothing that is known."""
        self._deliver_by_hand(self.boards, 4)
        self.assertEqual(self._costs(), {"material": 80.0})
        self.order._action_cancel()
        self.assertEqual(self.order.state, "cancel")
        self.assertEqual(self._costs(), {})

    def test_foreign_order(self):
        """The line's cost is in the order's currency, of which 2 make one of the company: 4 x 40.00 / 2"""
        currency = self.setup_other_currency("HRK", rates=[("2020-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "Abroad", "currency_id": currency.id})
        order = self._make_order([(self.boards, 10)], pricelist_id=pricelist.id)
        order.order_line.qty_delivered_method = "manual"
        self.assertEqual(order.order_line.purchase_price, 40.0)
        order.order_line.qty_delivered = 4
        self.assertEqual(self._costs(order), {"material": 80.0})


@tagged("post_install", "-at_install")
class TestFactsDelivery(FactsCommon):
    """Deliveries out of stock. Cabinet: stock is kept of it, at average cost; boards: no stock is kept of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env["order.postcalc.report"]._has_deliveries():
            raise SkipTest("deliveries need sale_stock and stock_account")
        cls.env.user.group_ids |= cls.env.ref("stock.group_stock_manager")
        category = cls.env["product.category"].create({"name": "Cabinets", "property_cost_method": "average"})
        cls.cabinet = cls._make_product(
            "Cabinet", 900.0, type="consu", is_storable=True, categ_id=category.id, standard_price=500.0
        )
        cls.order = cls._make_order([(cls.cabinet, 4), (cls.boards, 10), (cls.assembly, 12)])
        cls.project = cls.order.order_line.task_id.project_id
        cls.account = cls._get_account(cls.project)
        cls.env["stock.quant"]._update_available_quantity(cls.cabinet, cls.order.warehouse_id.lot_stock_id, 100)

    @classmethod
    def _deliver(cls, product, quantity, order=None):
        """Return the move that delivers ``quantity``; what is left gets a backorder."""
        moves = (order or cls.order).order_line.move_ids.filtered(
            lambda move: move.product_id == product and move.state not in ("done", "cancel")
        )
        picking = moves.picking_id
        picking.move_ids.filtered(lambda move: move.state not in ("done", "cancel")).write(
            {"quantity": 0, "picked": False}
        )
        moves.quantity = quantity
        moves.picked = True
        picking.with_context(cancel_backorder=False)._action_done()
        return moves

    def test_at_the_value_that_left_the_stock(self):
        """3 cabinets of 500.00 and 4 boards of 20.00; what they cost later changes nothing."""
        self._deliver(self.cabinet, 3)
        self._deliver(self.boards, 4)
        self.cabinet.standard_price = 700.0
        self.boards.standard_price = 99.0
        self.assertEqual(self._costs(), {"material": 1580.0})

    def test_return(self):
        """3 cabinets of 500.00, one of them comes back."""
        move = self._deliver(self.cabinet, 3)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=move.picking_id.id, active_ids=move.picking_id.ids, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        back.move_ids.write({"quantity": 1, "picked": True})
        back._action_done()
        self.assertEqual(self._costs(), {"material": 1000.0})

    def test_not_delivered_yet(self):
        self.order.order_line.move_ids.filtered(lambda move: move.product_id == self.cabinet).quantity = 2
        self.assertEqual(self._costs(), {})

    def test_steps_in_the_warehouse_cost_nothing(self):
        """Pick, then ship: 2 cabinets of 500.00 cost once."""
        self.order.warehouse_id.delivery_steps = "pick_ship"
        order = self._make_order([(self.cabinet, 2)])
        self._deliver(self.cabinet, 2, order)
        self.assertEqual(self._costs(order), {})
        self._deliver(self.cabinet, 2, order)
        self.assertEqual(self._costs(order), {"material": 1000.0})

    def test_stored_goods_with_a_bill(self):
        """Bought for 2 200.00; until something is delivered the bill stands for it, then the delivery: 3 x 500.00"""
        self._bill(self.cabinet, 4, 550.0)
        self.assertEqual(self._costs(), {"purchase": 2200.0})
        self._deliver(self.cabinet, 3)
        self.assertEqual(self._costs(), {"material": 1500.0})

    def test_stored_goods_bought_for_the_order_line(self):
        """4 cabinets of 550.00 are ordered from a vendor for the line, and 2 of them billed: 1 100.00 and 1 100.00.

        Once they are delivered out of stock, the delivery counts, 3 x 500.00, and neither bill nor purchase.
        """
        if not self.env["order.postcalc.report"]._has_fields("purchase.order.line", "sale_line_id"):
            self.skipTest("purchases for order lines need sale_purchase")
        self.env.user.group_ids |= self.env.ref("purchase.group_purchase_manager")
        self.cabinet.purchase_method = "purchase"
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.cabinet.id,
                            "product_qty": 4,
                            "price_unit": 550.0,
                            "tax_ids": [Command.clear()],
                            "sale_line_id": self._line(self.cabinet).id,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        self._make_bill(
            {
                "product_id": self.cabinet.id,
                "quantity": 2,
                "price_unit": 550.0,
                "purchase_line_id": purchase.order_line.id,
            }
        )
        self.assertEqual((self._costs(), self._total("committed_cost")), ({"purchase": 1100.0}, 1100.0))
        self._deliver(self.cabinet, 3)
        self.assertEqual((self._costs(), self._total("committed_cost")), ({"material": 1500.0}, 0.0))

    def test_receipt_for_the_order(self):
        """4 cabinets come in from a vendor for the line of the order: stock, and no negative cost."""
        warehouse = self.order.warehouse_id
        move = self.env["stock.move"].create(
            {
                "product_id": self.cabinet.id,
                "product_uom_qty": 4,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "picking_type_id": warehouse.in_type_id.id,
                "company_id": self.company.id,
                "price_unit": 500.0,
                "sale_line_id": self._line(self.cabinet).id,
            }
        )
        move._action_confirm()
        move.quantity = 4
        move.picked = True
        move._action_done()
        self.assertEqual((move.state, move.is_in), ("done", True))
        self.assertEqual(self._costs(), {})

    def test_other_goods_with_a_bill(self):
        """10 boards delivered at 20.00; bought for the order at 23.00 they cost that, 230.00"""
        self._deliver(self.boards, 10)
        self.assertEqual(self._costs(), {"material": 200.0})
        self._bill(self.boards, 10, 23.0)
        self.assertEqual(self._costs(), {"purchase": 230.0})

    def test_goods_that_are_not_of_the_order(self):
        """A bill for a saw blade on the project's account counts beside the deliveries."""
        self._deliver(self.cabinet, 1)
        self._bill(self._make_product("Saw blade", 0.0, type="consu", is_storable=True), 1, 60.0)
        self._bill(self.env["product.product"], 1, 15.0)
        self.assertEqual(self._costs(), {"material": 500.0, "purchase": 75.0})

    def _bill(self, product, quantity, price):
        return self._make_bill(
            {
                "product_id": product.id,
                "quantity": quantity,
                "price_unit": price,
                "analytic_distribution": {self.account.id: 100},
            }
        )

    def test_analytic_entries_of_deliveries(self):
        """The picking makes entries of 500.00 on the project: once. What is used without an order line counts by it."""
        if "project_id" not in self.env["stock.picking"]._fields:
            self.skipTest("analytic entries of deliveries need project_stock_account")
        picking = self.order.order_line.move_ids.picking_id
        picking.picking_type_id.analytic_costs = True
        picking.project_id = self.project
        move = self._deliver(self.cabinet, 1)
        self.assertEqual(sum(move.analytic_account_line_ids.mapped("amount")), -500.0)
        self.assertEqual(self._costs(), {"material": 500.0})
        used = self._use(picking.picking_type_id, 2)
        self.assertEqual(sum(used.analytic_account_line_ids.mapped("amount")), -1000.0)
        self.assertEqual(self._costs(), {"material": 1500.0})

    def _use(self, picking_type, quantity):
        """Return the done move of goods for the project that are on no order line."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "project_id": self.project.id,
                "location_id": self.order.warehouse_id.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.cabinet.id,
                            "product_uom_qty": quantity,
                            "location_id": self.order.warehouse_id.lot_stock_id.id,
                            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking._action_done()
        return picking.move_ids

    def test_goods_sold_on_the_invoice(self):
        """With perpetual valuation the invoice books the cost of the goods: they cost 500.00 once."""
        if not hasattr(self.cabinet.categ_id, "property_valuation"):
            self.skipTest("no valuation of stock")
        self.cabinet.categ_id.property_valuation = "real_time"
        self._deliver(self.cabinet, 1)
        invoice = self.order._create_invoices()
        invoice.invoice_line_ids.analytic_distribution = {self.account.id: 100}
        invoice.action_post()
        invoice.line_ids.filtered(lambda line: line.display_type == "cogs").analytic_distribution = {
            self.account.id: 100
        }
        self.assertEqual(self._costs(), {"material": 500.0})
        self.assertEqual(self._revenue(), self.order.amount_untaxed)
