from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_credited_for_nothing(self):
        """Whether more of this line was credited than came back: then it was billed wrongly.

        Down payments are credited as a matter of course.
        """
        self.ensure_one()
        credits = [
            line for line in self.invoice_lines if line.move_type == "out_refund" and line.parent_state == "posted"
        ]
        if not credits or self.is_downpayment:
            return False
        credited = sum(line.product_uom_id._compute_quantity(line.quantity, self.product_uom_id) for line in credits)
        returned = sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom_id)
            for move in self.move_ids
            if move.state == "done" and move.location_id.usage == "customer"
        )
        return self.product_uom_id.compare(credited, returned) > 0
