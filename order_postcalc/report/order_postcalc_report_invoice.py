"""What customers are invoiced."""

from odoo import models
from odoo.tools import SQL

from .order_postcalc_report import ORDER_DEPENDS
from .order_postcalc_report_analytic import SALE_TYPES
from .order_postcalc_source import Source, pair_key


class OrderPostcalcReport(models.Model):
    _inherit = "order.postcalc.report"

    def _get_sources(self):
        return [*super()._get_sources(), self._source_invoice(), self._source_credit()]

    def _source_invoice(self):
        """Posted invoices and credit notes of the order's lines; a down payment and its deduction are both here.

        At what the books say, that is, in the company's currency at the rate of the invoice. A line of an invoice that
        bills several order lines is shared among them by their prices, evenly if they have none: its parts add up to
        it.
        """
        share = SQL(
            """
            CASE WHEN ml.bills_several_lines THEN (
                SELECT CASE WHEN SUM(ABS(billed.price_subtotal)) <> 0
                            THEN ABS(l.price_subtotal) / SUM(ABS(billed.price_subtotal))
                            ELSE 1.0 / COUNT(*) END
                  FROM sale_order_line_invoice_rel other
                  JOIN sale_order_line billed ON billed.id = other.order_line_id
                 WHERE other.invoice_line_id = ml.id
            ) ELSE 1 END
            """
        )
        return Source(
            number=5,
            key=pair_key(SQL("ml.id"), SQL("l.id")),
            record=SQL("ml.id"),
            values=self._get_invoice_values()
            | {
                "kind": SQL("CASE WHEN l.is_downpayment THEN 'downpayment' ELSE 'invoice' END"),
                "order_id": SQL("l.order_id"),
                "order_line_id": SQL("l.id"),
                "change_order_id": SQL("l.change_order_id"),
                "product_id": SQL("COALESCE(ml.product_id, l.product_id)"),
                "invoiced_revenue": SQL("-ml.balance * %s", share),
            },
            tables=SQL(
                "sale_order_line l JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = l.id"
                " JOIN account_move_line ml ON ml.id = rel.invoice_line_id"
                " JOIN account_move m ON m.id = ml.move_id"
                " LEFT JOIN sale_order o ON o.id = l.order_id"
            ),
            condition=SQL("ml.parent_state = 'posted' AND m.move_type IN %s", SALE_TYPES),
            depends=self._get_invoice_depends(),
        )

    def _source_credit(self):
        """Credit notes, whole or lines of them, that take nothing off the lines of the order.

        A goodwill credit must not make the order billable again, and so isn't linked to its lines. It lessens what the
        order brought in all the same, if the invoice that it corrects bills that order only.
        """
        return Source(
            number=7,
            key=SQL("ml.id"),
            values=self._get_invoice_values()
            | {
                "kind": SQL("'invoice'"),
                "order_id": SQL("m.credited_order_id"),
                "product_id": SQL("ml.product_id"),
                "invoiced_revenue": SQL("-ml.balance"),
            },
            tables=SQL(
                "account_move m JOIN account_move_line ml ON ml.move_id = m.id"
                " LEFT JOIN sale_order o ON o.id = m.credited_order_id"
            ),
            condition=SQL(
                "m.credited_order_id IS NOT NULL AND ml.parent_state = 'posted' AND ml.display_type = 'product'"
                " AND NOT EXISTS (SELECT FROM sale_order_line_invoice_rel rel WHERE rel.invoice_line_id = ml.id)"
            ),
            depends=self._get_invoice_depends(),
        )

    def _get_invoice_values(self):
        return {
            "invoice_id": SQL("ml.move_id"),
            "company_id": SQL("ml.company_id"),
            "date": SQL("ml.date"),
            "recorded_on": SQL("ml.create_date"),
            "name": SQL("ml.name"),
            "source_model": SQL("'account.move'"),
            "source_id": SQL("ml.move_id"),
        }

    def _get_invoice_depends(self):
        return ORDER_DEPENDS | {
            "account.move": ["move_type", "credited_order_id"],
            "account.move.line": [
                "move_id", "company_id", "date", "name", "product_id", "balance", "parent_state", "display_type",
                "bills_several_lines", "sale_line_ids",
            ],
            "sale.order.line": ["order_id", "change_order_id", "is_downpayment", "product_id", "price_subtotal"],
        }  # fmt: skip
