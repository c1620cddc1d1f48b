"""An offer is made again, better: the revision takes the place of the earlier one when it is sent, not before."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ..change_order_rules import REVISABLE_STATES, can_move


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    revision_of_id = fields.Many2one(
        "sale.change.order", "Revises", readonly=True, copy=False, index="btree_not_null", check_company=True
    )
    revision_ids = fields.One2many("sale.change.order", "revision_of_id", "Revisions", readonly=True)
    superseded_by_id = fields.Many2one("sale.change.order", "Replaced by", readonly=True, copy=False)
    can_revise = fields.Boolean(compute="_compute_can_revise")

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"revision_of_id", "superseded_by_id"}

    @api.depends("state", "superseded_by_id")
    def _compute_can_revise(self):
        for change_order in self:
            change_order.can_revise = change_order._can_revise()

    # === WHICH ONE COUNTS ===

    @api.model
    def _get_standing_domain(self):
        """Each offer once: not what was replaced, and not the draft that is to replace what still stands."""
        return Domain("superseded_by_id", "=", False) & (
            Domain("revision_of_id", "=", False) | Domain("revision_of_id.superseded_by_id", "!=", False)
        )

    @api.model
    def _get_standing_sql(self):
        """The same in SQL, of the table ``co``."""
        return SQL(
            "co.superseded_by_id IS NULL AND NOT EXISTS ("
            "SELECT 1 FROM sale_change_order earlier"
            " WHERE earlier.id = co.revision_of_id AND earlier.superseded_by_id IS NULL)"
        )

    # === BEGIN ===

    def _can_revise(self):
        self.ensure_one()
        return self.state in REVISABLE_STATES and not self.superseded_by_id

    def action_revise(self):
        """Make the next revision of an offer that was not accepted, or open the one that is under way.

        What the customer has stays open to be signed until the revision is sent.
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_for_transition()
        if not self._can_revise():
            raise UserError(
                self.env._(
                    "%s can't be revised: only an offer that was sent, declined or has expired can, and only once.",
                    self.name,
                )
            )
        revision = self.revision_ids.filtered(lambda change_order: change_order.state == "draft")[:1]
        if not revision:
            self.order_id._check_can_extend()
            revision = self._create_revision()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": revision.id,
            "views": [(False, "form")],
            "name": revision.name,
        }

    def _create_revision(self):
        # As a transition, for the number and the revision; the user's right to it was checked by the caller.
        revision = self._as_transition().copy(self._prepare_revision_vals())
        revision.photo_ids = [
            Command.link(photo.copy({"res_id": revision.id}).id) for photo in self._get_shown_photos()
        ]
        return revision.with_env(self.env)

    def _prepare_revision_vals(self):
        self.ensure_one()
        return {
            "order_id": self.order_id.id,
            "number": self.number,
            "revision": self._get_next_revision(),
            "revision_of_id": self.id,
            "title": self.title,
        }

    def _get_next_revision(self):
        """Number of the next revision: one that was cancelled before it was sent keeps its own."""
        self.ensure_one()
        # In sudo: a number is free or not, whoever may read what has it.
        revisions = self.sudo().search([("order_id", "=", self.order_id.id), ("number", "=", self.number)])
        return max(revisions.mapped("revision")) + 1

    # === REPLACE ===

    def _get_offer_problem(self):
        problem = super()._get_offer_problem()
        earlier = self.sudo().revision_of_id
        if not problem and self.state == "draft" and earlier.state == "signed":
            return self.env._(
                "%(earlier)s, which this was to replace, was signed by %(signer)s meanwhile. Cancel this one, and"
                " record what is still different as a change order of its own.",
                earlier=earlier.name,
                signer=earlier.signed_by,
            )
        return problem

    def _lock_for_sending(self):
        """Keep the customer from signing the earlier offer while its revision is sent."""
        super()._lock_for_sending()
        # In sudo: whoever sends the revision may send it, whether they see the earlier one or not.
        self.sudo().revision_of_id._lock_rows()

    def action_mark_sent(self):
        res = super().action_mark_sent()
        for change_order in self:
            change_order._replace_earlier()
        return res

    def _replace_earlier(self):
        """From now on only this one can be signed. What became of the earlier one stays on file."""
        self.ensure_one()
        earlier = self.sudo().revision_of_id
        if not earlier or earlier.superseded_by_id:
            return
        self._as_transition().write(earlier._prepare_replacement_vals(self))
        if can_move(earlier.state, "cancelled"):
            earlier._move(
                "cancelled",
                {
                    "cancelled_on": fields.Datetime.now(),
                    "cancelled_by_id": self.env.user.id,
                    "cancel_reason": self.env._("Replaced by %s", self.name),
                },
            )
        earlier._as_transition().superseded_by_id = self

    def _prepare_replacement_vals(self, revision):
        """Values that ``revision`` takes over from this one when it is sent. Each subject adds its own."""
        self.ensure_one()
        return {}
