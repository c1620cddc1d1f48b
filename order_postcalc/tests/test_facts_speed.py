from odoo.fields import Domain
from odoo.tests import tagged

from .common import PostcalcCommon


@tagged("post_install", "-at_install")
class TestFactsSpeed(PostcalcCommon):
    def _asked(self, *domain):
        report = self.env["order.postcalc.report"]
        return report._get_asked(Domain(list(domain)).optimize(report))[0]

    def test_only_what_every_fact_fulfils_counts(self):
        everything = self._asked(("order_id", "=", 1))
        self.assertIn("labour", everything)
        self.assertEqual(self._asked(("kind", "=", "labour"), ("order_id", "=", 1)), {"labour"})
        self.assertEqual(self._asked(("kind", "in", ["plan", "minor"]), ("kind", "!=", "plan")), {"minor"})
        self.assertEqual(self._asked("|", ("kind", "=", "labour"), ("order_id", "=", 1)), everything)
        self.assertEqual(self._asked("!", ("kind", "=", "labour")), everything)

    def test_sources_that_can_not_answer_are_not_read(self):
        report = self.env["order.postcalc.report"]
        query = report._search([("kind", "=", "labour")]).select().code
        self.assertIn("account_analytic_line", query)
        self.assertNotIn("sale_minor_item", query)
        self.assertIn("sale_minor_item", report._search([("order_id", "=", self.order.id)]).select().code)

    def test_same_facts_with_and_without_the_kind(self):
        """3 h at 40.00, and 15 minutes given away; what is asked for by kind is what all of them hold of it."""
        self._log(3)
        self.env["sale.minor.item"].create(
            {"order_id": self.order.id, "name": "Adjust a door", "duration": 0.25, "date": "2026-03-02"}
        )
        measures = ["actual_cost:sum", "planned_revenue:sum", "__count"]
        together = {kind: sums for kind, *sums in self._facts(groupby=["kind"], measures=measures)}
        self.assertEqual(together["labour"], [120.0, 0.0, 1])
        for kind, sums in together.items():
            self.assertEqual([list(self._facts(("kind", "=", kind), measures=measures)[0])], [sums])

    def test_one_fact_is_read_from_its_source_alone(self):
        """Whatever it is made of: plan, 3 h at 40.00, an invoice, each is found by its id as it was found by order."""
        self._log(3)
        self.order._create_invoices().action_post()
        self.env.flush_all()
        report = self.env["order.postcalc.report"]
        facts = report.search([("order_id", "=", self.order.id)])
        self.assertGreaterEqual(
            {"plan", "labour", "invoice"} & set(facts.mapped("kind")), {"plan", "labour", "invoice"}
        )
        expected = {fact.id: (fact.kind, fact.actual_cost, fact.invoiced_revenue) for fact in facts}
        self.env.invalidate_all()
        for fact in facts:
            alone = report.search([("id", "=", fact.id)])
            self.assertEqual(alone, fact)
            self.assertEqual((alone.kind, alone.actual_cost, alone.invoiced_revenue), expected[fact.id])
        labour = facts.filtered(lambda fact: fact.kind == "labour")
        self.assertNotIn("sale_minor_item", report._search([("id", "in", labour.ids)]).select().code)
        self.assertFalse(report.search([("id", "in", [])]))

    def test_a_kind_that_nothing_has(self):
        self.assertFalse(self.env["order.postcalc.report"].search([("kind", "in", [])]))
