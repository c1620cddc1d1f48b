from datetime import timedelta

from odoo import fields, models

#: Whatever is planned for so soon after it was made was planned by nobody.
AT_ONCE = timedelta(minutes=1)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # In sudo, as related fields are: the warehouse has to know the date, whoever's order it is.
    promised_date = fields.Datetime(
        "Promised to Customer",
        related="sale_id.commitment_date",
        help="The date that the customer was promised for the whole order.",
    )
    promise_note = fields.Char(related="sale_id.promise_note")

    def _is_planned(self, ordered_on=None):
        """Whether somebody has said when, or a lead time: what nobody plans, Odoo plans for the moment it is made.

        :param ordered_on: when the order was confirmed
        """
        self.ensure_one()
        made = max(moment for moment in (ordered_on, self.create_date) if moment)
        return bool(self.scheduled_date) and self.scheduled_date > made + AT_ONCE

    def _reschedule_by(self, delta):
        """Plan these transfers later, or earlier, by ``delta``; the moves of each keep their distance."""
        for move in self.move_ids:
            if move.state not in ("done", "cancel"):
                move.date += delta
