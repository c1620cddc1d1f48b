"""On a phone, in a real browser: a favour in a few taps, then an extension, then a follow-up."""

from odoo.tests import HttpCase, tagged

from .common_minor_items import MinorItemsCommon


@tagged("post_install", "-at_install")
class TestExtraCaptureTour(MinorItemsCommon, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_favour_extension_follow_up(self):
        user = self.technician.login
        self.start_tour("/odoo/on-site", "order_extension_read_the_rules", login=user)
        self.assertFalse(self.task.with_user(self.technician).has_to_acknowledge_rules)

        self.start_tour("/odoo/on-site", "order_extension_capture_favour", login=user)
        # a piece of 25.00, and 38.03 - 25.00 = 13.03
        self.assertRecordValues(
            self.order.minor_item_ids,
            [
                {
                    "name": "Renew a silicone joint",
                    "user_id": self.technician.id,
                    "task_id": self.task.id,
                    "value": 25.0,
                    "covered_by": "allowance",
                }
            ],
        )
        self.assertEqual(self.order.minor_items_left, 13.03)

        self.start_tour(f"/odoo/on-site/{self.task.id}", "order_extension_capture_extension", login=user)
        # half an hour at 60.00
        self.assertRecordValues(
            self.order.change_order_ids,
            [{"title": "Adjust all doors", "state": "draft", "task_id": self.task.id, "amount_untaxed": 30.0}],
        )

        self.start_tour("/odoo/on-site", "order_extension_capture_follow_up", login=user)
        lead = self.env["crm.lead"].search([("origin_order_id", "=", self.order.id)])
        self.assertRecordValues(
            lead,
            [{"name": "A second wardrobe", "user_id": self.seller.id, "expected_revenue": 2500.0}],
        )
        self.assertEqual(self.order.amount_untaxed, 5070.0, "nothing of all this has changed the order")
