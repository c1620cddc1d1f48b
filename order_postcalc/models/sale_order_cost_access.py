"""Cost and margin of Odoo's own: for those who sell, keep the books or see costs, and nobody else."""

from odoo import fields, models

#: Technicians, planners and storekeepers read orders for what is to be done, customers for what they have ordered.
MARGIN_GROUPS = ",".join(
    (
        "order_postcalc.group_user",
        "sales_team.group_sale_salesman",
        "account.group_account_invoice",
        "account.group_account_readonly",
    )
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    margin = fields.Monetary(groups=MARGIN_GROUPS)
    margin_percent = fields.Float(groups=MARGIN_GROUPS)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    margin = fields.Float(groups=MARGIN_GROUPS)
    margin_percent = fields.Float(groups=MARGIN_GROUPS)
    purchase_price = fields.Float(groups=MARGIN_GROUPS)
