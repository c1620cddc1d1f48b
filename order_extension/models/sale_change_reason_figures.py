"""What each reason costs and brings: figures of the last twelve months on the reasons of change orders."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: Figures look back this far: a year has every season once.
FIGURES_MONTHS = 12
FIGURES_GROUPS = "sales_team.group_sale_salesman"


class SaleChangeReason(models.Model):
    _inherit = "sale.change.reason"

    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    change_order_count = fields.Integer(
        "Change Orders",
        compute="_compute_change_order_figures",
        groups=FIGURES_GROUPS,
        help="Of the last 12 months; an offer and its revisions count once.",
    )
    signed_count = fields.Integer("Signed", compute="_compute_change_order_figures", groups=FIGURES_GROUPS)
    signed_share = fields.Float(
        "Share Signed",
        compute="_compute_change_order_figures",
        groups=FIGURES_GROUPS,
        help="Signed ones among those of the last 12 months.",
    )
    signed_amount = fields.Monetary(
        "Signed Net Sum",
        compute="_compute_change_order_figures",
        groups=FIGURES_GROUPS,
        help="What the signed ones of the last 12 months have added, untaxed.",
    )

    @api.depends_context("company")
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    @api.depends_context("company", "uid")
    def _compute_change_order_figures(self):
        rows = self.env["sale.change.order.report"]._read_group(
            Domain("reason_id", "in", self.ids) & self._get_figures_domain(),
            ["reason_id"],
            ["__count", "signed_count:sum", "amount_signed:sum"],
        )
        figures = {reason.id: figures for reason, *figures in rows}
        for reason in self:
            count, signed, amount = figures.get(reason.id, (0, 0, 0.0))
            reason.change_order_count = count
            reason.signed_count = signed
            reason.signed_share = signed / count if count else 0.0
            reason.signed_amount = amount

    @api.model
    def _get_figures_domain(self):
        since = fields.Datetime.now() - relativedelta(months=FIGURES_MONTHS)
        return Domain("company_id", "=", self.env.company.id) & Domain("captured_on", ">=", since)

    def action_view_change_orders(self):
        """Open what the figures count."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_extension.sale_change_order_action")
        action["name"] = self.name
        action["domain"] = list(
            Domain("reason_id", "=", self.id)
            & self.env["sale.change.order"]._get_standing_domain()
            & self._get_figures_domain()
        )
        action["context"] = {"search_default_group_state": 1}
        return action
