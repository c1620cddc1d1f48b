from odoo.fields import Domain
from odoo.tests import tagged

from .common import PostcalcCommon


@tagged("post_install", "-at_install")
class TestFactsSpeed(PostcalcCommon):
    def _asked(self, *domain):
        return self.env["order.postcalc.report"]._get_asked_kinds(
            Domain(list(domain)).optimize(self.env["order.postcalc.report"])
        )

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

    def test_a_kind_that_nothing_has(self):
        self.assertFalse(self.env["order.postcalc.report"].search([("kind", "in", [])]))
