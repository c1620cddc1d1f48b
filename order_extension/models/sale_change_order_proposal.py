"""The customer's counter-proposal: he neither signs nor declines, but says what he would sign.

The offer stays open as it is. Only a new revision by the seller changes what can be signed.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, plaintext2html

from ..change_order_rules import clean_line, clean_text
from ..typed_amount import parse_amount

ACTIVITY = "order_extension.mail_activity_type_counter_proposal"


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    counter_proposal = fields.Text(readonly=True, copy=False, help="What the customer would sign, in his own words.")
    counter_amount = fields.Monetary("Wished Total", readonly=True, copy=False, help="With taxes, if he has named one.")
    counter_proposed_on = fields.Datetime("Proposed on", readonly=True, copy=False, index="btree_not_null")
    counter_proposed_by = fields.Char("Proposed by", readonly=True, copy=False)
    counter_state = fields.Selection(
        [("open", "To answer"), ("answered", "Answered")],
        "Proposal",
        compute="_compute_counter_state",
        help="Open: the customer has proposed a change of the offer, and waits for an answer.",
    )

    # What a revision answers
    answered_proposal = fields.Text("Answered Proposal", related="revision_of_id.counter_proposal")
    answered_amount = fields.Monetary("Total Wished before", related="revision_of_id.counter_amount")
    answered_on = fields.Datetime("Answered Proposal of", related="revision_of_id.counter_proposed_on")
    answered_name = fields.Char("Answered Proposal by", related="revision_of_id.counter_proposed_by")

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {
            "counter_proposal", "counter_amount", "counter_proposed_on", "counter_proposed_by",
        }  # fmt: skip

    @api.depends("counter_proposed_on", "state", "superseded_by_id")
    def _compute_counter_state(self):
        for change_order in self:
            if not change_order.counter_proposed_on:
                change_order.counter_state = False
            elif change_order.superseded_by_id:
                change_order.counter_state = "answered"
            else:
                change_order.counter_state = "open" if change_order.state == "sent" else False

    def _propose(self, name, text, amount=None):
        """Note what the customer would sign instead. A later proposal takes the place of an earlier one.

        :param str name: who proposes
        :param str text: what should be different, in the customer's words
        :param str amount: the total with taxes that he wishes, as he has typed it
        :raise UserError: with a sentence for the customer; nothing has changed then
        """
        self.ensure_one()
        text = clean_text(text)
        if not text:
            raise UserError(self.env._("Please tell us in a few words what should be different."))
        wished = self._read_wished_total(amount)
        self._lock_rows()
        if not self._has_to_be_signed():
            raise UserError(self._get_not_signable_message())
        self._as_transition().write(
            {
                "counter_proposal": text,
                "counter_amount": wished and self.currency_id.round(wished),
                "counter_proposed_on": fields.Datetime.now(),
                "counter_proposed_by": clean_line(name),
            }
        )
        self._schedule_counter_answer()

    def _read_wished_total(self, typed):
        """Return the total that the customer has typed, in the currency of the offer.

        :raise UserError: when it can't be read, or can be read in two ways
        """
        self.ensure_one()
        currency = self.currency_id
        try:
            return parse_amount(typed, (currency.symbol, currency.name, currency.currency_unit_label))
        except ValueError as error:
            why, *readings = error.args
            if why == "ambiguous":
                much, little = readings
                message = self.env._(
                    "We can't tell whether “%(typed)s” is %(much)s or %(little)s. Please write it with its cents.",
                    typed=clean_line(typed),
                    much=format_amount(self.env, much, currency),
                    little=format_amount(self.env, little, currency),
                )
            else:
                message = self.env._(
                    "We can't read the total that you wish. Please write it as a plain number, such as 1250.00."
                )
            raise UserError(message) from error

    def _schedule_counter_answer(self):
        """Ask the seller for an answer, once, however often the customer writes."""
        # In sudo: the customer has no right on activities.
        sudo = self.sudo()
        sudo.activity_unlink([ACTIVITY])
        responsible = sudo._get_chaser()
        if not responsible:
            return
        text = self.with_context(lang=responsible.lang)._get_counter_text()
        sudo.activity_schedule(ACTIVITY, user_id=responsible.id, note=plaintext2html(text))

    def _get_counter_text(self):
        """The proposal as one reads it in a message."""
        self.ensure_one()
        if not self.counter_amount:
            return self.env._("Proposed by the customer: %s", self.counter_proposal)
        return self.env._(
            "Proposed by the customer, for %(amount)s with taxes: %(proposal)s",
            amount=format_amount(self.env, self.counter_amount, self.currency_id),
            proposal=self.counter_proposal,
        )

    def _post_proposed(self, author=None):
        self.ensure_one()
        localized = self.with_context(lang=self._get_lang())
        localized._post_customer_message(localized._get_counter_text(), author=author)

    def _move(self, target, vals=None):
        """A proposal is answered by whatever becomes of the offer."""
        res = super()._move(target, vals)
        # In sudo: the activity may be somebody else's.
        self.filtered("counter_proposed_on").sudo().activity_unlink([ACTIVITY])
        return res
