from odoo.tests import tagged

from odoo.addons.order_extension.tests.jobs_common import JobsCommon

from .common import PostcalcCommon


@tagged("post_install", "-at_install")
class TestPostcalcJobs(JobsCommon, PostcalcCommon):
    module = "order_postcalc"

    def test_one_order_whose_margin_cannot_be_kept(self):
        bad, good = self._make_order(), self._make_order()
        self._refuse(bad, "margin_checked_on IS NOT NULL")
        self.assertIn(str(bad), self._run_job("order_postcalc.ir_cron_margin_erosion")[0])
        self.assertEqual([bool(order.margin_checked_on) for order in bad | good], [False, True])

    def test_one_company_without_advice(self):
        """The company after it has sold too, and gets its rates."""
        elsewhere = self.env["res.company"].create({"name": "Metalworks"})
        other = self._make_order()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET company_id = %s WHERE id = %s", [elsewhere.id, other.id])
        self.env.invalidate_all()
        self.env.cr.execute(
            "ALTER TABLE order_allowance_advice ADD CONSTRAINT refused CHECK (company_id != %s) NOT VALID",
            [self.company.id],
        )
        self.assertIn(str(self.company), self._run_job("order_postcalc.ir_cron_allowance_advice")[0])
        advices = self.env["order.allowance.advice"].search([("state", "=", "draft")])
        self.assertIn(elsewhere, advices.company_id)
        self.assertNotIn(self.company, advices.company_id)
