from hypothesis import given
from hypothesis import strategies as st
from psycopg2.errors import CheckViolation, SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..capacity import capacity_use, cost_rate, practical_hours
from .common import PostcalcCommon

amounts = st.integers(0, 10_000_000).map(lambda cents: cents / 100)
hours = st.integers(0, 10_000)
shares = st.integers(1, 100).map(lambda percent: percent / 100)


@tagged("post_install", "-at_install")
class TestCapacityRules(BaseCase):
    @given(amounts, hours, shares, hours, hours)
    def test_all_cost_is_somewhere(self, cost, theoretical, share, used, internal):
        use = capacity_use(cost, practical_hours(theoretical, share), used, internal)
        self.assertAlmostEqual(use.used_cost + use.internal_cost + use.idle_cost, cost, places=2)

    @given(amounts, hours, shares, hours)
    def test_idle_or_overloaded(self, cost, theoretical, share, used):
        practical = practical_hours(theoretical, share)
        use = capacity_use(cost, practical, used)
        self.assertEqual(use.idle_hours < 0, used > practical)
        if practical:
            self.assertTrue(use.idle_cost * use.idle_hours >= -0.01)

    @given(amounts, st.integers(1, 10_000), shares)
    def test_practical_hours_carry_all_of_it(self, cost, theoretical, share):
        practical = practical_hours(theoretical, share)
        self.assertAlmostEqual(cost_rate(cost, practical) * practical, cost, places=2)
        self.assertGreaterEqual(cost_rate(cost, practical), cost_rate(cost, theoretical))

    def test_no_capacity(self):
        self.assertEqual(capacity_use(0.0, 0.0, 5.0).used_cost, 0.0)


