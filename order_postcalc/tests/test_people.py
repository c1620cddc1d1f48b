from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import PostcalcCommon


@tagged("post_install", "-at_install")
class TestPeople(PostcalcCommon):
    """Both technicians have a coach; only the first one's manager is the boss."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coach = cls._make_user("joinery_coach", "base.group_user,order_postcalc.group_coach")
        cls.boss = cls._make_user("joinery_boss", "base.group_user,order_postcalc.group_coach")
        cls.personnel = cls._make_user("joinery_personnel", "hr.group_hr_manager")
        coach, boss = cls._make_employee(cls.coach, 50.0), cls._make_employee(cls.boss, 60.0)
        (cls.employee | cls.other_employee).coach_id = coach
        cls.employee.parent_id = boss
        cls.employee.coach_id = coach
        (cls.employee | cls.other_employee).flush_recordset()

    @classmethod
    def _make_user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env, login, groups, company_id=company.id, company_ids=[Command.set(company.ids)], lang="en_US"
        )

    def _favour(self, hours, user=None, on="2026-03-05", **values):
        return self.env["sale.minor.item"].create(
            {
                "order_id": self.order.id,
                "task_id": self.order.order_line.task_id[:1].id,
                "name": "Adjust a door",
                "duration": hours,
                "date": on,
                "user_id": (user or self.technician).id,
                **values,
            }
        )

    def _people(self, user, *domain):
        self.env.flush_all()
        return self.env["order.people.report"].with_user(user).search(list(domain))

    def _extend(self, user=None, captured_on="2026-03-10 10:00:00", **values):
        """An extension of 2 h of assembly, recorded by the technician."""
        change = self._make_change(
            self._add(self.assembly, 2),
            user=user or self.technician,
            task_id=self.order.order_line.task_id[:1].id,
            captured_on=captured_on,
            **values,
        )
        return self.env["sale.change.order"].browse(change.id)

    def test_one_row_per_month(self):
        """March: 2 favours of 0.5 and 1 h at 40.00, one on goodwill as nothing is allowed; April: 1."""
        self.order.sudo().minor_items_amount = 30.0
        self._favour(0.5)
        self._favour(1)
        self._favour(0.25, on="2026-04-02")
        march, april = self._people(self.coach).sorted("date")
        self.assertEqual((march.favours, march.favours_goodwill, march.goodwill_share), (2, 1, 0.5))
        self.assertEqual((march.favour_hours, march.favour_cost, march.favour_value), (1.5, 60.0, 90.0))
        self.assertEqual((april.favours, april.favour_hours), (1, 0.25))
        self.assertEqual(str(march.date), "2026-03-01")

    def test_extensions_and_follow_ups(self):
        """One recorded and signed, one recorded only, whoever sends or revises them; one wish passed on."""
        signed = self._extend()
        signed.action_mark_sent()
        self._sign(signed)
        offered = self._extend()
        offered.action_mark_sent()
        self.env["sale.change.order"].browse(offered.action_revise()["res_id"]).action_mark_sent()
        self.order.with_user(self.technician)._create_follow_up("New kitchen", "All of it", 9000)
        rows = self._people(self.coach, ("employee_id", "=", self.employee.id))
        self.assertEqual(sum(rows.mapped("extensions")), 2)
        self.assertEqual(sum(rows.mapped("extensions_signed")), 1)
        self.assertEqual(sum(rows.mapped("follow_ups")), 1)
        self.assertEqual(sum(rows.mapped("documented_hours")), 4.0)

    def test_hours_beyond_are_shared(self):
        """16 h of 12, three quarters by the first one: 3 and 1 h."""
        self._log(12)
        self._log(4, employee=self.other_employee)
        rows = self._people(self.coach)
        self.assertEqual(
            {row.employee_id: row.undocumented_hours for row in rows}, {self.employee: 3.0, self.other_employee: 1.0}
        )

    def test_the_rate_is_of_sums(self):
        """1 h of 4, and 2 h of 2: 3 / 6, not the mean of a quarter and all."""
        self._log(15)
        self._favour(1)
        self._favour(2, on="2026-04-02")
        rows = self._people(self.coach)
        self.assertEqual(sorted(rows.mapped("capture_rate")), [0.25, 1.0])
        [(rate, goodwill)] = (
            self.env["order.people.report"]
            .with_user(self.coach)
            ._read_group([("employee_id", "=", self.employee.id)], [], ["capture_rate:avg", "goodwill_share:avg"])
        )
        self.assertEqual(rate, 0.5)
        self.assertEqual(goodwill, 1.0)

    def test_by_name(self):
        self.employee.name, self.other_employee.name = "Zoe", "Ada"
        self._favour(1)
        self._favour(0.25, user=self.other_technician)
        self.assertEqual(self._people(self.coach).mapped("employee_name"), ["Ada", "Zoe"])

    def test_own_people_only(self):
        self._favour(1)
        self._favour(1, user=self.other_technician)
        self.assertEqual(self._people(self.coach).employee_id, self.employee | self.other_employee)
        self.assertEqual(self._people(self.boss).employee_id, self.employee)
        self.boss.group_ids |= self.env.ref("sales_team.group_sale_manager") | self.env.ref("hr.group_hr_manager")
        self.assertEqual(self._people(self.boss).employee_id, self.employee)

    def test_nobody_else(self):
        self._favour(1)
        for user in (
            self.manager, self.seller, self.technician, self.bookkeeper, self.personnel, self.customer_user,
            self.bookkeeper_all,
        ):  # fmt: skip
            with self.assertRaises(AccessError):
                self._people(user)

    def test_never_of_another_company(self):
        """An employee of another company with the same coach, who has recorded on an order here."""
        other = self.env["res.company"].create({"name": "Another joinery"})
        lent = self.env["hr.employee"].create(
            {"name": "Lent", "company_id": other.id, "hourly_cost": 20, "coach_id": self.employee.coach_id.id}
        )
        self._favour(1)
        self.env.cr.execute("UPDATE hr_employee SET company_id = %s WHERE id = %s", [other.id, self.other_employee.id])
        self._favour(1, user=self.other_technician)
        self.assertEqual(self._people(self.coach).employee_id, self.employee)
        self.assertFalse(self._people(self.coach, ("employee_id", "=", lent.id)))

    def test_another_company_of_the_coach(self):
        self._favour(1)
        other = self.env["res.company"].create({"name": "Another joinery"})
        self.coach.write({"company_ids": [Command.link(other.id)]})
        self.env.flush_all()
        Report = self.env["order.people.report"].with_user(self.coach)
        self.assertFalse(Report.with_context(allowed_company_ids=other.ids).search([]))

    def test_the_screens(self):
        """Coaches read lists, groups and names without any right on employees."""
        self._favour(1)
        Report = self.env["order.people.report"].with_user(self.coach)
        self.env.flush_all()
        [(name, favours)] = Report._read_group([], ["employee_name"], ["favours:sum"])
        self.assertEqual((name, favours), (self.employee.name, 1))
        self.assertTrue(Report.search([]).read(["employee_id", "department_id", "favour_cost"]))
        action = self.env["ir.actions.act_window"]._for_xml_id("order_postcalc.order_people_report_action")
        Report.get_views([(False, kind) for kind in action["view_mode"].split(",")])

    def test_menus(self):
        menus = {
            name: self.env.ref(f"order_postcalc.{name}")
            for name in ("order_people_report_menu", "order_team_report_menu", "order_activity_report_menu")
        }
        seen = {
            user: {
                name
                for name, menu in menus.items()
                if menu.id in self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            }
            for user in (self.coach, self.manager, self.seller)
        }
        self.assertEqual(seen[self.coach], {"order_people_report_menu"})
        self.assertEqual(seen[self.manager], {"order_team_report_menu", "order_activity_report_menu"})
        self.assertEqual(seen[self.seller], set())

    # === TEAMS ===

    def test_teams_of_three_people_at_least(self):
        """1 h noted by each of three, 3 h beyond the order: 3 / 6. With two of them there is no team."""
        team = self.env["hr.department"].create({"name": "Site", "company_id": self.company.id})
        third = self._make_user("joinery_third", "order_extension.group_technician")
        people = self.employee | self.other_employee | self._make_employee(third, 30.0)
        people.department_id = team
        self._log(15)
        self._favour(1)
        self._favour(1, user=self.other_technician)
        self.env.flush_all()
        Report = self.env["order.team.report"].with_user(self.manager)
        self.assertFalse(Report.search([]))
        self._favour(1, user=third)
        self.env.flush_all()
        row = Report.search([])
        self.assertEqual((row.department_id, row.people, str(row.date)), (team, 3, "2026-01-01"))
        self.assertEqual((row.documented_hours, row.undocumented_hours, row.capture_rate), (3.0, 3.0, 0.5))
        elsewhere = self.env["res.company"].create({"name": "Another joinery"})
        self.manager.write({"company_ids": [Command.link(elsewhere.id)]})
        self.assertFalse(Report.with_context(allowed_company_ids=elsewhere.ids).search([]))

    def test_team_of_two_companies(self):
        """A department that two companies share is a row in each of them: three people here, three there."""
        elsewhere = self.env["res.company"].create({"name": "Metalworks"})
        team = self.env["hr.department"].create({"name": "Site", "company_id": False})
        there = self.env["hr.employee"]
        for number in range(6):
            user = self._make_user(f"joinery_{number}", "order_extension.group_technician")
            person = self._make_employee(user, 30.0)
            person.department_id = team
            self._favour(1, user=user)
            there |= person if number > 2 else person.browse()
        self.env.flush_all()
        for table, column, ids in (
            ("hr_employee", "id", there.ids),
            ("hr_version", "employee_id", there.ids),
            ("sale_minor_item", "user_id", there.user_id.ids),
        ):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET company_id = %s WHERE %s IN %s",
                    SQL.identifier(table), elsewhere.id, SQL.identifier(column), tuple(ids),
                )
            )  # fmt: skip
        self.env.invalidate_all()
        self.manager.write({"company_ids": [Command.link(elsewhere.id)]})
        both = (self.company | elsewhere).ids
        rows = self.env["order.team.report"].with_user(self.manager).with_context(allowed_company_ids=both).search([])
        self.assertEqual(len(set(rows.ids)), 2)
        self.assertEqual(sorted((row.company_id.id, row.people) for row in rows), [(both[0], 3), (both[1], 3)])

    def test_teams_are_for_managers_only(self):
        for user in (self.seller, self.technician, self.coach, self.customer_user, self.bookkeeper):
            with self.assertRaises(AccessError):
                self.env["order.team.report"].with_user(user).search([])
