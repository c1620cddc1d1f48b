from odoo import api, fields, models
from odoo.tools import float_compare

from .sale_order_allowance import PRICE_DIGITS

#: Fields of a line that the allowance of its order depends on, and those that the allowance keeps to itself.
ALLOWANCE_LINE_FIELDS = frozenset(
    {
        "order_id",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "price_unit",
        "discount",
        "tax_ids",
        "extra_tax_data",
        "display_type",
        "sequence",
        "is_downpayment",
        "is_minor_items_allowance",
    }
)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    is_minor_items_allowance = fields.Boolean(
        "Minor Items Allowance",
        readonly=True,
        copy=False,
        help="This line, or this section, is the allowance for minor items: it follows the quotation.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._follow_minor_items()
        return lines

    def write(self, vals):
        if not ALLOWANCE_LINE_FIELDS & vals.keys():
            return super().write(vals)
        orders = self.order_id
        res = super().write(vals)
        (orders | self.order_id)._follow_minor_items()
        return res

    def unlink(self):
        """Whoever deletes the allowance doesn't want it on this quotation."""
        orders = self.order_id
        if orders._are_minor_items_held():
            return super().unlink()
        refused = self._get_orders_refusing_minor_items()
        res = super().unlink()
        if refused:
            refused._hold_minor_items().write({"has_minor_items": False})
        orders._follow_minor_items()
        return res

    def _get_orders_refusing_minor_items(self):
        """Return the quotations that are left without allowance when exactly these lines are deleted by hand.

        Where all other lines go as well, the quotation starts anew and is not meant.
        """
        allowance = self.filtered(lambda line: line.is_minor_items_allowance and not line.display_type)
        return allowance.order_id.filtered(
            lambda order: order._is_quotation() and order._get_minor_items_base_lines() - self
        )

    def _write_minor_items_changes(self, vals):
        """Write those of ``vals`` that differ from what the line has."""
        self.ensure_one()
        changes = {}
        for name, value in vals.items():
            if name == "tax_ids":
                differs = set(self.tax_ids.ids) != set(value[0][2])
            elif isinstance(value, float):
                differs = float_compare(self[name], value, precision_digits=PRICE_DIGITS) != 0
            else:
                differs = self[name] != value
            if differs:
                changes[name] = value
        if changes:
            self.write(changes)

    def _can_be_invoiced_alone(self):
        return super()._can_be_invoiced_alone() and not self.is_minor_items_allowance
