from odoo import models

from ..invoice_split import net_deliveries


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_deliveries_to_bill(self, way):
        """Return what was delivered of this line, oldest first: pairs of key and quantity in its unit.

        :param way: "delivery" for the transfers as keys, "month" for the first days of the months
        """
        self.ensure_one()
        # In sudo: who invoices need not see the warehouse.
        line = self.sudo()
        outgoing, incoming = line._get_outgoing_incoming_moves()
        done = (
            (outgoing | incoming).filtered(lambda move: move.state == "done").sorted(lambda move: (move.date, move.id))
        )
        moves = []
        for move in done:
            sign = 1 if move in outgoing else -1
            quantity = move.product_uom._compute_quantity(move.quantity, line.product_uom_id, rounding_method="HALF-UP")
            returned = move.origin_returned_move_id
            moves.append((move._get_billing_key(way), sign * quantity, returned and returned._get_billing_key(way)))
        return net_deliveries(moves)
