from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _waits_for_goods(self):
        """Whether goods for the customer are not there.

        By states alone, so that it can be told when they change. A move that nobody has tried to reserve yet says
        nothing; one that waits for another step of the same order is told of by that step.
        """
        self.ensure_one()
        if self.location_id.usage == "customer" or not self.product_id.is_storable:
            return False
        if self.state == "partially_available":
            return True
        if self.state == "confirmed":
            return self.picking_type_id.reservation_method == "at_confirm"
        if self.state == "waiting":
            order = self.picking_id.sale_id
            return any(
                move.state not in ("done", "cancel") and move.picking_id.sale_id != order for move in self.move_orig_ids
            )
        return False

    def _get_expected_goods(self):
        """Return when the goods of this move are expected, None if nobody expects them, False if they are there."""
        self.ensure_one()
        if self.forecast_expected_date:
            return self.forecast_expected_date
        enough = self.product_id.uom_id.compare(self.forecast_availability, self.product_qty) >= 0
        return False if enough else None
