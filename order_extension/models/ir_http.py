from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """What the customer's page says while signing is written by JavaScript: give it its words."""
        return [*super()._get_translation_frontend_modules_name(), "order_extension"]
