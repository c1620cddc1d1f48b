from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """What the customer's page says while signing is written by JavaScript: give it its words."""
        return [*super()._get_translation_frontend_modules_name(), "order_extension"]

    def session_info(self):
        """Technicians begin with their tasks on site, unless they have chosen another home."""
        info = super().session_info()
        if not info.get("home_action_id") and self.env.user._starts_on_site():
            # In sudo: which action it is, is no secret; what it shows is filtered by the user's rights.
            info["home_action_id"] = self.env.ref("order_extension.project_task_action_site").sudo().id
        return info
