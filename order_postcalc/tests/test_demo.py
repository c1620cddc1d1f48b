from odoo.tests import TransactionCase, tagged

FACTS = ("planned_hours", "planned_cost", "planned_revenue", "actual_hours", "actual_cost", "invoiced_revenue")


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """What the orders of the demo data cost, see demo/sale_order_running_demo.xml for the arithmetic."""

    def setUp(self):
        super().setUp()
        if not self.env.ref("order_postcalc.employee_workshop", raise_if_not_found=False):
            self.skipTest("the demo data are not loaded")
        self.wardrobe = self.env.ref("order_extension.order_wardrobe")
        self.door = self.env.ref("order_extension.order_door")

    def _sums(self, order, groupby="kind", measure="actual_cost"):
        """Sums by kind, those of nothing left out."""
        rows = self.env["order.postcalc.report"]._read_group(
            [("order_id", "=", order.id)], [groupby], [f"{measure}:sum"]
        )
        return {key: round(amount, 2) for key, amount in rows if amount}

    def test_wardrobe(self):
        self.assertEqual(
            self._sums(self.wardrobe), {"labour": 1182.00, "material": 3641.00, "purchase": 140.00, "minor": 28.13}
        )
        self.assertEqual(self._sums(self.wardrobe, measure="planned_cost"), {"plan": 4466.69, "change": 220.00})
        self.assertEqual(self._sums(self.wardrobe, measure="planned_revenue"), {"plan": 8017.69, "change": 403.00})
        self.assertEqual(self._sums(self.wardrobe, measure="planned_hours"), {"plan": 18.5, "change": 2.0})
        self.assertEqual(self._sums(self.wardrobe, measure="invoiced_revenue"), {"downpayment": 2400.00})

    def test_wardrobe_by_activity(self):
        """Travel: 4 h of delivery and 3.75 h there and back."""
        hours = self._sums(self.wardrobe, "activity_id", "actual_hours")
        self.assertEqual(
            {activity.code: value for activity, value in hours.items()},
            {"PLAN": 1.5, "TRAV": 7.75, "SITE": 16.0, "REWK": 6.0, "FAVR": 0.58},
        )

    def test_door(self):
        self.assertEqual(self._sums(self.door), {"labour": 228.00, "material": 1780.00, "minor": 13.65})
        self.assertEqual(self._sums(self.door, measure="planned_cost"), {"plan": 2116.00})
        self.assertEqual(self._sums(self.door, measure="invoiced_revenue"), {"invoice": 3773.00})

    def test_the_invoice_of_the_door_pays_for_its_hours(self):
        """All six; those of the wardrobe wait for the final invoice."""
        self.assertEqual(self._sums(self.door, measure="invoiced_hours"), {"labour": 6.0})
        self.assertEqual(self._sums(self.wardrobe, measure="invoiced_hours"), {})

    def test_facts_are_the_sheet(self):
        """For every order of the demo data, those of Odoo's own included."""
        orders = self.env["sale.order"].search([("state", "=", "sale")])
        rows = self.env["order.postcalc.report"]._read_group(
            [("order_id", "in", orders.ids)], ["order_id"], [f"{name}:sum" for name in FACTS]
        )
        self.assertGreater(len(rows), 2)
        for order, *sums in rows:
            facts = dict(zip(FACTS, sums, strict=True))
            total = order._get_postcalc_sheet()["total"]["cells"]
            for measure, column, name in (
                ("hours", "revised", "planned_hours"),
                ("hours", "actual", "actual_hours"),
                ("cost", "revised", "planned_cost"),
                ("cost", "actual", "actual_cost"),
                ("revenue", "revised", "planned_revenue"),
                ("revenue", "invoiced", "invoiced_revenue"),
            ):
                self.assertAlmostEqual(total[measure][column], facts[name], 2, f"{order.name}: {name}")
