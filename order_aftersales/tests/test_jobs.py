from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.order_extension.tests.jobs_common import JobsCommon

from ..models import sale_order_stage
from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestAftersalesJobs(JobsCommon, AftersalesCommon):
    module = "order_aftersales"

    def test_one_order_without_a_stage(self):
        """The stage of one can't be kept: the others' is found again, and its own with the next run."""
        with self._at("2026-05-04 08:00:00"):
            bad, good = (self._make_order(lines=[(self.fitting, 4)]) for _number in range(2))
        self.patch(sale_order_stage, "AT_ONCE", 0)
        self.env["sale.order"]._set_stage_outdated(self.company)
        self._refuse(bad, "is_stage_outdated IS NOT TRUE")
        self.assertIn(str(bad), self._run_job("order_aftersales.ir_cron_order_stages")[0])
        self.assertEqual((bad | good).mapped("is_stage_outdated"), [True, False])

    def test_one_person_without_a_digest(self):
        """Neither of them is the last: whoever comes after the one who can't be told gets theirs."""
        with self._at("2026-05-11 08:00:00"):
            for person in (self.planner, self.seller):
                order = self._make_order(lines=[(self.fitting, 1)])
                order._as_transition().write({"stage_owner_id": person.id})
        self._refuse(self.planner, "order_digest_on IS NOT NULL")
        with freeze_time("2026-05-25 06:00:00"):
            self.assertIn(str(self.planner), self._run_job("order_aftersales.ir_cron_order_digest")[0])
        self.assertFalse(self.planner.order_digest_on)
        self.assertTrue(self.seller.order_digest_on)
