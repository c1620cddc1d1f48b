from odoo import fields, models

#: Limits of small extras, named alike wherever they are kept.
LIMIT_FIELDS = (
    "minor_item_limit_amount",
    "minor_item_limit_minutes",
    "minor_item_customer_share",
    "follow_up_limit_amount",
    "follow_up_limit_days",
)


class ExtraLimitsMixin(models.AbstractModel):
    """Limits of small extras that take the place of the company's ones.

    Amounts are untaxed and in the currency of the company.
    """

    _name = "extra.limits.mixin"
    _description = "Own Limits of Small Extras"

    own_extra_limits = fields.Boolean("Own Limits", help="Limits other than those of the company.")
    minor_item_limit_amount = fields.Float("Limit per Minor Item", digits="Product Price")
    minor_item_limit_minutes = fields.Integer("Minutes per Minor Item")
    minor_item_customer_share = fields.Float("Limit per Customer", digits=(16, 6))
    follow_up_limit_amount = fields.Float("Follow-Up from", digits="Product Price")
    follow_up_limit_days = fields.Float("Follow-Up from Days")
