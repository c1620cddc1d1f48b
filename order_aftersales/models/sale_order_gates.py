"""Where people decide: who has to say yes, who has, and who may."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.order_extension.columns import add_column


class SaleOrder(models.Model):
    _inherit = "sale.order"

    stage_decision_ids = fields.One2many("order.stage.decision", "order_id", string="Decisions")
    are_decisions_waived = fields.Boolean(
        copy=False,
        readonly=True,
        help="Confirmed before the stages were introduced: nobody is asked about it any more.",
    )
    is_decision_due = fields.Boolean(compute="_compute_decision")
    can_decide_stage = fields.Boolean(compute="_compute_decision")
    decision_name = fields.Char("To Be Decided", compute="_compute_decision")
    decision_waits_for = fields.Char(
        "Waits For", compute="_compute_decision", help="The departments that have not said yes yet."
    )

    def _auto_init(self):
        """Nobody is asked any more about what was confirmed before."""
        if add_column(self, "are_decisions_waived"):
            self.env.cr.execute(SQL("UPDATE sale_order SET are_decisions_waived = TRUE WHERE state = 'sale'"))
        return super()._auto_init()

    @api.depends("order_stage_id", "stage_decision_ids")
    @api.depends_context("uid")
    def _compute_decision(self):
        for order in self:
            stage = order.order_stage_id.sudo()
            waiting = order._get_waiting_departments(stage)
            due = bool(stage) and order._is_decision_due(stage)
            order.is_decision_due = due
            order.decision_name = due and (stage.decision_name or stage.name)
            order.decision_waits_for = due and ", ".join(waiting.mapped("name"))
            order.can_decide_stage = due and bool(order._get_deciding_departments(stage) is not None)

    def _is_decision_due(self, stage):
        """Whether the order is where people decide, and they haven't."""
        return stage.is_gate and self.state == "sale" and stage.key not in self.sudo()._get_passed_stages()

    def _get_waiting_departments(self, stage):
        """Return the departments that have to say yes and have not, or have said no last."""
        needed = stage.department_id | stage.codeciding_department_ids
        last = {
            decision.department_id: decision.answer
            for decision in self.sudo().stage_decision_ids.sorted("id")
            if decision.stage_id == stage
        }
        return needed.filtered(lambda department: last.get(department) != "yes")

    def _get_deciding_departments(self, stage):
        """Return the departments for which the user may say yes or no at ``stage``; None if he may not at all.

        A department speaks through its own people, through its head, and through the manager of the stage map for all
        of them. Where no department is named, everybody who works with the board decides.
        """
        user = self.env.user
        if not user.has_group("order_aftersales.group_user"):
            return None
        if stage.is_leader_only and not user.has_group("order_aftersales.group_leader"):
            return None
        needed = stage.department_id | stage.codeciding_department_ids
        if not needed or user.has_group("order_aftersales.group_manager"):
            return needed
        mine = needed & user._get_order_departments()
        return mine or None

    def action_stage_yes(self):
        """Say yes for the departments for which the user decides."""
        return self._decide("yes")

    def action_stage_no(self):
        """Ask why not."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why Not?"),
            "res_model": "order.stage.refusal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_ids": self.ids},
        }

    def _decide(self, answer, note=False):
        """Write down the answer of the user at the stage of each order; the stage follows at once.

        :raise UserError: naming the order, if nothing is to be decided there
        :raise AccessError: if it is for others to decide
        """
        self.check_access("read")
        vals_list = []
        for order in self:
            stage = order.order_stage_id.sudo()
            if not order._is_decision_due(stage):
                raise UserError(
                    self.env._(
                        "Nothing is to be decided about %(order)s in the stage “%(stage)s”.",
                        order=order.name,
                        stage=stage.name,
                    )
                )
            departments = order._get_deciding_departments(stage)
            if departments is None:
                raise AccessError(order._get_decision_refusal(stage))
            vals_list += [
                order._prepare_decision_vals(stage, department, answer, note)
                for department in departments or [departments]
            ]
        # In sudo: decisions are written here only, with the answers of those who may give them.
        self.env["order.stage.decision"].sudo().create(vals_list)
        # now, while it is known who has brought it on
        self.env["sale.order"].flush_model(["order_stage_id"])
        for order in self:
            order._log_decision(answer, note)
        return True

    def _get_decision_refusal(self, stage):
        if stage.is_leader_only and not self.env.user.has_group("order_aftersales.group_leader"):
            return self.env._(
                "“%(stage)s” of %(order)s is decided by leaders. Ask one of them.", stage=stage.name, order=self.name
            )
        return self.env._(
            "“%(stage)s” of %(order)s is decided by %(departments)s. Ask somebody there.",
            stage=stage.name,
            order=self.name,
            departments=", ".join((stage.department_id | stage.codeciding_department_ids).mapped("name")),
        )

    def _prepare_decision_vals(self, stage, department, answer, note):
        return {
            "order_id": self.id,
            "stage_id": stage.id,
            "department_id": department.id,
            "user_id": self.env.uid,
            "date": fields.Datetime.now(),
            "answer": answer,
            "note": note,
        }

    def _log_decision(self, answer, note):
        """Tell the order's followers inside the company."""
        # in sudo: whoever decides need not be allowed to write on the order
        last = self.sudo().stage_decision_ids.sorted("id")[-1:]
        stage = last.stage_id
        words = {
            "yes": self.env._(
                "%(who)s: yes to “%(what)s”.", who=self.env.user.name, what=stage.decision_name or stage.name
            ),
            "no": self.env._(
                "%(who)s: no to “%(what)s”.", who=self.env.user.name, what=stage.decision_name or stage.name
            ),
        }[answer]
        if note:
            words = f"{words} {note}"
        self.sudo().message_post(body=words, author_id=self.env.user.partner_id.id, subtype_xmlid="mail.mt_note")
