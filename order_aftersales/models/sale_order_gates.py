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
    decision_yes = fields.Char(compute="_compute_decision")
    decision_no = fields.Char(compute="_compute_decision")
    taken_back_id = fields.Many2one("order.stage.decision", compute="_compute_taken_back")
    taken_back_name = fields.Char(compute="_compute_taken_back")
    decision_waits_for = fields.Char(
        "Waits For", compute="_compute_decision_waits_for", help="The departments that have not said yes yet."
    )

    def _auto_init(self):
        """Nobody is asked any more about what was confirmed before."""
        if add_column(self, "are_decisions_waived"):
            self.env.cr.execute(SQL("UPDATE sale_order SET are_decisions_waived = TRUE WHERE state = 'sale'"))
        return super()._auto_init()

    @api.depends("order_stage_id", "stage_decision_ids")
    @api.depends_context("uid")
    def _compute_decision(self):
        deciding = {}
        for order in self:
            stage = order.order_stage_id.sudo()
            due = bool(stage) and order._is_decision_due(stage)
            if due and stage not in deciding:
                deciding[stage] = order._get_deciding_departments(stage) is not None
            what = due and (stage.decision_name or stage.name)
            order.is_decision_due = due
            order.decision_name = what
            order.decision_yes = due and self.env._("Yes: %s", what)
            order.decision_no = due and self.env._("No: %s", what)
            order.can_decide_stage = due and deciding[stage]

    @api.depends("order_stage_id", "stage_decision_ids")
    def _compute_decision_waits_for(self):
        """Beside the rest: the cards of the board need no names of departments."""
        for order in self:
            stage = order.order_stage_id.sudo()
            due = bool(stage) and order._is_decision_due(stage)
            order.decision_waits_for = due and ", ".join(order._get_waiting_departments(stage).mapped("name"))

    @api.depends("order_stage_id", "stage_decision_ids")
    @api.depends_context("uid")
    def _compute_taken_back(self):
        for order in self:
            # In sudo: the form shows no more of it than its name.
            decisions = order.sudo().stage_decision_ids.sorted("id", reverse=True)
            # What others say to what is being decided can be taken back in its row.
            decisions = decisions.filtered(
                lambda one, here=order.order_stage_id: one.stage_id != here or one.user_id == self.env.user
            )
            last = next((decision for decision in decisions if decision.can_take_back), decisions.browse())
            order.taken_back_id = last
            order.taken_back_name = bool(last) and self.env._("Take Back: %s", last._get_what())

    def _is_decision_due(self, stage):
        """Whether the order is where people decide, and they haven't."""
        if not stage.is_gate or self.state != "sale":
            return False
        # An order is before its work until that is decided; it is billed whether that is or not.
        return stage.key != "billing" or stage.key not in self.sudo()._get_passed_stages()

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
        needed = self._get_needed_departments(stage)
        if not needed or user.has_group("order_aftersales.group_manager"):
            return needed
        mine = needed & user._get_order_departments()
        return mine or None

    def _get_needed_departments(self, stage):
        """Return the departments that have to say yes at ``stage``: as the map has them, which is kept in memory."""
        company = stage.company_id or self.env.company
        for _rule, id_, needed in self.env["order.stage"]._get_map(company.id):
            if id_ == stage.id:
                return self.env["hr.department"].browse(sorted(needed)).sudo(stage.env.su)
        return stage.department_id | stage.codeciding_department_ids

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

    def action_take_back_decision(self):
        """Take back the last yes that the user may take back."""
        self.ensure_one()
        if not self.taken_back_id:
            raise UserError(self.env._("There is no yes to %s that you could take back.", self.name))
        last = self.taken_back_id
        # Whoever speaks for several departments takes all of it back.
        same = self.stage_decision_ids.filtered(
            lambda one: (one.stage_id, one.user_id) == (last.stage_id, last.user_id) and one.can_take_back
        )
        return same.action_take_back()

    def _note_taken_back(self, decision, note):
        """Tell the order's followers inside the company that a yes is taken back."""
        self._log_decision("withdrawn", note)

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
        words = {
            "yes": self.env._("%(who)s: yes to “%(what)s”.", who=self.env.user.name, what=last._get_what()),
            "no": self.env._("%(who)s: no to “%(what)s”.", who=self.env.user.name, what=last._get_what()),
            "withdrawn": self.env._(
                "%(who)s: the yes to “%(what)s” is taken back.", who=self.env.user.name, what=last._get_what()
            ),
        }[answer]
        if note:
            words = f"{words} {note}"
        self.sudo().message_post(body=words, author_id=self.env.user.partner_id.id, subtype_xmlid="mail.mt_note")
