from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    promise_expected_date = fields.Boolean(
        "Promise Expected Dates",
        help="An order that is confirmed without a delivery date promises the day when its last goods are expected.",
    )
