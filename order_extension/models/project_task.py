from odoo import fields, models
from odoo.exceptions import UserError


class ProjectTask(models.Model):
    _inherit = "project.task"

    change_order_ids = fields.One2many("sale.change.order", "task_id", string="Change Orders")
    change_order_count = fields.Integer(compute="_compute_change_order_count")
    can_record_change_order = fields.Boolean(compute="_compute_can_record_change_order")

    def _compute_change_order_count(self):
        ChangeOrder = self.env["sale.change.order"]
        counts = {}
        if ChangeOrder.has_access("read"):
            rows = ChangeOrder._read_group([("task_id", "in", self.ids)], ["task_id"], ["__count"])
            counts = {task.id: count for task, count in rows}
        for task in self:
            task.change_order_count = counts.get(task.id, 0)

    def _compute_can_record_change_order(self):
        allowed = self.env["sale.change.order"].has_access("create")
        for task in self:
            task.can_record_change_order = bool(
                allowed and task.sale_order_id and task.sale_order_id._can_be_extended()
            )

    def action_new_change_order(self):
        """Record on site what the customer has asked for beyond the order."""
        self.ensure_one()
        if not self.sale_order_id:
            raise UserError(
                self.env._(
                    "“%s” belongs to no sales order. Choose its sales order item first, then record the extension.",
                    self.name,
                )
            )
        self.sale_order_id._check_can_extend()
        return {
            "name": self.env._("New Change Order"),
            "type": "ir.actions.act_window",
            "res_model": "sale.change.order",
            "views": [(False, "form")],
            "context": {"default_task_id": self.id, "default_order_id": self.sale_order_id.id},
        }

    def action_view_change_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_extension.sale_change_order_action")
        action["domain"] = [("task_id", "=", self.id)]
        action["context"] = {"default_task_id": self.id, "default_order_id": self.sale_order_id.id}
        return action
