from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.order_extension.columns import add_column


class AccountAnalyticAccount(models.Model):
    _inherit = "account.analytic.account"

    postcalc_order_id = fields.Many2one(
        "sale.order",
        "Order of the Cost",
        compute="_compute_postcalc_order_id",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
        help="The order whose post-calculation what is booked on this account belongs to: that of its project. Empty if"
        " its projects are of several orders.",
    )

    def _auto_init(self):
        """Fill the column by one query: an account is often there for years and of thousands of entries."""
        if add_column(self, "postcalc_order_id"):
            self._init_postcalc_order_id()
        return super()._auto_init()

    def _init_postcalc_order_id(self):
        """As :meth:`_compute_postcalc_order_id` does it."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_analytic_account account
                   SET postcalc_order_id = own.order_id
                  FROM (%s) own
                 WHERE own.account_id = account.id
                """,
                self._get_order_by_account_sql(),
            )
        )

    @api.model
    def _get_order_by_account_sql(self):
        """SELECT of `account_id` and the one `order_id` of its projects, archived ones included."""
        return SQL(
            """
            SELECT project.account_id, MIN(COALESCE(line.order_id, project.reinvoiced_sale_order_id)) AS order_id
              FROM project_project project
              LEFT JOIN sale_order_line line ON line.id = project.sale_line_id
             WHERE project.account_id IS NOT NULL
             GROUP BY project.account_id
            HAVING COUNT(DISTINCT COALESCE(line.order_id, project.reinvoiced_sale_order_id)) = 1
            """
        )

    @api.depends("project_ids.sale_line_id.order_id", "project_ids.reinvoiced_sale_order_id")
    def _compute_postcalc_order_id(self):
        for account in self.with_context(active_test=False):
            orders = self.env["sale.order"].union(*(project._get_own_order() for project in account.project_ids))
            account.postcalc_order_id = orders if len(orders) == 1 else False
