"""Internal approval: above an amount a manager agrees before the customer sees the offer.

What is approved is the content, by its fingerprint: whatever is edited afterwards has to be approved again.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ..change_order_rules import clean_text, needs_approval

ACTIVITY_APPROVAL = "order_extension.mail_activity_type_approval"
APPROVER_GROUP = "sales_team.group_sale_manager"


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    needs_approval = fields.Boolean(
        compute="_compute_approval", help="A manager has to agree to this draft before it can be sent."
    )
    is_approved = fields.Boolean(
        "Approved as It Stands", compute="_compute_approval", help="And not edited since it was approved."
    )
    can_approve = fields.Boolean(compute="_compute_approval")
    approval_requested_on = fields.Datetime(readonly=True, copy=False)
    approval_requested_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", "Approved by", readonly=True, copy=False)
    approved_on = fields.Datetime("Approved on", readonly=True, copy=False)
    approval_hash = fields.Char(readonly=True, copy=False)
    approval_refused_by_id = fields.Many2one("res.users", "Refused by", readonly=True, copy=False)
    approval_refuse_reason = fields.Text("Reason of Refusal", readonly=True, copy=False)
    approval_asked_names = fields.Char("Approval Asked of", compute="_compute_approval_asked_names")
    approval_is_waiting = fields.Boolean(
        "Waits for Approval", compute="_compute_approval_is_waiting", search="_search_approval_is_waiting"
    )

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {
            "approval_requested_on", "approval_requested_by_id", "approved_by_id", "approved_on", "approval_hash",
            "approval_refused_by_id", "approval_refuse_reason",
        }  # fmt: skip

    # === COMPUTE ===

    @api.depends_context("uid")
    @api.depends("state", "amount_untaxed", "line_ids.price_subtotal", "approval_hash")
    def _compute_approval(self):
        is_approver = self._is_approver()
        for change_order in self:
            change_order.needs_approval = change_order.state == "draft" and change_order._is_above_approval_amount()
            # not stored: products, taxes and customers that the offer names can change without it being written
            change_order.is_approved = change_order.needs_approval and change_order._has_valid_approval()
            change_order.can_approve = is_approver and change_order.needs_approval and not change_order.is_approved

    @api.depends("approval_requested_on", "activity_ids.user_id", "activity_ids.activity_type_id")
    def _compute_approval_asked_names(self):
        activity_type = self.env.ref(ACTIVITY_APPROVAL, raise_if_not_found=False)
        for change_order in self:
            # In sudo: who has asked reads whom, but not every activity of others.
            activities = change_order.sudo().activity_ids
            asked = activities.filtered(lambda activity: activity.activity_type_id == activity_type)
            change_order.approval_asked_names = ", ".join(asked.user_id.mapped("name"))

    @api.depends("state", "approval_requested_on")
    def _compute_approval_is_waiting(self):
        for change_order in self:
            change_order.approval_is_waiting = change_order.state == "draft" and bool(
                change_order.approval_requested_on
            )

    def _search_approval_is_waiting(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "=", "draft"), ("approval_requested_on", "!=", False)]

    def _is_approver(self):
        return self.env.su or self.env.user.has_group(APPROVER_GROUP)

    def _is_above_approval_amount(self):
        """Whether what the customer could sign reaches the company's amount, more or less of it.

        The tax engine says what that is, as for the fingerprint, not the amounts that are kept.
        """
        self.ensure_one()
        # In sudo: a technician records on an order that they can't read.
        change_order = self.sudo()
        order = change_order.order_id
        company = self.company_id or self.env.company
        amounts = [
            change_order._get_tax_totals(lines)["base_amount_currency"] for lines in (None, change_order.line_ids)
        ]
        return needs_approval(
            [company.currency_id.round(amount / (order.currency_rate or 1.0)) for amount in amounts],
            company.change_order_approval_amount,
        )

    def _has_valid_approval(self):
        """Whether what was approved is what would be sent now."""
        self.ensure_one()
        change_order = self._origin
        return bool(change_order.approval_hash) and change_order._get_offer_hash() == change_order.approval_hash

    # === THE GATE ===

    def _check_can_be_offered(self):
        super()._check_can_be_offered()
        self._check_approved()

    def _check_approved(self):
        """Raise when a draft has to be approved first. What was sent has been."""
        for change_order in self:
            if not change_order._lacks_approval():
                continue
            values = {"name": change_order.name, "amount": change_order._format_approval_amount()}
            if change_order.approval_hash:
                raise UserError(
                    self.env._(
                        "%(name)s has changed since it was approved. From %(amount)s on a manager approves it before"
                        " the customer sees it: ask for the approval again.",
                        **values,
                    )
                )
            raise UserError(
                self.env._(
                    "%(name)s has to be approved first: from %(amount)s on a manager agrees before the customer sees"
                    " it. Ask for the approval.",
                    **values,
                )
            )

    def _lacks_approval(self):
        """Whether a manager has to agree first, before the customer sees it or work starts on their word."""
        self.ensure_one()
        return self.state == "draft" and self._is_above_approval_amount() and not self._has_valid_approval()

    def _format_approval_amount(self):
        self.ensure_one()
        company = self.company_id
        return format_amount(self.env, company.change_order_approval_amount, company.currency_id)

    # === ASK, AGREE, REFUSE ===

    def action_request_approval(self):
        """Ask the leader of the sales team, or else the sales managers."""
        self.ensure_one()
        self.check_access("write")
        self._lock_for_transition()
        # what can't be offered anyway is not worth a manager's time
        self._check_offer_is_complete()
        self._check_is_to_be_approved()
        self._as_transition().write(
            {
                "approval_requested_on": fields.Datetime.now(),
                "approval_requested_by_id": self.env.user.id,
                "approval_refused_by_id": False,
                "approval_refuse_reason": False,
                **self._prepare_no_approval_vals(),
            }
        )
        self._end_approval_activities()
        # In sudo: approvers are chosen by a technician, who sees neither teams nor users.
        for user in self.sudo()._get_approvers():
            localized = self.sudo().with_context(lang=user.lang)
            localized.activity_schedule(
                ACTIVITY_APPROVAL,
                summary=localized._get_approval_summary(self.env.user.name),
                user_id=user.id,
            )
        self.message_post(body=self.env._("Asked %s for approval.", self.approval_asked_names))

    def _prepare_no_approval_vals(self):
        return {"approved_by_id": False, "approved_on": False, "approval_hash": False}

    def _get_approval_summary(self, asker):
        self.ensure_one()
        return self.env._(
            "%(asker)s asks you to approve %(name)s: %(amount)s",
            asker=asker,
            name=self.name,
            amount=format_amount(self.env, self.amount_untaxed, self.currency_id),
        )

    def _get_approvers(self):
        """The team's leader, if he may approve, or all managers of the company."""
        self.ensure_one()
        # In sudo: whoever asks need not see the managers, their companies and the order's team.
        change_order = self.sudo()
        managers = change_order.env.ref(APPROVER_GROUP).all_user_ids.filtered(
            lambda user: user.active and not user.share and change_order.company_id in user.company_ids
        )
        approvers = managers & change_order.order_id.team_id.user_id or managers
        return approvers.with_env(self.env)

    def _check_is_to_be_approved(self):
        for change_order in self:
            if change_order.state != "draft":
                raise UserError(
                    self.env._(
                        "%(name)s is “%(state)s”: only a draft is approved.",
                        name=change_order.name,
                        state=change_order._get_state_label(),
                    )
                )
            if not change_order._is_above_approval_amount():
                raise UserError(self.env._("%s needs no approval. You can send it.", change_order.name))
            if change_order._has_valid_approval():
                raise UserError(
                    self.env._(
                        "%(name)s is approved already by %(who)s. You can send it.",
                        name=change_order.name,
                        who=change_order.sudo().approved_by_id.name,
                    )
                )

    def _check_is_approver(self):
        if not self._is_approver():
            raise AccessError(
                self.env._(
                    "Only a sales manager can approve or refuse %s. Ask for the approval instead.",
                    ", ".join(self.mapped("name")),
                )
            )

    def action_approve(self):
        self.check_access("write")
        self._check_is_approver()
        self._lock_for_transition()
        self._check_offer_is_complete()
        self._check_is_to_be_approved()
        for change_order in self:
            change_order._as_transition().write(
                {
                    "approved_by_id": self.env.user.id,
                    "approved_on": fields.Datetime.now(),
                    "approval_hash": change_order._get_offer_hash(),
                    "approval_requested_on": False,
                    "approval_refused_by_id": False,
                    "approval_refuse_reason": False,
                }
            )
            change_order._end_approval_activities()
            change_order._post_to_asker(self.env._("Approved. It can be sent now."))

    def action_refuse_approval(self):
        """Open the question why."""
        self.ensure_one()
        self.check_access("write")
        self._check_is_approver()
        return {
            "name": self.env._("Refuse %s", self.name),
            "type": "ir.actions.act_window",
            "res_model": "sale.change.order.refuse",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_change_order_id": self.id},
        }

    def _refuse_approval(self, reason):
        """Give the draft back with a reason."""
        self.ensure_one()
        self.check_access("write")
        self._check_is_approver()
        reason = clean_text(reason)
        if not reason:
            raise UserError(self.env._("Please say in a few words why it is refused, so that it can be made better."))
        self._lock_for_transition()
        if self.state != "draft" or not self._is_above_approval_amount():
            self._check_is_to_be_approved()
        self._as_transition().write(
            {
                "approval_refused_by_id": self.env.user.id,
                "approval_refuse_reason": reason,
                "approval_requested_on": False,
                **self._prepare_no_approval_vals(),
            }
        )
        self._end_approval_activities()
        self._post_to_asker(self.env._("Approval refused: %s", reason))

    def _post_to_asker(self, body):
        """Put it on file and tell whoever has asked, among colleagues."""
        self.ensure_one()
        asker = self.sudo().approval_requested_by_id - self.env.user
        self.message_post(body=body, partner_ids=asker.filtered("active").partner_id.ids)

    def _end_approval_activities(self):
        # In sudo: the activities belong to the approvers.
        self.sudo().activity_unlink([ACTIVITY_APPROVAL])

    def _move(self, target, vals=None):
        """Nothing is left to approve of what was sent or cancelled."""
        super()._move(target, vals)
        self._end_approval_activities()
