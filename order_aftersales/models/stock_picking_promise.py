from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # In sudo, as related fields are: the warehouse has to know the date, whoever's order it is.
    promised_date = fields.Datetime(
        "Promised to Customer",
        related="sale_id.commitment_date",
        help="The date that the customer was promised for the whole order.",
    )
    promise_note = fields.Char(related="sale_id.promise_note")

    def _reschedule_by(self, delta):
        """Plan these transfers later, or earlier, by ``delta``; the moves of each keep their distance."""
        for move in self.move_ids:
            if move.state not in ("done", "cancel"):
                move.date += delta
