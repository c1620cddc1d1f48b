"""What of an order no signature covers, at a glance."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ..private_context import private
from .sale_order_line_policy import COMES_IN

#: States in which nothing is signed yet.
QUOTATION_STATES = ("draft", "sent")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    unsigned_line_count = fields.Integer("Lines not Covered", compute="_compute_unsigned")
    unsigned_amount = fields.Monetary(
        "Amount not Covered", compute="_compute_unsigned", help="Untaxed, of what no signature covers."
    )

    @api.depends("order_line.unsigned_qty", "order_line.unsigned_amount")
    def _compute_unsigned(self):
        rows = self.env["sale.order.line"]._read_group(
            Domain("order_id", "in", self.ids) & Domain("unsigned_qty", ">", 0),
            ["order_id"],
            ["__count", "unsigned_amount:sum"],
        )
        figures = {order.id: (count, amount) for order, count, amount in rows}
        for order in self:
            order.unsigned_line_count, order.unsigned_amount = figures.get(order._origin.id, (0, 0.0))

    @api.model_create_multi
    def create(self, vals_list):
        if not any(vals.get("state") == "sale" for vals in vals_list):
            return super().create(vals_list)
        # An import brings confirmed orders with their lines: that is no line added afterwards.
        orders = super(SaleOrder, self.with_context(**{COMES_IN: private()})).create(vals_list)
        orders = orders.with_env(self.env)
        orders.filtered(lambda order: order.state == "sale").order_line._cover_by_order()
        return orders

    def write(self, vals):
        """The state tells when the customer has agreed, whichever way it is reached."""
        confirmed = uncovered = self.browse()
        if vals.get("state") == "sale":
            confirmed = self.filtered(lambda order: order.state != "sale")
        elif vals.get("state") in QUOTATION_STATES:
            uncovered = self.filtered(lambda order: order.state not in QUOTATION_STATES)
        res = super().write(vals)
        confirmed.order_line._cover_by_order()
        uncovered.order_line._uncover()
        return res

    def action_view_unsigned_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_extension.sale_order_line_action_unsigned")
        action["domain"] = [("order_id", "=", self.id), ("unsigned_qty", ">", 0)]
        return action

    def _post_lines(self, headline, items):
        """Put a note with a list on the order."""
        self.ensure_one()
        entries = Markup().join(Markup("<li>%s</li>") % item for item in items)
        # In sudo: the note is the add-on's, whoever's entry has caused it.
        self.sudo().message_post(
            body=Markup("<p>%s</p><ul>%s</ul>") % (headline, entries),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )
