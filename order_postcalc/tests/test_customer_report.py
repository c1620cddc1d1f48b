"""What customers leave and get free, and the classes that come of it."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PostcalcCommon


class CustomerReportCommon(PostcalcCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rework = cls.env.ref("order_postcalc.activity_rework")

    def _read(self, partner=None, **context):
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env["order.customer.report"].with_context(**context)
        return report.search([("partner_id", "=", (partner or self.customer).id)])

    def _invoice(self, order=None):
        invoice = (order or self.order)._create_invoices()
        invoice.action_post()
        return invoice

    def _give(self, order=None, **values):
        """Return a favour of 15 minutes, worth 15.00, that costs 10.00."""
        order = order or self.order
        return self.env["sale.minor.item"].create(
            {
                "order_id": order.id,
                "task_id": order.order_line.task_id[:1].id,
                "name": "Adjust a door",
                "duration": 0.25,
                "user_id": self.technician.id,
                **values,
            }
        )

    def _make_customer(self, name, wardrobes=0, **values):
        """Return a customer that has been invoiced some wardrobes of 4 000.00, or an order not invoiced yet."""
        partner = self.env["res.partner"].create({"name": name, **values})
        order = self._make_order([(self.wardrobe, wardrobes or 1)], partner_id=partner.id)
        if wardrobes:
            self._invoice(order)
        return partner


@tagged("post_install", "-at_install")
class TestCustomerReport(CustomerReportCommon):
    def test_figures(self):
        """What Lena Sommer leaves of 5 070.00:

        ==========================  ========  ========
        invoiced                              5 070.00
        10 h sold at 40.00            400.00
        contribution before service           4 670.00
        2 h rework at 40.00            80.00
        3 h not sold at 30.00          90.00
        a favour, 15 min at 40.00      10.00
        cost to serve                           180.00
        contribution                          4 490.00
        ==========================  ========  ========

        Rework that is not sold either is rework only.
        """
        self._invoice()
        self._log(10.0)
        self._log(2.0, activity_id=self.rework.id, so_line=False, is_so_line_edited=True)
        self._log(3.0, employee=self.other_employee, so_line=False, is_so_line_edited=True)
        self._give()
        self._give()._cancel("Recorded twice")
        row = self._read()
        self.assertEqual(len(row), 1)
        self.assertEqual((row.order_count, row.volume, row.revenue), (1, 5070.0, 5070.0))
        self.assertEqual((row.direct_cost, row.gross_contribution), (400.0, 4670.0))
        self.assertEqual((row.cost_of_rework, row.cost_of_unsold, row.cost_of_favours), (80.0, 90.0, 10.0))
        self.assertEqual((row.cost_to_serve, row.contribution), (180.0, 4490.0))
        self.assertAlmostEqual(row.contribution_share, 4490 / 5070)
        self.assertEqual((row.free_count, row.free_value, row.signed_count), (1, 15.0, 0))
        self.assertAlmostEqual(row.free_share, 15 / 5070)
        # the same as the margin of all facts
        self.assertEqual(self._facts(measures=["margin:sum"]), [(4490.0,)])

    def test_extensions(self):
        self._sign(self._make_change(send=True))
        self._make_change(send=True)._decline("Lena Sommer", "Too expensive")
        row = self._read()
        # 5 070.00 and the window of 85.00
        self.assertEqual((row.signed_count, row.signed_amount, row.volume), (1, 85.0, 5155.0))

    def test_people_of_one_household(self):
        """Orders of a contact are those of his company."""
        contact = self.env["res.partner"].create({"name": "Tim", "parent_id": self.customer.id})
        order = self._make_order([(self.wardrobe, 1)], partner_id=contact.id)
        row = self._read()
        self.assertEqual((row.order_count, row.volume), (2, 9070.0))
        self.assertFalse(self._read(contact))
        self.assertEqual(row.id, min(self.order.id, order.id))

    def test_twelve_months(self):
        """Orders older than a year don't count, nor do quotations and cancelled orders."""
        today = fields.Datetime.now()
        old = self._make_order([(self.wardrobe, 1)])
        old.date_order = today - relativedelta(months=12, days=1)
        nearly = self._make_order([(self.wardrobe, 2)])
        nearly.date_order = today - relativedelta(months=12) + relativedelta(days=1)
        self._make_order([(self.wardrobe, 5)], confirm=False)
        cancelled = self._make_order([(self.wardrobe, 5)])
        cancelled._action_cancel()
        row = self._read()
        self.assertEqual((row.order_count, row.volume), (2, 13070.0))

    def test_other_currency(self):
        """An order in dollars, two of which are a euro, or whatever the company counts in."""
        currency = self.env.ref("base.USD" if self.company.currency_id.name != "USD" else "base.EUR")
        currency.active = True
        self.env["res.currency.rate"].create(
            {"name": "2020-01-01", "rate": 2.0, "currency_id": currency.id, "company_id": self.company.id}
        )
        pricelist = self.env["product.pricelist"].create({"name": "Abroad", "currency_id": currency.id})
        partner = self.env["res.partner"].create({"name": "Overseas"})
        order = self._make_order(
            [(self.wardrobe, 1), (self.assembly, 1)], partner_id=partner.id, pricelist_id=pricelist.id
        )
        order.order_line.price_unit = 1000.0
        self._give(order, material_cost=4.0, duration=0.0)
        self._invoice(order)
        row = self._read(partner)
        # 2 × 1 000 dollars are 1 000.00; material for 4.00 costs 4.00 and is worth 4.00
        self.assertEqual((row.volume, row.revenue, row.free_value), (1000.0, 1000.0, 4.0))
        self.assertEqual((row.contribution, row.currency_id), (996.0, self.company.currency_id))
        # An extension for 170.00 dollars more
        self._sign(self._make_change(self._add(self.window, price_unit=170.0), order_id=order.id, send=True))
        row = self._read(partner)
        self.assertEqual((row.volume, row.signed_amount), (1085.0, 85.0))

    def test_classes(self):
        """Contributions of 16 000, 4 000 and 0.00 by 80/15/5: who makes the first 80 % is A, who then starts is B."""
        self.env["sale.order"].search([("company_id", "=", self.company.id)])._action_cancel()
        large, small, none = (
            self._make_customer("Large", 4), self._make_customer("Small", 1), self._make_customer("None")
        )  # fmt: skip
        self.assertEqual([self._read(partner).abc_class for partner in (large, small, none)], ["A", "B", "C"])
        self.company.write({"abc_share_a": 0.81, "abc_share_b": 0.9})
        self.assertEqual([self._read(partner).abc_class for partner in (large, small, none)], ["A", "A", "C"])

    def test_many_extras(self):
        """Small, and favours of 30.00 on 1 000.00, which are 3 % where 2 % are the limit."""
        self._make_customer("Large", 4)
        self._invoice()
        self.company.minor_item_customer_share = 0.02
        order = self._make_order([(self.assembly, 1)], partner_id=self.env["res.partner"].create({"name": "Small"}).id)
        order.order_line.price_unit = 1000.0
        self._give(order, duration=0.0, material_cost=20.0)
        self._give(self.order)
        small, usual = self._read(order.partner_id), self._read()
        self.assertEqual((small.free_value, small.has_many_extras), (20.0, False))
        self._give(order, duration=0.0, material_cost=10.0)
        small, usual = self._read(order.partner_id), self._read()
        self.assertEqual((small.has_many_extras, usual.has_many_extras), (True, False))
        self.assertIn("3.0 % (limit 2 %)", small.many_extras_reason)
        self.assertIn("class C", small.many_extras_reason)
        self.assertFalse(usual.many_extras_reason)
        action = self.env.ref("order_postcalc.order_customer_report_action_extras")
        self.assertEqual(action.res_model, small._name)

    def test_sums_over_customers(self):
        """Shares of sums: 8 000.00 invoiced, of which 40.00 were spent."""
        customers = self._make_customer("One", 1) | self._make_customer("Two", 1)
        order = self._make_order([(self.assembly, 1)], partner_id=customers[0].id)
        self._log(1.0, task=order.order_line.task_id)
        self.env.flush_all()
        [(share, contribution)] = self.env["order.customer.report"]._read_group(
            [("partner_id", "in", customers.ids)], [], ["contribution_share:avg", "contribution:sum"]
        )
        self.assertAlmostEqual(share, 7960 / 8000)
        self.assertEqual(contribution, 7960.0)

    def test_only_what_counts_is_put_together(self):
        """Without plans, and without having PostgreSQL compile the query, which took it ten times as long."""
        self.env.cr.execute("SELECT set_config('jit', 'on', TRUE)")
        query = self.env["order.customer.report"]._search([]).select().code
        self.assertIn("account_analytic_line", query)
        self.assertNotIn("order_postcalc_plan", query)
        self.env.cr.execute("SELECT current_setting('jit')")
        self.assertEqual(self.env.cr.fetchone(), ("off",))

    def test_figures_behind(self):
        """The button shows the facts that the row is made of."""
        self._invoice()
        self._log(2.0)
        old = self._make_order([(self.assembly, 1)])
        self._log(1.0, task=old.order_line.task_id)
        old.date_order = "2020-01-01"
        row = self._read()
        domain = row.action_view_facts()["domain"]
        self.assertEqual(
            self.env["order.postcalc.report"]._read_group(domain, [], ["margin:sum"]), [(row.contribution,)]
        )

    # === ACCESS ===

    def test_who_sees_it(self):
        self._make_customer("Large", 1)
        self.env.flush_all()
        report = self.env["order.customer.report"]
        for user in (self.manager, self.bookkeeper, self.bookkeeper_all):
            self.assertGreaterEqual(report.with_user(user).search_count([]), 2, user.login)
        for user in (self.seller, self.other_seller, self.technician, self.customer_user):
            with self.assertRaises(AccessError):
                report.with_user(user).search_count([])

    def test_own_companies_only(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= other
        partner = self.env["res.partner"].create({"name": "Far away"})
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": other.id,
                "order_line": [Command.create({"product_id": self.window.id, "tax_ids": False})],
            }
        )
        order.action_confirm()
        self.assertTrue(self._read(partner, allowed_company_ids=[self.company.id, other.id]))
        self.assertFalse(
            self.env["order.customer.report"].with_user(self.manager).search([("partner_id", "=", partner.id)])
        )
        # nobody else's customers take a part in the classes
        self.assertEqual(self._read(partner, allowed_company_ids=[other.id]).abc_class, "C")


