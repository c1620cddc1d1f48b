"""What follows from other entries can't be written: the fields of this add-on, on documents that are Odoo's."""

from odoo import api, models


class KeptFieldsMixin(models.AbstractModel):
    _inherit = "kept.fields.mixin"

    @api.model
    def _get_keeping_modules(self):
        return super()._get_keeping_modules() | {"order_postcalc"}


class AccountAnalyticAccount(models.Model):
    _name = "account.analytic.account"
    _inherit = ["kept.fields.mixin", "account.analytic.account"]


class AccountAnalyticLine(models.Model):
    _name = "account.analytic.line"
    _inherit = ["kept.fields.mixin", "account.analytic.line"]


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["kept.fields.mixin", "account.move.line"]
