"""The seller is told once that the margin melts."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tests.common import freeze_time

from ..models import sale_order_postcalc_erosion
from .test_sheet import SheetCommon

ACTIVITY = "order_postcalc.mail_activity_type_margin_erosion"


@tagged("post_install", "-at_install")
class TestSheetErosion(SheetCommon):
    def setUp(self):
        super().setUp()
        self.company.margin_erosion_threshold = 0.05
        # Only this company's orders, lest those of a demo are worked out as well.
        (self.env["sale.order"].search([("state", "=", "sale")]) - self.order).sudo().margin_checked_on = "2999-01-01"

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
        self.assertIn(f"/odoo/sales/{self.order.id}/post-calculation", activity.note)
        for text in ("1,950", "38.5", "1,610", "31.8"):
            self.assertNotIn(text, activity.note, "whoever reads the order reads its activities")
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

    def test_closed_before_figures_were_kept(self):
        """They are worked out once, and nobody is told: 30 h at 40.00 of 5 070.00 leave 3 870.00."""
        self._log(30)
        self.order.with_user(self.manager).action_close_postcalc()
        self.order._as_transition().write({"postcalc_as_of": False, "postcalc_forecast_margin": 0})
        self._check()
        self.assertEqual(self.order.postcalc_forecast_margin, 3870)
        self.assertTrue(self.order.postcalc_as_of)
        self.assertFalse(self._activities())

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

    def test_who_is_told(self):
        """The seller before who leads the team, if he is still there and may see costs."""
        team = self.env["crm.team"].create(
            {"name": "Joiners", "user_id": self.manager.id, "company_id": self.company.id}
        )
        company = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)]}
        without_costs = new_test_user(self.env, "joinery_office", "base.group_user", **company)
        gone = new_test_user(self.env, "joinery_gone", "sales_team.group_sale_salesman", **company)
        gone.active = False
        for seller, told in ((self.seller, self.seller), (without_costs, self.manager), (gone, self.manager)):
            with self.subTest(seller=seller.login):
                self.order.write({"user_id": seller.id, "team_id": team.id})
                self.assertEqual(self.order._get_margin_erosion_responsible(), told)

    def test_closed_in_the_meantime(self):
        """Somebody closes the order while the job waits for its row."""
        self._log(30)

        def lock(orders, **_kwargs):
            self.env.cr.execute("UPDATE sale_order SET postcalc_state = 'closed' WHERE id = %s", [self.order.id])
            return orders

        with patch.object(self.env.registry["sale.order"], "try_lock_for_update", lock):
            self._check()
        self.assertFalse(self._activities())
        self.assertFalse(self.order.margin_checked_on)

    def test_what_is_done_today_is_not_done_again(self):
        self._check()
        self.order._as_transition().postcalc_forecast_margin = 1
        self._check()
        self.assertEqual(self.order.postcalc_forecast_margin, 1)
        self._check(days=1)
        self.assertEqual(self.order.postcalc_forecast_margin, 1950)

    def _make_losers(self, count):
        """Return ``count`` orders whose margin melts as in :meth:`test_told_once`."""
        orders = self.env["sale.order"].browse([self._make_order().id for _number in range(count)])
        for order in orders:
            self._log(19, task=order.order_line.task_id)
        return orders

    def _interrupt(self, orders, batches, days=0, error=None):
        """Run the daily job on ``orders`` in batches of two, and let its time be up after so many of them."""
        others = self.env["sale.order"].search([("state", "=", "sale")]) - orders
        others.sudo().margin_checked_on = "2999-01-01"
        self.env.flush_all()
        left = [batches + 1]  # before the first batch the job says how many there are

        def commit_progress(cron, processed=0, **_kwargs):
            left[0] -= 1
            if not left[0] and error:
                raise error
            cron.env.cr.commit()
            return left[0]

        with (
            freeze_time(fields.Datetime.now() + timedelta(days=days)),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            patch.object(sale_order_postcalc_erosion, "BATCH", 2),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", commit_progress),
        ):
            self.env(cr=cr)["sale.order"]._cron_check_margin_erosion()
        self.env.invalidate_all()

    def test_interrupted_and_resumed(self):
        """Five orders, two at a time: whatever ends the job, it goes on where it was, and nobody is told twice.

        When its time is up, what it has done is kept; when it fails, all but the two that it was at.
        """
        orders = self._make_losers(5)
        self._interrupt(orders, 1)
        self.assertEqual(orders.mapped("is_margin_eroding"), [True, True, False, False, False])
        with self.assertRaises(ZeroDivisionError):
            self._interrupt(orders, 1, error=ZeroDivisionError())
        self.assertEqual(orders.mapped("is_margin_eroding"), [True, True, False, False, False])
        self._interrupt(orders, 9)
        self.assertEqual(orders.mapped("is_margin_eroding"), [True] * 5)
        self._interrupt(orders, 9)
        told = self.env["mail.activity"].search(
            [("res_id", "in", orders.ids), ("activity_type_id", "=", self.env.ref(ACTIVITY).id)]
        )
        self.assertEqual(sorted(told.mapped("res_id")), sorted(orders.ids))

    def test_those_that_waited_longest_come_first(self):
        """A job that never gets through all of them in a day still reaches every order."""
        orders = self._make_losers(3)
        today = fields.Date.today()
        for order, days in zip(orders, (1, 3, 2), strict=True):
            order.sudo().margin_checked_on = today - timedelta(days=days)
        self._interrupt(orders, 1)
        self.assertEqual(orders.mapped("is_margin_eroding"), [False, True, True])
        orders[0].sudo().margin_checked_on = today - timedelta(days=1)
        new = self._make_losers(2)
        self._interrupt(orders | new, 1)
        self.assertEqual(new.mapped("is_margin_eroding"), [True, True])
        self.assertFalse(orders[0].is_margin_eroding)

    def test_one_that_fails_stops_no_other(self):
        """It is worked out all the same, and warned of the next day."""
        orders = self._make_losers(2)
        schedule = type(orders).activity_schedule

        def fail_once(order, *args, **kwargs):
            if order == orders[0]:
                raise ValueError("a customised activity")
            return schedule(order, *args, **kwargs)

        with (
            patch.object(type(orders), "activity_schedule", fail_once),
            self.assertLogs(sale_order_postcalc_erosion.__name__, "ERROR") as logs,
        ):
            self._check()
        self.assertIn(orders[0].name, logs.output[0])
        self.assertEqual(orders.mapped("is_margin_eroding"), [True, True])
        self.assertEqual(orders.mapped("margin_erosion_warned_on"), [False, fields.Date.today()])
        self._check(days=1)
        self.assertTrue(orders[0].margin_erosion_warned_on)

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
