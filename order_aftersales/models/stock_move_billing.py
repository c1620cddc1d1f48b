from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_billing_key(self, way):
        """Return which invoice this move belongs to: that of its transfer, or of its month. Keys sort by time."""
        self.ensure_one()
        if way == "month":
            return fields.Date.context_today(self, self.date).replace(day=1)
        return (self.picking_id.date_done or self.date, self.picking_id.id)
