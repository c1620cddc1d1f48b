from odoo import models

#: Who records what customers ask for on site, and so has to know the rules.
RECORDING_GROUPS = ("order_extension.group_technician", "sales_team.group_sale_salesman")


class ResUsers(models.Model):
    _inherit = "res.users"

    def _records_extras(self):
        """Whether this user records small extras, and so is bound by their rules."""
        self.ensure_one()
        return any(self.has_group(group) for group in RECORDING_GROUPS)

    def _starts_on_site(self):
        """Whether this user works on site and neither sells nor manages projects: they have a home of their own."""
        self.ensure_one()
        elsewhere = ("sales_team.group_sale_salesman", "project.group_project_manager")
        return self.has_group("order_extension.group_technician") and not any(map(self.has_group, elsewhere))
