"""Saving a long quotation with the allowance costs hardly more queries than without."""

import logging
from collections import Counter
from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from .test_allowance import AllowanceCommon

_logger = logging.getLogger(__name__)

#: Most queries with the allowance, as a multiple of those without.
LIMIT = 1.2
LINES = 200
OWN_TABLES = ("sale_change_order", "sale_change_order_line", "sale_minor_item")


@tagged("post_install", "-at_install")
class TestAllowanceSpeed(AllowanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": f"Part {number}",
                    "list_price": 10 + number,
                    "type": "consu",
                    "taxes_id": [Command.set((cls.tax_19 if number % 2 else cls.tax_7).ids)],
                }
                for number in range(20)
            ]
        )

    @contextmanager
    def _counted(self, counts):
        """Append the number of queries of what is done here, from an empty cache to the last write."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        yield
        self.env.flush_all()
        counts.append(self.env.cr.sql_log_count - before)

    def _create(self, has_minor_items, lines):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "has_minor_items": has_minor_items,
                "order_line": [
                    Command.create({"product_id": self.products[number % 20].id, "product_uom_qty": 1 + number % 3})
                    for number in range(lines)
                ],
            }
        )

    def _assert_hardly_more(self, counts):
        """``counts`` are of a warm-up and of the real thing, first without and then with the allowance."""
        _warm_up, without, _warm_up, with_allowance = counts
        _logger.info("%s: %s queries without the allowance, %s with it", self._testMethodName, without, with_allowance)
        self.assertLessEqual(with_allowance, LIMIT * without)

    def _count(self, act):
        counts = []
        for has_minor_items in (False, True):
            for lines in (20, LINES):
                order = self._create(has_minor_items, lines)
                with self._counted(counts):
                    act(order)
                self.assertEqual(len(self._allowance(order)), 2 * has_minor_items)
        return counts

    def test_create(self):
        counts = []
        for has_minor_items in (False, True):
            for lines in (20, LINES):
                with self._counted(counts):
                    order = self._create(has_minor_items, lines)
                self.assertEqual(len(self._allowance(order)), 2 * has_minor_items)
        self._assert_hardly_more(counts)

    def test_one_line(self):
        def change_one(order):
            order.order_line = [Command.update(order.order_line[7].id, {"product_uom_qty": 9})]

        self._assert_hardly_more(self._count(change_one))

    def test_all_lines(self):
        def change_all(order):
            lines = order.order_line.filtered(lambda line: not line.is_minor_items_allowance)
            order.order_line = [Command.update(line.id, {"price_unit": 7.77 + line.id % 5}) for line in lines]

        self._assert_hardly_more(self._count(change_all))

    def test_update_prices(self):
        self._assert_hardly_more(self._count(lambda order: order._recompute_prices()))

    def test_quantities(self):
        """Quantities are what most of the add-on depends on: none of its tables is asked line by line."""
        order = self._create(True, LINES)
        lines = order.order_line.filtered(lambda line: not line.is_minor_items_allowance)
        self.env.flush_all()
        self.env.invalidate_all()
        asked = Counter()
        execute = Cursor.execute

        def watch(cursor, query, *args, **kwargs):
            statement = query.code if isinstance(query, SQL) else str(query)
            asked.update(table for table in OWN_TABLES if f'FROM "{table}"' in statement)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", watch):
            order.order_line = [Command.update(line.id, {"product_uom_qty": 9}) for line in lines]
            self.env.flush_all()
        self.assertEqual(set(lines.mapped("product_uom_qty")), {9.0})
        self.assertTrue(asked, "the watch sees nothing")
        self.assertLessEqual(max(asked.values()), 5, asked)
