"""No invoice goes out that bills more than was delivered, or dearer than agreed, unless somebody answers for it."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.order_extension.change_order_rules import clean_text
from odoo.addons.order_extension.columns import add_column

from ..billing_check import QUANTITY, Tolerance
from .account_move_line_billing import BILLING_TYPES

#: What follows from an override, and from nothing else.
OVERRIDE_FIELDS = frozenset(
    {"billing_override_reason", "billing_override_user_id", "billing_override_on", "billing_overridden_issues"}
)


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["transition.mixin", "account.move"]

    _transition_key = "billing_decision"

    is_billing_held = fields.Boolean(
        "Held",
        compute="_compute_is_billing_held",
        store=True,
        copy=False,
        help="This draft bills what was not delivered or not agreed, and nobody has overridden it.",
    )
    billing_issue_count = fields.Integer(
        "Lines to Clarify", compute="_compute_billing_issues", compute_sudo=True, groups="base.group_user"
    )
    billing_issue_summary = fields.Html(
        "What to Clarify", compute="_compute_billing_issues", compute_sudo=True, groups="base.group_user"
    )
    billing_held_from_id = fields.Many2one(
        "account.move",
        "Held Back From",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
        help="The invoice whose other lines could go.",
    )
    billing_held_move_ids = fields.One2many(
        "account.move", "billing_held_from_id", "Lines Held Back", readonly=True, groups="base.group_user"
    )
    billing_override_reason = fields.Text("Reason to Override", copy=False, readonly=True, groups="base.group_user")
    billing_override_user_id = fields.Many2one(
        "res.users", "Overridden by", copy=False, readonly=True, groups="base.group_user"
    )
    billing_override_on = fields.Datetime("Overridden on", copy=False, readonly=True, groups="base.group_user")
    billing_overridden_issues = fields.Json(copy=False, readonly=True, groups="base.group_user")
    is_billing_override_void = fields.Boolean(
        compute="_compute_billing_issues",
        compute_sudo=True,
        groups="base.group_user",
        help="What the override was given for has changed since.",
    )
    can_hold_billing_issues = fields.Boolean(
        compute="_compute_billing_issues",
        compute_sudo=True,
        groups="base.group_user",
        help="Something of this draft is right and can go, while the rest waits.",
    )
    can_override_billing = fields.Boolean(compute="_compute_can_override_billing", groups="base.group_user")

    # Held drafts are asked for on every board, and are few.
    _billing_held_idx = models.Index("(company_id) WHERE is_billing_held")

    def _auto_init(self):
        """Nothing that was booked before is held."""
        add_column(self, "is_billing_held")
        return super()._auto_init()

    # === COMPUTE ===

    @api.depends(
        "state", "move_type", "billing_overridden_issues", "invoice_line_ids.billing_issue_kind",
        "invoice_line_ids.quantity", "invoice_line_ids.billing_expected_qty", "invoice_line_ids.billing_expected_price",
        "invoice_line_ids.price_unit", "invoice_line_ids.discount",
    )  # fmt: skip
    def _compute_is_billing_held(self):
        for move in self:
            can_be_held = move.state == "draft" and move.move_type in BILLING_TYPES and move._is_billing_blocked()
            held = can_be_held and bool(move._get_uncovered_billing_lines())
            if held or not move.id or move.is_billing_held:
                move.is_billing_held = held

    @api.depends("invoice_line_ids.billing_issue_kind", "is_billing_held", "billing_override_reason")
    @api.depends_context("lang")
    def _compute_billing_issues(self):
        for move in self:
            lines = move._get_billing_issue_lines()
            move.billing_issue_count = len(lines)
            move.billing_issue_summary = move._render_billing_issues(lines) if lines else False
            move.can_hold_billing_issues = move.is_billing_held and move._has_releasable_lines(lines)
            move.is_billing_override_void = bool(move.billing_override_reason and move.is_billing_held)

    @api.depends_context("uid")
    def _compute_can_override_billing(self):
        self.can_override_billing = self._can_override_billing()

    # === CRUD ===

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | OVERRIDE_FIELDS | {"billing_held_from_id"}

    def _get_transition_message(self, name, label):
        if name not in OVERRIDE_FIELDS:
            return super()._get_transition_message(name, label)
        return self.env._("“%s” of an invoice can't be written directly: override the check with a reason.", label)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self.browse()._without_transition_fields(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._without_transition_fields(vals))

    # === RULES ===

    def _is_billing_checked(self):
        """Whether this document is compared with what was delivered and agreed.

        Receipts and invoices from a till bill what was handed over and paid at once. Odoo doesn't count the former as
        invoiced at all, and nobody could answer for the latter.
        """
        self.ensure_one()
        return (
            self.move_type in BILLING_TYPES
            and self.company_id.billing_check_policy != "off"
            and not ("pos_order_ids" in self._fields and self.pos_order_ids)
        )

    def _is_billing_blocked(self):
        """Whether the company wants a reason for what differs, instead of a warning."""
        self.ensure_one()
        return self.company_id.billing_check_policy == "block"

    def _bills_orders(self):
        """Whether anything on this invoice comes from an order, or did before it was held back."""
        self.ensure_one()
        return bool(self.billing_held_from_id or self.invoice_line_ids.sale_line_ids)

    @api.model
    def _can_override_billing(self):
        return self.env.user.has_group("order_aftersales.group_billing_override")

    def _get_billing_tolerance(self):
        """Return what the company lets pass, in the currency of this invoice."""
        self.ensure_one()
        company = self.company_id
        rate = self.invoice_currency_rate or 1.0
        return Tolerance(
            share=company.billing_tolerance_rate,
            amount=company.billing_tolerance_amount * rate,
            quantity_step=10 ** -self.env["decimal.precision"].precision_get("Product Unit"),
            money_step=self.currency_id.rounding or 0.01,
        )

    def _get_billing_issue_lines(self):
        return self.invoice_line_ids.filtered("billing_issue_kind")

    def _has_releasable_lines(self, issue_lines):
        """Whether something is right, at least in part: a deduction alone is nothing to send."""
        self.ensure_one()
        if self.move_type != "out_invoice":
            return False
        billing = self.invoice_line_ids.filtered(lambda line: line._is_billing_something())
        return bool(billing - issue_lines) or any(
            line.billing_issue_kind == QUANTITY and line.billing_expected_qty > 0 for line in issue_lines
        )

    def _get_uncovered_billing_lines(self):
        """Return the lines with an issue that nobody has overridden as it is now."""
        self.ensure_one()
        covered = self.billing_overridden_issues or []
        return self._get_billing_issue_lines().filtered(lambda line: line._get_billing_figures() not in covered)

    def _get_billing_figures(self):
        """Return what an override of these invoices covers: line by line what is billed and what was expected."""
        return [line._get_billing_figures() for line in self._get_billing_issue_lines()]

    # === WORDS ===

    def _render_billing_issues(self, lines):
        return Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % line._get_billing_issue_with_name() for line in lines
        )

    def _get_billing_held_message(self):
        """Say which lines of this invoice are not right, and what to do."""
        self.ensure_one()
        return "\n".join(
            [
                self.env._("%s bills what was not delivered or not agreed:", self._get_billing_name()),
                *(f"• {line._get_billing_issue_with_name()}" for line in self._get_uncovered_billing_lines()),
                self.env._(
                    "Correct these lines, hold them back with “Hold These Lines” so that the others can go, or have"
                    " somebody override the check with a reason."
                ),
            ]
        )

    def _get_billing_name(self):
        """Return what people know this invoice by: its number, or before it has one, whom it is for."""
        self.ensure_one()
        if self.name and self.name != "/":
            return self.name
        return self.env._(
            "The draft for %(customer)s (%(orders)s)",
            customer=self.partner_id.display_name or "–",
            orders=self.invoice_origin or self.ref or self.env._("without order"),
        )

    # === OVERRIDE ===

    def action_override_billing(self):
        """Ask for the reason."""
        self._ensure_can_override_billing()
        return {
            "name": self.env._("Post Although It Differs"),
            "type": "ir.actions.act_window",
            "res_model": "order.billing.override",
            "view_mode": "form",
            "target": "new",
            "context": {"default_move_ids": self.ids},
        }

    def _ensure_can_override_billing(self):
        if not self._can_override_billing():
            raise AccessError(
                self.env._(
                    "You may not post an invoice that differs from what was delivered or agreed. Ask somebody who may,"
                    " such as your head of accounting."
                )
            )

    def _override_billing(self, reason, seen):
        """Let these drafts be posted with exactly the issues ``seen``, and keep who answers for it, and why.

        :param seen: the figures of :meth:`_get_billing_figures` that the user has looked at
        :raise UserError: if there is no reason, nothing to override, or something else than what was seen
        """
        self._ensure_can_override_billing()
        self.check_access("write")
        reason = clean_text(reason)
        if not reason:
            raise UserError(self.env._("Enter the reason why this may be billed although it differs."))
        for move in self.sudo():
            if move.state != "draft":
                raise UserError(self.env._("%s is no draft any more.", move._get_billing_name()))
            move.invoice_line_ids._recompute_billing_check()
            figures = move._get_billing_figures()
            if not figures:
                raise UserError(
                    self.env._("%s has nothing to override: all lines are right.", move._get_billing_name())
                )
            if any(figure not in seen for figure in figures):
                raise UserError(
                    self.env._(
                        "%s has changed meanwhile. Close this window and look at it again.", move._get_billing_name()
                    )
                )
            move._as_transition().write(
                {
                    "billing_override_reason": reason,
                    "billing_override_user_id": self.env.uid,
                    "billing_override_on": fields.Datetime.now(),
                    "billing_overridden_issues": figures,
                }
            )
        for move in self:
            move.message_post(body=move._get_billing_override_note(reason))

    def _get_billing_override_note(self, reason):
        lines = self.sudo()._get_billing_issue_lines()
        return Markup("<p>%s</p>%s<p>%s</p>") % (
            self.env._("May be posted although it differs from what was delivered or agreed:"),
            self._render_billing_issues(lines),
            self.env._("Reason: %s", reason),
        )
