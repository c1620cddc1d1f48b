from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The story that the demo data tell, and that the pictures of the documentation show."""

    def setUp(self):
        super().setUp()
        self.order = self.env.ref("order_extension.order_wardrobe", raise_if_not_found=False)
        if not self.order:
            self.skipTest("the demo data are not loaded")

    def _demo(self, name):
        return self.env.ref(f"order_extension.{name}")

    def test_story(self):
        # 4 850.00 + 3 x 420.00 + 2 x 290.00 + 180.00 + 16 x 68.00 = 7 958.00, 0.75 % of it 59.685: 8 017.69;
        # signed 3 x 89.00 + 2 x 68.00 = 403.00
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.amount_untaxed, 8420.69)
        self.assertEqual(self._demo("change_order_lighting").amount_original, 8017.69)
        for name, state, amount in (
            ("change_order_lighting", "signed", 403.00),
            ("change_order_shoe_drawer", "declined", 340.00),
            ("change_order_window", "sent", 125.60),  # 95.00 + 4.5 x 6.80
            ("change_order_shelf", "draft", -170.00),  # 2 x 60.00 - 290.00
            ("change_order_mirror", "sent", 253.00),  # 185.00 + 68.00
            ("change_order_sill", "sent", 232.00),  # 96.00 + 2 x 68.00
            ("change_order_glass", "draft", 1544.00),  # 1 340.00 + 3 x 68.00
        ):
            change_order = self._demo(name)
            self.assertEqual((change_order.state, change_order.amount_untaxed), (state, amount), name)
        self.assertTrue(self._demo("change_order_window").photo_ids)
        self.assertEqual(self._demo("change_order_shelf").create_uid, self._demo("user_technician"))

    def test_both_technicians_work_on_it(self):
        task = self._demo("order_wardrobe_line_assembly").task_id
        self.assertEqual(task.user_ids, self._demo("user_technician") | self._demo("user_technician2"))

    def test_everybody_sees_his_part(self):
        """The customer sees no draft."""
        ChangeOrder = self.env["sale.change.order"]
        total = len(self.order.change_order_ids)
        for name, count in (
            ("seller", total),
            ("technician", total),
            ("technician2", total),
            ("bookkeeper", total),
            ("customer", total - 1),
        ):
            visible = ChangeOrder.with_user(self._demo(f"user_{name}"))
            self.assertEqual(visible.search_count([("order_id", "=", self.order.id)]), count, name)

    def test_allowance_is_partly_used(self):
        """17.00 + 11.56 (10 min are 0.17 h at 68.00) + 15.70 (11.50 + 4.20) = 44.26 of 59.69; 6.00 are cancelled."""
        self.assertEqual(self.order.minor_items_rate, 0.0075)
        self.assertEqual(self.order.minor_items_amount, 59.69)
        self.assertEqual(self.order.minor_items_used, 44.26)
        self.assertEqual(self.order.minor_items_left, 15.43)
        for name, value, cost in (
            ("picture", 17.00, 10.25),
            ("handle", 11.56, 6.83),  # 10 min at 41.00/h
            ("joint", 15.70, 11.05),  # 6.85 + 4.20
        ):
            item = self._demo(f"minor_item_{name}")
            self.assertEqual((item.value, item.cost, item.covered_by), (value, cost, "allowance"), name)
        mistake = self._demo("minor_item_fittings")
        self.assertEqual((mistake.state, mistake.value), ("cancelled", 6.00))
        self.assertTrue(mistake.cancel_reason)

    def test_without_allowance_it_is_goodwill(self):
        order, item = self._demo("order_door"), self._demo("minor_item_cellar_door")
        self.assertEqual(order.minor_items_amount, 0.00)
        self.assertEqual((item.covered_by, item.value), ("goodwill", 22.50))

    def test_a_line_that_nobody_has_signed(self):
        """3 200.00 + 6 x 68.00 + 90.00 = 3 698.00 were ordered, a door closer for 75.00 was added."""
        order = self._demo("order_door")
        self.assertEqual(order.amount_untaxed, 3773.00)
        self.assertEqual((order.unsigned_line_count, order.unsigned_amount), (1, 75.00))
        self.assertEqual(self.order.unsigned_line_count, 0)

    def test_an_emergency_may_start(self):
        """266.80 with taxes, and 350.00 are allowed."""
        sill = self._demo("change_order_sill")
        self.assertTrue(sill.is_proceeding)
        self.assertEqual((sill.amount_total, sill.proceed_limit), (266.80, 350.00))
        self.assertFalse(sill.exceeds_proceed_limit)

    def test_the_customer_may_take_an_option(self):
        """125.60, and 203.60 with the insect screen for 78.00."""
        window = self._demo("change_order_window")
        option = window.line_ids.filtered("is_optional")
        self.assertEqual((option.product_id, option.is_selected), (self._demo("product_insect_screen"), False))
        window._select_option(option.id, True)
        self.assertEqual(window.amount_untaxed, 203.60)

    def test_the_customer_has_made_a_counter_proposal(self):
        """For 250.00 instead of 253.00 + 15 % = 290.95."""
        mirror = self._demo("change_order_mirror")
        self.assertEqual((mirror.amount_total, mirror.counter_amount), (290.95, 250.00))
        self.assertEqual(mirror.counter_state, "open")
        self.assertEqual(mirror.activity_ids.user_id, self._demo("user_seller"))

    def test_templates(self):
        for name, count in (("lighting", 2), ("window", 3)):
            self.assertEqual(len(self._demo(f"change_order_template_{name}").line_ids), count, name)

    def test_one_technician_has_read_the_rules(self):
        company = self.env.ref("base.main_company")
        for name, has_to in (("technician", False), ("technician2", True)):
            user = self._demo(f"user_{name}")
            self.assertEqual(company.with_user(user)._has_to_acknowledge_extra_rules(), has_to, name)

    def test_a_large_one_waits_for_approval(self):
        self.assertTrue(self._demo("change_order_glass").approval_is_waiting)
        self.assertFalse(self._demo("change_order_shelf").needs_approval)

    def test_quotation_from_the_template(self):
        """4 850.00 + 2 x 420.00 + 290.00 + 180.00 + 12 x 68.00 = 6 976.00, and 0.75 % of it = 52.32."""
        quotation = self._demo("order_hall")
        self.assertEqual(quotation.state, "sent")
        self.assertEqual((quotation.minor_items_amount, quotation.amount_untaxed), (52.32, 7028.32))
        self.assertTrue(quotation.is_fixed_price)
        for field in ("scope_included", "scope_excluded", "extension_clause"):
            self.assertTrue(quotation[field], field)
        option = quotation.order_line.filtered(lambda line: line.product_id == self._demo("product_led_strip"))
        self.assertTrue(option._is_line_optional())
        self.assertEqual(option.product_uom_qty, 0)

    def test_a_larger_wish_is_followed_up(self):
        lead = self._demo("lead_children_room")
        self.assertEqual((lead.origin_order_id, lead.user_id), (self.order, self._demo("user_seller")))
        self.assertEqual(lead.activity_ids.user_id, self._demo("user_seller"))
        self.assertEqual(self.order.follow_up_lead_count, 1)

    def test_catalogue(self):
        xmlids = self.env["product.product"].search([("is_minor_item", "=", True)]).get_external_id()
        own = [xmlid for xmlid in xmlids.values() if xmlid.startswith("order_extension.small_service_")]
        self.assertEqual(len(own), 8)
