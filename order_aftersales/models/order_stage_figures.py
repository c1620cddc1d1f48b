"""What the map says of each stage: how many orders, how old, how many of them unattended."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class OrderStage(models.Model):
    _inherit = "order.stage"

    order_count = fields.Integer("Orders", compute="_compute_figures")
    opportunity_count = fields.Integer("Opportunities", compute="_compute_figures")
    unattended_count = fields.Integer("Unattended", compute="_compute_figures")
    overdue_count = fields.Integer("Overdue", compute="_compute_figures")
    average_age_days = fields.Float("Days on Average", compute="_compute_figures", digits=(16, 1))
    oldest_days = fields.Float("Oldest, in Days", compute="_compute_figures", digits=(16, 1))

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_figures(self):
        """Of the orders that the user may see, in the companies he works in."""
        orders, now = self.env["sale.order"], fields.Datetime.now()
        domain = Domain("order_stage_id", "in", self.ids) & Domain("company_id", "in", self.env.companies.ids)
        counts, ages, attention = {}, {}, {"unattended": {}, "overdue": {}}
        leads = {}
        if orders.has_access("read"):
            is_open = domain & Domain("is_order_open", "=", True)
            counts = dict(orders._read_group(domain, ["order_stage_id"], ["__count"]))
            ages = self._get_ages(orders._search(is_open), now)
            for level, found in attention.items():
                found.update(
                    orders._read_group(is_open & Domain("attention", "=", level), ["order_stage_id"], ["__count"])
                )
        if self.env["crm.lead"].has_access("read"):
            companies = Domain("company_id", "in", [False, *self.env.companies.ids])
            leads = dict(
                self.env["crm.lead"]._read_group(
                    Domain("order_stage_id", "in", self.ids) & companies, ["order_stage_id"], ["__count"]
                )
            )
        for stage in self:
            stage.order_count = counts.get(stage, 0)
            stage.opportunity_count = leads.get(stage, 0)
            stage.average_age_days, stage.oldest_days = ages.get(stage.id, (0.0, 0.0))
            stage.unattended_count = attention["unattended"].get(stage, 0)
            stage.overdue_count = attention["overdue"].get(stage, 0)

    def _get_ages(self, query, now):
        """Return average and highest age in days of the orders that ``query`` finds, by the id of their stage."""
        stage = SQL.identifier("sale_order", "order_stage_id")
        entered = SQL.identifier("sale_order", "stage_entered_on")
        query.groupby, query.order = stage, None
        seconds = SQL("EXTRACT(EPOCH FROM %s - %s)", now, entered)
        rows = self.env.execute_query(query.select(stage, SQL("AVG(%s)", seconds), SQL("MAX(%s)", seconds)))
        return {id_: (float(average or 0) / 86400, float(highest or 0) / 86400) for id_, average, highest in rows}

    def action_open_orders(self):
        """Show the orders of this stage on the board."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_aftersales.order_board_action")
        return {
            **action,
            "name": self.name,
            "views": [
                (self.env.ref("order_aftersales.sale_order_view_list_board").id, "list"),
                (self.env.ref("order_aftersales.sale_order_view_form_board").id, "form"),
            ],
            "view_mode": "list,form",
            "domain": [("order_stage_id", "=", self.id)],
            "context": {},
        }

    def action_open_opportunities(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("crm.crm_lead_all_leads")
        return {
            **action,
            "name": self.name,
            "domain": [("order_stage_id", "=", self.id)],
            "context": {},
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
        }
