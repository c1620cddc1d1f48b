from odoo import models
from odoo.fields import Domain


class ProjectProject(models.Model):
    _inherit = "project.project"

    def _get_postcalc_orders(self):
        """The confirmed orders whose cost is recorded on these projects, those that the user may read."""
        # In sudo: a project may be made for an order that is not the user's; the search leaves that out.
        made_for = self.sudo().sale_line_id.order_id
        return self.env["sale.order"].search(
            Domain("state", "=", "sale")
            & (
                Domain("id", "in", made_for.ids)
                | Domain("project_id", "in", self.ids)
                | Domain("order_line.project_id", "in", self.ids)
                | Domain("order_line.task_id.project_id", "in", self.ids)
            )
        )

    def action_view_postcalc(self):
        """Open the sheet of the project's order; a list when it has several."""
        self.ensure_one()
        orders = self._get_postcalc_orders()
        if len(orders) == 1:
            return orders.action_view_postcalc_sheet()
        action = self.env["ir.actions.actions"]._for_xml_id("order_postcalc.sale_order_postcalc_action")
        return action | {"domain": [("id", "in", orders.ids)]}

    def _get_stat_buttons(self):
        buttons = super()._get_stat_buttons()
        if self.env.user.has_group("order_postcalc.group_user") and self._get_postcalc_orders():
            buttons.append(
                {
                    "icon": "balance-scale",
                    "text": self.env._("Post-Calculation"),
                    "action_type": "object",
                    "action": "action_view_postcalc",
                    "show": True,
                    "sequence": 60,
                }
            )
        return buttons
