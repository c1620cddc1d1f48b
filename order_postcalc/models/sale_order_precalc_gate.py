"""Where the margin floor is asked: when people send or confirm a quotation by hand.

What a customer accepts, signs or pays, and what a job confirms, is never refused. It goes through, and somebody who
can still talk to the customer is told.
"""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.order_extension.by_hand import is_by_hand

from .sale_order_line_plan import COST_GROUPS
from .sale_order_precalc_approval import ACTIVITY_MARGIN

#: States in which the company is bound by its price.
OFFERED_STATES = ("sent", "sale")
#: What Odoo writes when it sends or confirms.
CONFIRMED_FIELDS = frozenset({"state", "date_order"})
#: What a manager has to let pass before it goes out by hand.
BLOCKED = ("void", "blocked")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _check_margin_floor(self):
        """Refuse to offer or agree by hand what a manager has to let pass first, whatever the state.

        :raise UserError: naming the first of these orders that is below the floor
        """
        if not is_by_hand(self.env):
            return
        # In sudo: whoever sends a quotation need not see its costs.
        for order in self.sudo():
            if order._judge_margin() not in BLOCKED:
                continue
            if not self.env.user.has_group(COST_GROUPS):
                # Whoever doesn't see costs gets no hint of them.
                raise UserError(
                    self.env._(
                        "%s can't be sent or confirmed as it stands. Ask a manager of the post-calculation to look at"
                        " its price.",
                        order.name,
                    )
                )
            raise UserError(order._get_margin_floor_message())

    def _judge_margins(self):
        """Return what the policy makes of these orders, by order; without those that are fine or approved."""
        # In sudo: it may be the customer who confirms, who sees no costs.
        judged = {order: order.sudo()._judge_margin() for order in self}
        return {order: status for order, status in judged.items() if status not in ("fine", "approved")}

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        if any(vals.get("state") in OFFERED_STATES for vals in vals_list):
            orders.filtered(lambda order: order.state in OFFERED_STATES)._check_margin_floor()
        return orders

    def write(self, vals):
        """Whichever way a quotation is sent or confirmed, its state tells."""
        state = vals.get("state")
        # A payment that is pending marks its quotation as sent in the name of the system: that is no offer of ours.
        if state != "sale" and not (state == "sent" and is_by_hand(self.env)):
            return super().write(vals)
        offered = self.filtered(lambda order: order._is_quotation() and order.state != state)
        if vals.keys() <= CONFIRMED_FIELDS:
            offered._check_margin_floor()  # before anything is done
        result = super().write(vals)
        # Lines and prices can come with the state, and a rate with the day: what counts is what it has become.
        offered._check_margin_floor()
        for order, status in offered._judge_margins().items():
            order._tell_of_margin_below_floor(status)
        return result

    def action_quotation_send(self):
        """Tell before somebody has written the mail."""
        self.filtered(lambda order: order._is_quotation())._check_margin_floor()
        return super().action_quotation_send()

    def _tell_of_margin_below_floor(self, status):
        """Put on file that the price that binds the company now is below its floor.

        What would have been stopped by hand is an activity as well: for the seller, unless it is they who have
        confirmed in the customer's name, else for those who approve.

        :param str status: what :meth:`_judge_margin` has found before
        """
        self.ensure_one()
        # In the name of the system: the customer, who may have brought it on, tells nobody of margins.
        order = self.with_user(SUPERUSER_ID)
        company_lang = order.company_id.partner_id.lang or self.env.lang
        order.with_context(lang=company_lang)._note_margin_below_floor()
        if status not in BLOCKED:
            return
        for user in (order.user_id - self.env.user).filtered("active") or order._get_margin_approvers():
            localized = order.with_context(lang=user.lang)
            localized.activity_schedule(
                ACTIVITY_MARGIN,
                summary=localized.env._("Accepted, but below the margin floor"),
                note=plaintext2html(localized._get_margin_hint()),
                user_id=user.id,
            )

    def _note_margin_below_floor(self):
        """Without figures: costs are not for all who read the order."""
        self.ensure_one()
        if self.state == "sale":
            body = self.env._("Confirmed with a margin below the floor.")
        else:
            body = self.env._("Sent with a margin below the floor.")
        self.message_post(body=body, subtype_xmlid="mail.mt_note")
