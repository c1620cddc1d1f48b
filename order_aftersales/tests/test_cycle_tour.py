"""One order from the quotation to after-sales, followed on the board by five people."""

from odoo.tests import HttpCase, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestCycleTour(AftersalesCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order.with_context(disable_cancel_warning=True).action_cancel()
        cls._stage("entry").department_id = cls.sales_department
        cls._stage("selection").department_id = cls.workshop
        cls._stage("scheduling").department_id = cls.workshop
        cls._stage("fulfilment").department_id = cls.warehouse_department
        cls._stage("billing").department_id = cls.accounting
        # Odoo's own wizard for invoices is for salespeople.
        cls.bookkeeper.group_ids |= cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.quotation = cls._make_order(lines=[(cls.fitting, 4)], confirm=False, state="sent")
        cls.env["stock.quant"]._update_available_quantity(cls.fitting, cls.quotation.warehouse_id.lot_stock_id, 4)

    def _tour(self, name, user, url="/odoo/order-board"):
        self.start_tour(url, f"order_cycle_{name}", login=user.login)

    def test_five_people(self):
        order = self.quotation
        for name, user, code in (
            ("seller", self.seller, "selection"),
            ("planner", self.planner, "fulfilment"),
            ("storekeeper", self.storekeeper, "billing"),
            ("bookkeeper", self.bookkeeper, "done"),
        ):
            self._tour(name, user)
            self.assertEqual(order.order_stage_id.code, code, name)
        self._tour("service", self.service, f"/odoo/order-board/{order.id}")
        self.assertEqual(order.order_stage_id.code, "aftersales")
        self._tour("service_board", self.service)
        self.assertEqual(order.invoice_ids.amount_untaxed, 100.0)  # 4 sets at 25.00
        people = order.stage_decision_ids.user_id | order.case_ids.create_uid | order.picking_ids.write_uid
        self.assertLessEqual(
            self.seller | self.planner | self.storekeeper | self.bookkeeper | self.service,
            people,
        )

    def test_unattended_order_is_found(self):
        customer = self.env["res.partner"].create({"name": "Mia Winter"})
        order = self._make_order(lines=[(self.window, 1)], user_id=False, partner_id=customer.id)
        self._tour("unattended", self.manager, "/odoo/unattended-orders")
        self.assertEqual(order.stage_owner_id, self.manager)
        self.assertNotEqual(order.attention, "unattended")