@tagged("post_install", "-at_install")
class TestCapacity(PostcalcCommon):
    """March 2026 has 22 working days of 8 hours: two people at 40.00 and 30.00 cost 176 x 70.00 = 12 320.00.

    80 % of 352 hours are 281.6; an hour of them costs 43.75.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "40 hours",
                "company_id": cls.company.id,
                "tz": "Europe/Berlin",
                "attendance_ids": [
                    Command.create(
                        {"name": "/", "dayofweek": str(day), "hour_from": start, "hour_to": end, "day_period": period}
                    )
                    for day in range(5)
                    for start, end, period in ((8, 12, "morning"), (13, 17, "afternoon"))
                ],
            }
        )
        cls.company.resource_calendar_id = cls.calendar
        (cls.employee | cls.other_employee).resource_calendar_id = cls.calendar
        cls.site = cls.env.ref("order_postcalc.activity_assembly")
        cls.order.order_line.task_id.activity_id = cls.site

    def _make_capacity(self, date_from="2026-03-01", **values):
        return self.env["order.capacity.cost"].create({"company_id": self.company.id, "date_from": date_from, **values})

    def _use(self):
        """100 h on the order, 10 h of favours with material of 5.00, 20 h inside."""
        self._log(100)
        inside = self.env["project.project"].create({"name": "Inside", "company_id": self.company.id})
        task = self.env["project.task"].create({"name": "Tidy up", "project_id": inside.id})
        self._log(20, employee=self.other_employee, task=task)
        self.env["sale.minor.item"].create(
            {
                "order_id": self.order.id,
                "name": "Adjust doors",
                "duration": 10,
                "material_cost": 5,
                "date": "2026-03-20",
                "user_id": self.technician.id,
            }
        )
        self.env.flush_all()

    def test_proposed_from_the_schedules(self):
        capacity = self._make_capacity()
        self.assertEqual(str(capacity.date_to), "2026-03-31")
        self.assertEqual((capacity.theoretical_hours, capacity.total_cost), (352.0, 12320.0))
        self.assertAlmostEqual(capacity.practical_hours, 281.6)
        self.assertAlmostEqual(capacity.cost_rate, 43.75)

    def test_absences_are_no_capacity(self):
        """A week off: 40 h and 1 600.00 less"""
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "Holidays",
                "resource_id": self.employee.resource_id.id,
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": "2026-03-09 00:00:00",
                "date_to": "2026-03-13 23:00:00",
                "time_type": "leave",
            }
        )
        capacity = self._make_capacity()
        self.assertEqual((capacity.theoretical_hours, capacity.total_cost), (312.0, 10720.0))

    def test_what_was_entered_stays(self):
        capacity = self._make_capacity(total_cost=15000, theoretical_hours=300, practical_share=0.85)
        self.assertAlmostEqual(capacity.practical_hours, 255.0)
        self.employee.hourly_cost = 99
        capacity.practical_share = 0.8
        self.assertEqual((capacity.total_cost, capacity.theoretical_hours), (15000.0, 300.0))
        capacity.action_propose()
        self.assertEqual(capacity.total_cost, 176 * (99 + 30.0))

    def test_what_became_of_it(self):
        """110 h used: 4 812.50; 20 h inside: 875.00; 151.6 h idle: 6 632.50"""
        self._use()
        capacity = self._make_capacity()
        self.assertAlmostEqual(capacity.used_hours, 110.0)
        self.assertAlmostEqual(capacity.used_cost, 4812.5)
        self.assertAlmostEqual(capacity.internal_cost, 875.0)
        self.assertAlmostEqual(capacity.idle_hours, 151.6)
        self.assertAlmostEqual(capacity.idle_cost, 6632.5)

    def test_the_report_adds_up(self):
        """At the cost of the people: 100 x 40.00, 20 x 30.00 and 10 x 40.00 of favours, without their material."""
        self._use()
        capacity = self._make_capacity()
        self.env.flush_all()
        rows = self.env["order.activity.report"]._read_group(
            [("company_id", "=", self.company.id)],
            ["kind", "activity_id"],
            ["hours:sum", "cost:sum", "capacity_cost:sum"],
        )
        figures = {(kind, activity): tuple(round(figure, 2) for figure in sums) for kind, activity, *sums in rows}
        none = self.env["order.activity"]
        favours = self.env.ref("order_postcalc.activity_favour")
        self.assertEqual(
            figures,
            {
                ("order", self.site): (100.0, 4000.0, 4375.0),
                ("order", favours): (10.0, 400.0, 437.5),
                ("internal", none): (20.0, 600.0, 875.0),
                ("idle", none): (151.6, 0.0, 6632.5),
            },
        )
        self.assertAlmostEqual(sum(sums[2] for sums in figures.values()), capacity.total_cost)
        # Hours without an order are timesheets: they open for who may read these, the others are told what they are.
        row = self.env["order.activity.report"].search(
            [("kind", "=", "internal"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(row[0].action_open_source()["res_model"], "account.analytic.line")
        leader = new_test_user(self.env, "all_orders", "sales_team.group_sale_salesman_all_leads")
        leader.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        self.assertEqual(row[0].with_user(leader).action_open_source()["tag"], "display_notification")

    def test_an_overload(self):
        """300 h of 281.6: 18.4 h too many, at 43.75"""
        self._log(300)
        capacity = self._make_capacity()
        self.env.flush_all()
        self.assertAlmostEqual(capacity.idle_hours, -18.4)
        self.assertAlmostEqual(capacity.idle_cost, -805.0)

    def test_months_without_capacity(self):
        self._log(5, date="2026-04-01")
        self._make_capacity()
        self.env.flush_all()
        [(hours, cost, capacity_cost)] = self.env["order.activity.report"]._read_group(
            [("company_id", "=", self.company.id), ("date", "=", "2026-04-01")],
            [],
            ["hours:sum", "cost:sum", "capacity_cost:sum"],
        )
        self.assertEqual((hours, cost, capacity_cost or 0.0), (5.0, 200.0, 0.0))

    def test_no_hour_has_two_costs(self):
        self._make_capacity()
        with self.assertRaisesRegex(ValidationError, "two costs"), self.cr.savepoint():
            self._make_capacity("2026-03-31", date_to="2026-04-30")
        april = self._make_capacity("2026-04-01")
        with self.assertRaisesRegex(ValidationError, "two costs"):
            april.date_from = "2026-03-15"

    @mute_logger("odoo.sql_db")
    def test_two_people_at_once(self):
        """The second one began before the first one's period was there, so he can't see it: he has to begin anew."""
        vals = {"company_id": self.env.ref("base.main_company").id, "date_from": "1999-03-01", "total_cost": 100}
        with self.registry.cursor() as one, self.registry.cursor() as other:
            first, second = (api.Environment(cr, SUPERUSER_ID, {})["order.capacity.cost"] for cr in (one, other))
            self.assertFalse(second.search_count([("date_from", "<", "2000-01-01")]))
            capacity_id = first.create(vals).id
            one.commit()
            self.addCleanup(self._remove_committed, capacity_id)
            with self.assertRaises(SerializationFailure):
                second.create(vals | {"date_from": "1999-03-15"})
            other.rollback()
            with self.assertRaisesRegex(ValidationError, "two costs"):
                second.create(vals | {"date_from": "1999-03-15"})
            other.rollback()

    def _remove_committed(self, capacity_id):
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["order.capacity.cost"].browse(capacity_id).unlink()

    def test_another_company_has_its_own(self):
        self._make_capacity()
        other = self.env["res.company"].create({"name": "Another joinery"})
        self.assertTrue(self.env["order.capacity.cost"].create({"company_id": other.id, "date_from": "2026-03-01"}))

    def test_impossible_values(self):
        with self.assertRaisesRegex(ValidationError, "ends before"), self.cr.savepoint():
            self._make_capacity("2026-05-10", date_to="2026-05-01")
        for values in ({"practical_share": 0}, {"practical_share": 1.2}, {"total_cost": -1}, {"theoretical_hours": -1}):
            with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation, msg=values), self.cr.savepoint():
                self._make_capacity(**values).flush_recordset()
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.cr.savepoint():
            self.company.practical_capacity_share = 0
            self.company.flush_recordset()

    def test_no_employees_no_hours(self):
        (self.employee | self.other_employee).hourly_cost = 0
        capacity = self._make_capacity()
        self.assertEqual((capacity.theoretical_hours, capacity.total_cost, capacity.cost_rate), (0.0, 0.0, 0.0))

    def test_many_periods_cost_no_more_queries_than_one(self):
        capacities = self.env["order.capacity.cost"]
        for month in range(1, 7):
            capacities |= self._make_capacity(f"2026-{month:02}-01")
        counts = []
        for records in (capacities, capacities[:1], capacities):  # the first time fills what Odoo keeps
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.browse(records.ids).mapped("idle_hours")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_access(self):
        capacity = self._make_capacity()
        for user in (self.technician, self.seller, self.customer_user):
            for record in (capacity, self.env["order.activity.report"]):
                with self.assertRaises(AccessError):
                    record.with_user(user).check_access("read")
        self.assertTrue(capacity.with_user(self.bookkeeper).total_cost)
        with self.assertRaises(AccessError):
            capacity.with_user(self.bookkeeper).total_cost = 1
        capacity.with_user(self.manager).total_cost = 1
        stranger = new_test_user(
            self.env,
            "another_manager",
            "order_postcalc.group_manager",
            company_id=self.env["res.company"].create({"name": "Another joinery"}).id,
            company_ids=[Command.set(self.env["res.company"].search([("name", "=", "Another joinery")]).ids)],
        )
        with self.assertRaises(AccessError):
            capacity.with_user(stranger).read(["total_cost"])
        self.assertFalse(
            self.env["order.activity.report"].with_user(stranger).search([("company_id", "=", self.company.id)])
        )

    def test_managers_need_no_rights_on_personnel(self):
        """The proposal is made for a manager who sees no employee's cost."""
        capacity = (
            self.env["order.capacity.cost"]
            .with_user(self.manager)
            .create({"company_id": self.company.id, "date_from": "2026-06-01"})
        )
        self.assertEqual(capacity.theoretical_hours, 22 * 16.0)
        with self.assertRaises(AccessError):
            self.employee.with_user(self.manager).read(["hourly_cost"])
