from odoo import fields, models


class SaleOrderTemplateLine(models.Model):
    _inherit = "sale.order.template.line"

    def _is_option(self):
        """Whether the customer chooses this line, or the section that it is in."""
        self.ensure_one()
        line = self
        while line:
            if line.is_optional:
                return True
            line = line.parent_id
        return False

    def _get_target_price(self, company):
        """Return the net price of this line at the list price, in the currency of ``company``."""
        self.ensure_one()
        product = self.product_id.with_company(company)
        price = product.uom_id._compute_price(product.lst_price, self.product_uom_id or product.uom_id)
        price = product.currency_id._convert(price, company.currency_id, company, fields.Date.context_today(self))
        taxes = product.taxes_id._filter_taxes_by_company(company)
        details = taxes.compute_all(price, currency=company.currency_id, quantity=self.product_uom_qty, product=product)
        return details["total_excluded"]

    def _get_target_cost(self, company):
        """Return the key of the row that this line belongs to, and what it is planned to cost."""
        self.ensure_one()
        product = self.product_id.with_company(company)
        unit = self.product_uom_id or product.uom_id
        quantity = unit._compute_quantity(self.product_uom_qty, product.uom_id, round=False)
        cost = product.standard_price * quantity
        if not cost:
            hours = product._get_planned_hours(self.product_uom_qty, unit)
            # In sudo: the cost of an hour is an average of the employees.
            cost = hours * company.sudo()._get_planned_hour_cost()
        return (product.activity_id.id if product.type == "service" else "material"), cost
