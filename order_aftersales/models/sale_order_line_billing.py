"""What of an order line may be billed, and at which price."""

from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_billed_as_ordered(self):
        """Whether the customer pays what he has ordered, whatever is delivered: in advance, or as a lump sum."""
        self.ensure_one()
        return self.state == "sale" and (self.is_minor_items_allowance or self.product_id.invoice_policy == "order")

    def _get_quantity_to_bill(self):
        """Return what may be billed in all, in the unit of this line.

        An order that isn't confirmed, or no longer, agrees to nothing but what was delivered. One that is paid in full
        by a payment on the web is billed at once by Odoo, before the delivery.
        """
        self.ensure_one()
        if self._is_billed_as_ordered():
            return self.product_uom_qty
        delivered = max(self.qty_delivered, 0.0)
        if self.state == "sale" and delivered < self.product_uom_qty and self.order_id._is_paid():
            return self.product_uom_qty
        return delivered

    def _get_billable_quantity(self, invoice_line):
        """Return what may be billed in all, and what is billed before ``invoice_line``, in the unit of that line.

        What counts as billed is what Odoo counts: drafts as well, credit notes deducted. Of several drafts that bill
        the same, the oldest is right.
        """
        self.ensure_one()
        unit = invoice_line.product_uom_id or self.product_uom_id
        elsewhere, before = self.qty_invoiced, 0.0
        for other in self.invoice_lines:
            if not other._is_counted_as_billed():
                continue
            sign = -1 if other.move_id.move_type == "out_refund" else 1
            other_unit = other.product_uom_id or self.product_uom_id
            # What remains is what other documents have billed, such as a till; Odoo rounds each line.
            elsewhere -= sign * other_unit._compute_quantity(other.quantity, self.product_uom_id)
            if other == invoice_line._origin:
                continue
            if sign * other.quantity < 0 or other._comes_before(invoice_line):
                before += sign * other_unit._compute_quantity(other.quantity, unit, round=False)
        convert = self.product_uom_id._compute_quantity
        return (
            convert(self._get_quantity_to_bill(), unit, round=False),
            before + convert(self.product_uom_id.round(elsewhere), unit, round=False),
        )

    def _get_agreed_price(self, invoice_line):
        """Return the price of a unit without discount, in the unit, the currency and the taxes of ``invoice_line``.

        As in Odoo, a price that includes taxes stays the same as long as the taxes do; under other taxes it is the
        price without them that was agreed.
        """
        self.ensure_one()
        price, converted = self.price_unit, False
        if self.tax_ids != invoice_line.tax_ids._origin and (
            self.tax_ids | invoice_line.tax_ids
        ).flatten_taxes_hierarchy().filtered("price_include"):
            price, converted = self._get_price_under_taxes_of(invoice_line), True
        unit = invoice_line.product_uom_id
        if unit and unit._origin != self.product_uom_id:
            price, converted = self.product_uom_id._compute_price(price, unit), True
        move, currency = invoice_line.move_id, invoice_line.currency_id
        if currency and currency != self.currency_id:
            date = move.invoice_date or move.date or self.env.cr.now().date()
            price, converted = self.currency_id._convert(price, currency, move.company_id, date, round=False), True
        # Whoever converts a price rounds it to what can be paid.
        return max(price, currency.round(price)) if converted and currency else price

    def _get_price_under_taxes_of(self, invoice_line):
        """Return the agreed price as if it had been agreed with the taxes of ``invoice_line``."""
        agreed = self._get_price_without_taxes(self.tax_ids, self.price_unit)
        billed = self._get_price_without_taxes(invoice_line.tax_ids, invoice_line.price_unit)
        return agreed * invoice_line.price_unit / billed if billed else agreed

    def _get_price_without_taxes(self, taxes, price):
        details = taxes._get_tax_details(
            price, 1.0, rounding_method="round_globally", product=self.product_id, product_uom=self.product_uom_id
        )
        return details["total_excluded"]