@tagged("post_install", "-at_install")
class TestStoredClasses(CustomerReportCommon):
    def _update(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("order_postcalc.ir_cron_update_abc_classes").method_direct_trigger()
        self.env.invalidate_all()

    def _get_class(self, partner, company=None):
        partner = partner.with_company(company or self.company)
        return (partner.abc_class, partner.abc_class_before, partner.abc_class_since)

    def test_daily_job(self):
        today = fields.Date.today()
        partner = self._make_customer("Large", 4)
        self._update()
        self.assertEqual(self._get_class(partner), ("A", False, today))
        self.assertEqual(self._get_class(self.customer), ("C", False, today))
        self.assertEqual(self._get_class(partner, self.env["res.company"].create({"name": "Elsewhere"}))[0], False)
        # The day on which nothing changes is no news.
        partner.sudo().with_company(self.company).abc_class_since = "2026-01-01"
        self._update()
        self.assertEqual(self._get_class(partner)[2], fields.Date.to_date("2026-01-01"))
        # 16 000.00 of 96 000.00 more: the large one is overtaken
        self._make_customer("Larger", 20)
        self._update()
        self.assertEqual(self._get_class(partner), ("B", "A", today))
        row = self._read(partner)
        self.assertEqual((row.abc_class, row.class_before, row.class_since), ("B", "A", today))

    def test_customers_of_yesteryear(self):
        self._update()
        self.assertEqual(self._get_class(self.customer)[0], "C")
        self.order.date_order = "2020-01-01"
        self._update()
        self.assertEqual(self._get_class(self.customer)[:2], (False, "C"))

    def test_in_batches(self):
        """As many writes for many customers as for one."""
        for number in range(3):
            self._make_customer(f"Customer {number}", 1)
        self.env.flush_all()
        changes = self.env["res.partner"]._get_abc_changes(self.company)
        self.assertEqual(sum(len(partners) for partners in changes.values()), 4)
        self.assertLessEqual(len(changes), 3)
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self.env["res.partner"]._get_abc_changes(self.company)

    # === PARTNER ===

    def test_who_sees_the_class(self):
        """A customer must not read which class he is in."""
        self._update()
        for user in (self.customer_user, self.technician):
            with self.assertRaises(AccessError):
                self.customer.with_user(user).abc_class  # noqa: B018 (reading is the test)
        self.assertEqual(self.customer.with_user(self.seller).with_company(self.company).abc_class, "C")
        self.assertEqual(self.customer.copy().with_company(self.company).abc_class, False)

    def test_nobody_writes_the_class(self):
        self._update()
        for values in ({"abc_class": "A"}, {"abc_class": False}, {"abc_class_before": "A"}):
            with self.assertRaisesRegex(UserError, "once a day"):
                self.customer.with_user(self.manager).with_company(self.company).write(values)

    def test_merged_contacts_keep_the_class_of_the_one_that_stays(self):
        """Odoo writes all that it finds on them: what follows is worked out by the job."""
        self._update()
        twin = self.env["res.partner"].create({"name": "Lena Sommer", "phone": "0761 1234"})
        twin.sudo().with_company(self.company).abc_class = "A"
        self.manager.group_ids |= self.env.ref("base.group_system") | self.env.ref("account.group_account_invoice")
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.manager).with_company(self.company)
        wizard.create({})._merge((self.customer + twin).ids, self.customer, extra_checks=False)
        self.assertRecordValues(self.customer.with_company(self.company), [{"abc_class": "C", "phone": "0761 1234"}])

    def test_found_by_class(self):
        self._update()
        partners = self.env["res.partner"].with_company(self.company)
        self.assertIn(self.customer, partners.search([("abc_class", "=", "C")]))
        self.assertNotIn(self.customer, partners.search([("abc_class", "=", "A")]))

    def test_button(self):
        self._update()
        contact = self.env["res.partner"].create({"name": "Tim", "parent_id": self.customer.id})
        action = contact.with_user(self.manager).action_view_customer_report()
        self.assertEqual(action["res_id"], self._read().id)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.assertEqual(stranger.action_view_customer_report()["domain"], [("partner_id", "=", stranger.id)])
        with Form(self.customer.with_user(self.manager).with_company(self.company)) as form:
            self.assertEqual(form.abc_class, "C")
        self.assertNotIn("abc_class", Form(self.customer.with_user(self.seller))._view["fields"])
