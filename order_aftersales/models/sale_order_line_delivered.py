from odoo import models

from ..promise import Part

OPEN_MOVES = ("draft", "waiting", "confirmed", "partially_available", "assigned")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_delivered_part(self, noticed):
        """Return what is delivered of this line as a :class:`Part`; None if nothing tells that, or nothing is due.

        :param noticed: when the order was complete before; what came later is another matter
        """
        self.ensure_one()
        if self.display_type or self.is_downpayment or self.is_expense or self._is_delivery():
            return None
        # What never came was due, even where the order was reduced to what came.
        if self.product_uom_id.is_zero(self.product_uom_qty) and not self._is_in_pieces(self.move_ids):
            return None
        if _is_later(self, noticed):
            return None
        if self.qty_delivered_method == "stock_move":
            return self._get_goods_part(noticed)
        # Lists here and below: what is filtered by Odoo is read order by order.
        tasks = [
            task
            for task in self.order_id.stage_task_ids
            if task.sale_line_id == self and not task.is_template and not _is_later(task, noticed)
        ]
        if tasks:
            return Part(
                is_closed=all(task.closed_on for task in tasks),
                is_complete=any(task.state == "1_done" for task in tasks),
                closed_on=max((task.closed_on for task in tasks if task.state == "1_done"), default=None),
            )
        if self.qty_delivered_method == "milestones" or self.product_id.invoice_policy == "delivery":
            return self._get_entered_part()
        return None

    def _get_goods_part(self, noticed):
        """Goods are delivered by what left for the customer; what he sends back was delivered all the same."""
        moves = [
            move
            for move in self.move_ids
            if move.location_dest_id.usage == "customer"
            and move.location_id.usage != "customer"
            and not _is_later(move, noticed)
        ]
        if not moves:
            return self._get_entered_part()
        done = [move for move in moves if move.state == "done"]
        delivered = sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom_id, rounding_method="HALF-UP")
            for move in done
        )
        return Part(
            is_closed=not any(move.state in OPEN_MOVES for move in moves),
            is_complete=self._is_enough(delivered) and not self._is_in_pieces(moves),
            closed_on=max((move.picking_id.date_done or move.date for move in done), default=None),
        )

    def _is_in_pieces(self, moves):
        """Whether a delivery left without all that it was for: the rest came later, or never."""
        return any(
            move.picking_id.backorder_id
            or (move.state == "cancel" and move.picking_id.state == "done")
            or (move.state == "done" and move.product_uom.compare(move.quantity, move.product_uom_qty) < 0)
            for move in moves
        )

    def _get_entered_part(self):
        """What somebody enters as delivered, or milestones."""
        return Part(is_closed=self._is_enough(self.qty_delivered), is_complete=self._is_enough(self.qty_delivered))

    def _is_enough(self, quantity):
        return self.product_uom_id.compare(quantity, self.product_uom_qty) >= 0


def _is_later(record, noticed):
    """Whether ``record`` came when the order was complete already: an extension, a repair, a replacement."""
    return bool(noticed) and record.create_date.replace(microsecond=0) > noticed
