from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import AftersalesCommon

WEIGHTS = {
    "priority_weight_customer": 30,
    "priority_weight_strategy": 25,
    "priority_weight_margin": 20,
    "priority_weight_capacity": 15,
    "priority_weight_promise": 10,
}


class PriorityCommon(AftersalesCommon):
    """It is Monday, 29 April 2030; the household's order is promised for Friday, 10 May: in 11 days, ten to work on."""

    @classmethod
    def setUpClass(cls):
        clock = freeze_time("2030-04-29 00:30:00")
        clock.start()
        cls.addClassCleanup(clock.stop)
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.company.write(WEIGHTS)
        cls.other_company = cls.env["res.company"].create({"name": "Another joinery"})
        cls.Goal = cls.env["order.strategy.criterion"]
        cls.Goal.search([]).unlink()

    @classmethod
    def _make_goal(cls, name="Furniture to measure", **values):
        domain = [("order_line.product_id", "in", cls.wardrobe.ids)]
        return cls.Goal.create({"name": name, "domain": str(domain), "company_id": cls.company.id, **values})

    def _points(self, order=None):
        """Points by criterion, of those that are known."""
        parts = (order or self.order).sudo().priority_parts
        return {name: figures["points"] for name, figures in parts.items() if figures["points"] is not None}

    def _run(self, model, job):
        """Run a job, whose commits are savepoints here."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            getattr(self.env(cr=cr, user=SUPERUSER_ID)[model], job)()
        self.env.invalidate_all()

    def _update_places(self):
        self._run("res.partner", "_cron_update_order_places")

    @classmethod
    def _make_customer_orders(cls):
        """Winter orders for 350.00 and Herbst for 700.00: with 5 070.00 the household orders more than both."""
        for name, quantity in (("Winter", 10), ("Herbst", 20)):
            partner = cls.env["res.partner"].create({"name": name})
            cls._make_order([(cls.boards, quantity)], partner_id=partner.id)


@tagged("post_install", "-at_install")
class TestPriority(PriorityCommon):
    # === THE SCORE ===

    def test_only_the_promised_date_is_known(self):
        """Promised in 11 days, within the two weeks of a frozen plan: 100 % of the only weight that counts."""
        self.order._refresh_priority()
        self.assertEqual(self._points(), {"promise": 100})
        self.assertEqual(self.order.priority_score, 100)

    def test_points_add_up(self):
        """Customer: ordered most, 1.0 × 30. Goals: of weights 2 and 1 the first is reached, 2/3 × 25. Promised for
        31 May: in 32 days, (42 − 32) / 28 × 10. Of 65: (30 + 16.667 + 3.571) / 65 = 77.29, and
        46.15 + 25.64 + 5.49 make 46 + 26 + 5."""
        self._make_customer_orders()
        self._update_places()
        self._make_goal(weight=2)
        self._make_goal("Repairs", weight=1, domain=f"[('order_line.product_id', '=', {self.window.id})]")
        self.order.commitment_date = "2030-05-31 12:00:00"
        self.order._refresh_priority()
        self.assertEqual(self._points(), {"customer": 46, "strategy": 26, "promise": 5})
        self.assertEqual(self.order.priority_score, 77)

    def test_follows_what_changes(self):
        """Without a promised date nothing is known, promised for 27 May half of it, and so on."""
        order = self._make_order(confirm=False, commitment_date=False)
        self.assertEqual(order.priority_score, 0)
        order.commitment_date = "2030-05-27 12:00:00"
        self.assertEqual(order.priority_score, 50)
        goal = self._make_goal()
        order.order_line.filtered(lambda line: line.product_id == self.wardrobe).product_id = self.boards
        # Goal missed: 10 × 0.5 of 35.
        self.assertEqual(order.priority_score, 14)
        goal.kind = "unwanted"
        self._refresh([order])
        self.assertEqual(order.priority_score, 86)  # (25 + 5) of 35

    def _refresh(self, orders):
        self.env["sale.order"]._refresh_stale_priorities([("id", "in", [order.id for order in orders])])

    def test_weights_changed(self):
        """The scores of a company are stale from then on, those of the other one are not."""
        self._make_goal(kind="unwanted")
        self.order._refresh_priority()
        self.assertEqual(self.order.priority_score, 29)  # promise 10 of 35
        self.company.priority_weight_promise = 25
        self.assertEqual(self.order.priority_score, 29)
        stale = self.env["sale.order"].search(self.env["sale.order"]._get_stale_priority_domain())
        self.assertIn(self.order, stale)
        self._refresh(self.order)
        self.assertEqual(self.order.priority_score, 50)

    def test_settings_saved_as_they_were(self):
        """Saving other settings of the company is no reason to work out all scores anew."""
        self.company.capacity_department_ids = self.workshop
        self.company.sudo().priority_changed_on = False
        shown = {name: self.company[name] for name in WEIGHTS}
        shown["capacity_department_ids"] = [Command.set(self.workshop.ids)]
        settings = self.env["res.config.settings"].with_company(self.company).create(shown)
        settings.execute()
        self.assertFalse(self.company.priority_changed_on)
        settings.priority_weight_margin = 21
        settings.execute()
        self.assertTrue(self.company.priority_changed_on)

    def test_order_that_no_job_has_come_to(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET priority_updated_on = NULL, priority_parts = NULL")
        self.env.invalidate_all()
        self.assertFalse(self.order.with_user(self.seller).priority_details)
        self.assertFalse(self.order.with_user(self.seller).priority_explanation)

    def test_the_job_refreshes_what_is_of_yesterday(self):
        self._make_goal()
        self.order.commitment_date = "2030-05-31 12:00:00"
        self.order._refresh_priority()
        self.assertEqual(self.order.priority_score, 82)  # 25 + 3.571 of 35
        with freeze_time("2030-05-20 08:00:00"):
            self._run("sale.order", "_cron_refresh_priorities")
            self.assertEqual(self.order.priority_score, 100)
            self.assertFalse(
                self.order.filtered_domain(self.env["sale.order"]._get_stale_priority_domain()),
                "what was worked out today is not worked out again",
            )

    def test_weights_have_to_weigh(self):
        with self.assertRaisesRegex(ValidationError, self.company.name):
            self.company.write(dict.fromkeys(WEIGHTS, 0))
        with self.assertRaisesRegex(ValidationError, "below 0"):
            self.company.priority_weight_margin = -1
        with self.assertRaisesRegex(ValidationError, "between 0 % and 100 %"):
            self.company.priority_margin_target = 1.5

    def test_in_the_form(self):
        """The seller sees what a line does for the goals before he saves."""
        self._make_goal()
        order = self._make_order([(self.boards, 2)], confirm=False)
        with Form(order.with_user(self.seller)) as form:
            self.assertFalse(form.priority_details["goals"][0]["reached"])
            with form.order_line.new() as line:
                line.product_id = self.wardrobe
            self.assertTrue(form.priority_details["goals"][0]["reached"])
            self.assertEqual(form.priority_details["score"], 100)

    # === MARGIN ===

    def _price(self, order):
        """Costs of 3 000.00, 12 × 40.00 and 10 × 10.70 of 5 070.00: a margin of 1 483.00, 29.25 %."""
        for product, cost in ((self.wardrobe, 3000.0), (self.assembly, 40.0), (self.boards, 10.7)):
            order.order_line.filtered(lambda line, sold=product: line.product_id == sold).purchase_price = cost

    def _needs_margin(self):
        if "margin_percent" not in self.env["sale.order"]._fields:
            self.skipTest("Odoo's margins of orders are not installed")

    def test_margin(self):
        """29.25 % of a wanted 39 %: three quarters, 0.75 × 20 of 30, and the promised date 10."""
        self._needs_margin()
        self.company.priority_margin_target = 0.39
        order = self._make_order(confirm=False)
        self.assertEqual(self._points(order), {"promise": 100}, "no cost, no margin")
        self._price(order)
        self.assertEqual(self._points(order), {"margin": 50, "promise": 33})
        self.assertIn("margin of 29.3 %, 39 % wanted (+50)", order.with_user(self.seller).priority_explanation)

    def test_no_word_of_margins_to_the_warehouse(self):
        self._needs_margin()
        self._price(self.order)
        seen = self.order.with_user(self.storekeeper)
        self.assertEqual(seen.priority_score, self.order.priority_score)
        self.assertRegex(seen.priority_explanation, r"^98 of 100: promised for 05/10/2030\.")
        self.assertNotIn("+", seen.priority_explanation)
        self.assertNotIn("margin", str(seen.priority_details).lower())
        with self.assertRaises(AccessError):
            _parts = seen.priority_parts

    # === CUSTOMER ===

    def test_place_among_the_customers(self):
        """Of Lena 5 070.00, Herbst 700.00 and Winter 350.00: places 100, 50 and 0 %, and the new customer has none."""
        self._make_customer_orders()
        self._update_places()
        partners = self.env["res.partner"].with_company(self.company)
        places = {name: partners.search([("name", "=", name)], limit=1).order_place for name in ("Winter", "Herbst")}
        self.assertEqual(places, {"Winter": 1, "Herbst": 51})
        self.assertEqual(self.customer.with_company(self.company).order_place, 101)
        self.assertEqual(self.customer.with_company(self.company)._get_importance(), (1.0, {"percentile": 100}))
        self.assertEqual(partners.create({"name": "New"})._get_importance(), (None, {}))

    def test_place_is_the_company_s_and_of_the_whole_customer(self):
        """What a contact of the household orders counts for the household, elsewhere nothing of it."""
        site = self.env["res.partner"].create({"name": "Site", "parent_id": self.customer.id})
        self._make_order([(self.boards, 10)], partner_id=site.id)
        volumes = self.env["res.partner"]._get_order_volumes(self.company)
        self.assertEqual(volumes[self.customer.id], 5420.0)
        self.assertNotIn(site.id, volumes)
        other = self.other_company
        self.assertFalse(self.env["res.partner"]._get_order_volumes(other))
        self._update_places()
        self.assertFalse(self.customer.with_company(other).order_place)
        self.assertEqual(site.with_company(self.company)._get_importance()[0], 1.0)

    def test_place_lost_after_a_year(self):
        self._update_places()
        self.assertTrue(self.customer.with_company(self.company).order_place)
        with freeze_time("2031-05-01"):
            self._update_places()
        self.assertFalse(self.customer.with_company(self.company).order_place)

    def test_class_of_the_post_calculation_comes_first(self):
        if "abc_class" not in self.env["res.partner"]._fields:
            self.skipTest("no class of customers is installed")
        self.customer.sudo().with_company(self.company).abc_class = "B"
        self.order._refresh_priority()
        self.assertEqual(self.order.sudo().priority_parts["customer"]["class"], "B")
        self.assertIn("customer of class B", self.order.priority_explanation)

    # === GOALS ===

    def test_goals_told_to_the_seller(self):
        self._make_goal(description="Nobody else builds them")
        self._make_goal("Public tenders", kind="unwanted", domain="[('partner_id.is_company', '=', True)]")
        self._make_goal("Repairs", domain=f"[('order_line.product_id', '=', {self.window.id})]")
        self.order._refresh_priority()
        details = self.order.with_user(self.seller).priority_details
        self.assertEqual(
            [(goal["name"], goal["reached"]) for goal in details["goals"]],
            [("Furniture to measure", True), ("Not: Public tenders", True), ("Repairs", False)],
        )
        self.assertIn("2 of 3 goals reached", self.order.priority_explanation)

    def test_goals_have_their_time_and_their_company(self):
        self._make_goal("Ended", date_until="2030-04-28")
        self._make_goal("Later", date_from="2030-04-30")
        self._make_goal("Elsewhere", company_id=self.other_company.id)
        self._make_goal("Off", active=False)
        everywhere = self._make_goal("Everywhere", company_id=False)
        today = self._make_goal("Today", date_from="2030-04-29", date_until="2030-04-29")
        self.assertEqual(self.Goal._get_criteria_of(self.company), everywhere | today)

    def test_goal_that_cannot_be_read(self):
        """An error when it is entered, and none when an order is opened."""
        for domain in ("[('colour', '=', 1)]", "[('name', '=', 'x'", "[('name', 'resembles', 'x')]", "hello", "5"):
            with self.subTest(domain=domain), self.assertRaisesRegex(ValidationError, "Broken"):
                self._make_goal("Broken", domain=domain)
        goal = self._make_goal()
        broken = self._make_goal("Gone")
        self.env.cr.execute(
            "UPDATE order_strategy_criterion SET domain = %s WHERE id = %s", ["[('colour', '=', 1)]", broken.id]
        )
        broken.invalidate_recordset()
        with self.assertLogs("odoo.addons.order_aftersales.models.order_strategy_criterion", "WARNING"):
            self.order._refresh_priority()
        self.assertEqual(self.order.sudo().priority_parts["strategy"]["goals"], {str(goal.id): True})

    def test_goal_asks_for_nothing_that_its_leader_may_not_read(self):
        with self.assertRaisesRegex(ValidationError, "may not read"):
            self.Goal.with_user(self.planner).create(
                {"name": "Spy", "domain": "[('partner_id.credit_limit', '>', 100)]"}
            )

    def test_who_keeps_the_goals(self):
        goal = self._make_goal()
        for user in (self.seller, self.storekeeper, self.bookkeeper, self.service, self.technician):
            with self.subTest(user=user.login):
                self.assertEqual(goal.with_user(user).name, "Furniture to measure")
                for attempt in (
                    lambda user=user: goal.with_user(user).write({"weight": 9}),
                    lambda user=user: self.Goal.with_user(user).create({"name": "Mine"}),
                    goal.with_user(user).unlink,
                ):
                    with self.assertRaises(AccessError):
                        attempt()
        with self.assertRaises(AccessError):
            goal.with_user(self.customer_user).read(["name"])
        goal.with_user(self.planner).weight = 3
        self.assertTrue(self.Goal.with_user(self.planner).create({"name": "A leader's"}))
        elsewhere = self._make_goal("Elsewhere", company_id=self.other_company.id)
        self.assertNotIn(elsewhere, self.Goal.with_user(self.planner).search([]))

    # === CAPACITY ===

    def test_capacity(self):
        """Planner and two technicians, 10 days of 8 hours: 240. One is away for a day, 8. Due until then are 20 hours
        of a technician and 5 that nobody has taken. Left are 207, and the order's own task of 12 hours needs 12."""
        self.company.capacity_department_ids = self.workshop
        self._make_tasks()
        fit = self.order._get_capacity_fit(self.company)
        self.assertEqual(fit, {self.order: (12.0, 207.0)})
        self.order._refresh_priority()
        self.assertEqual(self._points(), {"capacity": 60, "promise": 40})
        self.assertIn("12 hours needed, 207 free until then", self.order.priority_explanation)

    def _make_tasks(self):
        self.order.order_line.task_id.allocated_hours = 12.0
        project = self.env["project.project"].create({"name": "Elsewhere", "company_id": self.company.id})

        def task(name, hours, deadline, users, **values):
            return self.env["project.task"].create(
                {
                    "name": name,
                    "project_id": project.id,
                    "allocated_hours": hours,
                    "date_deadline": deadline,
                    "user_ids": [Command.set(users.ids)],
                    **values,
                }
            )

        nobody = self.env["res.users"]
        stairs = task("Stairs", 20.0, "2030-05-08 08:00:00", self.technician | self.planner)
        task("Balustrade", 15.0, "2030-05-08 08:00:00", self.technician, parent_id=stairs.id)
        task("Late", 5.0, "2030-04-20 08:00:00", nobody)
        task("In June", 40.0, "2030-06-01 08:00:00", self.technician)
        task("Stocktaking", 30.0, "2030-05-02 08:00:00", self.storekeeper)
        task("Done", 30.0, "2030-05-02 08:00:00", self.technician, state="1_done")
        task("Some day", 30.0, False, self.technician)
        employee = self.technician.with_company(self.company).employee_id
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "Away",
                "calendar_id": employee.resource_calendar_id.id,
                "resource_id": employee.resource_id.id,
                "date_from": "2030-05-06 00:00:00",
                "date_to": "2030-05-06 23:59:59",
            }
        )

    def test_capacity_follows_calendars_and_absences(self):
        """One day of three people; the planner takes it off, then his absence ends at noon (8 to 12 and 13 to 17)."""
        self.company.capacity_department_ids = self.workshop
        order = self._make_order([(self.assembly, 48)], confirm=False, commitment_date="2030-04-29 18:00:00")
        free = [order._get_capacity_fit(self.company)[order][1]]
        employee = self.planner.with_company(self.company).employee_id
        absence = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .create(
                {
                    "name": "Away",
                    "calendar_id": employee.resource_calendar_id.id,
                    "resource_id": employee.resource_id.id,
                    "date_from": "2030-04-29 00:00:00",
                    "date_to": "2030-04-29 23:59:59",
                }
            )
        )
        free.append(order._get_capacity_fit(self.company)[order][1])
        with freeze_time("2030-04-29 12:30:00"):
            free.append(order._get_capacity_fit(self.company)[order][1])
        absence.unlink()
        free.append(order._get_capacity_fit(self.company)[order][1])
        self.assertEqual(free, [24.0, 16.0, 8.0, 24.0])

    def test_capacity_that_does_not_suffice(self):
        """One day with three people has 24 hours, and the order needs 48: half of 15; due tomorrow: 10. Of 25."""
        self.company.capacity_department_ids = self.workshop
        order = self._make_order([(self.assembly, 48)], confirm=False, commitment_date="2030-04-29 18:00:00")
        self.assertEqual(order._get_capacity_fit(self.company), {order: (48.0, 24.0)})
        self.assertEqual(self._points(order), {"capacity": 30, "promise": 40})

    def test_capacity_is_nothing_to_goods(self):
        self.company.capacity_department_ids = self.workshop
        order = self._make_order([(self.boards, 4)], confirm=False)
        self.assertEqual(self._points(order), {"promise": 100})
        order.commitment_date = False
        self.assertEqual(self._points(order), {})

    def test_departments_below_work_too(self):
        self.company.capacity_department_ids = self.workshop
        self.assertNotIn(self.service, self.company._get_capacity_people().user_id)
        self.service_department.parent_id = self.workshop
        self.assertIn(self.service, self.company._get_capacity_people().user_id)

    # === OVERRIDE ===

    def _override(self, user, score=90, reason="Their shop opens"):
        wizard = self.env["order.priority.override"].with_user(user)
        return wizard.create({"order_id": self.order.id, "score": score, "reason": reason}).action_set()

    def test_leader_sets_and_lifts(self):
        self._make_goal(kind="unwanted")
        self.order._refresh_priority()
        self._override(self.planner)
        self.assertEqual((self.order.priority_score, self.order.priority_worked_out), (90, 29))
        self.assertEqual(self.order.priority_override_by_id, self.planner)
        unknown = "Customer, Margin" if "margin_percent" in self.order._fields else "Customer"
        self.assertEqual(
            self.order.with_user(self.seller).priority_explanation,
            f"90 of 100, set by {self.planner.name} on 04/29/2030: Their shop opens. Worked out it would be 29 of 100:"
            f" the only goal is missed (+0), promised for 05/10/2030 (+29). Nothing is known about: {unknown}.",
        )
        self.assertIn("Their shop opens", self.order.message_ids[0].body)
        self.assertEqual(self.order.message_ids[0].author_id, self.planner.partner_id)
        self.order.commitment_date = "2031-05-10 12:00:00"
        self.assertEqual((self.order.priority_score, self.order.priority_worked_out), (90, 0))
        self.order.with_user(self.planner).action_lift_priority_override()
        self.assertEqual(self.order.priority_score, 0)
        self.assertFalse(self.order.priority_override_reason)
        with self.assertRaisesRegex(UserError, self.order.name):
            self.order.with_user(self.planner).action_lift_priority_override()

    def test_only_leaders_set_it(self):
        for user in (self.seller, self.storekeeper, self.bookkeeper):
            with self.subTest(user=user.login):
                for method in ("action_override_priority", "action_lift_priority_override"):
                    with self.assertRaisesRegex(AccessError, "Only leaders"):
                        getattr(self.order.with_user(user), method)()
                with self.assertRaises(AccessError):
                    self._override(user)
                with self.assertRaises(AccessError):
                    self.order.with_user(user)._override_priority(90, "Why not")
                self.assertEqual(self.order.with_user(user).priority_details["actions"], [])
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self.order.with_user(self.manager).write({"priority_override": 99, "priority_override_on": "2030-01-01"})
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self.order.with_user(self.manager).create({"partner_id": self.customer.id, "priority_override": 99})
        self.assertFalse(self.order.copy().priority_override)

    def test_wrong_overrides(self):
        for score, reason in ((101, "High"), (-1, "Low"), (50, " \n"), (50, "\u200b")):
            with self.subTest(score=score, reason=reason), self.assertRaisesRegex(UserError, self.order.name):
                self._override(self.planner, score, reason)
        self.assertFalse(self.order.priority_override_on)

    def test_leader_of_another_company(self):
        stranger = self._make_user("leader_elsewhere", "project.group_project_manager", self.other_company)
        with self.assertRaises(AccessError):
            self.order.with_user(stranger)._override_priority(90, "Why not")

    def test_customer_reads_nothing_of_it(self):
        seen = self.order.with_user(self.customer_user)
        self.assertTrue(seen.name)
        for name in ("priority_score", "priority_explanation", "priority_details", "priority_override_reason"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                seen.read([name])

    # === SPEED ===

    def test_as_many_queries_for_many_orders(self):
        self.company.capacity_department_ids = self.workshop
        self._make_goal()
        self._make_goal("Nearby", domain="[('partner_id.city', 'ilike', 'freiburg')]")
        orders = self.env["sale.order"].union(*(self._make_order(confirm=place % 2) for place in range(12)))
        orders._refresh_priority()
        counts = []
        for batch in (orders[:3], orders):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch._refresh_priority()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_as_many_queries_to_tell_of_many(self):
        self._make_goal()
        orders = self.env["sale.order"].union(*(self._make_order(confirm=False) for _place in range(6)))
        orders.with_user(self.seller).mapped("priority_details")
        counts = []
        for batch in (orders[:2], orders):
            self.env.invalidate_all()
            batch = batch.with_user(self.seller)
            before = self.env.cr.sql_log_count
            batch.mapped("priority_details")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
