"""When an order was delivered, and whether it came as it should: measured against the first promise.

Found when a delivery, a task, a quantity or an invoice changes; nothing is polled. Once an order is complete, that
moment stays: what is ordered, repaired or replaced afterwards doesn't make the promise late. It is only taken back if
something of what was complete is open again, such as a task that was ticked off by mistake.
"""

from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.order_extension.columns import add_column

from ..days import local_day
from ..promise import delivered_on, is_kept, is_perfect, slip_days

STORED = (
    "delivered_on", "delivery_noticed_on", "first_promised_day", "days_late", "is_on_time", "is_on_time_agreed",
    "is_in_full", "is_undamaged", "has_right_papers", "is_perfect",
)  # fmt: skip


class SaleOrder(models.Model):
    _inherit = "sale.order"

    delivered_on = fields.Datetime(
        "Delivered",
        compute="_compute_delivered_on",
        store=True,
        copy=False,
        help="When the last of what was ordered was delivered or done.",
    )
    delivery_noticed_on = fields.Datetime(compute="_compute_delivered_on", store=True, copy=False)
    first_promised_day = fields.Date(
        compute="_compute_first_promised_day", store=True, copy=False, help="Where the customer is."
    )
    days_late = fields.Integer(
        compute="_compute_outcome",
        store=True,
        copy=False,
        help="Days of the calendar between the first promise and the delivery.",
    )
    is_on_time = fields.Boolean(
        "On Time",
        compute="_compute_outcome",
        store=True,
        copy=False,
        help="Everything was delivered on the day that was promised first, or before.",
    )
    is_on_time_agreed = fields.Boolean(
        "On Time as Agreed",
        compute="_compute_outcome",
        store=True,
        copy=False,
        help="On time, if the days count that the customer himself has caused or agreed to.",
    )
    is_in_full = fields.Boolean(
        "In Full",
        compute="_compute_in_full",
        store=True,
        copy=False,
        help="All that was ordered came, and no delivery left without a part of what it was for.",
    )
    is_undamaged = fields.Boolean(
        "Undamaged",
        compute="_compute_outcome",
        store=True,
        copy=False,
        help="Nothing came back because it was damaged, and there is no claim.",
    )
    has_right_papers = fields.Boolean(
        compute="_compute_outcome",
        store=True,
        copy=False,
        help="No invoice was cancelled, posted in spite of a difference, or credited beyond what came back.",
    )
    is_perfect = fields.Boolean(
        "Perfect Order",
        compute="_compute_outcome",
        store=True,
        copy=False,
        help="On time for the first promise, in full, undamaged and with the right papers.",
    )

    def _auto_init(self):
        """Leave the orders of before to the hook, in batches."""
        for name in STORED:
            add_column(self, name)
        return super()._auto_init()

    # === DELIVERED ===

    @api.depends(
        "state", "order_line.product_uom_qty", "order_line.qty_delivered", "order_line.move_ids.state",
        "picking_ids.date_done", "stage_task_ids.closed_on", "stage_task_ids.sale_line_id",
    )  # fmt: skip
    def _compute_delivered_on(self):
        now = fields.Datetime.now()
        for order in self:
            noticed = order.delivery_noticed_on
            # In sudo: it is the same for all, whoever's change has brought it about.
            parts = order.sudo()._get_delivered_parts(noticed) if order.state == "sale" else ()
            moment = delivered_on(parts, order.delivered_on or now)
            order.delivered_on = moment
            order.delivery_noticed_on = moment and (noticed or now)

    def _get_delivered_parts(self, noticed=None):
        """Return what was ordered, as :class:`Part`. What nobody books anywhere counts if there is nothing else.

        One that is open is enough to know that the order is not complete: the others are not looked at then.
        """
        self.ensure_one()
        lines, parts = self._origin.order_line, []
        for line in lines:
            if part := line._get_delivered_part(noticed):
                if not part.is_closed:
                    return [part]
                parts.append(part)
        return parts or [
            line._get_entered_part()
            for line in lines
            if line.product_id and not line.is_downpayment and not line.product_uom_id.is_zero(line.product_uom_qty)
        ]

    # === AS IT SHOULD ===

    @api.depends("first_promised_date")
    def _compute_first_promised_day(self):
        for order in self:
            order.first_promised_day = order._get_promised_day(order.first_promised_date)

    @api.depends("delivered_on", "order_line.move_ids.state")
    def _compute_in_full(self):
        for order in self:
            parts = order.sudo()._get_delivered_parts(order.delivery_noticed_on) if order.delivered_on else ()
            order.is_in_full = bool(parts) and all(part.is_complete for part in parts)

    @api.model
    def _get_outcome_dependencies(self):
        return [
            "delivered_on", "first_promised_date", "is_in_full",
            "promise_slip_ids.days", "promise_slip_ids.is_customers_doing",
            "picking_ids.state", "picking_ids.is_damage_return", "case_ids.kind", "case_ids.state",
            "order_line.invoice_lines.parent_state", "order_line.invoice_lines.quantity",
            "order_line.invoice_lines.move_id.billing_override_reason",
        ]  # fmt: skip

    @api.depends(lambda self: self._get_outcome_dependencies())
    def _compute_outcome(self):
        for order in self:
            # In sudo: it is the same for all, whoever's change has brought it about.
            order.update(order.sudo()._get_outcome())

    def _get_outcome(self):
        """Return how this order came, as values of its fields; nothing is true of one that has not come."""
        self.ensure_one()
        delivered, first, tz = self.delivered_on, self.first_promised_date, self._get_promise_tz()
        kept = bool(delivered and first and is_kept(first, delivered, tz))
        values = {
            "days_late": slip_days(first, delivered, tz),
            "is_on_time": kept,
            "is_on_time_agreed": kept or self._is_kept_as_agreed(),
            "is_undamaged": bool(delivered) and not self._has_damage(),
            "has_right_papers": bool(delivered) and not self._has_wrong_papers(),
        }
        values["is_perfect"] = is_perfect(kept, self.is_in_full, values["is_undamaged"], values["has_right_papers"])
        return values

    def _is_kept_as_agreed(self):
        """Whether it came on the first promised day and the days that the customer himself has added, or before."""
        self.ensure_one()
        if not self.delivered_on or not self.first_promised_date:
            return False
        tz = self._get_promise_tz()
        added = sum(slip.days for slip in self.promise_slip_ids if slip.is_customers_doing)
        agreed = local_day(self.first_promised_date, tz) + timedelta(days=max(added, 0))
        return local_day(self.delivered_on, tz) <= agreed

    def _has_damage(self):
        """Whether something was wrong with what came: sent back as damaged, or claimed and not withdrawn.

        Whoever knows more extends this, and names what it follows from in :meth:`_get_outcome_dependencies`.
        """
        self.ensure_one()
        return any(picking.is_damage_return and picking.state != "cancel" for picking in self.picking_ids) or any(
            case.kind == "claim" and case.state != "cancelled" for case in self.case_ids
        )

    def _has_wrong_papers(self):
        """Whether an invoice of this order was not right, as its lines and the invoices themselves tell.

        Whoever knows more extends this, and names what it follows from in :meth:`_get_outcome_dependencies`.
        """
        self.ensure_one()
        return any(
            line._is_credited_for_nothing()
            or any(invoiced.move_id._is_wrong_paper() for invoiced in line.invoice_lines)
            for line in self.order_line
        )
