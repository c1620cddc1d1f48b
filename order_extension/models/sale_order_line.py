from odoo import api, fields, models
from odoo.exceptions import UserError

#: What was signed of a line.
SIGNED_FIELDS = frozenset({"product_id", "product_uom_qty", "product_uom_id", "price_unit", "discount", "tax_ids"})
#: What would take a line out of what was agreed, or away from it: another order, or a line that is no work.
PLACE_FIELDS = frozenset({"order_id", "is_downpayment", "is_expense"})


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["kept.fields.mixin", "sale.order.line"]

    change_order_id = fields.Many2one(
        "sale.change.order", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    change_order_line_id = fields.Many2one(
        "sale.change.order.line", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    # The way back, by which Odoo finds at once what depends on many lines instead of asking line by line.
    applied_change_line_ids = fields.One2many("sale.change.order.line", "applied_line_id", string="Signed Changes")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env["sale.change.order"]._in_transition():
            for vals in vals_list:
                if vals.get("change_order_id") or vals.get("change_order_line_id"):
                    raise UserError(self.env._("Only a signature can put a line under a change order."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env["sale.change.order"]._in_transition():
            if {"change_order_id", "change_order_line_id"} & vals.keys():
                raise UserError(self.env._("Only a signature can put a line under a change order."))
            self._check_not_signed(vals)
            self._check_stays(vals)
        return super().write(vals)

    def _get_changed_names(self, names, vals):
        """Return which of the fields ``names`` get another value of this line by ``vals``."""
        self.ensure_one()
        changed = []
        for name in sorted(names & vals.keys()):
            field = self._fields[name]
            old = field.convert_to_write(self[name], self)
            if old != field.convert_to_write(field.convert_to_cache(vals[name], self), self):
                changed.append(name)
        return changed

    def _check_stays(self, vals):
        """A line of a confirmed order stays in it, and stays what it is: work, an expense or a down payment.

        What a customer has agreed to would count for another order otherwise, and what they have not agreed to for
        nothing.
        """
        if self.env.su or PLACE_FIELDS.isdisjoint(vals):
            return
        for line in self.filtered(lambda line: line.state == "sale"):
            for name in line._get_changed_names(PLACE_FIELDS, vals):
                raise UserError(
                    self.env._(
                        "“%(line)s” is part of %(order)s, which is confirmed: its “%(field)s” can't be changed.",
                        line=line.name,
                        order=line.order_id.name,
                        field=line._fields[name].get_description(self.env, ["string"])["string"],
                    )
                )

    def _check_not_signed(self, vals):
        """What a customer has signed is changed by another change order, not by hand."""
        for line in self.filtered("change_order_line_id"):
            if line._get_changed_names(SIGNED_FIELDS | PLACE_FIELDS, vals):
                raise UserError(
                    self.env._(
                        "“%(line)s” is part of %(change_order)s, which the customer has signed. Record another"
                        " change order to change it.",
                        line=line.name,
                        change_order=line.sudo().change_order_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        for line in self:
            if line.change_order_id:
                raise UserError(
                    self.env._("“%s” stays in the order: it shows what the customer has signed.", line.name)
                )

    # === SMALL EXTRAS ===

    def _is_own_service(self):
        """Whether this line sells a service at a price of its own, after which small extras can be priced."""
        self.ensure_one()
        return bool(
            not self.display_type
            and not self.is_downpayment
            and not self.combo_item_id
            and not self.is_minor_items_allowance
            and self.product_id.type == "service"
        )

    def _get_hours_per_unit(self):
        """How many hours one unit of this line is, 0 when it is not sold by time."""
        self.ensure_one()
        return self.product_id._get_hours_per_unit(self.product_uom_id)

    def _get_unit_minutes(self):
        self.ensure_one()
        return self.product_id._get_unit_minutes(self.product_uom_id)
