from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..change_order_rules import reducible_quantity
from ..coverage_rules import coverage_after_reduction
from ..small_extra import MINUTES_PER_HOUR, billed_quantity


class SaleChangeOrderLine(models.Model):
    _name = "sale.change.order.line"
    _description = "Change Order Line"
    _inherit = ["kept.fields.mixin"]
    _order = "change_order_id, sequence, id"
    _check_company_auto = True

    change_order_id = fields.Many2one("sale.change.order", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    state = fields.Selection(related="change_order_id.state")
    order_id = fields.Many2one(related="change_order_id.order_id", store=True, index=True, precompute=True)
    company_id = fields.Many2one(related="change_order_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="change_order_id.currency_id", store=True, precompute=True)
    tax_country_id = fields.Many2one(related="order_id.tax_country_id")

    kind = fields.Selection(
        [("add", "Add"), ("reduce", "Reduce")],
        required=True,
        default="add",
        help="Add: a new order line. Reduce: take a quantity off an existing order line.",
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        string="Reduces",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('order_id', '=', order_id), ('display_type', '=', False), ('is_downpayment', '=', False),"
        " ('is_minor_items_allowance', '=', False), ('product_uom_qty', '>', 0)]",
    )
    applied_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line Made",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("sale_ok", "=", True)],
    )
    name = fields.Text(
        "Description", compute="_compute_from_order", store=True, readonly=False, required=True, precompute=True
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    product_uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        compute="_compute_from_order",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('id', 'in', allowed_uom_ids)]",
    )
    allowed_uom_ids = fields.Many2many("uom.uom", compute="_compute_allowed_uom_ids")
    minutes = fields.Integer(
        readonly=True, aggregator=None, help="How long it takes, as it was said on site when it was recorded."
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)",
        "The quantity of a change order line must be greater than zero. To take something off, choose Reduce.",
    )
    _kind_complete = models.Constraint(
        "CHECK((kind = 'add' AND product_id IS NOT NULL AND product_uom_id IS NOT NULL AND order_line_id IS NULL)"
        " OR (kind = 'reduce' AND order_line_id IS NOT NULL))",
        "An added line needs a product; a reduction needs the order line that it reduces.",
    )

    @api.model
    def _get_customer_fields(self):
        return super()._get_customer_fields() | {"change_order_id", "sequence"}

    # === COMPUTE ===

    @api.depends("kind", "order_line_id")
    def _compute_product_id(self):
        for line in self:
            if line.kind == "reduce":
                line.product_id = line.order_line_id.product_id
            else:
                line.product_id = line.product_id

    @api.depends("product_id")
    def _compute_allowed_uom_ids(self):
        for line in self:
            line.allowed_uom_ids = line._get_allowed_units()

    def _get_allowed_units(self):
        return self.product_id.uom_id | self.product_id.uom_ids

    def _get_virtual_order_line(self):
        """Return the order line that this line would become, never saved.

        Its fields are computed by Odoo and whatever is installed: pricelist, fiscal position, language, unit and
        discount are right because they are the order's own.
        """
        self.ensure_one()
        values = {
            "order_id": self.order_id.id,
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity or 1.0,
        }
        if self.product_uom_id in self._get_allowed_units():
            values["product_uom_id"] = self.product_uom_id.id
        return self.env["sale.order.line"].with_company(self.company_id).new(values)

    def _is_priced_by_order(self):
        """Whether the values come from the order line that this one would become."""
        self.ensure_one()
        return self.kind == "add" and self.product_id and self.order_id

    @api.depends("kind", "order_line_id", "product_id")
    def _compute_from_order(self):
        for line in self:
            if line.kind == "reduce":
                source = line.order_line_id
            elif line._is_priced_by_order():
                source = line._get_virtual_order_line()
            else:
                source = line
            line.name = source.name
            if line.kind == "reduce" or line.product_uom_id not in line._get_allowed_units():
                line.product_uom_id = source.product_uom_id

    # === CONSTRAINTS ===

    @api.constrains("kind", "order_line_id", "change_order_id")
    def _check_reduced_line(self):
        for line in self:
            reduced = line.sudo().order_line_id
            if line.kind != "reduce" or not reduced:
                continue
            if problem := line._get_foreign_line_problem():
                raise ValidationError(problem)
            if (
                reduced.display_type
                or reduced.is_downpayment
                or reduced.is_minor_items_allowance
                or reduced.combo_item_id
                or reduced.linked_line_ids
            ):
                raise ValidationError(
                    self.env._(
                        "“%s” can't be reduced: only a line with a product and a quantity of its own can.", reduced.name
                    )
                )

    @api.constrains("kind", "order_line_id", "quantity")
    def _check_reducible(self):
        """Refuse at entry what is not there. What an action makes of an offer is checked when it is offered."""
        if self.env["sale.change.order"]._in_transition():
            return
        for line in self.filtered(lambda line: line.kind == "reduce"):
            if problem := line._get_reduction_problem(line.quantity):
                raise ValidationError(problem)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._check_not_applied_by_hand(any(vals.get("applied_line_id") for vals in vals_list))
        lines = super().create(vals_list)
        lines.change_order_id._check_editable()
        return lines

    def write(self, vals):
        self._check_not_applied_by_hand("applied_line_id" in vals)
        if not self.env["sale.change.order"]._in_transition():
            self.change_order_id._check_editable()
        res = super().write(vals)
        if "change_order_id" in vals:
            self.change_order_id._check_editable()
        return res

    @api.model
    def _check_not_applied_by_hand(self, applied):
        if applied and not self.env["sale.change.order"]._in_transition():
            raise UserError(self.env._("The order line of an extension is made by its signature, not by hand."))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_draft(self):
        self.change_order_id._check_editable()

    # === BUSINESS ===

    def _get_reducible_quantity(self):
        """What the reduced order line can still lose, in its unit."""
        self.ensure_one()
        return self._get_reducible_quantity_of(self.order_line_id)

    @api.model
    def _get_reducible_quantity_of(self, order_line):
        return reducible_quantity(order_line.product_uom_qty, order_line.qty_delivered, order_line.qty_invoiced)

    def _get_signed_quantity(self):
        """The quantity as a change of the order: negative for a reduction."""
        self.ensure_one()
        return -self.quantity if self.kind == "reduce" else self.quantity

    def _get_time_text(self):
        """Return how long it takes in the words of whoever was there, as long as the quantity still says the same.

        "0.08 hours" are five minutes to nobody.
        """
        self.ensure_one()
        unit = self.product_uom_id
        if not self.minutes or not self.product_id._get_hours_per_unit(unit):
            return ""
        as_said = billed_quantity(self.minutes, self.product_id._get_unit_minutes(unit), unit.round, unit.rounding)
        if unit.compare(self.quantity, as_said) or not self.minutes % MINUTES_PER_HOUR:
            return ""
        return self.env._("%s min", self.minutes)

    def _get_offer_problem(self):
        """Return in one sentence why this line can't be offered or signed as it stands, or an empty string."""
        self.ensure_one()
        _ = self.env._
        if self.kind == "add":
            if not self.product_id.active:
                return _("“%s” is no longer sold: its product is archived. Choose another product.", self.name)
            if self.currency_id.is_zero(self.price_unit):
                return _(
                    "“%s” has no price. Set one, or give a discount of 100 %% if it is meant to be free.", self.name
                )
            return ""
        if problem := self._get_foreign_line_problem():
            return problem
        reduced = self.order_line_id
        same_reduced = self.change_order_id.line_ids.filtered(lambda line: line.order_line_id == reduced)
        if problem := self._get_reduction_problem(sum(same_reduced.mapped("quantity"))):
            return problem
        terms = (reduced.price_unit, reduced.discount, reduced.product_uom_id, reduced.tax_ids)
        if terms != (self.price_unit, self.discount, self.product_uom_id, self.tax_ids):
            return _(
                "The price or taxes of the reduced line “%s” have changed since this offer was made.", reduced.name
            )
        return ""

    def _get_foreign_line_problem(self):
        """Return in one sentence that the reduced line is not of the order that was signed for, or an empty string.

        The change order says which order that is, not what is kept of it on its lines.
        """
        self.ensure_one()
        # In sudo: a technician reduces a line of an order that they can't read.
        line = self.sudo()
        if line.order_line_id.order_id == line.change_order_id.order_id:
            return ""
        return self.env._(
            "%(change_order)s can only reduce lines of its own order %(order)s.",
            change_order=line.change_order_id.name,
            order=line.change_order_id.order_id.name,
        )

    def _get_reduction_problem(self, wanted):
        """Return in one sentence why ``wanted`` can't be taken off the order line, or an empty string."""
        self.ensure_one()
        # In sudo: a technician reduces a line of an order that he can't read.
        reduced = self.sudo().order_line_id
        left = self._get_reducible_quantity_of(reduced)
        if reduced.product_uom_id.compare(wanted, left) <= 0:
            return ""
        quantities = {
            "line": reduced.name,
            "ordered": f"{reduced.product_uom_qty:g}",
            "wanted": f"{wanted:g}",
            "unit": reduced.product_uom_id.name,
        }
        if reduced.product_uom_id.compare(wanted, reduced.product_uom_qty) > 0:
            return self.env._(
                "“%(line)s” can't be reduced by %(wanted)s %(unit)s: the order has only %(ordered)s of it.",
                **quantities,
            )
        return self.env._(
            "“%(line)s” can't be reduced by %(wanted)s %(unit)s: of the %(ordered)s ordered, %(done)s are delivered or"
            " invoiced, so at most %(left)s can be taken off.",
            done=f"{reduced.product_uom_qty - left:g}",
            left=f"{left:g}",
            **quantities,
        )

    def _prepare_order_line_vals(self, sequence):
        """Values of the order line that an added line becomes."""
        self.ensure_one()
        return {
            "order_id": self.change_order_id.order_id.id,
            "sequence": sequence,
            "product_id": self.product_id.id,
            "name": self.name,
            "product_uom_qty": self.quantity,
            "signed_qty": self.quantity,
            "product_uom_id": self.product_uom_id.id,
            "price_unit": self.price_unit,
            # marks the price as agreed, so that no later change of quantity or pricelist works it out anew
            "technical_price_unit": 0.0,
            "discount": self.discount,
            "tax_ids": [Command.set(self.tax_ids.ids)],
            "change_order_id": self.change_order_id.id,
            "change_order_line_id": self.id,
        }

    def _prepare_offer_content(self):
        """What is offered by this line, as plain values."""
        self.ensure_one()
        # The customer reads it with the quantity. Offers of before have none, and keep their fingerprint.
        minutes = {"minutes": self.minutes} if self.minutes else {}
        return {
            **minutes,
            "kind": self.kind,
            "product": self.product_id.display_name or "",
            "reduces": self.order_line_id.id or 0,
            "name": self.name,
            "quantity": f"{self.quantity:.6f}",
            "unit": self.product_uom_id.name or "",
            "price_unit": f"{self.price_unit:.6f}",
            "discount": f"{self.discount:.4f}",
            "taxes": [tax.id for tax in self.tax_ids.sorted("id")],
        }

    def _reduce_order_line(self):
        """Take the agreed quantity off the order line. Deliveries, tasks and planned hours follow as Odoo has it."""
        self.ensure_one()
        reduced = self.order_line_id
        reduced.write(
            {
                "product_uom_qty": reduced.product_uom_qty - self.quantity,
                "signed_qty": coverage_after_reduction(reduced.signed_qty, self.quantity),
                # with the price as agreed: a lower quantity must not fall out of a quantity price
                "price_unit": reduced.price_unit,
                "technical_price_unit": 0.0,
                "discount": reduced.discount,
            }
        )
        self.applied_line_id = reduced
