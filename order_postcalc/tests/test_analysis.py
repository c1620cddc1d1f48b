"""Figures over many orders: ratios of sums, orders with overrun, favourites."""

from ast import literal_eval

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PostcalcCommon

RATIOS = ["margin_share:avg", "revenue_per_hour:avg", "margin_per_hour:avg", "cost_per_hour:avg"]


@tagged("post_install", "-at_install")
class TestAnalysis(PostcalcCommon):
    def setUp(self):
        super().setUp()
        # 10 h at 40.00 and 2 h at 30.00: 12 h cost 460.00
        self._log(10.0)
        self._log(2.0, employee=self.other_employee)

    def _invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def test_ratios_of_sums(self):
        """Invoiced 5 070.00 for 12 hours that cost 460.00.

        margin 4 610.00: 4 610 ÷ 5 070 = 90.9 %, 4 610 ÷ 12 = 384.17 an hour; 5 070 ÷ 12 = 422.50; 460 ÷ 12 = 38.33
        """
        self._invoice(self.order)
        [(share, revenue, margin, cost)] = self._facts(measures=RATIOS)
        self.assertAlmostEqual(share, 4610 / 5070)
        self.assertAlmostEqual(revenue, 422.5)
        self.assertAlmostEqual(margin, 4610 / 12)
        self.assertAlmostEqual(cost, 460 / 12)

    def test_ratio_of_two_orders(self):
        """Not the average of the ratios: 1 h sold for 100 000.00 weighs as what it is."""
        other = self._make_order([(self.wardrobe, 25)])
        self._invoice(self.order)
        self._invoice(other)
        self.env.flush_all()
        domain = [("order_id", "in", (self.order | other).ids)]
        [(share, revenue)] = self.env["order.postcalc.report"]._read_group(domain, [], RATIOS[:2])
        # 25 × 4 000 = 100 000.00; (105 070 − 460) ÷ 105 070, and 105 070 ÷ 12
        self.assertAlmostEqual(share, (105070 - 460) / 105070)
        self.assertAlmostEqual(revenue, 105070 / 12)

    def test_deviations(self):
        """12 of 20 planned hours, 460.00 of 3 120.00."""
        measures = [
            "hours_deviation:sum",
            "cost_deviation:sum",
            "hours_deviation_share:avg",
            "cost_deviation_share:avg",
        ]
        [(hours, cost, hours_share, cost_share)] = self._facts(measures=measures)
        self.assertAlmostEqual(hours, -8.0)
        self.assertAlmostEqual(cost, -2660.0)
        self.assertAlmostEqual(hours_share, -0.4)
        self.assertAlmostEqual(cost_share, -2660 / 3120)

    def test_nothing_to_divide_by(self):
        self.assertEqual(self._facts(("kind", "=", "plan"), measures=RATIOS), [(False, False, False, False)])

    def test_what_screens_ask_for(self):
        """The pivot offers the ratios as measures and gets them, in groups too."""
        report = self.env["order.postcalc.report"]
        description = report.fields_get(["margin_share", "hours_deviation", "has_overrun"], ["aggregator"])
        self.assertEqual(description["margin_share"]["aggregator"], "avg")
        self.assertEqual(description["hours_deviation"]["aggregator"], "sum")
        self.env.flush_all()
        groups = report.formatted_read_group(
            [("order_id", "=", self.order.id)], ["kind"], ["hours_deviation:sum", "cost_per_hour:avg"]
        )
        figures = {group["kind"]: (group["hours_deviation:sum"], group["cost_per_hour:avg"]) for group in groups}
        self.assertEqual(figures["plan"], (-20.0, False))
        self.assertAlmostEqual(figures["labour"][1], 460 / 12)

    def test_one_fact(self):
        self.env.flush_all()
        fact = self.env["order.postcalc.report"].search([("order_id", "=", self.order.id), ("actual_hours", "=", 2)])
        self.assertEqual((fact.cost_per_hour, fact.margin_per_hour, fact.hours_deviation), (30.0, -30.0, 2.0))
        self.assertEqual((fact.margin_share, fact.has_overrun), (0.0, False))

    def test_different_currencies(self):
        """Amounts of companies with different currencies have no common ratio; hours have."""
        other = self._setup_other_company()
        self.env.flush_all()
        report = self.env["order.postcalc.report"].with_context(
            allowed_company_ids=(self.company | other.company_id).ids
        )
        domain = [("order_id", "in", (self.order | other).ids)]
        [(cost, hours)] = report._read_group(domain, [], ["cost_per_hour:avg", "actual_hours:sum"])
        self.assertEqual((cost, hours), (False, 17.0))
        # In the currency of the user, at today's rate.
        [(cost, deviation)] = report._read_group(
            domain, [], ["cost_per_hour:sum_currency", "cost_deviation:sum_currency"]
        )
        self.assertAlmostEqual(cost, self._convert(report, domain, "actual_cost", [("kind", "=", "labour")]) / 17)
        self.assertAlmostEqual(
            deviation, self._convert(report, domain, "actual_cost") - self._convert(report, domain, "planned_cost")
        )
        by_company = dict(report._read_group(domain, ["company_id"], ["cost_per_hour:avg"]))
        self.assertAlmostEqual(by_company[self.company], 460 / 12)
        self.assertAlmostEqual(by_company[other.company_id], 20.0)

    def _convert(self, report, domain, name, further=()):
        """Return the sum of an amount in the user's currency."""
        [(amount,)] = report._read_group([*domain, *further], [], [f"{name}:sum_currency"])
        return amount

    def _setup_other_company(self):
        """Return an order of a company in dollars, with 5 hours at 20.00."""
        dollar = self.env.ref("base.USD" if self.company.currency_id.name != "USD" else "base.EUR")
        company = self.env["res.company"].create({"name": "Joinery overseas", "currency_id": dollar.id})
        self.env.user.company_ids |= company
        product = self.env["product.product"].create(
            {"name": "Fitting", "type": "service", "service_tracking": "task_in_project", "list_price": 10.0}
        )
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": company.id,
                    "order_line": [Command.create({"product_id": product.id, "tax_ids": False})],
                }
            )
        )
        order.action_confirm()
        employee = self.env["hr.employee"].create({"name": "Jo", "company_id": company.id, "hourly_cost": 20.0})
        self._log(5.0, employee=employee, task=order.order_line.task_id)
        return order

    # === OVERRUN ===

    def _find_overrun(self, *orders):
        self.env.flush_all()
        domain = [("has_overrun", "=", True), ("order_id", "in", [order.id for order in orders or [self.order]])]
        return self.env["order.postcalc.report"].search(domain).order_id

    def test_hours_beyond_the_plan(self):
        """20 h are planned: 12 h and 8 h are the plan, a minute more is an overrun of this order alone."""
        other = self._make_order()
        self._log(8.0)
        self.assertFalse(self._find_overrun(self.order, other))
        self._log(1 / 60)
        self.assertEqual(self._find_overrun(self.order, other), self.order)

    def test_cost_beyond_the_plan(self):
        """8 h at 1 000.00 are within the hours, but 8 460.00 are beyond 3 120.00."""
        expensive = self._make_employee(self.manager, 1000.0)
        self._log(8.0, employee=expensive)
        self.assertEqual(self._find_overrun(), self.order)
        self.env.flush_all()
        self.assertTrue(self.env["order.postcalc.report"].search([("order_id", "=", self.order.id)])[0].has_overrun)

    def test_an_extension_is_part_of_the_plan(self):
        self._log(8.5)
        self.assertEqual(self._find_overrun(), self.order)
        change = self._make_change(self._add(self.assembly, 1.0), send=True)
        self._sign(change)
        self.assertFalse(self._find_overrun())

    def test_orders_without_overrun(self):
        other = self._make_order()
        self._log(8.5)
        self.env.flush_all()
        domain = [("has_overrun", "=", False), ("order_id", "in", (self.order | other).ids)]
        self.assertEqual(self.env["order.postcalc.report"].search(domain).order_id, other)

    # === FAVOURITES AND ACCESS ===

    def _get_favourites(self, user):
        return {
            favourite["name"]
            for favourite in self.env["ir.filters"].with_user(user).get_filters("order.postcalc.report")
        }

    def test_favourites(self):
        favourites = self._get_favourites(self.seller)
        self.assertLessEqual({"By Customer", "By Activity", "By Product", "By Month", "By Salesperson"}, favourites)
        self.assertNotIn("By Employee", favourites)
        coach = new_test_user(
            self.env,
            "joinery_coach",
            "order_postcalc.group_user,order_postcalc.group_coach",
            company_id=self.company.id,
        )
        self.assertEqual(self._get_favourites(coach) - favourites, {"By Employee"})
        self.env["ir.filters"].create(
            {"name": "Broken", "model_id": "order.postcalc.report", "context": "{'group_by': uid", "user_ids": False}
        )
        self.assertIn("Broken", self._get_favourites(self.seller))

    def test_every_favourite_works(self):
        """Each groups and measures by what the facts have."""
        report = self.env["order.postcalc.report"].with_user(self.bookkeeper_all)
        self.bookkeeper_all.group_ids |= self.env.ref("order_postcalc.group_coach")
        favourites = self.env["ir.filters"].search([("model_id", "=", "order.postcalc.report")])
        self.assertGreaterEqual(len(favourites), 8)
        self.env.flush_all()
        for favourite in favourites:
            context = literal_eval(favourite.context)
            described = report.fields_get(context["pivot_measures"], ["aggregator", "type"])
            measures = [f"{name}:{values['aggregator']}" for name, values in described.items()]
            # the pivot asks for this besides
            measures += [f"{name}:sum_currency" for name, values in described.items() if values["type"] == "monetary"]
            self.assertTrue(
                report.formatted_read_group(favourite._get_eval_domain(), context["group_by"], measures), favourite.name
            )

    def test_who_sees_what(self):
        """Own orders for sellers, all for the controller, nothing for those who may not see costs."""
        self.env.flush_all()
        report = self.env["order.postcalc.report"]
        domain = [("order_id", "=", self.order.id)]
        for user, sees in (
            (self.seller, True),
            (self.other_seller, False),
            (self.manager, True),
            (self.bookkeeper, True),
        ):
            self.assertEqual(bool(report.with_user(user).search_count(domain)), sees, user.login)
        for user in (self.technician, self.customer_user):
            with self.assertRaises(AccessError):
                report.with_user(user).search_count(domain)
        self.assertEqual(report.with_user(self.other_seller)._read_group(domain, [], ["cost_per_hour:avg"]), [(False,)])
        with self.assertRaises(AccessError):
            report.with_user(self.seller)._read_group(domain, ["employee_id"], ["actual_hours:sum"])
