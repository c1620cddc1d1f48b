from odoo import models


class HrDepartment(models.Model):
    _inherit = "hr.department"

    def _get_department_and_parents(self):
        """Return these departments with all that they belong to: who works in a part speaks for the whole."""
        ids = {int(id_) for department in self for id_ in (department.parent_path or "").split("/") if id_}
        return self.browse(ids) | self
