"""What a line of a customer invoice bills, next to what was delivered and agreed."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

from odoo.addons.order_extension.columns import add_column

from ..billing_check import (
    NOT_AGREED,
    QUANTITY,
    QUANTITY_PRICE,
    BilledLine,
    Tolerance,
    find_mismatch,
    get_releasable_quantity,
    net,
)  # fmt: skip

#: What the check stores: which kind of mismatch it is, and the figures that say it in any language.
BILLING_COLUMNS = ("billing_issue_kind", "billing_expected_qty", "billing_expected_price", "billing_surplus")

#: The documents that Odoo counts as billing, or crediting, what was ordered.
BILLING_TYPES = ("out_invoice", "out_refund")
#: Figures are compared as they are stored, without the dust of binary fractions.
FIGURE_DIGITS = 6


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    billing_issue = fields.Text(
        "What Differs",
        compute="_compute_billing_issue",
        search="_search_billing_issue",
        compute_sudo=True,
        groups="base.group_user",
        help="What this line bills that was not delivered or not agreed. Empty when it is right.",
    )
    billing_issue_kind = fields.Selection(
        [
            ("quantity", "Not delivered"),
            ("price", "Dearer than agreed"),
            ("discount", "Discount missing"),
            ("quantity_price", "Not delivered and dearer"),
            ("not_agreed", "Not agreed"),
        ],
        "Kind of Mismatch",
        compute="_compute_billing_check",
        store=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )
    billing_expected_qty = fields.Float(
        "Expected Quantity",
        compute="_compute_billing_check",
        store=True,
        copy=False,
        digits="Product Unit",
        groups="base.group_user",
    )
    billing_expected_price = fields.Float(
        "Expected Price",
        compute="_compute_billing_check",
        store=True,
        copy=False,
        groups="base.group_user",
        help="Of a unit, less the discount that was agreed.",
    )
    billing_surplus = fields.Monetary(
        "Overbilled Amount",
        compute="_compute_billing_check",
        store=True,
        copy=False,
        groups="base.group_user",
    )

    has_open_billing_issue = fields.Boolean(
        compute="_compute_has_open_billing_issue",
        compute_sudo=True,
        help="This line of a draft is marked. What was posted is nothing to mark any more.",
    )

    def _auto_init(self):
        """Journal items of years get no check; the drafts among them get it with the first change, or when posted."""
        for name in BILLING_COLUMNS:
            add_column(self, name)
        return super()._auto_init()

    # === COMPUTE ===

    @api.depends(
        "quantity", "price_unit", "discount", "product_id", "product_uom_id", "tax_ids", "display_type", "sequence",
        "is_downpayment", "parent_state", "move_id.move_type", "move_id.currency_id", "move_id.invoice_date",
        "move_id.invoice_line_ids.sale_line_ids", "move_id.billing_held_from_id",
        "sale_line_ids.state", "sale_line_ids.product_id", "sale_line_ids.product_uom_qty",
        "sale_line_ids.product_uom_id", "sale_line_ids.qty_delivered", "sale_line_ids.qty_invoiced",
        "sale_line_ids.price_unit", "sale_line_ids.discount", "sale_line_ids.tax_ids",
        "sale_line_ids.invoice_lines.parent_state",
    )  # fmt: skip
    def _compute_billing_check(self):
        """Only drafts are compared: what is posted stays as it was judged."""
        tolerances = {}
        for line in self:
            if line.parent_state != "draft":
                if not line.id:
                    line._copy_billing_check(line._origin)
                continue
            if line.id and not line._can_bill_orders():
                continue  # Almost all journal items: nothing is read or written of them.
            move, mismatch = line.move_id, None
            if line._is_billing_checked():
                if move not in tolerances:
                    tolerances[move] = move._get_billing_tolerance()
                mismatch = line._find_billing_mismatch(tolerances[move])
            line._set_billing_mismatch(mismatch)

    def _copy_billing_check(self, origin):
        for name in BILLING_COLUMNS:
            self[name] = origin[name]

    def _set_billing_mismatch(self, mismatch):
        """Most lines are right: nothing is written of them, so that invoicing doesn't become slower."""
        self.ensure_one()
        if not mismatch and self.id and not self.billing_issue_kind:
            return
        self.billing_issue_kind = mismatch.kind if mismatch else False
        self.billing_expected_qty = mismatch.expected_quantity if mismatch else 0.0
        self.billing_expected_price = mismatch.expected_price if mismatch else 0.0
        self.billing_surplus = mismatch.surplus if mismatch else 0.0

    @api.private
    def _recompute_billing_check(self):
        """Compare anew, also where nothing has told Odoo to: a policy, a rate, or a payment has changed."""
        # In sudo: whoever posts an invoice need not see the orders that it bills.
        lines = self.sudo()
        for name in BILLING_COLUMNS:
            self.env.add_to_compute(self._fields[name], lines)
        lines.modified(BILLING_COLUMNS)

    @api.depends("billing_issue_kind", "parent_state")
    def _compute_has_open_billing_issue(self):
        for line in self:
            line.has_open_billing_issue = bool(line.billing_issue_kind) and line.parent_state == "draft"

    @api.depends("billing_issue_kind", "billing_expected_qty", "billing_expected_price")
    @api.depends_context("lang")
    def _compute_billing_issue(self):
        for line in self:
            line.billing_issue = line._get_billing_issue() if line.billing_issue_kind else False

    @api.model
    def _search_billing_issue(self, operator, value):
        """Search for whether there is an issue: its words are made when they are read."""
        if operator not in ("in", "not in") or any(value):
            return NotImplemented
        return Domain("billing_issue_kind", operator, [False])

    # === WORDS ===

    def _get_billing_issue(self):
        """Say in the user's language what is expected and what is billed."""
        self.ensure_one()
        kind, words = self.billing_issue_kind, []
        if kind == NOT_AGREED:
            words.append(self._get_not_agreed_words())
        if kind in (QUANTITY, QUANTITY_PRICE):
            words.append(self._get_quantity_words())
        if kind not in (NOT_AGREED, QUANTITY):
            words.append(self._get_price_words())
        return " ".join(words)

    def _get_billing_issue_with_name(self):
        self.ensure_one()
        name = (self.name or self.product_id.display_name or "").split("\n")[0]
        return self.env._("“%(line)s” – %(issue)s", line=name, issue=self._get_billing_issue())

    def _get_quantity_words(self):
        figures = {
            "billed": self._format_billing_quantity(self._get_billed_quantity()),
            "expected": self._format_billing_quantity(self.billing_expected_qty),
        }
        if self.sale_line_ids[:1]._is_billed_as_ordered():
            return self.env._("Billed: %(billed)s. Ordered and not billed yet: %(expected)s.", **figures)
        return self.env._("Billed: %(billed)s. Delivered and not billed yet: %(expected)s.", **figures)

    def _get_price_words(self):
        figures = {
            "billed": self._format_billing_price(net(self.price_unit, self.discount)),
            "expected": self._format_billing_price(self.billing_expected_price),
            "discount": formatLang(self.env, max(self.sale_line_ids.mapped("discount"), default=0.0), digits=2),
        }
        if self.billing_issue_kind == "discount":
            return self.env._(
                "Billed: %(billed)s for a unit. Agreed: %(expected)s, with a discount of %(discount)s %%.", **figures
            )
        return self.env._("Billed: %(billed)s for a unit. Agreed: %(expected)s.", **figures)

    def _get_not_agreed_words(self):
        billed = formatLang(self.env, self.billing_surplus, currency_obj=self.currency_id)
        ordered = self.sale_line_ids.product_id
        if ordered:
            return self.env._(
                "Billed: %(billed)s. Agreed: %(product)s, in another product or unit.",
                billed=billed,
                product=ordered[0].display_name,
            )
        return self.env._("Billed: %s. Agreed: nothing, no order has this line.", billed)

    def _format_billing_quantity(self, quantity):
        digits = formatLang(self.env, quantity, dp="Product Unit")
        return f"{digits} {self.product_uom_id.name}" if self.product_uom_id else digits

    def _format_billing_price(self, price):
        return formatLang(self.env, price, currency_obj=self.currency_id)

    # === FACTS ===

    def _is_billing_checked(self):
        """Whether this line has to be what an order says.

        Down payments are asked for before anything is delivered, and deducted later. Sections, notes, taxes and
        roundings bill nothing by themselves. Where an invoice bills no order at all, there is nothing to compare
        with: then nobody has agreed on anything that could be missed.
        """
        self.ensure_one()
        return (
            self._is_billing_something()
            and self.move_id._is_billing_checked()
            and (bool(self.sale_line_ids) or self.move_id._bills_orders())
        )

    def _can_bill_orders(self):
        self.ensure_one()
        return self.display_type == "product" and self.move_id.move_type in BILLING_TYPES

    def _is_billing_something(self):
        self.ensure_one()
        return self.display_type == "product" and not self.is_downpayment

    def _is_counted_as_billed(self):
        """Whether Odoo counts this line in the invoiced quantity of its order line."""
        self.ensure_one()
        move = self.move_id
        return move.move_type in BILLING_TYPES and (move.state != "cancel" or move.payment_state == "invoicing_legacy")

    def _get_billed_quantity(self):
        """Return what the customer is to pay for, negative where he gets it back."""
        self.ensure_one()
        return -self.quantity if self.move_id.move_type == "out_refund" else self.quantity

    def _get_billing_figures(self):
        """Return what an override of this line covers: any other figure is another matter."""
        self.ensure_one()
        figures = (
            self.quantity, self.price_unit, self.discount, self.billing_expected_qty, self.billing_expected_price,
        )  # fmt: skip
        return [self._origin.id, self.billing_issue_kind, *(round(figure, FIGURE_DIGITS) for figure in figures)]

    def _find_billing_mismatch(self, tolerance):
        return find_mismatch(self._prepare_billed_line(), self._refine_billing_tolerance(tolerance))

    def _prepare_billed_line(self):
        """Return this line as the rule sees it, in its own unit and currency."""
        self.ensure_one()
        values = {"quantity": self._get_billed_quantity(), "price": self.price_unit, "discount": self.discount}
        order_lines = self.sale_line_ids._origin
        if values["quantity"] <= 0 or not self._is_what_was_ordered(order_lines):
            return BilledLine(**values)
        terms = [
            (*line._get_billable_quantity(self), line._get_agreed_price(self), line.discount) for line in order_lines
        ]
        if len(terms) == 1:
            [(allowed, before, price, discount)] = terms
            return BilledLine(
                allowed=allowed, billed_before=before, agreed_price=price, agreed_discount=discount, **values
            )
        # A line for several order lines is compared with what all of them come to.
        agreed = sum(max(allowed - before, 0.0) * net(price, discount) for allowed, before, price, discount in terms)
        return BilledLine(allowed=values["quantity"], agreed_price=agreed / values["quantity"], **values)

    def _is_what_was_ordered(self, order_lines):
        """Whether product and unit can be compared with those of the order at all."""
        self.ensure_one()
        product = self.product_id._origin
        return bool(order_lines) and all(
            (not product or not line.product_id or product == line.product_id)
            and (
                not self.product_uom_id
                or not line.product_uom_id
                or self.product_uom_id._origin == line.product_uom_id
                or self.product_uom_id._has_common_reference(line.product_uom_id)
            )
            for line in order_lines
        )

    def _refine_billing_tolerance(self, tolerance):
        """Delivered quantities are rounded in the unit of the order: a dozen in hundredths is no exact number."""
        self.ensure_one()
        unit = self.product_uom_id
        steps = [
            one._compute_quantity(one.rounding, unit, round=False)
            for one in self.sale_line_ids.product_uom_id
            if unit and one != unit and one._has_common_reference(unit)
        ]
        return Tolerance(
            tolerance.share, tolerance.amount, max([tolerance.quantity_step, *steps]), tolerance.money_step
        )

    def _comes_before(self, other):
        """Whether this line has the better claim on what was delivered: an older draft, or a line further up."""
        self.ensure_one()
        move, other_move = self.move_id._origin, other.move_id._origin
        if move == other_move:
            return (self.sequence, self._origin.id) < (other.sequence, other._origin.id)
        return move.state != "draft" or move.id < other_move.id

    def _get_releasable_quantity(self):
        """Return how much of this draft's line is right and can go."""
        self.ensure_one()
        if not self._is_billing_checked():
            return self.quantity
        line = self._prepare_billed_line()
        tolerance = self._refine_billing_tolerance(self.move_id._get_billing_tolerance())
        if line.quantity <= 0:
            return self.quantity
        if self.move_id.move_type == "out_refund":
            return 0.0  # What a credit note charges is no part of what it credits.
        return get_releasable_quantity(line, find_mismatch(line, tolerance))
