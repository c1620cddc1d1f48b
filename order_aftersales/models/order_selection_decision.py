"""Which orders the company takes on, and which not: the best sign of what it is after."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_order_priority import PRIORITY_GROUPS

DECISIONS = [("accepted", "Accepted"), ("rejected", "Rejected"), ("later", "Later")]
#: What is told of a decision, beside those that are one.
WITHDRAWN = ("withdrawn", "Taken Back")


class OrderSelectionDecision(models.Model):
    """Never changed: whoever changes his mind decides again, and then the last one counts."""

    _name = "order.selection.decision"
    _description = "Selection of an Order"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    decision = fields.Selection([*DECISIONS, WITHDRAWN], required=True, readonly=True)
    is_last = fields.Boolean(
        "Last Decision",
        readonly=True,
        default=True,
        help="The one that counts; the earlier ones on the same order are history.",
    )
    reason_id = fields.Many2one("order.rejection.reason", readonly=True, index="btree_not_null", ondelete="restrict")
    note = fields.Text(readonly=True)
    user_id = fields.Many2one("res.users", "Decided by", required=True, readonly=True)
    date = fields.Datetime("Decided on", required=True, readonly=True, index=True)

    # What it was decided on: orders change.
    was_confirmed = fields.Boolean(readonly=True, help="It was an order already, not a quotation.")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index=True)
    seller_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary("Net Amount", readonly=True, help="Of the order, in the currency of the company.")
    score = fields.Float("Priority", readonly=True, digits=(16, 0), aggregator="avg")
    score_worked_out = fields.Float(readonly=True, aggregator=None)
    score_override = fields.Text(
        "Reason for the Priority", readonly=True, help="Why a leader had set the priority himself."
    )
    score_parts = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    explanation = fields.Text("Why This Priority", compute="_compute_explanation", groups=PRIORITY_GROUPS)

    _last_idx = models.UniqueIndex("(order_id) WHERE is_last", "Another decision on this order was just taken.")

    @api.depends_context("lang", "uid")
    @api.depends("score", "score_worked_out", "score_override", "score_parts")
    def _compute_explanation(self):
        orders = self.env["sale.order"]
        all_parts = {decision: decision.sudo().score_parts or {} for decision in self}  # as on the order
        goals = orders._get_goals_of_parts(all_parts.values())
        for decision, parts in all_parts.items():
            described = orders._describe_priority(parts, round(decision.score_worked_out), goals)
            override = decision.score_override and self.env._(
                "%(score)s of 100, set by a leader: %(reason)s.",
                score=round(decision.score),
                reason=decision.score_override.rstrip(". "),
            )
            decision.explanation = orders._get_priority_sentence(described, override)

    def write(self, vals):
        if vals.keys() - {"is_last"} or not self.env.su:
            raise UserError(self.env._("A decision stays as it was made. Decide again instead."))
        return super().write(vals)
