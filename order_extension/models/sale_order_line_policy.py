"""What happens when somebody adds to a confirmed order by hand (``res.company.undocumented_line_policy``).

Only what a person enters is warned of or refused. What Odoo itself adds (extra products on a delivery, costs invoiced
on, repair parts, delivery fees, rewards, down payments) is never refused: nobody is there to answer. Whichever way it
came, what is not covered is listed, see models/sale_order_line_coverage.py.
"""

from odoo import api, models
from odoo.exceptions import UserError

from ..by_hand import is_by_hand
from ..coverage_rules import net_price
from ..private_context import get_private

#: Under which name the context says that a confirmed order comes in with its lines.
COMES_IN = "confirmed_order_comes_in"
#: What is raised by hand.
RAISING_FIELDS = frozenset({"product_uom_qty", "price_unit", "discount", "product_id", "product_uom_id"})
#: What marks a line that Odoo keeps by itself, where the module that has the field is installed.
AUTOMATIC_LINE_FIELDS = ("is_expense", "is_downpayment", "is_delivery", "reward_id")
#: Values that only Odoo's own ways to add a line give: those, and the stock moves that a line is made for.
AUTOMATIC_VALUES = (*AUTOMATIC_LINE_FIELDS, "move_ids")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_automatic_entry():
            return super().create(vals_list)
        manual = [not any(vals.get(name) for name in AUTOMATIC_VALUES) for vals in vals_list]
        lines = super().create(vals_list)
        self.browse(
            line.id for line, by_hand in zip(lines, manual, strict=True) if by_hand and line._is_extra_work()
        )._answer_manual_entry()
        return lines

    def write(self, vals):
        if self._is_automatic_entry() or RAISING_FIELDS.isdisjoint(vals):
            return super().write(vals)
        watched = self.filtered(lambda line: line._is_extra_work(allow_zero=True) and not line._is_automatic_line())
        before = {line: line._get_manual_terms() for line in watched}
        res = super().write(vals)
        watched.filtered(lambda line: line._is_raised_from(before[line]))._answer_manual_entry()
        return res

    @api.onchange("product_id")
    def _onchange_product_of_confirmed_order(self):
        """Say it while it is entered, not only when it is saved."""
        return self._warn_of_manual_entry() if self.product_id and not self._origin else None

    @api.onchange("product_uom_qty", "price_unit")
    def _onchange_terms_of_confirmed_order(self):
        raised = self._origin and self._is_raised_from(self._origin._get_manual_terms())
        return self._warn_of_manual_entry() if raised else None

    def _warn_of_manual_entry(self):
        order = self.order_id._origin
        policy = order.company_id.undocumented_line_policy
        if order.state != "sale" or policy not in ("warn", "block") or self.display_type or self._is_automatic_line():
            return None
        return {
            "warning": {
                "title": self.env._("Not covered by a signature"),
                "message": self._get_manual_entry_message(),
                "type": "notification",
            }
        }

    # === RULES ===

    def _is_automatic_entry(self):
        """Whether it is Odoo itself, or a signature, that writes: nobody could answer a question."""
        return (
            not is_by_hand(self.env)
            or get_private(self.env, COMES_IN)
            or self.env["sale.change.order"]._in_transition()
        )

    def _is_automatic_line(self):
        """Whether Odoo keeps this line by itself, as it does with costs, delivery fees, rewards and repair parts."""
        self.ensure_one()
        if any(self[name] for name in AUTOMATIC_LINE_FIELDS if name in self._fields):
            return True
        # In sudo: a seller need not see the warehouse.
        moves = self.sudo().move_ids if "move_ids" in self._fields else ()
        return bool(moves and "repair_id" in moves._fields and moves.repair_id)

    def _is_extra_work(self, allow_zero=False):
        """Whether this line makes a confirmed order larger. A discount does not."""
        self.ensure_one()
        return (
            self.state == "sale"
            and not self.display_type
            and (self.product_uom_qty > 0 or (allow_zero and not self.product_uom_qty))
            and self.price_unit >= 0
        )

    def _get_manual_terms(self):
        """Return what the customer has agreed to of this line: product, unit, quantity, net price of a unit."""
        self.ensure_one()
        return self.product_id, self.product_uom_id, self.product_uom_qty, net_price(self.price_unit, self.discount)

    def _is_raised_from(self, terms):
        """Whether this line claims more than ``terms``, or something else."""
        self.ensure_one()
        product, unit, quantity, price = terms
        if (product, unit) != (self.product_id._origin or self.product_id, self.product_uom_id._origin):
            return self.product_uom_qty > 0
        price_now = net_price(self.price_unit, self.discount)
        return self.product_uom_id.compare(self.product_uom_qty, quantity) > 0 or (
            self.product_uom_qty > 0 and self.currency_id.compare_amounts(price_now, price) > 0
        )

    def _get_manual_entry_message(self):
        self.ensure_one()
        return self.env._(
            "“%(line)s” goes beyond what the customer has ordered with %(order)s, and no signature covers it. Record a"
            " change order instead: the customer signs it, and the order follows.",
            line=(self.name or self.product_id.display_name or "").split("\n")[0],
            order=self.order_id.name,
        )

    def _answer_manual_entry(self):
        """Do what the company wants to be done about lines that were entered or raised by hand.

        :raise UserError: if it wants none
        """
        for order, lines in self.grouped("order_id").items():
            policy = order.company_id.undocumented_line_policy
            if policy == "block":
                raise UserError(lines[0]._get_manual_entry_message())
            if policy == "warn":
                order._post_lines(
                    self.env._("Changed by hand, without a signature of the customer:"),
                    [(line.name or "").split("\n")[0] for line in lines],
                )
