"""What an order's documents say about its stage."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from odoo import models
from odoo.tools import float_compare

from ..days import end_of_day
from ..deadlines import Dates
from ..stage_rules import OrderFacts, is_passed

SETTLED = ("in_payment", "paid", "reversed", "invoicing_legacy")
CLOSED_TASKS = ("1_done", "1_canceled")


@dataclass
class DocumentFacts:
    """Facts of one order: what its stage follows from, what is planned, and what measures it."""

    order: OrderFacts
    steps: tuple = ()
    promised: datetime | None = None
    answer: datetime | None = None
    due: datetime | None = None

    @property
    def next_step(self):
        """When and what; both False when nothing is planned."""
        return min(self.steps, default=(False, False))

    def get_dates(self, allowed):
        return Dates(allowed=allowed, promised=self.promised, answer=self.answer, due=self.due)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_stage_facts(self):
        """Return :class:`DocumentFacts` by order. The records are read for all orders at once."""
        # In sudo: the stage is the same for all, whoever's change has brought it about.
        return {order: order.sudo()._read_stage_facts() for order in self}

    def _read_stage_facts(self):
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: not line.display_type)
        # A line that the form is about to save has no documents; those of the saved order are its origin's.
        saved = self._origin
        pickings = saved.picking_ids
        returns = pickings.filtered(lambda picking: picking.picking_type_code == "incoming")
        tasks = saved.stage_task_ids.filtered(lambda task: not task.is_template)
        moves = saved.order_line.invoice_lines.move_id
        cases = saved.case_ids.filtered(lambda case: case.state == "open")
        open_moves = moves.filtered(self._is_open_invoice)
        open_pickings = (pickings - returns).filtered(lambda picking: picking.state not in ("done", "cancel"))
        open_returns = returns.filtered(lambda picking: picking.state not in ("done", "cancel"))
        open_tasks = tasks.filtered(lambda task: task.state not in CLOSED_TASKS)
        claims = cases.filtered(lambda case: case.kind == "claim")
        facts = OrderFacts(
            state=self.state,
            has_lines=bool(lines),
            passed=self._get_passed_stages(),
            started=bool(
                (pickings - returns).filtered(lambda picking: picking.state == "done")
                or tasks.filtered(lambda task: task.state == "1_done")
                or lines.filtered(lambda line: line.qty_delivered > 0 and line.qty_delivered_method != "timesheet")
            ),
            open_work=bool(open_pickings or open_tasks or lines.filtered(self._is_open_by_hand)),
            open_returns=bool(
                open_returns
                or claims
                or open_moves.filtered(lambda move: move.move_type == "out_refund")
                or lines.filtered(self._is_billed_beyond)
            ),
            open_billing=bool(
                open_moves.filtered(lambda move: move.move_type == "out_invoice") or self.invoice_status == "to invoice"
            ),
            open_cases=bool(cases - claims),
        )
        return DocumentFacts(
            order=facts,
            steps=self._get_next_steps(open_pickings, open_returns, open_tasks, open_moves, cases),
            promised=(self.commitment_date and end_of_day(self.commitment_date, self._get_promise_tz())) or None,
            answer=self._get_end_of_day(self.validity_date) if self.state == "sent" and self.validity_date else None,
            due=self._get_last_due(open_moves),
        )

    def _get_end_of_day(self, day):
        """Return until when what is due on ``day``, or at a moment of it, is due: until the company's day is over."""
        return end_of_day(day, self.company_id._get_tz())

    def _is_open_invoice(self, move):
        return move.state == "draft" or (move.state == "posted" and move.payment_state not in SETTLED)

    def _is_billed_beyond(self, line):
        """Whether the customer was billed for more than is due of the line.

        A draft has billed nothing yet, and a down payment, which the last invoice deducts, is not given back.
        """
        if line.is_downpayment or line.qty_to_invoice >= 0:
            return False
        due = line.qty_to_invoice + line.qty_invoiced
        return float_compare(due, line.qty_invoiced_posted, precision_digits=6) < 0

    def _is_open_by_hand(self, line):
        """Whether the line is billed by what somebody enters as delivered, or by milestones, and not all is."""
        by_hand = line.qty_delivered_method in ("manual", "milestones") and line.product_id.invoice_policy == "delivery"
        return by_hand and line.qty_delivered < line.product_uom_qty

    def _get_last_due(self, open_moves):
        """When the last open invoice is due; None while something else is to be done about the bill."""
        if self.invoice_status == "to invoice" or open_moves.filtered(lambda move: move.state == "draft"):
            return None
        days = [move.invoice_date_due for move in open_moves if move.invoice_date_due]
        return self._get_end_of_day(max(days)) if days else None

    def _get_next_steps(self, pickings, returns, tasks, moves, cases):
        """Return tuples of until when and what: all that somebody has planned, in any stage."""
        dated = {}
        escalation = self._get_escalation_type_id()
        activities = self._origin.activity_ids.filtered(
            lambda one: one.active and one.activity_type_id.id != escalation
        )
        dated["activity"] = activities.mapped("date_deadline")
        dated["delivery"] = pickings.filtered(lambda one: one._is_planned(self.date_order)).mapped("scheduled_date")
        dated["return"] = returns.filtered(lambda one: one._is_planned()).mapped("scheduled_date")
        dated["task"] = tasks.mapped("date_deadline")
        dated["payment"] = moves.filtered(lambda move: move.state == "posted").mapped("invoice_date_due")
        dated["case"] = cases.mapped("date_deadline")
        dated["answer"] = [self.state == "sent" and self.validity_date]
        return tuple((self._get_end_of_day(day), kind) for kind, days in dated.items() for day in days if day)

    def _get_passed_stages(self):
        """Return the keys of the stages at which all who decide have said yes."""
        stages = self.env["order.stage"]._get_map(self.company_id.id)
        if self.are_decisions_waived:
            return frozenset(stage.key for stage, *_rest in stages)
        answers = defaultdict(list)
        for decision in self._origin.stage_decision_ids.sorted("id"):
            answers[decision.stage_id.id].append((decision.department_id.id, decision.answer == "yes"))
        return frozenset(stage.key for stage, id_, needed in stages if is_passed(needed, answers.get(id_, ())))
