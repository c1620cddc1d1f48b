"""Quotations below the margin floor: a warning, or a manager's approval with a reason.

What a manager lets pass is the calculation as he saw it; the approval ends when the quotation falls further.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, plaintext2html

from odoo.addons.order_extension.change_order_rules import clean_text

from ..localized import format_number, format_short
from ..margin_floor import Calculation, is_still_approved
from .sale_order_line_plan import COST_GROUPS

ACTIVITY_MARGIN = "order_postcalc.mail_activity_type_margin"
APPROVER_GROUP = "order_postcalc.group_manager"

#: Follow from asking and approving, and are written by nobody, whatever his rights.
DECISION_FIELDS = frozenset(
    {
        "margin_override_reason",
        "margin_override_by_id",
        "margin_override_on",
        "margin_override_price",
        "margin_override_cost",
        "margin_override_floor",
        "margin_request_by_id",
        "margin_request_on",
    }
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    margin_override_reason = fields.Text("Reason to Go below the Floor", readonly=True, copy=False, groups=COST_GROUPS)
    margin_override_by_id = fields.Many2one(
        "res.users", "Margin Approved by", readonly=True, copy=False, groups=COST_GROUPS
    )
    margin_override_on = fields.Datetime("Margin Approved on", readonly=True, copy=False, groups=COST_GROUPS)
    margin_override_price = fields.Monetary(
        "Net Price when Approved",
        currency_field="precalc_currency_id",
        readonly=True,
        copy=False,
        groups=COST_GROUPS,
    )
    margin_override_cost = fields.Monetary(
        "Cost when Approved", currency_field="precalc_currency_id", readonly=True, copy=False, groups=COST_GROUPS
    )
    margin_override_floor = fields.Float(
        "Floor when Approved", digits=(16, 6), readonly=True, copy=False, groups=COST_GROUPS
    )
    margin_override_margin = fields.Monetary(
        "Approved Margin",
        compute="_compute_margin_override",
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
    )
    margin_override_share = fields.Float("Approved Margin (%)", compute="_compute_margin_override", groups=COST_GROUPS)
    margin_request_by_id = fields.Many2one(
        "res.users", "Approval Asked by", readonly=True, copy=False, groups=COST_GROUPS
    )
    margin_request_on = fields.Datetime("Approval Asked on", readonly=True, copy=False, groups=COST_GROUPS)
    margin_request_names = fields.Char("Approval Asked of", compute="_compute_margin_request_names", groups=COST_GROUPS)
    margin_floor_status = fields.Selection(
        [
            ("fine", "Fine"),
            ("warn", "Below the floor"),
            ("approved", "Below the floor, approved"),
            ("void", "Fallen further than approved"),
            ("blocked", "Below the floor, to be approved"),
        ],
        compute="_compute_margin_floor_status",
        groups=COST_GROUPS,
    )
    margin_floor_message = fields.Text(compute="_compute_margin_floor_status", groups=COST_GROUPS)
    can_approve_margin = fields.Boolean(compute="_compute_margin_floor_status", groups=COST_GROUPS)

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | DECISION_FIELDS

    # === COMPUTE ===

    @api.depends("margin_override_price", "margin_override_cost")
    def _compute_margin_override(self):
        for order in self:
            approved = order._get_approved_calculation()
            order.margin_override_margin = approved.margin
            order.margin_override_share = approved.share

    @api.depends("margin_request_on", "activity_ids.user_id", "activity_ids.activity_type_id")
    def _compute_margin_request_names(self):
        activity_type = self.env.ref(ACTIVITY_MARGIN, raise_if_not_found=False)
        for order in self:
            # In sudo: a seller reads whom they have asked, but not every activity of others.
            asked = order.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == activity_type)
            order.margin_request_names = ", ".join(asked.user_id.mapped("name"))

    @api.depends_context("uid", "lang")
    @api.depends(
        "state", "is_below_floor", "margin_floor", "precalc_revenue", "precalc_cost", "company_id.margin_floor_policy",
        "margin_override_on", "margin_override_price", "margin_override_cost", "margin_override_floor",
    )  # fmt: skip
    def _compute_margin_floor_status(self):
        is_approver = self._is_margin_approver()
        for order in self:
            status = order._get_margin_floor_status()
            order.margin_floor_status = status
            order.margin_floor_message = order._get_margin_floor_message() if status != "fine" else False
            order.can_approve_margin = is_approver and status in ("void", "blocked")

    def _get_margin_floor_status(self):
        """Return where this order stands, one of :attr:`margin_floor_status`. What is agreed is beyond it."""
        self.ensure_one()
        return self._judge_margin() if self._is_quotation() else "fine"

    def _judge_margin(self):
        """Return what the company's policy makes of the margin, whatever the state. A cart is priced by the shop."""
        self.ensure_one()
        company = self.company_id or self.env.company
        if company.margin_floor_policy == "off" or self._is_cart() or not self.is_below_floor:
            return "fine"
        if company.margin_floor_policy == "warn":
            return "warn"
        if not self.margin_override_on:
            return "blocked"
        covered = is_still_approved(
            self._get_precalculation(),
            self._get_approved_calculation(),
            self.margin_override_floor,
            company.currency_id.rounding,
        )
        return "approved" if covered else "void"

    def _get_approved_calculation(self):
        self.ensure_one()
        return Calculation(self.margin_override_price, self.margin_override_cost)

    def _get_margin_floor_figures(self):
        """Return what the margin is and by how much it is too low, in words."""
        self.ensure_one()
        currency = (self.company_id or self.env.company).currency_id
        return {
            "order": self.name,
            "margin": format_amount(self.env, self.precalc_margin, currency),
            "share": format_number(self.env, self.precalc_margin_share * 100, 1),
            "floor": format_short(self.env, self.margin_floor * 100),
            "missing": format_amount(self.env, -self.margin_floor_distance, currency),
        }

    def _get_margin_floor_fact(self):
        """Say what the margin is, and by how much it is too low."""
        return self.env._(
            "%(order)s leaves a margin of %(margin)s (%(share)s %%), %(missing)s below the floor of %(floor)s %%.",
            **self._get_margin_floor_figures(),
        )

    def _get_margin_hint(self):
        """Say where the figures are: they are not for all who read the order and its activities."""
        self.ensure_one()
        return self.env._("See the tab Pre-Calculation of %s for what is missing.", self.name)

    def _get_margin_floor_message(self):
        """Say as well what to do about it before it goes out."""
        self.ensure_one()
        currency = (self.company_id or self.env.company).currency_id
        status, figures = self._judge_margin(), self._get_margin_floor_figures()
        if status == "approved":
            return self.env._(
                "%(order)s leaves a margin of %(margin)s (%(share)s %%), %(missing)s below the floor of %(floor)s %%."
                " %(who)s has approved it: %(reason)s",
                who=self.margin_override_by_id.name,
                reason=self.margin_override_reason,
                **figures,
            )
        if status == "void":
            return self.env._(
                "%(order)s leaves a margin of %(margin)s (%(share)s %%), %(missing)s below the floor of %(floor)s %%,"
                " which is worse than the %(approved)s (%(approved_share)s %%) that %(who)s has approved. Raise the"
                " price, or ask for the approval again.",
                who=self.margin_override_by_id.name,
                approved=format_amount(self.env, self.margin_override_margin, currency),
                approved_share=format_number(self.env, self.margin_override_share * 100, 1),
                **figures,
            )
        if status == "blocked":
            return self.env._(
                "%(order)s leaves a margin of %(margin)s (%(share)s %%), %(missing)s below the floor of %(floor)s %%."
                " Raise the price by as much, or ask a manager, who can approve it with a reason.",
                **figures,
            )
        return self._get_margin_floor_fact()

    # === ASK AND APPROVE ===

    @api.model
    def _is_margin_approver(self):
        return self.env.user.has_group(APPROVER_GROUP)

    def action_request_margin_approval(self):
        """Ask the leader of the sales team, or else the managers."""
        self.ensure_one()
        self.check_access("write")
        self._check_margin_to_be_approved()
        self._as_transition().write(
            {"margin_request_by_id": self.env.user.id, "margin_request_on": fields.Datetime.now()}
        )
        self._end_margin_activities()
        # In sudo: managers are chosen and told by a seller, who sees neither teams nor all users.
        for user in self.sudo()._get_margin_approvers():
            localized = self.sudo().with_context(lang=user.lang)
            localized.activity_schedule(
                ACTIVITY_MARGIN,
                summary=localized.env._("%(asker)s asks for a price below the margin floor", asker=self.env.user.name),
                note=plaintext2html(localized._get_margin_hint()),
                user_id=user.id,
            )
        self.message_post(
            body=self.env._("Asked %s for the approval of a margin below the floor.", self.margin_request_names)
        )

    def _get_margin_approvers(self):
        """The team's leader, if he may approve, or all managers of the company."""
        self.ensure_one()
        managers = self.env.ref(APPROVER_GROUP).all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )
        return managers & self.team_id.user_id or managers

    def action_approve_margin(self):
        """Open the question why."""
        self.ensure_one()
        self._check_is_margin_approver()
        self._check_margin_to_be_approved()
        return {
            "name": self.env._("Approve the Margin of %s", self.name),
            "type": "ir.actions.act_window",
            "res_model": "sale.order.margin.override",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _approve_margin(self, reason):
        """Let this quotation pass as it stands, and as anything better."""
        self.ensure_one()
        self._check_is_margin_approver()
        self.check_access("read")
        reason = clean_text(reason)
        if not reason:
            raise UserError(self.env._("Please say in a few words why %s may go below the floor.", self.name))
        self._check_margin_to_be_approved()
        self._as_transition().write(self._prepare_margin_override_vals(reason))
        self._end_margin_activities()
        asker = self.sudo().margin_request_by_id - self.env.user
        self.message_post(
            body=self.env._("Margin below the floor approved: %s", reason),
            partner_ids=asker.filtered("active").partner_id.ids,
        )

    def _prepare_margin_override_vals(self, reason):
        self.ensure_one()
        calculation = self._get_precalculation()
        return {
            "margin_override_reason": reason,
            "margin_override_by_id": self.env.user.id,
            "margin_override_on": fields.Datetime.now(),
            "margin_override_price": calculation.price,
            "margin_override_cost": calculation.cost,
            "margin_override_floor": self.margin_floor,
            "margin_request_on": False,
        }

    def _check_is_margin_approver(self):
        if not self._is_margin_approver():
            raise AccessError(
                self.env._(
                    "Only a manager of the post-calculation can let %s go below the margin floor. Ask for the approval"
                    " instead.",
                    ", ".join(self.mapped("name")),
                )
            )

    def _check_margin_to_be_approved(self):
        for order in self:
            status = order._get_margin_floor_status()
            if status == "approved":
                raise UserError(
                    self.env._(
                        "%(order)s is approved already by %(who)s. You can send it.",
                        order=order.name,
                        who=order.sudo().margin_override_by_id.name,
                    )
                )
            if status in ("fine", "warn"):
                raise UserError(self.env._("%s needs no approval of its margin.", order.name))

    def _end_margin_activities(self):
        # In sudo: the activities belong to the managers.
        self.sudo().activity_unlink([ACTIVITY_MARGIN])
