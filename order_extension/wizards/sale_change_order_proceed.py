from odoo import fields, models


class SaleChangeOrderProceed(models.TransientModel):
    _name = "sale.change.order.proceed"
    _description = "Approved to Proceed"

    change_order_id = fields.Many2one("sale.change.order", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="change_order_id.currency_id")
    amount_total = fields.Monetary(related="change_order_id.amount_total", string="Change Order, with Taxes")
    allowed_by = fields.Char(required=True)
    channel = fields.Selection(
        selection=lambda self: (
            self.env["sale.change.order"]._fields["proceed_channel"]._description_selection(self.env)
        ),
        string="How",
        required=True,
        default="phone",
    )
    limit_amount = fields.Monetary(
        "Up to", required=True, help="With taxes: what the customer has allowed to spend before he signs."
    )
    allowed_on = fields.Datetime(string="When", required=True, default=fields.Datetime.now)

    def action_record_consent(self):
        self.ensure_one()
        self.change_order_id._record_consent(self.allowed_by, self.channel, self.limit_amount, self.allowed_on)
        return {"type": "ir.actions.act_window_close"}
