"""How the allowance follows its quotation: which changes it follows, and how its lines are written."""

from itertools import pairwise

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.misc import clean_context

from ..private_context import get_private, private

#: In the context while an order and its lines are written, so that the allowance follows once, at the end.
HELD = "minor_items_held"
#: Fields of a quotation that the allowance depends on.
ALLOWANCE_FIELDS = frozenset(
    {
        "order_line",
        "has_minor_items",
        "minor_items_rate",
        "minor_items_explained",
        "sale_order_template_id",
        "partner_id",
        "company_id",
        "pricelist_id",
        "currency_id",
        "fiscal_position_id",
        "state",
    }
)
#: Those of them that change what the customer reads.
DESCRIPTION_FIELDS = frozenset({"has_minor_items", "minor_items_explained", "partner_id", "company_id"})


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if self._are_minor_items_held():
            return super().create(vals_list)
        orders = super(SaleOrder, self._hold_minor_items()).create(vals_list).with_env(self.env)
        orders._follow_minor_items()
        return orders

    def write(self, vals):
        if self._are_minor_items_held() or not ALLOWANCE_FIELDS & vals.keys():
            return super().write(vals)
        refused = self._get_orders_refusing_minor_items(vals)
        res = super(SaleOrder, self._hold_minor_items()).write(vals)
        if refused:
            super(SaleOrder, refused._hold_minor_items()).write({"has_minor_items": False})
        self._follow_minor_items(describe=bool(DESCRIPTION_FIELDS & vals.keys()))
        return res

    def _get_orders_refusing_minor_items(self, vals):
        """Return the orders from which ``vals`` takes the allowance out by hand.

        A quotation template puts lines of its own in the place of all the lines there are; then it is not meant.
        """
        commands = vals.get("order_line") or []
        if {"sale_order_template_id", "has_minor_items"} & vals.keys():
            return self.browse()
        deleted = {command[1] for command in commands if command[0] in (Command.DELETE, Command.UNLINK)}
        if not deleted or any(command[0] in (Command.CLEAR, Command.SET) for command in commands):
            return self.browse()
        return self.env["sale.order.line"].browse(deleted)._get_orders_refusing_minor_items() & self

    def _get_copiable_order_lines(self):
        """The copy is a quotation of its own, which gets an allowance of its own."""
        return super()._get_copiable_order_lines().filtered(lambda line: not line.is_minor_items_allowance)

    def copy_data(self, default=None):
        """A rate outside the limits was granted to one order: its copy starts with what is usual."""
        vals_list = super().copy_data(default=default)
        if "minor_items_rate" not in (default or {}):
            for order, vals in zip(self, vals_list, strict=True):
                if order.minor_items_rate_exceptional:
                    vals.pop("minor_items_rate", None)
        return vals_list

    # === FOLLOWING ===

    def _hold_minor_items(self):
        """Return these orders such that their allowance waits: the caller lets it follow at the end."""
        return self.with_context(**{HELD: private()})

    @api.model
    def _are_minor_items_held(self):
        return bool(get_private(self.env, HELD))

    def _follow_minor_items(self, describe=False):
        """Make the allowance what it has to be after a change of these quotations.

        A line that stays keeps its record, and what is right already is not written.

        :param bool describe: word the lines anew; else only where taxes come apart or together
        """
        if self._are_minor_items_held():
            return
        # In sudo: the allowance is part of a change that was allowed, also where a customer chooses an option on the
        # portal, or a bookkeeper, who can't create lines, changes one.
        orders = self.sudo().with_context(clean_context(self.env.context), **{HELD: private()})
        orders = orders.filtered(lambda order: order._is_quotation())
        surplus, vals_list = orders.env["sale.order.line"], []
        for order in orders:
            order_surplus, order_vals_list = order.with_company(order.company_id)._update_minor_items_lines(describe)
            surplus += order_surplus
            vals_list += order_vals_list
        if surplus:
            surplus.unlink()
        if vals_list:
            surplus.create(vals_list)
        for order in orders:
            order._place_minor_items()

    def _update_minor_items_lines(self, describe):
        """Bring the lines that stay up to date.

        :return: tuple of (lines to delete, values of the lines to create)
        """
        self.ensure_one()
        amounts = self._get_minor_items_amounts()
        present = self._get_minor_items_lines()
        line_by_taxes = self._match_minor_items_lines(present, amounts)
        surplus = present - self.env["sale.order.line"].union(*line_by_taxes.values())
        describe = describe or (len(present) > 1) != (len(amounts) > 1)
        vals_list = []
        for index, (taxes, amount) in enumerate(amounts.items()):
            vals = self._prepare_minor_items_line_vals(taxes, amount)
            line = line_by_taxes.get(taxes)
            if describe or not line:
                vals["name"] = self._get_minor_items_description(taxes, index == 0, len(amounts) == 1)
            if line:
                line._write_minor_items_changes(vals)
            else:
                vals_list.append({**vals, **self._prepare_new_minor_items_line_vals()})
        section = self.order_line.filtered(lambda line: line.is_minor_items_allowance and line.display_type)
        if amounts and self._has_order_sections():
            if section:
                surplus += section[1:]
            else:
                vals_list.insert(0, self._prepare_minor_items_section_vals())
        else:
            surplus += section
        return surplus, vals_list

    @api.model
    def _match_minor_items_lines(self, lines, amounts):
        """Return the line to keep by tax combination: the one with the same taxes, else one that has become free."""
        by_taxes = {line.tax_ids: line for line in reversed(lines)}
        kept = {taxes: by_taxes[taxes] for taxes in amounts if taxes in by_taxes}
        free = lines - lines.browse().union(*kept.values())
        return kept | dict(zip((taxes for taxes in amounts if taxes not in kept), free, strict=False))

    def _prepare_minor_items_line_vals(self, taxes, amount):
        """What the allowance has to be, whatever was entered by hand."""
        self.ensure_one()
        return {
            "product_uom_qty": 1.0,
            "price_unit": self._get_minor_items_price_unit(amount, taxes),
            # Differs from the price, which tells Odoo that it doesn't come from the pricelist.
            "technical_price_unit": 0.0,
            "discount": 0.0,
            "tax_ids": [Command.set(taxes.ids)],
        }

    def _prepare_new_minor_items_line_vals(self):
        self.ensure_one()
        last = max(self._get_lines_before_minor_items().mapped("sequence"), default=9)
        return {
            "order_id": self.id,
            "product_id": self._get_minor_items_product().id,
            "is_minor_items_allowance": True,
            "sequence": last + 1,
        }

    def _prepare_minor_items_section_vals(self):
        """A section of its own: else the allowance would belong to the last one, which may be an option."""
        self.ensure_one()
        order = self.with_context(lang=self._get_lang())
        last = max(self._get_lines_before_minor_items().mapped("sequence"), default=9)
        return {
            "order_id": self.id,
            "display_type": "line_section",
            "name": order.env._("Small jobs on site"),
            "is_minor_items_allowance": True,
            "sequence": last + 1,
        }

    def _get_lines_before_minor_items(self):
        return self.order_line.filtered(lambda line: not line.is_downpayment and not line.is_minor_items_allowance)

    def _has_order_sections(self):
        """Whether the order is divided; a heading of down payments divides nothing."""
        self.ensure_one()
        return any(
            line.display_type in ("line_section", "line_subsection") for line in self._get_lines_before_minor_items()
        )

    def _place_minor_items(self):
        """Keep the allowance behind all other products and in front of the down payments."""
        self.ensure_one()
        own = self.order_line.filtered("is_minor_items_allowance").sorted(
            lambda line: (not line.display_type, line.sequence, line.id)
        )
        if not own:
            return
        before = self._get_lines_before_minor_items()
        after = self.order_line.filtered("is_downpayment").sorted(lambda line: (line.sequence, line.id))
        start = max(before.mapped("sequence"), default=9) + 1
        sequences = (own + after).mapped("sequence")
        if sequences[0] >= start and all(low < high for low, high in pairwise(sequences)):
            return
        for sequence, line in enumerate(own + after, start=start):
            if line.sequence != sequence:
                line.sequence = sequence
        # Whoever goes on with the order in this transaction finds its lines in their new order.
        self.invalidate_recordset(["order_line"], flush=False)

    def _recompute_prices(self):
        """Prices are set line by line: let the allowance follow once, at the end."""
        super(SaleOrder, self._hold_minor_items())._recompute_prices()
        self._follow_minor_items()

    def _recompute_taxes(self):
        super(SaleOrder, self._hold_minor_items())._recompute_taxes()
        self._follow_minor_items()

    def _get_update_prices_lines(self):
        """The price of the allowance comes from the order, not from a pricelist."""
        return super()._get_update_prices_lines().filtered(lambda line: not line.is_minor_items_allowance)

    # === INVOICING ===

    def _get_invoiceable_lines(self, final=False):
        """The allowance is invoiced with the work that it belongs to, not ahead of it."""
        lines = super()._get_invoiceable_lines(final)
        products = lines.filtered(lambda line: not line.display_type)
        if not products or any(not line.is_minor_items_allowance for line in products):
            return lines
        waiting = self._get_minor_items_base_lines().filtered(lambda line: line.invoice_status == "no")
        return lines.browse() if waiting else lines

    # === ACTIONS ===

    def action_apply_minor_items(self):
        """Put the allowance on these quotations, or bring it up to date; a rate of 0 takes it off."""
        for order in self:
            if not order._is_quotation():
                raise UserError(
                    self.env._(
                        "%s is no quotation any more, so its allowance for minor items stays as it was agreed.",
                        order.name,
                    )
                )
        self._hold_minor_items().write({"has_minor_items": True})
        self._follow_minor_items(describe=True)
        return True
