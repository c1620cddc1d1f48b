from odoo import api, fields, models


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    activity_id = fields.Many2one(
        "order.activity",
        compute="_compute_activity_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        help="What this time was spent on.",
    )
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
    covering_invoice_id = fields.Many2one(
        "account.move",
        "Paid by Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The posted invoice that pays for this time.",
    )

    @api.depends("task_id", "so_line")
    def _compute_activity_id(self):
        for line in self:
            # In sudo: see project.task.
            sudo = line.sudo()
            line.activity_id = (
                line.activity_id or sudo.task_id.activity_id or sudo.so_line.product_id.activity_id
                if line.project_id
                else line.activity_id
            )

    @api.depends(
        "so_line.order_id", "task_id.sale_line_id.order_id", "task_id.project_id.sale_line_id.order_id",
        "project_id.sale_line_id.order_id", "account_id.project_ids.sale_line_id.order_id",
    )  # fmt: skip
    def _compute_postcalc_order_id(self):
        for line in self:
            projects = line.project_id or line.account_id.project_ids
            line.postcalc_order_id = (
                line.so_line.order_id
                or line.task_id.sale_line_id.order_id
                or (projects.sale_line_id.order_id if len(projects.sale_line_id.order_id) == 1 else False)
            )
