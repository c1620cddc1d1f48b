"""Optional lines: what the customer may take or leave before he signs.

A line that is not optional always counts. The offer is what was sent, whatever is ticked; the content that is signed
holds the choice as well.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    has_options = fields.Boolean(compute="_compute_has_options")

    @api.depends("line_ids.is_optional")
    def _compute_has_options(self):
        for change_order in self:
            change_order.has_options = any(change_order.line_ids.mapped("is_optional"))

    def _get_agreed_lines(self):
        """The lines that count: the required ones and the options that are chosen."""
        lines = self.line_ids
        # What is filtered forgets its neighbours: without them, each document would be read on its own.
        return lines.filtered(lambda line: line._is_agreed()).with_prefetch(lines._prefetch_ids)

    def _get_choice_problem(self):
        """Return in one sentence why this choice can't be signed, or an empty string."""
        self.ensure_one()
        if self.has_options and not self._get_agreed_lines() and not self.days_added:
            return self.env._("Nothing is chosen yet. Please choose at least one of the options, or decline the offer.")
        return ""

    def _select_option(self, line_id, selected):
        """Take or leave an option. The one way to do so once the change order was sent.

        :param int line_id: an optional line of this change order
        :param bool selected: whether the customer takes it
        :raise UserError: with a sentence for the customer; nothing has changed then
        """
        self.ensure_one()
        # The order stays as it is: only this change order is locked, so that two signatures don't wait for a tick.
        self._lock_rows()
        if not self._has_to_be_signed():
            raise UserError(self._get_not_signable_message())
        option = self.line_ids.filtered(lambda line: line.is_optional and line.id == line_id)
        if not option:
            raise UserError(
                self.env._("This option is not part of %s. Please load the page again.", self.name),
            )
        # Not tracked: trying what it comes to is no message to the seller. What is signed is kept with the signature.
        change_order = self._as_transition().with_context(tracking_disable=True)
        option.with_env(change_order.env).is_selected = bool(selected)
        change_order.env.flush_all()


class SaleChangeOrderLine(models.Model):
    _inherit = "sale.change.order.line"

    is_optional = fields.Boolean("Optional", help="The customer chooses before signing whether he wants it.")
    is_selected = fields.Boolean(
        "Chosen", help="Whether an optional line counts. The customer can change it until the signature."
    )

    _only_added_optional = models.Constraint(
        "CHECK(COALESCE(NOT is_optional, TRUE) OR kind = 'add')",
        "Only added lines can be optional: what is taken off the order is taken off.",
    )

    def _is_agreed(self):
        """Whether the line counts: in sums, at the signature and in the order."""
        self.ensure_one()
        return not self.is_optional or self.is_selected

    def _prepare_offer_content(self):
        """An option is offered with its own amounts: it is in no sum of the offer, so a changed tax would show nowhere
        else.
        """
        content = super()._prepare_offer_content()
        if self.is_optional:
            totals = self.order_id._get_totals_of_base_lines(self._prepare_base_lines_for_taxes_computation())
            content["optional"] = self.change_order_id._prepare_totals_content(totals)
        return content
