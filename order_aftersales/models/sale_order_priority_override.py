"""A leader sets the priority himself: with a reason, until he lifts it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.order_extension.change_order_rules import clean_text

from .sale_order_priority import PRIORITY_GROUPS

LEADER_GROUP = "order_aftersales.group_leader"
OVERRIDE_FIELDS = frozenset(
    {"priority_override", "priority_override_reason", "priority_override_by_id", "priority_override_on"}
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    priority_override = fields.Float(
        "Priority Set by a Leader", readonly=True, copy=False, digits=(16, 0), groups=PRIORITY_GROUPS
    )
    priority_override_reason = fields.Text("Reason for the Priority", readonly=True, copy=False, groups=PRIORITY_GROUPS)
    priority_override_by_id = fields.Many2one(
        "res.users", "Priority Set by", readonly=True, copy=False, groups=PRIORITY_GROUPS
    )
    priority_override_on = fields.Datetime("Priority Set on", readonly=True, copy=False, groups=PRIORITY_GROUPS)

    @api.model
    def _is_order_leader(self):
        return self.env.user.has_group(LEADER_GROUP)

    def _check_is_order_leader(self):
        """Raise unless the user may decide on the priority and the selection of these orders, which he may read."""
        if not self._is_order_leader():
            raise AccessError(self.env._("Only leaders select orders and set their priority. Please ask one of them."))
        self.check_access("read")

    def action_override_priority(self):
        """Open the question which priority, and why."""
        self.ensure_one()
        self._check_is_order_leader()
        return {
            "name": self.env._("Set the Priority of %s", self.name),
            "type": "ir.actions.act_window",
            "res_model": "order.priority.override",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id, "default_score": self.priority_score},
        }

    def _override_priority(self, score, reason):
        """Set the priority of this order, whatever follows from the criteria."""
        self.ensure_one()
        self._check_is_order_leader()
        reason = clean_text(reason)
        if not reason:
            raise UserError(self.env._("Please say in a few words why %s gets this priority.", self.name))
        if not 0 <= score <= 100:
            raise UserError(self.env._("The priority of %s has to be between 0 and 100.", self.name))
        before = round(self.priority_score)
        self._as_transition().write(self._prepare_priority_override_vals(round(score), reason))
        # In sudo: a leader of the production reads orders, and writes none.
        self.sudo().message_post(
            body=self.env._(
                "Priority set to %(score)s of 100, it was %(before)s: %(reason)s",
                score=round(score),
                before=before,
                reason=reason,
            ),
        )

    def _prepare_priority_override_vals(self, score, reason):
        return {
            "priority_override": score,
            "priority_override_reason": reason,
            "priority_override_by_id": self.env.user.id,
            "priority_override_on": fields.Datetime.now(),
        }

    def action_lift_priority_override(self):
        """Let the priority follow from the criteria again."""
        self.ensure_one()
        self._check_is_order_leader()
        if not self.priority_override_on:
            raise UserError(self.env._("The priority of %s follows from the criteria already.", self.name))
        self._as_transition().write(dict.fromkeys(OVERRIDE_FIELDS, False))
        self.sudo().message_post(  # as above
            body=self.env._("The priority follows from the criteria again: %s of 100.", round(self.priority_score)),
        )
