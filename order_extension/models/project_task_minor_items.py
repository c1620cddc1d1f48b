from odoo import fields, models


class ProjectTask(models.Model):
    _inherit = "project.task"

    minor_item_count = fields.Integer("Minor Items", compute="_compute_minor_item_count")

    def _compute_minor_item_count(self):
        MinorItem = self.env["sale.minor.item"]
        counts = {}
        if MinorItem.has_access("read"):
            rows = MinorItem._read_group(
                [("task_id", "in", self.ids), ("state", "=", "done")], ["task_id"], ["__count"]
            )
            counts = {task.id: count for task, count in rows}
        for task in self:
            task.minor_item_count = counts.get(task.id, 0)

    def action_view_minor_items(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_extension.sale_minor_item_action")
        action["domain"] = [("task_id", "=", self.id)]
        action["context"] = {"default_task_id": self.id, "search_default_done": 1}
        return action
