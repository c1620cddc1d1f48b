"""The seller is told once that the margin melts."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from .test_sheet import SheetCommon

ACTIVITY = "order_postcalc.mail_activity_type_margin_erosion"


@tagged("post_install", "-at_install")
class TestSheetErosion(SheetCommon):
    def setUp(self):
        super().setUp()
        self.company.margin_erosion_threshold = 0.05
        # Only this company's orders, lest those of a demo are worked out as well.
        (self.env["sale.order"].search([("state", "=", "sale")]) - self.order).margin_checked_on = "2999-01-01"

    def _check(self, days=0):
        """The daily job, ``days`` from now."""
        self.env.flush_all()
        with freeze_time(fields.Datetime.now() + timedelta(days=days)), self.enter_registry_test_mode():
            self.env.ref("order_postcalc.ir_cron_margin_erosion").with_user(
                self.env.ref("base.user_root")
            ).method_direct_trigger()
        self.env.invalidate_all()

    def _activities(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "sale.order"),
                ("res_id", "=", self.order.id),
                ("activity_type_id", "=", self.env.ref(ACTIVITY).id),
            ]
        )

    def test_told_once(self):
        """Planned 1 950.00 of 5 070.00, 38.5 %. 19 h at 40.00 are 760.00 instead of 420.00: 1 610.00, 31.8 %."""
        self._log(19)
        self._check()
        self.assertEqual(self.order.postcalc_forecast_margin, 1610)
        self.assertTrue(self.order.is_margin_eroding)
        activity = self._activities()
        self.assertEqual(activity.user_id, self.seller)
        for text in ("1,950.00", "38.5", "1,610.00", "31.8", "19", f"/odoo/sales/{self.order.id}/post-calculation"):
            self.assertIn(text, activity.note)
        self._check(days=1)
        self.assertEqual(len(self._activities()), 1)
        self._activities().action_feedback("I know")
        self._log(5)
        self._check(days=2)
        self.assertFalse(self._activities(), "never twice")
        self.assertIn(self.order, self.env["sale.order"].search([("is_margin_eroding", "=", True)]))

    def test_little_is_tolerated(self):
        """15 h at 40.00 are 180.00 more: 1 770.00, 34.9 %, which is 3.6 points less."""
        self._log(15)
        self._check()
        self.assertFalse(self._activities())
        self.assertEqual(self.order.postcalc_forecast_margin, 1770)
        self.assertFalse(self.order.is_margin_eroding)

    def test_never(self):
        self.company.margin_erosion_threshold = 0
        self._log(100)
        self._check()
        self.assertFalse(self._activities())
        self.assertEqual(self.order.postcalc_forecast_margin, 5070 - 2700 - 4000)

    def test_closed_orders_are_left_alone(self):
        self._log(30)
        self.order.with_user(self.manager).action_close_postcalc()
        self._check()
        self.assertFalse(self._activities())
        self.assertFalse(self.order.margin_checked_on)

    def test_without_seller(self):
        """The leader of the team is told; without one it is noted on the order, without figures."""
        team = self.env["crm.team"].create(
            {"name": "Joiners", "user_id": self.manager.id, "company_id": self.company.id}
        )
        self.order.write({"user_id": False, "team_id": team.id})
        self._log(30)
        self._check()
        self.assertEqual(self._activities().user_id, self.manager)
        other = self._make_order(user_id=False, team_id=False)
        self._log(30, task=other.order_line.task_id[:1])
        self._check()
        self.assertEqual(other.margin_erosion_warned_on, fields.Date.today())
        self.assertFalse(
            other.activity_ids.filtered(lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY))
        )
        self.assertIn("post-calculation", other.message_ids[0].body)
        self.assertNotIn("1,", other.message_ids[0].body)

    def test_what_is_done_today_is_not_done_again(self):
        self._check()
        self.order.with_context(tracking_disable=True).postcalc_forecast_margin = 1
        self._check()
        self.assertEqual(self.order.postcalc_forecast_margin, 1)
        self._check(days=1)
        self.assertEqual(self.order.postcalc_forecast_margin, 1950)

    def test_in_batches(self):
        """20 orders are worked out with as many questions for their figures as one."""
        orders = self.env["sale.order"].browse([self._make_order().id for _number in range(6)])
        for order in orders:
            self._log(3, task=order.order_line.task_id)
        orders._get_postcalc_rows()  # whatever is read once for all
        counts = []
        for batch in (orders[:1], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch._get_postcalc_rows()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
