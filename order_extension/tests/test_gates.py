"""Limits judge what will be, whichever way it is entered."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common_minor_items import MinorItemsCommon


@tagged("post_install", "-at_install")
class TestGates(MinorItemsCommon):
    # === THE ALLOWANCE'S RATE ===

    def test_a_cancelled_order_takes_no_rate_outside_the_limits(self):
        """Cancelled, given a rate of 50 %, and made a quotation again, it sold half the order as allowance."""
        quotation = self._make_order(confirm=False)
        quotation.with_user(self.seller).action_cancel()
        with self.assertRaisesRegex(ValidationError, "For 50 %, ask a sales manager"):
            quotation.with_user(self.seller).minor_items_rate = 0.5
        with self.assertRaisesRegex(ValidationError, "For 50 %, ask a sales manager"):
            self.order.with_user(self.seller).minor_items_rate = 0.5

    def test_a_manager_gives_a_reason_in_any_state(self):
        self.order.action_cancel()
        order = self.order.with_user(self.manager)
        with self.assertRaisesRegex(ValidationError, "Enter the reason"), self.env.cr.savepoint():
            order.minor_items_rate = 0.05
        order.write({"minor_items_rate": 0.05, "minor_items_rate_reason": "Old house"})
        # what a manager has granted stays when a seller makes it a quotation again
        self.order.with_user(self.seller).action_draft()
        self.assertEqual(self.order.minor_items_rate, 0.05)

    # === THE CUSTOMER'S SHARE ===

    def _use_share(self, count, **values):
        """The customer may get 2 % of 5 070.00 free in 12 months: 101.40. Each favour of 15 minutes is worth 15.00."""
        self._set_allowance(self.order, 500.0)
        self.company.minor_item_customer_share = 0.02
        for _index in range(count):
            self._make_item(user=self.technician, user_id=self.technician.id, **values)

    def test_the_ledger_asks_for_the_customers_share(self):
        """6 x 15.00 = 90.00 is within 101.40, 7 x 15.00 = 105.00 is not."""
        self._use_share(6)
        with self.assertRaisesRegex(UserError, "Lena Sommer would get .*105.00 free in 12 months, and .*101.40 are"):
            self._make_item(user=self.technician, user_id=self.technician.id)

    def test_a_favour_that_becomes_longer_is_asked(self):
        """6 x 12.00 + 15.00 + 12.00 = 99.00; with 15.00 for the last one it would be 102.00."""
        self._use_share(6, duration=0.2)
        self._make_item(user=self.technician, user_id=self.technician.id)
        item = self._make_item(user=self.technician, user_id=self.technician.id, duration=0.2)
        with self.assertRaisesRegex(UserError, "102.00 free in 12 months"), self.env.cr.savepoint():
            item.duration = 0.25
        item.duration = 0.1

    def test_an_earlier_date_counts_all_the_same(self):
        """Favours said to be of 13 months ago counted nowhere."""
        long_ago = fields.Date.context_today(self.order) - relativedelta(months=13)
        self._use_share(6, date=long_ago)
        with self.assertRaisesRegex(UserError, "105.00 free in 12 months"):
            self._make_item(user=self.technician, user_id=self.technician.id, date=long_ago)

    def test_who_may_give_goodwill_goes_beyond(self):
        self._use_share(6)
        self.technician.group_ids |= self.env.ref("order_extension.group_goodwill")
        self.assertTrue(self._make_item(user=self.technician, user_id=self.technician.id))
