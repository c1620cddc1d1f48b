from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: What puts a task under an order.
ORDER_FIELDS = frozenset({"sale_line_id", "sale_order_id"})


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

    # === WHOSE ORDER ===

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        tasks._check_may_be_under_order()
        return tasks

    def write(self, vals):
        if self.env.su or ORDER_FIELDS.isdisjoint(vals):
            return super().write(vals)
        # In sudo: whoever works on a task need not read its order.
        before = {task: task.sale_order_id for task in self.sudo()}
        res = super().write(vals)
        moved = self.sudo().filtered(lambda task: task.sale_order_id != before[task])
        moved.with_env(self.env)._check_may_be_under_order()
        return res

    def _check_may_be_under_order(self):
        """Refuse to put a task under the order of somebody else, which would make it one's own.

        Whoever works on a task of an order records extras there. So only those who may change the order put a task
        under it, and project managers, who say who works where. For everybody else the order follows from the project,
        from the task above, or is one that they work on already.
        """
        if self.env.su or self.env.user.has_group("project.group_project_manager"):
            return
        # In sudo: see write.
        for task in self.sudo().filtered("sale_order_id"):
            order = task.sale_order_id
            project = task.project_id
            follows = (
                project.sale_order_id
                | project.sale_line_id.order_id
                | project.reinvoiced_sale_order_id
                | task.parent_id.sale_order_id
            )
            if order in follows or self.env.user in (order.site_task_ids - task).user_ids:
                continue
            if not order.with_env(self.env).has_access("write"):
                raise AccessError(
                    self.env._(
                        "“%s” can't be put under this order, as you don't work on it. Ask whoever sells it, or a"
                        " project manager.",
                        task.name,
                    )
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
