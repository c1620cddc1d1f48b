from odoo import api, fields, models

from odoo.addons.order_extension.columns import add_column

from ..stage_rules import OpportunityFacts, opportunity_stage


class CrmLead(models.Model):
    _inherit = "crm.lead"

    order_stage_id = fields.Many2one(
        "order.stage",
        compute="_compute_order_stage",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Planning until it is qualified, order generation until there is a quotation; from then on the quotation "
        "itself is on the board.",
    )

    def _auto_init(self):
        """Leave the opportunities of before to the hook: when the column comes, there is no map yet."""
        add_column(self, "order_stage_id")
        return super()._auto_init()

    @api.depends("active", "won_status", "type", "company_id", "stage_id.is_order_planning", "order_ids.state")
    def _compute_order_stage(self):
        for lead in self:
            facts = OpportunityFacts(
                is_open=lead.active and lead.won_status not in ("won", "lost"),
                # In sudo: the quotation of a colleague counts as well.
                has_quotation=any(order.state != "cancel" for order in lead.sudo().order_ids),
                is_qualified=lead.type == "opportunity" and not lead.stage_id.is_order_planning,
            )
            lead.order_stage_id = self.env["order.stage"]._find(opportunity_stage(facts), lead.company_id)
