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
        # 4 850.00 + 3 x 420.00 + 2 x 290.00 + 180.00 + 16 x 68.00 = 7 958.00; signed 3 x 89.00 + 2 x 68.00 = 403.00
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.amount_untaxed, 8361.00)
        for name, state, amount in (
            ("change_order_lighting", "signed", 403.00),
            ("change_order_shoe_drawer", "declined", 340.00),
            ("change_order_window", "sent", 125.60),  # 95.00 + 4.5 x 6.80
            ("change_order_shelf", "draft", -170.00),  # 2 x 60.00 - 290.00
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
        for name, count in (
            ("seller", 4), ("technician", 4), ("technician2", 4), ("bookkeeper", 4), ("customer", 3),
        ):  # fmt: skip
            visible = ChangeOrder.with_user(self._demo(f"user_{name}"))
            self.assertEqual(visible.search_count([("order_id", "=", self.order.id)]), count, name)
