from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from ..localized import format_number, format_short


@tagged("post_install", "-at_install")
class TestLocalized(TransactionCase):
    """Figures in sentences are written as the reader's language writes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.german = cls.env(context={"lang": "de_DE"})
        cls.english = cls.env(context={"lang": "en_US"})

    def test_number(self):
        self.assertEqual(format_number(self.english, 45.64, 1), "45.6")
        self.assertEqual(format_number(self.german, 45.64, 1), "45,6")
        self.assertEqual(format_number(self.german, 0.5, 2), "0,50")

    def test_no_idle_decimals(self):
        for number, english, german in (
            (20.0, "20", "20"),
            (7.5, "7.5", "7,5"),
            (7.25, "7.25", "7,25"),
            (0.0, "0", "0"),
        ):
            with self.subTest(number=number):
                self.assertEqual(format_short(self.english, number), english)
                self.assertEqual(format_short(self.german, number), german)

    def test_pre_calculation(self):
        """Sold at 100, cost 54.5: a margin of 45.5 %."""
        product = self.env["product.product"].create({"name": "Shelf", "list_price": 100.0, "standard_price": 54.5})
        order = self.german["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Elena Novak"}).id,
                "order_line": [Command.create({"product_id": product.id, "price_unit": 100.0, "tax_ids": False})],
            }
        )
        order.company_id.write({"margin_floor": 0.5, "margin_floor_policy": "warn"})
        self.assertIn("45,5", order.margin_floor_message)
