from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _get_recommended_controls(self):
        """Return what is recommended to be on: for each add-on the value of each control, by field of the company.

        After the installation none of them refuses or sends anything: the administrator switches it on.
        """
        return {
            "order_extension": {
                "minor_items_auto": True,
                "undocumented_line_policy": "warn",
                "undocumented_hours_policy": "warn",
                "change_order_approval_amount": 1000.0,
                "change_order_reminder_days": 3,
            }
        }
