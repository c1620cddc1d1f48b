from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..stage_rules import stage_of


class OrderStageDecision(models.Model):
    """A yes or no of a department, where people decide. Never changed: whoever takes it back, or decides anew, says
    so, and then the last one counts."""

    _name = "order.stage.decision"
    _description = "Decision on an Order"
    _order = "id desc"
    _rec_name = "stage_id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    stage_id = fields.Many2one("order.stage", required=True, readonly=True, index=True, ondelete="restrict")
    department_id = fields.Many2one("hr.department", "For Department", readonly=True, index="btree_not_null")
    user_id = fields.Many2one("res.users", "Decided By", required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    answer = fields.Selection([("yes", "Yes"), ("no", "No"), ("withdrawn", "Taken Back")], required=True, readonly=True)
    note = fields.Char("Reason", readonly=True)
    is_last = fields.Boolean(
        "Last Decision",
        default=True,
        readonly=True,
        help="The one that counts; what the department has said before about the same order and stage is history.",
    )

    can_take_back = fields.Boolean(compute="_compute_can_take_back")

    @api.depends("answer", "is_last", "user_id", "order_id.order_stage_id")
    @api.depends_context("uid")
    def _compute_can_take_back(self):
        for decision in self:
            decision.can_take_back = decision._may_take_back() and not decision._get_take_back_obstacle()

    @api.model_create_multi
    def create(self, vals_list):
        decisions = super().create(vals_list)
        decisions._supersede_earlier()
        return decisions

    def _supersede_earlier(self):
        """What a department has said before doesn't count any more; it stays on file."""
        earlier = self.search(
            Domain("id", "not in", self.ids)
            & Domain("is_last", "=", True)
            & Domain.OR(
                Domain("order_id", "=", decision.order_id.id)
                & Domain("stage_id", "=", decision.stage_id.id)
                & Domain("department_id", "=", decision.department_id.id)
                for decision in self
            )
        )
        earlier.write({"is_last": False})

    def write(self, vals):
        if vals.keys() - {"is_last"} or not self.env.su:
            raise UserError(self.env._("A decision stays as it was made. Decide again instead."))
        return super().write(vals)

    # ------------------------------------------------------------------ taken back

    def _may_take_back(self):
        """Whether the user has said it, or leads."""
        self.ensure_one()
        user = self.env.user
        if not user.has_group("order_aftersales.group_user"):
            return False
        return self.user_id == user or user.has_group("order_aftersales.group_leader")

    def _get_take_back_obstacle(self):
        """Return why this yes can't be taken back, None if it can."""
        self.ensure_one()
        order = self.order_id
        names = {"order": order.name, "decision": self._get_what()}
        if self.answer != "yes" or not self.is_last:
            return self.env._("There is no yes to “%(decision)s” of %(order)s that could be taken back.", **names)
        if not self._would_wait():
            return self.env._(
                "%(order)s has gone on: “%(decision)s” can't be taken back any more. Talk to those who have it now.",
                **names,
            )
        return None

    def _would_wait(self):
        """Whether the order would wait for this decision again: not what is delivered, done or cancelled by now."""
        order, key = self.order_id, self.sudo().stage_id.key
        facts = order._get_stage_facts()[order].order
        stages = [stage for stage, *_rest in order.env["order.stage"]._get_map(order.company_id.id)]
        return stage_of(replace(facts, passed=facts.passed - {key}), stages) == key

    def _get_what(self):
        stage = self.stage_id.sudo()
        return stage.decision_name or stage.name

    def action_take_back(self):
        """Ask why."""
        self._check_can_be_taken_back()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take It Back"),
            "res_model": "order.stage.refusal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_ids": self.order_id.ids, "default_decision_ids": self.ids},
        }

    def _check_can_be_taken_back(self):
        self.order_id.check_access("read")
        for decision in self:
            if not decision._may_take_back():
                raise AccessError(
                    self.env._(
                        "“%(decision)s” of %(order)s is taken back by %(who)s, who has said yes, or by a leader.",
                        decision=decision._get_what(),
                        order=decision.order_id.name,
                        who=decision.user_id.name,
                    )
                )
            if obstacle := decision._get_take_back_obstacle():
                raise UserError(obstacle)

    def _take_back(self, note):
        """Take these yeses back: the orders wait for them again."""
        self._check_can_be_taken_back()
        vals_list = [
            decision.order_id._prepare_decision_vals(decision.stage_id, decision.department_id, "withdrawn", note)
            for decision in self
        ]
        # In sudo: decisions are written here only, of those who may take them back.
        self.sudo().create(vals_list)
        # now, while it is known who has brought it on
        self.env["sale.order"].flush_model(["order_stage_id"])
        for decision in self:
            decision.order_id._note_taken_back(decision, note)
