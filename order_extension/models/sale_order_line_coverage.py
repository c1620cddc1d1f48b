"""What of an order line a signature covers: the customer's order, and each change order he has signed."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..change_order_rules import clean_text
from ..coverage_rules import uncovered_quantity


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    signed_qty = fields.Float(
        "Signed Quantity",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Quantity that the customer has agreed to: with the order, or with a change order.",
    )
    unsigned_qty = fields.Float(
        "Not Covered",
        digits="Product Unit",
        compute="_compute_unsigned",
        store=True,
        help="Quantity that is ordered, or delivered and billed by what is delivered, beyond the signed one.",
    )
    unsigned_amount = fields.Monetary(
        "Amount not Covered", compute="_compute_unsigned", store=True, help="Untaxed, of the quantity not covered."
    )

    # What is not covered is asked for order by order, and is the exception.
    _unsigned_idx = models.Index("(order_id) WHERE unsigned_qty > 0")

    def _init_column(self, column_name):
        """Orders that were confirmed before this column came are agreed as they stand."""
        if column_name != "signed_qty":
            return super()._init_column(column_name)
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order_line line
                   SET signed_qty = line.product_uom_qty
                  FROM sale_order
                 WHERE sale_order.id = line.order_id
                   AND sale_order.state = 'sale'
                   AND line.display_type IS NULL
                   AND line.signed_qty IS NULL
                """
            )
        )

    # === COMPUTE ===

    @api.depends(
        "state", "display_type", "is_downpayment", "product_id", "product_uom_qty", "qty_delivered", "signed_qty",
        "price_unit", "discount", "tax_ids", "currency_id",
    )  # fmt: skip
    def _compute_unsigned(self):
        counted = self.filtered(lambda line: line.state == "sale" and not line.display_type and not line.is_downpayment)
        for line in self - counted:
            line.unsigned_qty = line.unsigned_amount = 0.0
        for line in counted:
            quantity = uncovered_quantity(
                line.product_uom_qty,
                line.qty_delivered,
                line.signed_qty,
                billed_by_delivery=line.product_id.invoice_policy == "delivery",
            )
            if line.product_uom_id:
                quantity = line.product_uom_id.round(quantity)
            line.unsigned_qty = quantity
            line.unsigned_amount = line._get_net_amount(quantity) if quantity else 0.0

    def _get_net_amount(self, quantity):
        """Return what ``quantity`` of this line costs, untaxed."""
        self.ensure_one()
        totals = self.order_id._get_totals_of_base_lines(
            [self._prepare_base_line_for_taxes_computation(quantity=quantity)]
        )
        return totals["base_amount_currency"]

    def _get_kept_message(self, name, label):
        """Only a signature covers a quantity: a confirmation, a change order, or a manager who answers for it."""
        if name == "signed_qty":
            return self.env._("The signed quantity of an order line follows from what was signed. It can't be written.")
        return super()._get_kept_message(name, label)

    # === BUSINESS ===

    def _cover_by_order(self):
        """The customer has agreed to these lines as they stand."""
        # In sudo: whoever confirms may not write the quantity himself.
        lines = self.sudo().filtered(lambda line: not line.display_type)
        for quantity, same in lines.grouped("product_uom_qty").items():
            same.signed_qty = quantity

    def _uncover(self):
        """What was signed is void."""
        self.sudo().filtered("signed_qty").signed_qty = 0.0

    def action_accept_without_signature(self):
        """Ask a manager why these lines are accepted although nobody has signed them."""
        return {
            "name": self.env._("Accept without a Signature"),
            "type": "ir.actions.act_window",
            "res_model": "sale.order.line.accept",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_line_ids": self.filtered("unsigned_qty").ids},
        }

    def _accept_without_signature(self, reason):
        """Take these lines as agreed. Who did it and why goes on record in their orders.

        :raise AccessError: for others than managers
        :raise UserError: without a reason, or without anything to accept
        """
        reason = clean_text(reason)
        if not reason:
            raise UserError(self.env._("Please say in a few words why no signature is needed."))
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(
                self.env._("Only a sales manager can accept work without the customer's signature. Please ask one.")
            )
        self.check_access("write")
        lines = self.filtered("unsigned_qty")
        if not lines:
            raise UserError(self.env._("A signature covers all of these lines. There is nothing to accept."))
        for order, of_order in lines.grouped("order_id").items():
            order._post_lines(
                self.env._(
                    "Accepted by %(user)s without a signature: %(reason)s", user=self.env.user.name, reason=reason
                ),
                [of_line._describe_unsigned() for of_line in of_order],
            )
        for line in lines:
            # In sudo: nobody writes this quantity himself; the right to it was checked above.
            line.sudo().signed_qty += line.unsigned_qty

    def _describe_unsigned(self):
        """Name this line and what of it is not covered."""
        self.ensure_one()
        return self.env._(
            "%(line)s: %(quantity)s %(unit)s",
            line=(self.name or "").split("\n")[0],
            quantity=f"{self.unsigned_qty:g}",
            unit=self.product_uom_id.name or "",
        )
