from odoo import models


class HrDepartment(models.Model):
    _inherit = "hr.department"

    def _get_department_and_parents(self):
        """Return the department with all that it belongs to: who works in a part of it speaks for the whole."""
        return self.browse(int(id_) for id_ in (self.parent_path or "").split("/") if id_) | self
