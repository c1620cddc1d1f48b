from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, sql

from odoo.addons.order_extension.columns import add_column


@tagged("post_install", "-at_install")
class TestColumns(TransactionCase):
    def test_missing_column(self):
        """As when the add-on comes to a table of before; the second time there is nothing to do."""
        capacity = self.env["order.capacity.cost"]
        self.assertFalse(add_column(capacity, "practical_hours"))
        self.env.cr.execute(SQL("ALTER TABLE order_capacity_cost DROP COLUMN practical_hours"))
        self.assertTrue(add_column(capacity, "practical_hours"))
        columns = sql.table_columns(self.env.cr, capacity._table)
        self.assertEqual(columns["practical_hours"]["udt_name"], "float8")
        self.assertFalse(add_column(capacity, "practical_hours"))
