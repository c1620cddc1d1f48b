"""The margin floor judges what the quotation will be, and who makes it fit leaves a trace."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .test_precalc import PrecalcCommon


@tagged("post_install", "-at_install")
class TestGates(PrecalcCommon):
    """Cost 3 120.00, floor 20 %: 3 900.00 is just enough (780.00 of 3 900.00), 3 800.00 is not (680.00 are 17.9 %)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wardrobe_line = cls.quotation.order_line[0]
        cls.as_seller = cls.quotation.with_user(cls.seller)

    def _write(self, state, price):
        command = Command.update(self.wardrobe_line.id, {"price_unit": price})
        self.as_seller.write({"state": state, "order_line": [command]})

    def _lowered(self):
        messages = self.quotation.sudo().message_ids.filtered(lambda message: "lowered by hand" in (message.body or ""))
        self.assertFalse(messages.filtered(lambda message: not message.subtype_id.internal))
        return [" ".join(html2plaintext(message.body).split()) for message in messages]

    # === THE FLOOR ===

    def test_what_comes_with_the_state_counts(self):
        """3 900.00 offered or confirmed together with a price that makes it 3 800.00."""
        self.wardrobe_line.price_unit = 2830.0
        # Odoo's stock fails by itself when lines come with a confirmation.
        states = ("sent",) if "picking_ids" in self.quotation._fields else ("sent", "sale")
        for state in states:
            with (
                self.subTest(state),
                self.assertRaisesRegex(UserError, "100.00 below the floor"),
                self.env.cr.savepoint(),
            ):
                self._write(state, 2730.0)
            self.assertRecordValues(self.quotation, [{"state": "draft", "amount_untaxed": 3900.0}])
        # and a price that makes it enough is enough
        self.wardrobe_line.price_unit = 2730.0
        self._write(states[-1], 2830.0)
        self.assertRecordValues(self.quotation, [{"state": states[-1], "amount_untaxed": 3900.0}])

    def test_a_warning_is_of_what_it_has_become(self):
        self.company.margin_floor_policy = "warn"
        self._write("sent", 2730.0)
        notes = self.quotation.sudo().message_ids.filtered(lambda message: "below the floor" in (message.body or ""))
        self.assertEqual(len(notes), 1)

    # === COST LOWERED BY HAND ===

    def test_cost_lowered_leaves_a_note(self):
        """At 2 400.00 instead of 2 500.00 the wardrobe makes 3 800.00 look like 20.5 %."""
        self.wardrobe_line.price_unit = 2730.0
        self.wardrobe_line.with_user(self.seller).purchase_price = 2400.0
        self.assertEqual(self._lowered(), ["Expected cost lowered by hand: Fitted wardrobe"])
        self.wardrobe_line.with_user(self.seller).purchase_price = 2420.0
        self.assertEqual(len(self._lowered()), 1, "raised: 3 040.00 leave just 20 %")
        self.as_seller.action_confirm()
        self.assertEqual(self.quotation.state, "sale")

    def test_hours_lowered_leave_a_note(self):
        """Work without a cost of its own costs its hours: 12 hours at the hour's cost, or 6."""
        line = self._quoted(self.assembly)
        line.purchase_price = 0.0
        self.company.postcalc_hour_cost = 40.0
        before = self._lowered()
        line.with_user(self.seller).expected_hours = 6.0
        self.assertEqual(len(self._lowered()), len(before) + 1)
        # half of it takes half as long: each hour costs what it did
        line.with_user(self.seller).write({"product_uom_qty": 6, "expected_hours": 3.0})
        self.assertEqual(len(self._lowered()), len(before) + 1)

    def test_a_new_line_is_compared_with_its_product(self):
        """The window costs 50.00."""
        values = {"product_id": self.window.id, "name": "Window"}
        self.as_seller.write({"order_line": [Command.create(values | {"purchase_price": 50.0})]})
        self.assertFalse(self._lowered())
        self.as_seller.write({"order_line": [Command.create(values | {"purchase_price": 5.0})]})
        self.assertEqual(self._lowered(), ["Expected cost lowered by hand: Window"])

    def test_what_is_agreed_is_frozen(self):
        """Of a confirmed order the plan stays as it was, so nothing is noted."""
        line = self.order.order_line[0]
        line.with_user(self.seller).purchase_price = 1.0
        self.assertFalse(self.order.sudo().message_ids.filtered(lambda message: "lowered" in (message.body or "")))
