"""Expenses of employees."""

from odoo import models
from odoo.tools import SQL

from .order_postcalc_report import ORDER_DEPENDS
from .order_postcalc_source import Source


class OrderPostcalcReport(models.Model):
    _inherit = "order.postcalc.report"

    def _get_sources(self):
        sources = super()._get_sources()
        if self._has_fields("hr.expense", "sale_order_id"):
            sources.append(self._source_expense())
        return sources

    def _source_expense(self):
        """Expenses that are re-invoiced to the order, by the journal items that they are posted with.

        An entry that reverses it gives it back. Their analytic entries don't count again; what the customer pays for
        them is on his invoice. Expenses that are only on the project's account count by their analytic entries.
        """
        return Source(
            number=13,
            key=SQL("ml.id"),
            values={
                "kind": SQL("'expense'"),
                "order_id": SQL("e.sale_order_id"),
                "order_line_id": SQL("e.sale_order_line_id"),
                "change_order_id": SQL("l.change_order_id"),
                "product_id": SQL("ml.product_id"),
                "employee_id": SQL("e.employee_id"),
                "company_id": SQL("ml.company_id"),
                "date": SQL("ml.date"),
                "recorded_on": SQL("ml.create_date"),
                "name": SQL("e.name"),
                "source_model": SQL("'hr.expense'"),
                "source_id": SQL("e.id"),
                "actual_cost": SQL("ml.balance"),
            },
            tables=SQL(
                "hr_expense e JOIN account_move_line ml ON ml.expense_id = e.id"
                " JOIN account_account account ON account.id = ml.account_id"
                " LEFT JOIN sale_order o ON o.id = e.sale_order_id"
                " LEFT JOIN sale_order_line l ON l.id = e.sale_order_line_id"
            ),
            condition=SQL(
                "e.sale_order_id IS NOT NULL AND ml.parent_state = 'posted' AND %s", self._is_result_account()
            ),
            depends=ORDER_DEPENDS
            | {
                "hr.expense": ["sale_order_id", "sale_order_line_id", "employee_id", "name"],
                "account.move.line": ["expense_id", "account_id", "parent_state", "balance", "company_id", "date"],
                "account.account": ["account_type"],
                "sale.order.line": ["change_order_id"],
            },
        )

    def _get_other_tables(self):
        tables = super()._get_other_tables()
        if self._has_fields("hr.expense", "sale_order_id"):
            tables = SQL("%s LEFT JOIN hr_expense expense ON expense.id = ml.expense_id", tables)
        return tables

    def _get_other_kinds(self):
        kinds = super()._get_other_kinds()
        if self._has_fields("account.move.line", "expense_id"):
            # Before the others: an expense is posted as a vendor bill.
            kinds.insert(0, SQL("WHEN ml.expense_id IS NOT NULL THEN 'expense'"))
        return kinds

    def _get_other_conditions(self):
        conditions = super()._get_other_conditions()
        if self._has_fields("hr.expense", "sale_order_id"):
            conditions.append(SQL("expense.sale_order_id IS NULL"))
        return conditions

    def _get_other_depends(self):
        depends = super()._get_other_depends()
        if self._has_fields("hr.expense", "sale_order_id"):
            depends["hr.expense"] = ["sale_order_id"]
        if self._has_fields("account.move.line", "expense_id"):
            depends["account.move.line"] = [*depends["account.move.line"], "expense_id"]
        return depends
