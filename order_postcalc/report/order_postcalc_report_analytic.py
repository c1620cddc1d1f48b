"""Cost that is recorded as analytic entries: working time, and what is booked on the account of the order's project."""

from odoo import models
from odoo.tools import SQL

from .order_postcalc_report import ORDER_DEPENDS
from .order_postcalc_source import Source

SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")
PURCHASE_TYPES = ("in_invoice", "in_refund", "in_receipt")


class OrderPostcalcReport(models.Model):
    _inherit = "order.postcalc.report"

    def _get_sources(self):
        return [*super()._get_sources(), self._source_labour(), self._source_other(), self._source_other_revenue()]

    def _source_labour(self):
        """Working time at what Odoo has it cost.

        An order gets the time of its lines and tasks, in whoever's project these are; time without either goes to the
        order of the project.
        """
        return Source(
            number=2,
            key=SQL("a.id"),
            values=self._get_analytic_values()
            | {
                "kind": SQL("'labour'"),
                "invoice_id": SQL("a.covering_invoice_id"),
                "actual_hours": SQL("a.unit_amount"),
                "invoiced_hours": SQL("CASE WHEN a.covering_invoice_id IS NOT NULL THEN a.unit_amount ELSE 0 END"),
                "actual_cost": SQL("-a.amount"),
            },
            tables=self._get_analytic_tables(),
            condition=SQL("a.project_id IS NOT NULL AND a.postcalc_order_id IS NOT NULL"),
            depends=self._get_analytic_depends(),
        )

    def _source_other(self):
        """What else is booked on the analytic account of the order's project, or re-invoiced with a line of the order.

        Odoo splits every journal item into analytic entries, one per share of its distribution and whatever accounts a
        share names, so that an entry is the order's part. Left out is

        * what a customer is invoiced: that is revenue, and goods sold are a cost by their delivery;
        * what is on balance sheet accounts: advances, deposits and goods that are in stock are no cost yet;
        * what counts elsewhere: see :meth:`_get_other_conditions`.
        """
        return Source(
            number=3,
            key=SQL("a.id"),
            values=self._get_analytic_values()
            | {
                "kind": SQL("CASE %s ELSE 'other' END", SQL(" ").join(self._get_other_kinds())),
                "source_model": SQL("CASE WHEN m.id IS NULL THEN 'account.analytic.line' ELSE 'account.move' END"),
                "source_id": SQL("COALESCE(m.id, a.id)"),
                "actual_cost": SQL("-a.amount"),
            },
            tables=self._get_other_tables(),
            condition=SQL(" AND ").join(
                [SQL("a.project_id IS NULL"), SQL("a.postcalc_order_id IS NOT NULL"), *self._get_other_conditions()]
            ),
            depends=self._get_other_depends(),
        )

    def _get_other_kinds(self):
        """WHEN branches that tell the kind of an entry; the first one that holds does."""
        return [SQL("WHEN m.move_type IN %s THEN 'purchase'", PURCHASE_TYPES)]

    def _get_other_tables(self):
        return SQL(
            "%s LEFT JOIN account_move_line ml ON ml.id = a.move_line_id"
            " LEFT JOIN account_move m ON m.id = ml.move_id"
            " LEFT JOIN account_account account ON account.id = ml.account_id",
            self._get_analytic_tables(),
        )

    def _get_other_conditions(self):
        """What an analytic entry has to fulfil in order to count; modules say what they count by other records."""
        return [
            # Most of what isn't working time is of customer invoices: that is known without reading these.
            SQL("a.category IS DISTINCT FROM 'invoice'"),
            SQL("(m.id IS NULL OR m.move_type NOT IN %s)", SALE_TYPES),
            SQL("(m.id IS NULL OR %s)", self._is_result_account()),
        ]

    def _is_result_account(self):
        """Whether the account `account` is one of the profit and loss statement."""
        return SQL("split_part(account.account_type, '_', 1) IN ('expense', 'income')")

    def _get_other_depends(self):
        return self._get_analytic_depends() | {
            "account.move": ["move_type"],
            "account.move.line": ["move_id", "account_id"],
            "account.account": ["account_type"],
        }

    def _source_other_revenue(self):
        """Lines of customer invoices that bill no line of an order, but have the account of its project."""
        return Source(
            number=6,
            key=SQL("a.id"),
            values=self._get_analytic_values()
            | {
                "kind": SQL("'invoice'"),
                "invoice_id": SQL("m.id"),
                "source_model": SQL("'account.move'"),
                "source_id": SQL("m.id"),
                "invoiced_revenue": SQL("a.amount"),
            },
            tables=SQL(
                "%s JOIN account_move_line ml ON ml.id = a.move_line_id JOIN account_move m ON m.id = ml.move_id",
                self._get_analytic_tables(),
            ),
            condition=SQL(
                "a.project_id IS NULL AND a.postcalc_order_id IS NOT NULL AND m.move_type IN %s"
                " AND m.state = 'posted' AND m.credited_order_id IS NULL AND ml.display_type = 'product'"
                " AND NOT EXISTS (SELECT FROM sale_order_line_invoice_rel rel WHERE rel.invoice_line_id = ml.id)",
                SALE_TYPES,
            ),
            depends=self._get_analytic_depends()
            | {
                "account.move": ["move_type", "state", "credited_order_id"],
                "account.move.line": ["move_id", "display_type", "sale_line_ids"],
            },
        )

    def _get_analytic_tables(self):
        return SQL(
            "account_analytic_line a LEFT JOIN sale_order o ON o.id = a.postcalc_order_id"
            " LEFT JOIN sale_order_line l ON l.id = a.so_line"
        )

    def _get_analytic_values(self):
        return {
            "order_id": SQL("a.postcalc_order_id"),
            "order_line_id": SQL("a.so_line"),
            "change_order_id": SQL("l.change_order_id"),
            "task_id": SQL("a.task_id"),
            "project_id": SQL("a.project_id"),
            "activity_id": SQL("a.activity_id"),
            "product_id": SQL("COALESCE(a.product_id, l.product_id)"),
            "employee_id": SQL("a.employee_id"),
            "company_id": SQL("a.company_id"),
            "date": SQL("a.date"),
            "recorded_on": SQL("a.create_date"),
            "name": SQL("a.name"),
            "source_model": SQL("'account.analytic.line'"),
            "source_id": SQL("a.id"),
        }

    def _get_analytic_depends(self):
        return ORDER_DEPENDS | {
            "account.analytic.line": [
                "postcalc_order_id", "so_line", "task_id", "project_id", "activity_id", "product_id", "employee_id",
                "covering_invoice_id", "company_id", "date", "name", "amount", "unit_amount", "move_line_id",
                "category",
            ],
            "sale.order.line": ["order_id", "change_order_id", "product_id"],
        }  # fmt: skip
