"""A signed change order is never undone: another one takes back what can still be taken back, and is signed too."""

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    counters_id = fields.Many2one(
        "sale.change.order", "Takes Back", readonly=True, copy=False, index="btree_not_null", check_company=True
    )
    countered_by_ids = fields.One2many(
        "sale.change.order", "counters_id", string="Counter Change Orders", readonly=True
    )
    # for the form, which shows the latest: the earlier ones came to nothing, or took back the rest
    countered_by_id = fields.Many2one("sale.change.order", "Taken Back by", compute="_compute_countered_by_id")
    can_counter = fields.Boolean(compute="_compute_can_counter")

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"counters_id"}

    @api.depends("countered_by_ids.state")
    def _compute_countered_by_id(self):
        for change_order in self:
            change_order.countered_by_id = change_order.countered_by_ids.filtered(
                lambda counter: counter.state in ("draft", "sent", "signed")
            ).sorted("id")[-1:]

    @api.depends("state")
    def _compute_can_counter(self):
        for change_order in self:
            change_order.can_counter = change_order.state == "signed"

    def action_counter(self):
        """Make the draft that takes this one back, or open the one that is under way."""
        self.ensure_one()
        self.check_access("write")
        self._lock_for_transition()
        if self.state != "signed":
            raise UserError(
                self.env._(
                    "%(name)s is “%(state)s”: only what was signed is taken back by another change order.",
                    name=self.name,
                    state=self._get_state_label(),
                )
            )
        counter = self.countered_by_ids.filtered(lambda change_order: change_order.state in ("draft", "sent"))[:1]
        if not counter:
            counter = self._create_counter()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": counter.id,
            "views": [(False, "form")],
            "name": counter.name,
        }

    def _create_counter(self):
        self.order_id._check_can_extend()
        vals = self._prepare_counter_vals()
        if not vals["line_ids"] and not vals["days_added"]:
            raise UserError(
                self.env._(
                    "Nothing of %s can be taken back by a change order any more: it is delivered, invoiced or taken"
                    " back already. Use a return or a credit note.",
                    self.name,
                )
            )
        # As a transition, for the link between the two; the user's right to it was checked by the caller.
        counter = self._as_transition().create(vals).with_env(self.env)
        self._post_counter_notes(counter)
        return counter

    def _prepare_counter_vals(self):
        """What can still be taken back, in the customer's language."""
        self.ensure_one()
        localized = self.with_context(lang=self._get_lang())
        lines = [line._prepare_counter_vals() for line in self.sudo().line_ids]
        earlier = self._get_signed_counters()
        return {
            "order_id": self.order_id.id,
            "task_id": self.task_id.id,
            "counters_id": self.id,
            "title": localized.env._("Takes back %(name)s: %(title)s", name=self.name, title=self.title),
            "reason_id": self.reason_id.id,
            "days_added": -self.days_added - sum(earlier.mapped("days_added")),
            "line_ids": [Command.create(vals) for vals in lines if vals],
        }

    def _get_signed_counters(self):
        self.ensure_one()
        return self.sudo().countered_by_ids.filtered(lambda change_order: change_order.state == "signed")

    def _post_counter_notes(self, counter):
        """Say on both what belongs to what, and what is left out."""
        counter.message_post(body=Markup("%s") % self.env._("Takes back %s.", self._get_html_link()))
        self.message_post(
            body=Markup("%s") % self.env._("Taken back by %s, once it is signed.", counter._get_html_link())
        )
        if left_out := self.sudo().line_ids.filtered(lambda line: line._is_partly_kept()):
            counter.message_post(
                body=Markup("%s<ul>%s</ul>")
                % (
                    self.env._("Not taken back, because it is delivered, invoiced or taken back already:"),
                    Markup("").join(Markup("<li>%s</li>") % escape(line.name) for line in left_out),
                )
            )

    def _prepare_revision_vals(self):
        return super()._prepare_revision_vals() | {"counters_id": self.counters_id.id}


class SaleChangeOrderLine(models.Model):
    _inherit = "sale.change.order.line"

    counters_line_id = fields.Many2one(
        "sale.change.order.line", readonly=True, index="btree_not_null", ondelete="set null"
    )

    def _get_counterable_quantity(self):
        """How much of this signed line can still be taken back, in its unit."""
        self.ensure_one()
        if self.kind == "add":
            made = self.applied_line_id
            left = min(self.quantity, self._get_reducible_quantity_of(made)) if made else 0.0
        else:
            counters = self.change_order_id._get_signed_counters()
            back = counters.line_ids.filtered(lambda line: line.counters_line_id == self)
            # a price below zero can't be added; such lines are discounts, and stay
            left = self.quantity - sum(back.mapped("quantity")) if self.price_unit >= 0 else 0.0
        return left if self.product_uom_id.compare(left, 0.0) > 0 else 0.0

    def _prepare_counter_vals(self):
        """Values of the line that takes this one back, or nothing when it can't be."""
        self.ensure_one()
        quantity = self._get_counterable_quantity()
        if not quantity:
            return {}
        vals = {"sequence": self.sequence, "quantity": quantity, "counters_line_id": self.id}
        if self.kind == "add":
            return vals | {"kind": "reduce", "order_line_id": self.applied_line_id.id}
        vals |= {
            "kind": "add",
            "product_id": self.product_id.id,
            "name": self.name,
            "product_uom_id": self.product_uom_id.id,
            "discount": self.discount,
            "tax_ids": [Command.set(self.tax_ids.ids)],
        }
        if self.currency_id.is_zero(self.price_unit):
            # what was free is free again; no price at all would be taken for a mistake
            return vals | {"discount": 100.0}
        return vals | {"price_unit": self.price_unit, "technical_price_unit": 0.0}

    def _is_partly_kept(self):
        """Whether something of this line is in the order and can't be taken back."""
        self.ensure_one()
        if self.kind == "add" and not self.applied_line_id:
            return False
        return self.product_uom_id.compare(self._get_counterable_quantity(), self.quantity) < 0
