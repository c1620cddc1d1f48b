import runpy
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools.sql import column_exists

from odoo.addons.order_extension.tests.controls_common import ControlsMixin

MIGRATION = Path(__file__).parents[1] / "migrations" / "19.0.1.2.0" / "post-controls.py"


@tagged("post_install", "-at_install")
class TestControls(ControlsMixin, TransactionCase):
    """As in order_extension: nothing before somebody has switched it on."""

    addon = "order_aftersales"

    def test_who_had_them_keeps_them(self):
        """A database of before had its invoices checked, or not, and had somebody told."""
        companies = self.env["res.company"].create([{"name": "Checks"}, {"name": "Checks nothing"}])
        self.env.flush_all()
        self.assertFalse(column_exists(self.env.cr, "res_company", "billing_check"))
        self.env.cr.execute("ALTER TABLE res_company ADD COLUMN billing_check boolean")
        self.env.cr.execute("UPDATE res_company SET billing_check = (id = %s)", [companies[0].id])
        runpy.run_path(str(MIGRATION))["migrate"](self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertEqual(companies.mapped("billing_check_policy"), ["block", "off"])
        self.assertEqual(companies.mapped("is_attention_escalated"), [True, True])
