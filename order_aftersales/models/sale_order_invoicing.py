"""*Create Invoice* makes the invoices that the customer wants: what is put on one, and how much of it he reads."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.order_extension.private_context import get_private, private

from ..invoice_split import (
    REST,
    divide_lines,
    hide_below_sections,
    is_product,
    join_once,
    place_rest,
    share_by_delivery,
    sum_up,
)

#: Under which name the context says which way is being gone, and that none is.
INVOICING_WAY = "invoicing_way"
NO_WAY = object()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === CREATING INVOICES ===

    def _create_invoices(self, grouped=False, final=False, date=None):
        """Each customer gets what he wants, in one go: his way comes before what the user has chosen for all."""
        if get_private(self.env, INVOICING_WAY, NO_WAY) is not NO_WAY:
            return super()._create_invoices(grouped=grouped, final=final, date=date)
        self._check_references(final)
        ways = self.grouped(lambda order: order._get_invoicing_way("invoice_grouping"))
        if set(ways) <= {False}:
            return super()._create_invoices(grouped=grouped, final=final, date=date)
        invoices = self.env["account.move"]
        for way, orders in ways.items():
            one_by_one = way in ("order", "delivery") if way else grouped
            orders = orders.with_context(**{INVOICING_WAY: private(way)}, raise_if_nothing_to_invoice=False)
            invoices |= super(SaleOrder, orders)._create_invoices(grouped=one_by_one, final=final, date=date)
        if not invoices and self.env.context.get("raise_if_nothing_to_invoice", True):
            raise UserError(self._nothing_to_invoice_error_message())
        return invoices.with_env(self.env)

    def _get_invoice_grouping_keys(self):
        """A month's invoice is for all sites."""
        keys = super()._get_invoice_grouping_keys()
        if get_private(self.env, INVOICING_WAY) == "month":
            keys = [key for key in keys if key != "partner_shipping_id"]
        return keys

    def _create_account_invoices(self, invoice_vals_list, final):
        way = get_private(self.env, INVOICING_WAY)
        parts = []
        for vals in invoice_vals_list:
            parts += self._divide_invoice_vals(vals, way) if way in ("delivery", "month") else [vals]
        for vals in parts:
            self._apply_invoice_detail(vals)
        drafts = self.env["account.move"]
        if way == "month":
            drafts, parts = self._add_to_monthly_drafts(parts)
        return (super()._create_account_invoices(parts, final) if parts else drafts.browse()) | drafts

    # === DIVIDING ===

    def _divide_invoice_vals(self, vals, way):
        """Divide the values of an invoice in those of one per delivery, or per month.

        :return: list of values; only one if it is better not to divide
        """
        lines = [command[2] for command in vals["invoice_line_ids"]]
        shares = [self._share_invoice_line(line, way) for line in lines]
        amounts, rest, deduction = {}, 0.0, 0.0
        for line, line_shares in zip(lines, shares, strict=True):
            for key, quantity in line_shares.items():
                amount = quantity * line.get("price_unit", 0.0) * (1 - line.get("discount", 0.0) / 100)
                if line.get("is_downpayment"):
                    deduction -= amount
                elif key is REST:
                    rest += amount
                else:
                    amounts[key] = amounts.get(key, 0.0) + amount
        preferred = max(amounts, default=False)
        if way == "month":
            preferred = fields.Date.context_today(self).replace(day=1)
        places = place_rest(amounts, rest, deduction, preferred)
        if places is None:
            places = (preferred, preferred)
            shares = [{REST: sum(line_shares.values())} if line_shares else {} for line_shares in shares]
        divided = divide_lines(lines, shares, *places)
        return [
            {**vals, **self._prepare_part_vals(vals, key, way), "invoice_line_ids": self._number_lines(divided[key])}
            for key in sorted(divided)
        ]

    def _share_invoice_line(self, line_vals, way):
        """Return the quantity of the line by delivery or month, nothing for sections and notes."""
        if not is_product(line_vals):
            return {}
        quantity, line = line_vals["quantity"], self._get_order_lines_of([line_vals])
        if len(line) != 1 or quantity <= 0 or line_vals.get("extra_tax_data") or line._is_billed_as_ordered():
            return {REST: quantity}
        return share_by_delivery(quantity, line.qty_invoiced, line._get_deliveries_to_bill(way))

    def _prepare_part_vals(self, vals, key, way):
        """Return what is different about the invoice of one delivery, or one month."""
        if way == "month":
            sites = self._get_orders_of(vals).partner_shipping_id
            site = {"partner_shipping_id": vals["partner_id"]} if len(sites) > 1 else {}
            return {"billing_month": key, **site}
        if not key:
            return {}
        # In sudo: who invoices need not see the warehouse.
        picking = self.env["stock.picking"].sudo().browse(key[1])
        return {
            "billing_picking_id": picking.id,
            "delivery_date": picking.date_done and fields.Date.context_today(self, picking.date_done),
            "invoice_origin": join_once(vals.get("invoice_origin"), picking.name),
        }

    # === MONTHLY DRAFTS ===

    def _add_to_monthly_drafts(self, parts):
        """Put on the month's draft what belongs to it: the customer wants one, also if orders are billed one by one.

        :return: tuple of the drafts, and the values for which there is none yet
        """
        # In sudo, as Odoo creates the invoices of orders: a seller has no rights on them.
        drafts, new = self.env["account.move"].sudo(), []
        for vals in parts:
            draft = drafts.search(self._get_monthly_draft_domain(vals), limit=1)
            if draft:
                self._add_to_draft(draft, vals)
                drafts |= draft
            else:
                new.append(vals)
        return drafts, new

    @api.model
    def _get_monthly_draft_domain(self, vals):
        names = ("billing_month", "company_id", "partner_id", "currency_id", "fiscal_position_id")
        return [
            ("state", "=", "draft"),
            ("move_type", "=", "out_invoice"),
            ("billing_held_from_id", "=", False),
            *((name, "=", vals.get(name) or False) for name in names),
        ]

    @api.model
    def _add_to_draft(self, draft, vals):
        last = max(draft.invoice_line_ids.mapped("sequence"), default=0)
        lines = [{**command[2], "sequence": last + command[2]["sequence"]} for command in vals["invoice_line_ids"]]
        draft.write(
            {
                "invoice_line_ids": [Command.create(line) for line in lines],
                **{name: join_once(draft[name], vals.get(name)) for name in ("ref", "invoice_origin")},
            }
        )

    # === DETAIL ===

    def _apply_invoice_detail(self, vals):
        """Let Odoo's own sections hide what the customer doesn't want to read, on paper and in his portal."""
        order = self._get_orders_of(vals)[:1]
        detail = order and order._get_invoicing_way("invoice_detail")
        if detail not in ("sections", "lump_sum"):
            return
        lines = [command[2] for command in vals["invoice_line_ids"]]
        if detail == "sections":
            lines = hide_below_sections(lines)
        else:
            lines = sum_up(
                lines,
                lambda line: self._get_order_lines_of([line]).order_id[:1] or None,
                lambda order: {"name": order._get_lump_sum_name(vals.get("billing_picking_id"))},
            )
        vals["invoice_line_ids"] = self._number_lines(lines)

    def _get_lump_sum_name(self, picking_id=False):
        """Return what the customer reads instead of the lines, in his language."""
        self.ensure_one()
        order = self.with_context(lang=self.partner_invoice_id.lang or self.env.lang)
        # In sudo: who invoices need not see the warehouse.
        picking = order.env["stock.picking"].sudo().browse(picking_id or [])
        name = order.env._("As ordered: %s", join_once(self.name, picking.name))
        if self.client_order_ref:
            return order.env._("%(order)s, your reference %(reference)s", order=name, reference=self.client_order_ref)
        return name

    # === HELPERS ===

    @api.model
    def _number_lines(self, lines):
        """Return the commands that create ``lines`` in this order."""
        return [Command.create({**line, "sequence": index}) for index, line in enumerate(lines, start=1)]

    @api.model
    def _get_order_lines_of(self, lines):
        ids = []
        for line in lines:
            for command in line.get("sale_line_ids") or []:
                ids += command[2] if command[0] == Command.SET else [command[1]]
        return self.env["sale.order.line"].browse(ids)

    @api.model
    def _get_orders_of(self, vals):
        return self._get_order_lines_of([command[2] for command in vals["invoice_line_ids"]]).order_id

    def _get_invoicing_way(self, name):
        """Return how invoices of this order are wanted, in its company."""
        self.ensure_one()
        partner = self.partner_invoice_id or self.partner_id
        return partner.with_company(self.company_id)._get_invoicing_way(name) if partner else False
