from odoo import models


class ProjectProject(models.Model):
    _inherit = "project.project"

    def _get_own_order(self):
        """The order that this project was made for, else the one that its cost is re-invoiced with."""
        self.ensure_one()
        return self.sale_line_id.order_id or self.reinvoiced_sale_order_id
