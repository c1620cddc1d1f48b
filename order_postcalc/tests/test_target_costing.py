"""Target costing: the arithmetic without a database, and a template against the orders made from it."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from ..target_costing import add_up_to_all, allowable_cost, allowable_hours, scale_to, shares_of, split_amount
from .common import PostcalcCommon

amounts = st.integers(0, 100_000_000).map(lambda cents: cents / 100)
weights = st.lists(amounts, min_size=1, max_size=12)
roundings = st.sampled_from([0.01, 1.0, 0.05])


@tagged("post_install", "-at_install")
class TestTargetCostingRules(BaseCase):
    def test_allowable(self):
        # 30 % of 5 070.00 are left: 3 549.00; a negative margin is what somebody is ready to lose
        self.assertEqual(allowable_cost(5070.0, 0.3, 0.01), 3549.0)
        self.assertEqual(allowable_cost(100.0, -0.1, 0.01), 110.0)
        self.assertEqual((allowable_hours(900.0, 40.0), allowable_hours(900.0, 0.0)), (22.5, 0.0))

    def test_scale(self):
        """1 200.00 of 2 000.00 are 60 %: 480.00 at 800.00; without a price they are averaged."""
        self.assertEqual((1200 * scale_to(800, 2000, 2), 1200 * scale_to(800, 0, 2)), (480.0, 600.0))

    def test_sum(self):
        self.assertTrue(add_up_to_all([0.3333, 0.3333, 0.3334]))
        self.assertFalse(add_up_to_all([0.5, 0.4999]))
        self.assertEqual((shares_of([]), split_amount(5.0, [], 0.01)), ([], []))

    @given(weights)
    def test_shares_are_everything(self, costs):
        shares = shares_of(costs)
        self.assertAlmostEqual(sum(shares), 1.0, 9)
        self.assertTrue(add_up_to_all(shares))
        self.assertTrue(all(0 <= share <= 1 for share in shares))

    @given(amounts, weights, roundings)
    def test_parts_are_the_amount(self, amount, costs, rounding):
        parts = split_amount(amount, costs, rounding)
        self.assertLessEqual(abs(sum(parts) - amount), rounding / 2 + 1e-6)
        total = sum(costs)
        for part, cost in zip(parts, costs, strict=True):
            # the largest takes what rounding leaves: at most a unit of each
            if total:
                self.assertLessEqual(abs(part - amount * cost / total), rounding * (len(costs) + 1))


@tagged("post_install", "-at_install")
class TestTargetCosting(PostcalcCommon):
    """A template as the order of the joinery: 5 070.00, to be made with a margin of 30 %, that is at 3 549.00.

    Its lines are planned at 420.00 of assembly and 2 500.00 + 200.00 of material. Two orders were made from it:

    =========  ==============  ===================
    order      assembly        material (goods)
    =========  ==============  ===================
    first      15 h at 40.00   as delivered
    second      5 h at 40.00   as delivered
    =========  ==============  ===================

    On average 10 h at 40.00 = 400.00 of assembly. Material is booked on the project: 2 000.00 and 1 000.00.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activity = cls.env.ref("order_postcalc.activity_assembly")
        cls.assembly.activity_id = cls.activity
        cls.template = cls.env["sale.order.template"].create(
            {
                "name": "Wardrobe",
                "company_id": cls.company.id,
                "has_target_costing": True,
                "target_margin": 0.3,
                "sale_order_template_line_ids": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in ((cls.wardrobe, 1), (cls.assembly, 12), (cls.boards, 10))
                ],
            }
        )

    def _make_past(self, hours, material, lines=None):
        """Return a finished order: invoiced to the end."""
        order = self._make_order(lines, sale_order_template_id=self.template.id)
        task = order.order_line.task_id[:1]
        self._log(hours, task=task)
        self.env["account.analytic.line"].create(
            {
                "name": "Oak",
                "date": "2026-03-02",
                "amount": -material,
                "account_id": task.project_id.account_id.id,
                "company_id": self.company.id,
            }
        )
        # Goods cost what is booked for them: delivered by hand, they would cost what their lines say, too.
        for line in order.order_line.filtered(lambda line: line.product_id.type == "service"):
            line.qty_delivered = line.product_uom_qty
        order._create_invoices().action_post()
        self.assertEqual(order.invoice_status, "invoiced")
        return order

    def _rows(self):
        return {target.display_name: target for target in self.template.target_ids}

    def test_price_and_allowable_cost(self):
        self.assertEqual((self.template.target_price, self.template.target_cost), (5070.0, 3549.0))

    def test_options_are_left_out(self):
        self.template.sale_order_template_line_ids = [
            Command.create({"product_id": self.window.id, "is_optional": True}),
            Command.create({"display_type": "line_section", "name": "Options", "is_optional": True, "sequence": 50}),
            Command.create({"product_id": self.window.id, "sequence": 51}),
        ]
        self.assertEqual(self.template.target_price, 5070.0)

    def test_shares_of_the_plan(self):
        """420 of 3 120 = 13.4615 %; 3 549.00 x 0.134615 = 477.749 pays 13.65 h at 35.00, the average of 40 and 30"""
        self.template.action_suggest_target_shares()
        rows = self._rows()
        self.assertEqual(list(rows), ["Assembly on site", "Material"])
        self.assertEqual([row.share for row in rows.values()], [0.134615, 0.865385])
        self.assertEqual([row.allowable_cost for row in rows.values()], [477.74, 3071.26])
        self.assertAlmostEqual(rows["Assembly on site"].allowable_hours, 13.65, 2)
        self.assertEqual(rows["Material"].allowable_hours, 0.0)
        self.assertEqual((self.template.target_order_count, self.template.target_gap), (0, 0.0))

    def test_shares_of_the_past(self):
        """Assembly 400.00 and material 1 500.00 on average: 21.0526 % and 78.9474 %"""
        self._make_past(15, 2000.0)
        self._make_past(5, 1000.0)
        self.template.action_suggest_target_shares()
        rows = self._rows()
        work, material = rows["Assembly on site"], rows["Material"]
        self.assertEqual((work.share, material.share), (0.210526, 0.789474))
        self.assertEqual((work.actual_cost, work.actual_hours, material.actual_cost), (400.0, 10.0, 1500.0))
        # 3 549.00 x 21.0526 % = 747.157, which at 40.00 pays for 18.679 h
        self.assertEqual((work.allowable_cost, material.allowable_cost), (747.15, 2801.85))
        self.assertAlmostEqual(work.allowable_hours, 18.679, 3)
        self.assertEqual(self.template.target_order_count, 2)
        self.assertEqual((self.template.target_actual_cost, self.template.target_gap), (1900.0, -1649.0))

    def test_orders_of_all_sizes(self):
        """One like the template, 5 070.00, has cost 2 600.00; one of twice the size, 10 140.00, has cost 4 800.00.

        7 400.00 of 15 210.00 are 48.65 % of the price, at 5 070.00 a third of it: 2 466.67, which is 1 082.33 less than
        the 3 549.00 that it may cost. An average of 3 700.00 would say that they were too expensive. Assembly is 35 h
        and 1 400.00, of which a third is 11.67 h and 466.67, material is 6 000.00, of which a third is 2 000.00.
        """
        self._make_past(15, 2000.0)
        twice = self._make_past(20, 4000.0, [(self.wardrobe, 2), (self.assembly, 24), (self.boards, 20)])
        self.assertEqual(twice.amount_untaxed, 10140)
        self.assertEqual((self.template.target_actual_cost, self.template.target_gap), (2466.67, -1082.33))
        self.template.action_suggest_target_shares()
        rows = self._rows()
        work, material = rows["Assembly on site"], rows["Material"]
        self.assertEqual((work.actual_cost, material.actual_cost), (466.67, 2000.0))
        self.assertAlmostEqual(work.actual_hours, 11.67, 2)
        # 7 : 30 of 3 549.00, that is 671.43 and 2 877.57
        self.assertEqual((work.gap, material.gap), (-204.76, -877.57))

    def test_gap(self):
        """At a margin of 70 % 1 521.00 are allowable, half of it for assembly: 760.50 against 400.00 and 1 500.00"""
        self._make_past(10, 1500.0)
        self.template.write(
            {
                "target_margin": 0.7,
                "target_ids": [
                    Command.create({"activity_id": self.activity.id, "share": 0.5}),
                    Command.create({"is_material": True, "share": 0.5}),
                ],
            }
        )
        rows = self._rows()
        self.assertEqual((rows["Assembly on site"].gap, rows["Material"].gap), (-360.5, 739.5))
        self.assertEqual(self.template.target_gap, 379.0)

    def test_only_finished_orders_count(self):
        self._make_order(sale_order_template_id=self.template.id)
        old = self._make_past(10, 1500.0)
        self.assertEqual(self.template.target_order_count, 1)
        self.env.invalidate_all()
        old.date_order = "2020-01-01"
        self.assertEqual(self.template.target_order_count, 0)

    def test_which_orders_count(self):
        """Neither another template's nor a cancelled order; those with more hours than sold, and closed ones, do.

        Nor those of another company, where a template is for all of them.
        """
        past = self._make_past(10, 1500.0)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            return self.template.target_order_count

        past.sale_order_template_id = False
        self.assertEqual(count(), 0)
        past.sale_order_template_id = self.template
        self.assertEqual(count(), 1)
        self._set_by_sql(past, invoice_status="upselling")
        self.assertEqual(count(), 1)
        self._set_by_sql(past, state="cancel")
        self.assertEqual(count(), 0)
        self._set_by_sql(past, state="sale", invoice_status="to invoice")
        self.assertEqual(count(), 0)
        past.with_user(self.manager).action_close_postcalc()
        self.assertEqual(count(), 1)
        self.template.company_id = False
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertEqual(self.template.with_company(self.company).target_order_count, 1)
        # In sudo, as the shares are suggested: no record rule leaves the orders out there.
        self.assertEqual(self.template.sudo().with_company(elsewhere)._get_target_actuals(), (0, {}))

    def _set_by_sql(self, order, **values):
        """Put the order into a state that Odoo works out."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(f"UPDATE sale_order SET {name} = %s WHERE id = %s", [value, order.id])
        self.env.invalidate_all()

    def test_shares_are_everything(self):
        with self.assertRaisesRegex(ValidationError, "“Wardrobe” add up to 90.00 %"):
            self.template.target_ids = [
                Command.create({"activity_id": self.activity.id, "share": 0.5}),
                Command.create({"is_material": True, "share": 0.4}),
            ]

    def test_nothing_to_share_out_by(self):
        empty = self.env["sale.order.template"].create({"name": "Empty", "company_id": self.company.id})
        with self.assertRaisesRegex(UserError, "“Empty” has neither past orders"):
            empty.action_suggest_target_shares()

    def test_quotation_against_the_target(self):
        """At 4 500.00 and 30 % 3 150.00 may be spent; 3 120.00 are expected"""
        order = self._make_order(confirm=False, sale_order_template_id=self.template.id)
        self.assertEqual((order.precalc_target_cost, order.precalc_target_gap), (3549.0, -429.0))
        order.order_line[0].price_unit -= 570.0
        self.assertEqual((order.precalc_target_cost, order.precalc_target_gap), (3150.0, -30.0))
        self.assertTrue(order.has_target_costing)

    def test_roles(self):
        self._make_past(10, 1500.0)
        self.template.action_suggest_target_shares()
        row = self.template.target_ids[0]
        self.assertEqual(row.with_user(self.manager).actual_cost, 400.0)
        # a seller sees what may be spent, and no averages of his colleagues' orders
        self.env.invalidate_all()
        self.assertTrue(row.with_user(self.seller).allowable_cost)
        with self.assertRaises(AccessError):
            row.with_user(self.seller).read(["actual_cost"])
        with self.assertRaises(AccessError):
            row.with_user(self.seller).write({"share": 0.1})
        for user in (self.technician, self.customer_user):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["share"])
