"""What follows from other entries can't be written: the fields of this add-on, on documents that are Odoo's."""

from odoo import api, models


class KeptFieldsMixin(models.AbstractModel):
    _inherit = "kept.fields.mixin"

    @api.model
    def _get_keeping_modules(self):
        return super()._get_keeping_modules() | {"order_aftersales"}


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["kept.fields.mixin", "account.move.line"]


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = ["kept.fields.mixin", "project.task"]


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["kept.fields.mixin", "res.users"]
