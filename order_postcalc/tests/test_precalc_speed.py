"""Confirming a long quotation asks the database hardly more often for its margin."""

from odoo.fields import Command
from odoo.tests import tagged

from .test_precalc import PrecalcCommon

LINES = 50
#: Most queries with the floor watched, as a multiple of those without.
LIMIT = 1.05


@tagged("post_install", "-at_install")
class TestPrecalcSpeed(PrecalcCommon):
    def _count(self, policy):
        self.company.margin_floor_policy = policy
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": (self.wardrobe if number % 2 else self.boards).id})
                    for number in range(LINES)
                ],
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        order.action_confirm()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_confirm(self):
        self._count("off")  # warm
        without, watched = self._count("off"), self._count("block")
        self.assertLessEqual(watched, LIMIT * without + 3, (without, watched))
