"""Goods that the customer gets: from stock at what the books have them leave it, else at the cost of their order line.

The same goods are often on vendor bills, too. What counts is decided by product within an order:

* storable goods cost when they are delivered, and bills for them don't count once there is a delivery; until then the
  bill stands for it;
* other goods (no stock is kept of them) are used up when they are bought: a bill or receipt for the order counts, and
  if there is none, their delivery does, at the product's cost on that day.
"""

from odoo import models
from odoo.tools import SQL

from .order_postcalc_report import ORDER_DEPENDS
from .order_postcalc_report_analytic import PURCHASE_TYPES
from .order_postcalc_source import Source


class OrderPostcalcReport(models.Model):
    _inherit = "order.postcalc.report"

    def _get_sources(self):
        sources = [*super()._get_sources(), self._source_manual_delivery()]
        if self._has_deliveries():
            sources.append(self._source_delivery())
        return sources

    def _has_deliveries(self):
        return self._has_fields("stock.move", "sale_line_id", "value", "is_out", "is_in")

    def _source_delivery(self):
        """Deliveries at the value at which the goods left the stock, less what came back.

        Odoo values every delivery out of a stock of the company: at average or FIFO cost, or at the product's cost,
        and that is also so for goods of which no stock is kept. Steps within the warehouse, receipts from vendors for
        the order and drop shipments have no such value: the latter cost what the vendor bills.
        """
        return Source(
            number=8,
            key=SQL("sm.id"),
            values={
                "kind": SQL("'material'"),
                "order_id": SQL("l.order_id"),
                "order_line_id": SQL("l.id"),
                "change_order_id": SQL("l.change_order_id"),
                "product_id": SQL("sm.product_id"),
                "company_id": SQL("sm.company_id"),
                "date": SQL("sm.date"),
                "recorded_on": SQL("sm.create_date"),
                "name": SQL("COALESCE(l.name, sm.reference)"),
                "source_model": SQL("CASE WHEN sm.picking_id IS NULL THEN 'stock.move' ELSE 'stock.picking' END"),
                "source_id": SQL("COALESCE(sm.picking_id, sm.id)"),
                "actual_cost": SQL("CASE WHEN sm.is_in THEN -sm.value ELSE sm.value END"),
            },
            tables=SQL(
                "sale_order_line l JOIN stock_move sm ON sm.sale_line_id = l.id"
                " JOIN stock_location origin ON origin.id = sm.location_id"
                " LEFT JOIN sale_order o ON o.id = l.order_id"
            ),
            condition=SQL(
                "sm.state = 'done' AND sm.value <> 0"
                " AND (sm.is_out OR sm.is_in AND origin.usage IN ('customer', 'transit'))"
                " AND NOT (%s AND NOT %s)",
                self._is_bought(SQL("l.order_id"), SQL("sm.product_id")),
                self._is_storable(SQL("sm.product_id")),
            ),
            depends=ORDER_DEPENDS
            | self._get_bought_depends()
            | {
                "stock.move": [
                    "sale_line_id", "product_id", "company_id", "date", "reference", "picking_id", "value", "is_in",
                    "is_out", "state", "location_id",
                ],
                "stock.location": ["usage"],
                "sale.order.line": ["order_id", "change_order_id", "name"],
            },
        )  # fmt: skip

    def _source_manual_delivery(self):
        """Goods whose delivery is typed into the order: delivered quantity at the cost of the order line.

        So it is as long as no stock is kept with Odoo. On the day of the order, as no other one is known. Re-invoiced
        cost isn't delivered: the expense or bill behind it counts.
        """
        cost = SQL("l.qty_delivered * l.purchase_price / COALESCE(NULLIF(o.currency_rate, 0), 1)::numeric")
        return Source(
            number=9,
            key=SQL("l.id"),
            values={
                "kind": SQL("'material'"),
                "order_id": SQL("l.order_id"),
                "order_line_id": SQL("l.id"),
                "change_order_id": SQL("l.change_order_id"),
                "product_id": SQL("l.product_id"),
                "company_id": SQL("l.company_id"),
                "date": SQL("o.date_order"),
                "recorded_on": SQL("l.create_date"),
                "name": SQL("l.name"),
                "source_model": SQL("'sale.order'"),
                "source_id": SQL("l.order_id"),
                "actual_cost": SQL("%s", cost),
            },
            tables=SQL(
                "sale_order_line l LEFT JOIN sale_order o ON o.id = l.order_id"
            ),
            condition=SQL(
                "l.qty_delivered_method = 'manual' AND l.qty_delivered <> 0 AND l.purchase_price <> 0"
                " AND l.is_service IS NOT TRUE AND l.is_expense IS NOT TRUE AND l.is_downpayment IS NOT TRUE"
                " AND l.state = 'sale' AND NOT %s",
                self._is_bought(SQL("l.order_id"), SQL("l.product_id")),
            ),
            depends=ORDER_DEPENDS
            | self._get_bought_depends()
            | {
                "sale.order": [*ORDER_DEPENDS["sale.order"], "date_order", "currency_rate"],
                "sale.order.line": [
                    "order_id", "change_order_id", "product_id", "company_id", "name", "qty_delivered",
                    "qty_delivered_method", "purchase_price", "is_expense", "is_downpayment", "state",
                    "is_service",
                ],
            },
        )  # fmt: skip

    # === WHICH OF TWO RECORDS COUNTS ===

    # These conditions stand below OR or NOT, so that the database plans each by itself, and looks it up row by row for
    # an order, in a table made once for all of them. Joined, they would make it plan longer than it reads.

    def _is_storable(self, product):
        """Whether stock is kept of ``product``."""
        if not self._has_fields("product.template", "is_storable"):
            return SQL("FALSE")
        return SQL(
            "EXISTS (SELECT FROM product_product goods JOIN product_template template"
            " ON template.id = goods.product_tmpl_id WHERE goods.id = %s AND template.is_storable)",
            product,
        )

    def _is_bought(self, order, product):
        """Whether ``product`` was bought for ``order``."""
        return SQL("(%s)", SQL(" OR ").join(self._get_ways_to_buy(order, product)))

    def _get_ways_to_buy(self, order, product):
        return [
            SQL(
                """EXISTS (
                    SELECT FROM account_analytic_line bought
                     WHERE bought.postcalc_order_id = %s
                       AND bought.product_id = %s
                       AND bought.project_id IS NULL
                       AND bought.category = 'vendor_bill'
                )""",
                order,
                product,
            )
        ]

    def _get_bought_depends(self):
        return {"account.analytic.line": ["postcalc_order_id", "product_id", "project_id", "category"]}

    def _is_delivered(self, order, product):
        """Whether stock is kept of ``product``, and ``order`` gets it from there."""
        if not self._has_deliveries():
            return SQL("FALSE")
        return SQL(
            """(EXISTS (
                SELECT FROM sale_order_line delivered_line
                  JOIN stock_move delivered ON delivered.sale_line_id = delivered_line.id
                 WHERE delivered_line.order_id = %s
                   AND delivered.product_id = %s
                   AND delivered.state = 'done'
                   AND delivered.is_out
                   AND delivered.value <> 0
            ) AND %s)""",
            order,
            product,
            self._is_storable(product),
        )

    def _get_delivered_depends(self):
        if not self._has_deliveries():
            return {}
        return {"stock.move": ["sale_line_id", "product_id", "state", "is_out", "value"]}

    # === ANALYTIC ENTRIES OF DELIVERIES ===

    def _get_other_kinds(self):
        kinds = super()._get_other_kinds()
        if "picking_entry" in dict(
            self.env["account.analytic.line"]._fields["category"]._description_selection(self.env)
        ):
            kinds.append(SQL("WHEN a.category = 'picking_entry' THEN 'material'"))
        return kinds

    def _get_other_conditions(self):
        """Bills for what the order gets out of a stock, and entries of deliveries that count themselves."""
        conditions = super()._get_other_conditions()
        if self._has_deliveries():
            conditions.append(
                SQL(
                    "NOT (m.id IS NOT NULL AND m.move_type IN %s AND %s)",
                    PURCHASE_TYPES,
                    self._is_delivered(SQL("a.postcalc_order_id"), SQL("a.product_id")),
                )
            )
        if self._has_fields("stock.move", "sale_line_id", "analytic_account_line_ids"):
            conditions.append(
                SQL(
                    """NOT (a.move_line_id IS NULL AND EXISTS (
                        SELECT FROM %s entry
                          JOIN stock_move sm ON sm.id = entry.stock_move_id
                         WHERE entry.account_analytic_line_id = a.id
                           AND (sm.sale_line_id IS NOT NULL OR sm.state <> 'done')
                    ))""",
                    SQL.identifier(self.env["stock.move"]._fields["analytic_account_line_ids"].relation),
                )
            )
        return conditions

    def _get_other_depends(self):
        depends = super()._get_other_depends() | self._get_delivered_depends()
        if self._has_fields("stock.move", "sale_line_id", "analytic_account_line_ids"):
            depends["stock.move"] = [*depends.get("stock.move", ()), "analytic_account_line_ids"]
        return depends
