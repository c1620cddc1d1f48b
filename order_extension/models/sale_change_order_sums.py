"""What a change order costs, and what the contract comes to with it."""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..change_order_rules import contract_sums

#: What the sums depend on.
SUMMED_FIELDS = (
    "line_ids.price_subtotal", "line_ids.price_total", "line_ids.is_optional", "line_ids.is_selected",
    "currency_id", "company_id",
)  # fmt: skip


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    tax_totals = fields.Json(compute="_compute_tax_totals", exportable=False)
    amount_untaxed = fields.Monetary("Untaxed Amount", compute="_compute_amounts", store=True, tracking=5)
    amount_tax = fields.Monetary("Taxes", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary("Total", compute="_compute_amounts", store=True)
    amount_original = fields.Monetary(
        "Original Contract", compute="_compute_contract_sums", help="Untaxed, without any change order."
    )
    amount_changes_before = fields.Monetary(
        "Net of Earlier Change Orders",
        compute="_compute_contract_sums",
        help="Untaxed, of the change orders signed before this one, whatever their number.",
    )
    amount_before = fields.Monetary("Contract Sum before", compute="_compute_contract_sums", help="Untaxed.")
    amount_rounding = fields.Monetary(
        "Rounding",
        compute="_compute_contract_sums",
        help="The cent by which the order as a whole is rounded otherwise than this change order alone.",
    )
    amount_after = fields.Monetary("New Contract Sum", compute="_compute_contract_sums", help="Untaxed.")
    amount_after_total = fields.Monetary("New Contract Sum with Taxes", compute="_compute_contract_sums")
    promised_date_before = fields.Datetime("Promised Date before", compute="_compute_contract_sums")
    promised_date_after = fields.Datetime("New Promised Date", compute="_compute_contract_sums")

    amount_effect = fields.Monetary(
        "Effect on the Order",
        readonly=True,
        copy=False,
        help="Untaxed, what the order grew by with the signature: this change order and its rounding.",
    )

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"amount_effect"}

    # === COMPUTE ===

    def _get_tax_totals(self, lines=None):
        """Return the tax engine's summary of ``lines`` as they stand now, by default of those that count."""
        self.ensure_one()
        lines = self._get_agreed_lines() if lines is None else lines
        return self.order_id._get_totals_of_base_lines(lines._prepare_all_base_lines())

    def _get_tax_rows(self):
        """Return label and amount of each tax, as the page shows them."""
        self.ensure_one()
        taxes = self.order_id._get_taxes_of_base_lines(self._get_agreed_lines()._prepare_all_base_lines())
        rows = [(self._get_tax_label(tax), amount) for tax, amount in taxes.items()]
        if self.currency_id.compare_amounts(sum(amount for _label, amount in rows), self.amount_tax):
            # Somebody has changed a tax since it was signed: what was signed holds.
            return [(self.env._("Taxes"), self.amount_tax)]
        return rows

    def _get_tax_label(self, tax):
        """How a tax is called on documents, with a word to it if that is a rate alone."""
        has_words = any(char.isalpha() for char in tax.tax_label)
        return tax.tax_label if has_words else self.env._("Taxes %s", tax.tax_label)

    @api.depends(*SUMMED_FIELDS)
    def _compute_amounts(self):
        for change_order in self:
            totals = change_order._get_tax_totals()
            change_order.amount_untaxed = totals["base_amount_currency"]
            change_order.amount_tax = totals["tax_amount_currency"]
            change_order.amount_total = totals["total_amount_currency"]

    @api.depends_context("lang")
    @api.depends(*SUMMED_FIELDS)
    def _compute_tax_totals(self):
        for change_order in self:
            change_order.tax_totals = change_order._get_tax_totals()

    @api.depends("amount_untaxed", "amount_total", "line_ids.is_selected", "days_added", "order_id", "state")
    def _compute_contract_sums(self):
        """Before the signature the sums follow the order; with it they stay as they were shown."""
        effects_before = self._get_signed_effects()
        # In sudo: see below. Read for all at once what the tax engine would read order by order.
        orders = self.filtered(lambda change_order: not change_order.signed_content).order_id.sudo()
        orders.mapped("amount_untaxed")
        orders.order_line.mapped("tax_ids")
        for change_order in self:
            if change_order.signed_content:
                change_order.update(change_order._get_signed_sums())
                continue
            # The order itself may be out of reach for a technician; its sum is on what he shows to the customer.
            order = change_order.order_id.sudo()
            effect, effect_total = change_order._get_order_effect()
            sums = contract_sums(
                order.amount_untaxed,
                order.amount_untaxed + effect,
                effects_before.get(order.id, ()),
                change_order.amount_untaxed,
                change_order.currency_id.round if change_order.currency_id else round,
            )
            promised = order.commitment_date
            change_order.amount_original = sums.original
            change_order.amount_changes_before = sums.changes_before
            change_order.amount_before = sums.before
            change_order.amount_rounding = sums.rounding
            change_order.amount_after = sums.after
            change_order.amount_after_total = order.amount_total + effect_total
            change_order.promised_date_before = promised
            change_order.promised_date_after = promised and promised + timedelta(days=change_order.days_added)

    def _get_signed_effects(self):
        """Return what the signed change orders have added by id of the order, in one query."""
        rows = self.sudo()._read_group(
            Domain("order_id", "in", self.order_id.ids) & Domain("state", "=", "signed"),
            ["order_id"],
            ["amount_effect:array_agg"],
        )
        return {order.id: effects for order, effects in rows}

    def _get_order_effect(self):
        """Return what the order will grow by, untaxed and with taxes.

        The tax engine is asked twice for the whole order, as it is and as it will be, because it may round the order
        as a whole.
        """
        self.ensure_one()
        # In sudo: see _compute_contract_sums.
        change_order = self.sudo()
        order = change_order.order_id
        agreed = change_order._get_agreed_lines()
        if not order or not agreed:
            return 0.0, 0.0
        reductions = defaultdict(float)
        for line in agreed:
            if line.kind == "reduce":
                reductions[line.order_line_id._origin] += line.quantity
        lines = order._get_priced_lines()
        before = [line._prepare_base_line_for_taxes_computation() for line in lines]
        after = [
            line._prepare_base_line_for_taxes_computation(quantity=line.product_uom_qty - reductions[line._origin])
            for line in lines
        ]
        for line in agreed:
            if line.kind == "add":
                after += line._prepare_base_lines_for_taxes_computation()
        now, then = order._get_totals_of_base_lines(before), order._get_totals_of_base_lines(after)
        return (
            then["base_amount_currency"] - now["base_amount_currency"],
            then["total_amount_currency"] - now["total_amount_currency"],
        )
