"""Who pays for a minor item: the allowance of its order, or the company."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount

from ..extra_routing import cover, is_more
from ..small_extra import MINUTES_PER_HOUR, covers


class SaleMinorItem(models.Model):
    _inherit = "sale.minor.item"

    covered_by = fields.Selection(
        [("allowance", "Allowance"), ("goodwill", "Goodwill")],
        default="allowance",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Allowance: the customer has paid for it with the order. Goodwill: the company gives it away.",
    )
    order_minor_items_left = fields.Monetary(related="order_id.minor_items_left", string="Left of the Allowance")

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"covered_by"}

    def _cover(self):
        """Work out who pays for these items: the allowance of their order while it lasts, else the company's goodwill.

        :raise UserError: when it takes goodwill that the user may not give, or goes beyond the limits
        """
        orders = self.order_id.sudo()  # a technician can't read the order that he records on
        orders._lock_for_extension()
        self.flush_recordset()
        others = Domain("id", "not in", self.ids)
        rows = self.sudo()._read_group(orders._get_covered_items_domain() & others, ["order_id"], ["value:sum"])
        used = {order.id: value for order, value in rows}
        for order in orders:
            items = self.filtered(lambda item, order=order: item.order_id.id == order.id)
            left = order.minor_items_amount - used.get(order.id, 0.0)
            items._check_within_limits()
            for item, covered_by in zip(items, covers(items.mapped("value"), left, cover), strict=True):
                if covered_by == "goodwill":
                    item._check_can_give_goodwill(left)
                if item.covered_by != covered_by:
                    item._as_transition().covered_by = covered_by

    def _can_give_goodwill(self):
        return self.env.user.has_group("order_extension.group_goodwill")

    def _check_within_limits(self):
        """Hold what is entered into the ledger by hand to the same limits as what is recorded on site.

        Whoever may give goodwill may go beyond them.
        """
        if not self or self._can_give_goodwill():
            return
        limits = self.order_id._get_extra_limits()
        for item in self:
            minutes = round(item.duration * MINUTES_PER_HOUR, 2)
            if is_more(minutes, limits.item_minutes) or is_more(item.value, limits.item_amount):
                raise UserError(
                    self.env._(
                        "“%(item)s” takes %(minutes)s minutes and is worth %(value)s. Free on %(order)s are at most"
                        " %(limit_minutes)s minutes and %(limit_value)s. Offer it as a change order, or have it"
                        " recorded by somebody who may give goodwill.",
                        item=item.name,
                        minutes=f"{minutes:g}",
                        value=format_amount(self.env, item.value, item.currency_id),
                        order=item.order_id.sudo().name,
                        limit_minutes=f"{limits.item_minutes:g}",
                        limit_value=format_amount(self.env, limits.item_amount, item.currency_id),
                    )
                )

    def _check_customer_share(self):
        """Hold what is entered into the ledger by hand to the customer's share of these 12 months, too.

        :raise UserError: when the customer has had it, unless the user may give goodwill
        """
        if self._can_give_goodwill():
            return
        # In sudo: a technician can't read the order, nor what the customer got on others.
        for order in self.order_id.sudo():
            share = order._get_extra_limits().customer_share
            used, volume = order._get_customer_extras()
            if share and is_more(used, share * volume):
                raise UserError(
                    self.env._(
                        "With this, %(customer)s would get %(used)s free in 12 months, and %(most)s are the most. Offer"
                        " it as a change order, or have it recorded by somebody who may give goodwill.",
                        customer=order.partner_id.commercial_partner_id.name or order.partner_id.name,
                        used=format_amount(self.env, used, order.currency_id),
                        most=format_amount(self.env, share * volume, order.currency_id),
                    )
                )

    def _check_can_give_goodwill(self, left):
        self.ensure_one()
        if self._can_give_goodwill():
            return
        raise UserError(
            self.env._(
                "“%(item)s” is worth %(value)s, and %(left)s of the minor items of %(order)s is left. Offer it as a"
                " change order, or have it recorded by somebody who may give goodwill.",
                item=self.name,
                value=format_amount(self.env, self.value, self.currency_id),
                left=format_amount(self.env, max(left, 0.0), self.currency_id),
                order=self.order_id.sudo().name,
            )
        )
