"""The margin of an order as lists of orders show it: kept, with the moment that it was worked out."""

from odoo import api, fields, models

from ..sheet_figures import cells
from .sale_order_line_plan import COST_GROUPS

#: Written when the figures are worked out, and by nobody.
MARGIN_FIELDS = frozenset(
    {
        "postcalc_planned_margin",
        "postcalc_forecast_margin",
        "postcalc_margin_share",
        "postcalc_margin_variance",
        "postcalc_as_of",
    }
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    postcalc_planned_margin = fields.Monetary(
        "Planned Margin",
        readonly=True,
        copy=False,
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="Of the order and the change orders that were signed by then.",
    )
    postcalc_forecast_margin = fields.Monetary(
        "Margin Expected at Completion",
        readonly=True,
        copy=False,
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="Margin expected at completion, as of the day beside it. The post-calculation of the order has that of"
        " now.",
    )
    postcalc_margin_share = fields.Float(
        "Expected Margin (%)",
        readonly=True,
        copy=False,
        digits=(16, 6),
        aggregator=None,
        groups=COST_GROUPS,
        help="Margin expected at completion, as a share of the revenue expected then.",
    )
    postcalc_margin_variance = fields.Monetary(
        "Variance of the Margin",
        readonly=True,
        copy=False,
        currency_field="precalc_currency_id",
        groups=COST_GROUPS,
        help="Margin expected at completion less the planned one: more is good, less is bad.",
    )
    postcalc_as_of = fields.Datetime(
        "As of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=COST_GROUPS,
        help="When these figures were worked out: at the confirmation, with each signed change order and each invoice,"
        " at the closing, and every night.",
    )

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | MARGIN_FIELDS

    # === WHEN ===

    def _freeze_plan(self):
        res = super()._freeze_plan()
        self._update_postcalc_margin()
        return res

    def _write_postcalc_state(self, state, closed_on):
        res = super()._write_postcalc_state(state, closed_on)
        self._update_postcalc_margin()
        return res

    def _update_postcalc_margin(self):
        """Work out what these orders are expected to leave, as of now."""
        # In sudo: whoever confirms, signs or invoices need not see costs.
        confirmed = self.sudo().filtered(lambda order: order.state == "sale")
        if not confirmed:  # each write of an order asks
            return
        for order, shown in confirmed._get_postcalc_totals().items():
            order._as_transition().write(order._prepare_postcalc_margin_vals(shown))

    def _get_postcalc_totals(self):
        """Return the figures of the whole order as its sheet shows them, by order."""
        rows = self._get_postcalc_rows()
        totals = {}
        for order in self:
            rounding = order.company_id.currency_id.round
            totals[order] = cells(rows[order.id].total(rounding), rounding)
        return totals

    def _prepare_postcalc_margin_vals(self, shown):
        """:param dict shown: figures of the whole order, see :meth:`_get_postcalc_totals`"""
        margin = shown["margin"]
        return {
            "postcalc_planned_margin": margin["revised"],
            "postcalc_forecast_margin": margin["forecast"],
            "postcalc_margin_share": shown["margin_share"]["forecast"] or 0.0,
            "postcalc_margin_variance": margin["deviation"],
            "postcalc_as_of": fields.Datetime.now(),
        }


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    def _freeze_plan(self, before):
        res = super()._freeze_plan(before)
        self.order_id._update_postcalc_margin()
        return res


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._get_postcalc_orders()._update_postcalc_margin()
        return posted

    def button_draft(self):
        # Before: with the entry its cost leaves the order.
        orders = self._get_postcalc_orders()
        res = super().button_draft()
        orders._update_postcalc_margin()
        return res

    def _get_postcalc_orders(self):
        """Return the orders whose revenue or cost is in these entries."""
        # In sudo: who posts a bill need not see whose project it is for.
        moves = self.sudo()
        lines = moves.invoice_line_ids
        return lines.sale_line_ids.order_id | moves.credited_order_id | lines.analytic_line_ids.postcalc_order_id
