"""What is bought for an order: by purchase lines that were made for a line of it, or that have its project's account.

A vendor bill takes the place of the purchase line as far as it goes: what is received beyond it counts at the price of
the purchase order, and what is neither received nor billed is committed. Quantities of posted bills count, as drafts
are no cost.
"""

from odoo import models
from odoo.tools import SQL

from .order_postcalc_report import ORDER_DEPENDS
from .order_postcalc_report_analytic import PURCHASE_TYPES
from .order_postcalc_source import Source, pair_key


class OrderPostcalcReport(models.Model):
    _inherit = "order.postcalc.report"

    def _get_sources(self):
        sources = super()._get_sources()
        if self._has_fields("purchase.order.line", "sale_line_id"):
            sources += [self._source_bill(), self._source_purchase()]
        if self._has_fields("purchase.order.line", "analytic_distribution"):
            sources.append(self._source_analytic_purchase())
        return sources

    def _source_bill(self):
        """Vendor bills and credit notes of purchase lines that were made for a line of the order.

        The purchase line says for whom it was: the whole bill line is the order's cost, whatever the analytic
        distribution is, whose entries don't count again.
        """
        return Source(
            number=10,
            key=SQL("ml.id"),
            values={
                "kind": SQL("'purchase'"),
                "order_id": SQL("l.order_id"),
                "order_line_id": SQL("l.id"),
                "change_order_id": SQL("l.change_order_id"),
                "product_id": SQL("ml.product_id"),
                "company_id": SQL("ml.company_id"),
                "date": SQL("ml.date"),
                "recorded_on": SQL("ml.create_date"),
                "name": SQL("ml.name"),
                "source_model": SQL("'account.move'"),
                "source_id": SQL("ml.move_id"),
                "actual_cost": SQL("ml.balance"),
            },
            tables=SQL(
                "sale_order_line l JOIN purchase_order_line pl ON pl.sale_line_id = l.id"
                " JOIN account_move_line ml ON ml.purchase_line_id = pl.id"
                " JOIN account_move m ON m.id = ml.move_id"
                " JOIN account_account account ON account.id = ml.account_id"
                " LEFT JOIN sale_order o ON o.id = l.order_id"
            ),
            condition=SQL(
                "ml.parent_state = 'posted' AND m.move_type IN %s AND %s AND NOT %s",
                PURCHASE_TYPES,
                self._is_result_account(),
                self._is_delivered(SQL("l.order_id"), SQL("ml.product_id")),
            ),
            depends=ORDER_DEPENDS
            | self._get_delivered_depends()
            | self._get_bill_depends()
            | {
                "sale.order.line": ["order_id", "change_order_id"],
                "purchase.order.line": ["sale_line_id"],
                "account.account": ["account_type"],
            },
        )

    def _source_purchase(self):
        """Purchase lines that were made for a line of the order, as far as no bill is posted for them."""
        return self._get_purchase_source(
            number=11,
            key=SQL("p.id"),
            columns=SQL("l.order_id, l.id AS order_line_id, l.change_order_id, 1.0 AS share"),
            tables=SQL("sale_order_line l JOIN purchase_order_line pl ON pl.sale_line_id = l.id"),
            by=SQL("l.order_id, l.id"),
        )

    def _source_analytic_purchase(self):
        """Purchase lines with the account of the order's project, as far as no bill is posted for them.

        The order has its share of the analytic distribution, in which a share can name accounts of several plans.
        """
        made_for_line = (
            SQL("AND pl.sale_line_id IS NULL") if self._has_fields("purchase.order.line", "sale_line_id") else SQL()
        )
        return self._get_purchase_source(
            number=12,
            key=pair_key(SQL("p.id"), SQL("p.order_id")),
            record=SQL("p.id"),
            columns=SQL("own.order_id, NULL::integer AS order_line_id, NULL::integer AS change_order_id, own.share"),
            tables=SQL(
                """
                (
                    SELECT account.postcalc_order_id AS order_id, pl.id, SUM(share.value::numeric) / 100 AS share
                      FROM account_analytic_account account
                      -- Odoo's index is on this condition, which the last one implies.
                      JOIN purchase_order_line pl ON %(accounts)s @> ARRAY[account.id::text]
                     CROSS JOIN LATERAL jsonb_each_text(pl.analytic_distribution) AS share (key, value)
                     CROSS JOIN LATERAL unnest(string_to_array(share.key, ',')) AS part (account)
                     WHERE account.postcalc_order_id IS NOT NULL
                       AND part.account::integer = account.id
                           %(made_for_line)s
                     GROUP BY account.postcalc_order_id, pl.id
                ) own JOIN purchase_order_line pl ON pl.id = own.id
                """,
                accounts=self.env["purchase.order.line"]._query_analytic_accounts("pl"),
                made_for_line=made_for_line,
            ),
            by=SQL("own.order_id, own.share"),
        )

    def _get_purchase_source(self, number, key, columns, tables, by, record=None):
        """Return a source of confirmed purchase lines that aren't billed in full.

        :param SQL columns: `order_id`, `order_line_id`, `change_order_id` and `share` of the purchase line
        :param SQL tables: where to find them, with the purchase line as `pl`
        :param SQL by: what they follow from; with the order in it, a condition on the order gets at its indexes
        """
        received = SQL("GREATEST(p.qty_received - p.billed, 0)")
        open_quantity = SQL("GREATEST(p.product_qty - GREATEST(p.qty_received, p.billed, 0), 0)")
        return Source(
            number=number,
            key=key,
            record=record,
            values={
                "kind": SQL("'purchase'"),
                "order_id": SQL("p.order_id"),
                "order_line_id": SQL("p.order_line_id"),
                "change_order_id": SQL("p.change_order_id"),
                "product_id": SQL("p.product_id"),
                "company_id": SQL("p.company_id"),
                "date": SQL("p.date"),
                "recorded_on": SQL("p.create_date"),
                "name": SQL("p.name"),
                "source_model": SQL("'purchase.order'"),
                "source_id": SQL("p.purchase_id"),
                "actual_cost": SQL("%s * p.price * p.share", received),
                "committed_cost": SQL("%s * p.price * p.share", open_quantity),
            },
            tables=SQL(
                """
                (
                    SELECT %(columns)s,
                           pl.id, pl.product_id, pl.company_id, pl.create_date, pl.name, pl.product_qty,
                           pl.qty_received, po.id AS purchase_id, COALESCE(po.date_approve, po.date_order) AS date,
                           COALESCE(
                               pl.price_subtotal / NULLIF(pl.product_qty, 0),
                               pl.price_unit * (1 - COALESCE(pl.discount, 0) / 100)
                           ) / COALESCE(NULLIF(po.currency_rate, 0), 1)::numeric AS price,
                           COALESCE(
                               SUM(
                                   CASE WHEN m.move_type = 'in_refund' THEN -ml.quantity ELSE ml.quantity END
                                   * COALESCE((unit.factor / purchase_unit.factor)::numeric, 1)
                               ) FILTER (WHERE m.move_type IN %(purchase_types)s), 0
                           ) AS billed
                      FROM %(tables)s
                      JOIN purchase_order po ON po.id = pl.order_id
                      LEFT JOIN account_move_line ml ON ml.purchase_line_id = pl.id AND ml.parent_state = 'posted'
                      LEFT JOIN account_move m ON m.id = ml.move_id
                      LEFT JOIN uom_uom unit ON unit.id = ml.product_uom_id
                      LEFT JOIN uom_uom purchase_unit ON purchase_unit.id = pl.product_uom_id
                     WHERE po.state = 'purchase' AND pl.display_type IS NULL
                     GROUP BY %(by)s, pl.id, po.id
                ) p
                LEFT JOIN sale_order o ON o.id = p.order_id
                """,
                columns=columns,
                tables=tables,
                by=by,
                purchase_types=PURCHASE_TYPES,
            ),
            condition=SQL(
                "(p.qty_received > p.billed OR p.product_qty > p.billed) AND NOT %s",
                self._is_delivered(SQL("p.order_id"), SQL("p.product_id")),
            ),
            depends=ORDER_DEPENDS
            | self._get_delivered_depends()
            | self._get_bill_depends()
            | {
                "sale.order.line": ["order_id", "change_order_id"],
                "account.analytic.account": ["postcalc_order_id"],
                "purchase.order": ["state", "date_approve", "date_order", "currency_rate"],
                "purchase.order.line": [
                    "order_id", "product_id", "company_id", "name", "product_qty", "qty_received", "price_subtotal",
                    "price_unit", "discount", "product_uom_id", "display_type", "analytic_distribution",
                    *(["sale_line_id"] if self._has_fields("purchase.order.line", "sale_line_id") else []),
                ],
            },
        )  # fmt: skip

    def _get_bill_depends(self):
        return {
            "account.move": ["move_type"],
            "account.move.line": [
                "purchase_line_id", "move_id", "product_id", "company_id", "date", "name", "balance", "quantity",
                "product_uom_id", "parent_state", "account_id",
            ],
        }  # fmt: skip

    # === WHAT COUNTS HERE DOESN'T ELSEWHERE ===

    def _get_other_tables(self):
        tables = super()._get_other_tables()
        if self._has_fields("purchase.order.line", "sale_line_id"):
            tables = SQL("%s LEFT JOIN purchase_order_line pl ON pl.id = ml.purchase_line_id", tables)
        return tables

    def _get_other_conditions(self):
        conditions = super()._get_other_conditions()
        if self._has_fields("purchase.order.line", "sale_line_id"):
            conditions.append(SQL("pl.sale_line_id IS NULL"))
        return conditions

    def _get_other_depends(self):
        depends = super()._get_other_depends()
        if self._has_fields("purchase.order.line", "sale_line_id"):
            depends["purchase.order.line"] = ["sale_line_id"]
            depends["account.move.line"] = [*depends["account.move.line"], "purchase_line_id"]
        return depends

    def _get_ways_to_buy(self, order, product):
        ways = super()._get_ways_to_buy(order, product)
        if self._has_fields("purchase.order.line", "sale_line_id"):
            ways.append(
                SQL(
                    """EXISTS (
                        SELECT FROM sale_order_line bought_line
                          JOIN purchase_order_line bought ON bought.sale_line_id = bought_line.id
                         WHERE bought_line.order_id = %s
                           AND bought.product_id = %s
                           AND (
                               bought.qty_received > 0
                               OR EXISTS (
                                   SELECT FROM account_move_line bill_line
                                    WHERE bill_line.purchase_line_id = bought.id AND bill_line.parent_state = 'posted'
                               )
                           )
                    )""",
                    order,
                    product,
                )
            )
        return ways

    def _get_bought_depends(self):
        depends = super()._get_bought_depends()
        if self._has_fields("purchase.order.line", "sale_line_id"):
            depends |= {
                "purchase.order.line": ["sale_line_id", "product_id", "qty_received"],
                "account.move.line": ["purchase_line_id", "parent_state"],
            }
        return depends
