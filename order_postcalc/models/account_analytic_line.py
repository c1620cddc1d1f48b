from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.order_extension.columns import add_column


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    postcalc_order_id = fields.Many2one(
        "sale.order",
        "Order of the Cost",
        compute="_compute_postcalc_order_id",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
        help="The order whose post-calculation this entry belongs to: that of its order line, else of its task, else"
        " of its project or of the project of its analytic account.",
    )

    def _auto_init(self):
        """Fill the column by one query: there can be millions of timesheets."""
        if add_column(self, "postcalc_order_id"):
            self._init_postcalc_order_id()
        return super()._auto_init()

    def _init_postcalc_order_id(self):
        """As :meth:`_compute_postcalc_order_id` does it."""
        self.env.cr.execute(
            SQL(
                """
                WITH own AS (
                    SELECT entry.id,
                           COALESCE(
                               line.order_id,
                               task_line.order_id,
                               CASE WHEN entry.project_id IS NOT NULL
                                    THEN COALESCE(project_line.order_id, project.reinvoiced_sale_order_id)
                                    ELSE account.order_id END
                           ) AS order_id
                      FROM account_analytic_line entry
                      LEFT JOIN sale_order_line line ON line.id = entry.so_line
                      LEFT JOIN project_task task ON task.id = entry.task_id
                      LEFT JOIN sale_order_line task_line ON task_line.id = task.sale_line_id
                      LEFT JOIN project_project project ON project.id = entry.project_id
                      LEFT JOIN sale_order_line project_line ON project_line.id = project.sale_line_id
                      LEFT JOIN (%s) account ON account.account_id = entry.account_id
                )
                UPDATE account_analytic_line entry
                   SET postcalc_order_id = own.order_id
                  FROM own
                 WHERE own.id = entry.id AND own.order_id IS NOT NULL
                """,
                self.env["account.analytic.account"]._get_order_by_account_sql(),
            )
        )

    @api.depends(
        "so_line.order_id", "task_id.sale_line_id.order_id", "project_id.sale_line_id.order_id",
        "project_id.reinvoiced_sale_order_id", "account_id.postcalc_order_id",
    )  # fmt: skip
    def _compute_postcalc_order_id(self):
        for line in self:
            line.postcalc_order_id = (
                line.so_line.order_id
                or line.task_id.sale_line_id.order_id
                or (line.project_id._get_own_order() if line.project_id else line.account_id.postcalc_order_id)
            )
