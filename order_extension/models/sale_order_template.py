from odoo import fields, models


class SaleOrderTemplate(models.Model):
    _name = "sale.order.template"
    _inherit = ["sale.order.template", "extra.limits.mixin"]

    minor_items_rate = fields.Float(
        digits=(16, 6),
        help="Rate of the minor items allowance that quotations from this template carry. 0: as the company has it.",
    )
    minor_items_never = fields.Boolean(
        "No Minor Items", help="Quotations from this template carry no allowance by themselves."
    )
    is_fixed_price = fields.Boolean("Fixed Price")
    scope_included = fields.Html(translate=True, help="What the price includes, as the customer reads it.")
    scope_excluded = fields.Html(translate=True, help="What the price does not include, as the customer reads it.")

    _minor_items_rate_valid = models.Constraint(
        "CHECK(minor_items_rate >= 0 AND minor_items_rate <= 1)", "The minor items rate must be between 0 and 100 %."
    )
