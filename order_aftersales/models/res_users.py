from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_order_departments(self):
        """Return the departments that the user works in, those that they belong to, and those that he heads."""
        self.ensure_one()
        # In sudo: employees are not everybody's to read; only the user's own are looked at.
        employees = self.sudo().employee_ids
        headed = self.env["hr.department"].sudo().search([("manager_id", "in", employees.ids)])
        return (employees.department_id._get_department_and_parents() | headed).sudo(self.env.su)
