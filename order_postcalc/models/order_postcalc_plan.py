from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.order_extension.private_context import get_private


class OrderPostcalcPlan(models.Model):
    """What was agreed, frozen: one record per order line and agreement.

    An agreement is the confirmation of the order or the signature of a change order; what a change order takes off a
    line is a record with negative figures. Hours, and amounts in the currency of the company. Never rewritten: later
    costs and prices change actual figures, not the plan.
    """

    _name = "order.postcalc.plan"
    _description = "Frozen Plan of an Order"
    _order = "order_id, id"
    _check_company_auto = True

    order_id = fields.Many2one("sale.order", required=True, index=True, ondelete="cascade", readonly=True)
    order_line_id = fields.Many2one("sale.order.line", index="btree_not_null", ondelete="set null", readonly=True)
    change_order_id = fields.Many2one(
        "sale.change.order", index="btree_not_null", ondelete="restrict", readonly=True, help="Empty: the order itself."
    )
    change_order_line_id = fields.Many2one(
        "sale.change.order.line", index="btree_not_null", ondelete="set null", readonly=True
    )
    date = fields.Date(required=True, readonly=True, help="Day of the agreement.")
    name = fields.Char(required=True, readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    activity_id = fields.Many2one("order.activity", readonly=True)
    hours = fields.Float(readonly=True)
    cost = fields.Monetary(readonly=True)
    revenue = fields.Monetary(readonly=True, help="Without taxes.")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    # Not related: to find it, Odoo would make a new record for each amount of each line that is frozen. So that amounts
    # are rounded when they are created, see there.
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")

    @api.depends("company_id")
    def _compute_currency_id(self):
        for plan in self:
            plan.currency_id = plan.company_id.currency_id

    @api.model_create_multi
    def create(self, vals_list):
        """Differences of amounts come with the dust of binary fractions: it is not kept."""
        rounded = []
        for vals in vals_list:
            currency = self.env["res.company"].browse(vals["company_id"]).currency_id
            amounts = {name: currency.round(vals[name]) for name in ("cost", "revenue") if name in vals}
            rounded.append({**vals, **amounts})
        return super().create(rounded)

    def write(self, vals):
        # What a deleted line or product leaves behind is emptied by the database, not by this method.
        if vals:
            raise UserError(self.env._("The plan of an order is frozen when it is agreed, and not changed afterwards."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_with_the_agreement(self):
        if not get_private(self.env, "agreement_is_void"):
            raise UserError(self.env._("The plan of an order is frozen when it is agreed, and not deleted."))
