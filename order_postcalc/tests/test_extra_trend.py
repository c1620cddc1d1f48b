"""Events of extras, added up by whatever one likes."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PostcalcCommon


@tagged("post_install", "-at_install")
class TestExtraTrend(PostcalcCommon):
    def _read(self, groupby=(), measures=("order_count:sum",), domain=()):
        self.env.flush_all()
        return self.env["order.extra.trend"]._read_group(
            [("order_id", "=", self.order.id), *domain], list(groupby), list(measures)
        )

    def _give(self, **values):
        return self.env["sale.minor.item"].create(
            {
                "order_id": self.order.id,
                "task_id": self.order.order_line.task_id.id,
                "name": "Adjust a door",
                "duration": 0.25,
                "user_id": self.technician.id,
                "date": "2026-03-10",
                **values,
            }
        )

    def _offer(self, day, **values):
        with freeze_time(f"2026-03-{day:02} 08:00:00"):
            return self._make_change(send=True, validity_date=False, **values)

    def _set_times(self, change, **times):
        change._as_transition().write(times)

    def test_share_signed(self):
        """Three are offered: one is signed after 2 days, one after 6, one is declined; a fourth one waits.

        Signed 2 of 3 answered = 66.7 %; (2 + 6) ÷ 2 = 4 days
        """
        first, second, third, _fourth = (self._offer(day) for day in (2, 2, 3, 4))
        with freeze_time("2026-03-04 08:00:00"):
            self._sign(first)
        with freeze_time("2026-03-08 08:00:00"):
            self._sign(second)
        with freeze_time("2026-04-01 08:00:00"):
            third._decline("Lena Sommer", "Too expensive")
        measures = [
            "sent_count:sum", "signed_count:sum", "declined_count:sum", "share_signed:avg", "days_to_signature:avg",
            "sent_amount:sum", "signed_amount:sum",
        ]  # fmt: skip
        [(sent, signed, declined, share, days, offered, agreed)] = self._read(measures=measures)
        self.assertEqual((sent, signed, declined), (4, 2, 1))
        self.assertAlmostEqual(share, 2 / 3)
        self.assertAlmostEqual(days, 4.0)
        # each eases a window for 85.00
        self.assertEqual((offered, agreed), (340.0, 170.0))
        # by month: all signed in March, none in April
        months = {
            day.month: (signed, share)
            for day, signed, share in self._read(
                ["date:month"], ["signed_count:sum", "share_signed:avg"], [("event", "in", ("signed", "declined"))]
            )
        }
        self.assertEqual(months, {3: (2, 1.0), 4: (0, 0.0)})

    def test_revisions(self):
        """Declined, revised and signed: offered once, answered once."""
        change = self._offer(2)
        with freeze_time("2026-03-03 08:00:00"):
            change._decline("Lena Sommer", "Too expensive")
            revision = self.env["sale.change.order"].browse(change.action_revise()["res_id"])
            revision.action_mark_sent()
            self._sign(revision)
        self.assertEqual(
            self._read(measures=["sent_count:sum", "answered_count:sum", "share_signed:avg"]), [(1, 1, 1.0)]
        )

    def test_favours(self):
        """An allowance of 20.00 pays for the first of two favours of 15.00, goodwill for the second.

        15.00 of 20.00 = 75 %; 2 favours on one order; each costs 15 minutes at 40.00 = 10.00
        """
        self.order.sudo().minor_items_amount = 20.0
        self._give()
        self._give()
        self._give()._cancel("Recorded twice")
        measures = [
            "order_count:sum", "allowance_amount:sum", "favour_count:sum", "favour_value:sum", "favour_cost:sum",
            "allowance_used:sum", "goodwill_value:sum", "favours_per_order:avg", "allowance_use:avg",
        ]  # fmt: skip
        self.assertEqual(self._read(measures=measures), [(1, 20.0, 2, 30.0, 20.0, 15.0, 15.0, 2.0, 0.75)])

    def test_who_and_what(self):
        self.order.sale_order_template_id = self.env["sale.order.template"].create({"name": "Wardrobe"})
        self._give()
        for groupby, expected in (
            ("partner_id", self.customer), ("user_id", self.seller),
            ("order_template_id", self.order.sale_order_template_id), ("company_id", self.company),
        ):  # fmt: skip
            self.assertEqual(self._read([groupby], ["favour_count:sum"]), [(expected, 1)])

    def test_other_currency(self):
        """At the rate of the order, as everything of it: two dollars are one euro."""
        change = self._offer(2)
        self._sign(change)
        self.order.sudo().minor_items_amount = 20.0
        self.order.flush_recordset()
        self.env.cr.execute("UPDATE sale_order SET currency_rate = 2 WHERE id = %s", [self.order.id])
        [(allowance, signed)] = self._read(measures=["allowance_amount:sum", "signed_amount:sum"])
        self.assertEqual((allowance, signed), (10.0, 42.5))

    def test_day_of_the_user(self):
        """Half past eleven at night in London is the next day in Berlin."""
        self.order.date_order = "2026-03-31 22:30:00"
        trend = self.env["order.extra.trend"]
        for zone, day in (("Europe/Berlin", "2026-04-01"), ("UTC", "2026-03-31")):
            self.env.flush_all()
            event = trend.with_context(tz=zone).search([("order_id", "=", self.order.id), ("event", "=", "order")])
            self.assertEqual(str(event.date), day)
            self.env.invalidate_all()

    def test_months_without_answers(self):
        """Nothing was answered in a month: no share at all, neither in the graph nor in the pivot; not 0 %."""
        self._give()
        self.env.flush_all()
        [group] = self.env["order.extra.trend"].formatted_read_group(
            [("order_id", "=", self.order.id)], [], ["share_signed:avg", "favour_count:sum"]
        )
        self.assertEqual((group["share_signed:avg"], group["favour_count:sum"]), (False, 1))
        for view_type in ("graph", "pivot"):
            arch = self.env["order.extra.trend"].get_view(view_type=view_type)["arch"]
            self.assertIn(f'js_class="order_ratio_{view_type}"', arch)

    def test_open(self):
        change, item = self._offer(2), self._give()
        self.env.flush_all()
        events = self.env["order.extra.trend"].search([("order_id", "=", self.order.id)])
        opened = {
            event.event: (event.action_open_source()["res_model"], event.action_open_source()["res_id"])
            for event in events
        }
        self.assertEqual(
            opened,
            {
                "order": ("sale.order", self.order.id),
                "favour": ("sale.minor.item", item.id),
                "sent": ("sale.change.order", change.id),
            },
        )
        self.assertEqual(len(set(events.ids)), 3)

    def test_who_sees_it(self):
        self._give()
        self.env.flush_all()
        trend = self.env["order.extra.trend"]
        domain = [("order_id", "=", self.order.id)]
        for user, count in ((self.seller, 2), (self.other_seller, 0), (self.manager, 2), (self.bookkeeper, 2)):
            self.assertEqual(trend.with_user(user).search_count(domain), count, user.login)
        for user in (self.technician, self.customer_user):
            with self.assertRaises(AccessError):
                trend.with_user(user).search_count(domain)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids |= elsewhere
        self.assertFalse(trend.with_user(self.manager).with_context(allowed_company_ids=elsewhere.ids).search(domain))
