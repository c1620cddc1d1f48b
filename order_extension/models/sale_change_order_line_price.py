"""The price of a line of a change order: the order's own, to the cent."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleChangeOrderLine(models.Model):
    _inherit = "sale.change.order.line"

    price_unit = fields.Float(
        "Unit Price",
        compute="_compute_price_unit",
        min_display_digits="Product Price",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    # The price that the pricelist gave. As on order lines, a price that differs from it was set by hand and is kept.
    technical_price_unit = fields.Float(compute="_compute_price_unit", store=True, readonly=False, precompute=True)
    discount = fields.Float(
        "Discount (%)", compute="_compute_discount", digits="Discount", store=True, readonly=False, precompute=True
    )
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        context={"active_test": False},
        domain="[('type_tax_use', '=', 'sale'), ('country_id', '=', tax_country_id)]",
    )
    price_subtotal = fields.Monetary("Subtotal", compute="_compute_amount", store=True, precompute=True)
    price_tax = fields.Monetary("Total Tax", compute="_compute_amount", store=True, precompute=True)
    price_total = fields.Monetary("Total", compute="_compute_amount", store=True, precompute=True)

    # === COMPUTE ===

    @api.depends("kind", "order_line_id", "product_id", "product_uom_id", "quantity")
    def _compute_price_unit(self):
        for line in self:
            if line.kind == "reduce":
                line.price_unit = line.technical_price_unit = line.order_line_id.price_unit
            elif not line._is_priced_by_order():
                line.price_unit = line.price_unit or 0.0
            elif not line._has_manual_price():
                line.price_unit = line.technical_price_unit = line._get_virtual_order_line().price_unit

    def _has_manual_price(self):
        self.ensure_one()
        currency = self.currency_id or self.order_id.currency_id
        return currency.compare_amounts(self.technical_price_unit, self.price_unit) != 0

    @api.onchange("product_id")
    def _onchange_product_id(self):
        """Another product has another price, even if somebody has set the price of the earlier one."""
        if self._is_priced_by_order():
            self.price_unit = self.technical_price_unit = self._get_virtual_order_line().price_unit

    @api.depends("kind", "order_line_id", "product_id", "product_uom_id", "quantity")
    def _compute_discount(self):
        discount_enabled = self.env["product.pricelist.item"]._is_discount_feature_enabled()
        for line in self:
            if line.kind == "reduce":
                line.discount = line.order_line_id.discount
            elif line._is_priced_by_order() and discount_enabled:
                line.discount = line._get_virtual_order_line().discount
            else:
                line.discount = line.discount or 0.0

    @api.depends("kind", "order_line_id", "product_id")
    def _compute_tax_ids(self):
        for line in self:
            if line.kind == "reduce":
                line.tax_ids = line.order_line_id.tax_ids
            elif line._is_priced_by_order():
                line.tax_ids = line._get_virtual_order_line().tax_ids._origin
            else:
                line.tax_ids = line.tax_ids

    @api.depends("kind", "order_line_id", "quantity", "price_unit", "discount", "tax_ids")
    def _compute_amount(self):
        AccountTax = self.env["account.tax"]
        for line in self:
            company = line.company_id or line.env.company
            base_lines = line._prepare_base_lines_for_taxes_computation()
            # one by one, as the order line itself is rounded
            for base_line in base_lines:
                AccountTax._add_tax_details_in_base_line(base_line, company)
                AccountTax._round_base_lines_tax_details([base_line], company)
            details = [base_line["tax_details"] for base_line in base_lines]
            currency = line.currency_id or company.currency_id
            line.price_subtotal = currency.round(sum(detail["total_excluded_currency"] for detail in details))
            line.price_total = currency.round(sum(detail["total_included_currency"] for detail in details))
            line.price_tax = currency.round(line.price_total - line.price_subtotal)

    # === CONSTRAINTS ===

    @api.constrains("discount", "price_unit")
    def _check_price(self):
        for line in self:
            if line.kind == "add" and (line.price_unit < 0 or not 0 <= line.discount <= 100):
                raise ValidationError(
                    self.env._(
                        "“%s”: an added line needs a price that is not negative and a discount between 0 and 100 %%."
                        " To take something off the order, choose Reduce.",
                        line.name,
                    )
                )

    # === BUSINESS ===

    def _prepare_all_base_lines(self):
        return [base_line for line in self for base_line in line._prepare_base_lines_for_taxes_computation()]

    def _prepare_base_lines_for_taxes_computation(self):
        """Return the tax engine's base lines of this line.

        An added line is one of them. A reduction is the order line out at its present quantity and in again at the
        lower one, so that its amount is exactly what the order will lose, to the cent.
        """
        self.ensure_one()
        order = self.order_id
        common = {
            "product_id": self.product_id,
            "product_uom_id": self.product_uom_id,
            "tax_ids": self.tax_ids,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "partner_id": order.partner_id,
            "currency_id": order.currency_id or (self.company_id or self.env.company).currency_id,
            "rate": order.currency_rate,
            "name": self.name,
        }
        prepare = self.env["account.tax"]._prepare_base_line_for_taxes_computation
        if self.kind == "add":
            return [prepare(self, quantity=self.quantity, **common)]
        ordered = self.order_line_id.product_uom_qty
        if self.applied_line_id:
            # already taken off: the quantity that it was taken off from
            ordered += self.quantity
        return [
            prepare(self, quantity=-ordered, **common),
            prepare(self, quantity=ordered - self.quantity, **common),
        ]
