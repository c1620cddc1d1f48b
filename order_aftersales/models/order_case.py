from odoo import api, fields, models


class OrderCase(models.Model):
    """What is open with a customer after the work: a claim, an installation, a repair, maintenance, training."""

    _name = "order.case"
    _description = "After-Sales Case"
    _inherit = ["kept.fields.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_deadline, id desc"
    _check_company_auto = True

    name = fields.Char("Subject", required=True, tracking=True)
    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade", domain=[("state", "=", "sale")], check_company=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer", store=True, index="btree_not_null")
    kind = fields.Selection(
        [
            ("claim", "Claim"),
            ("installation", "Installation"),
            ("repair", "Repair"),
            ("maintenance", "Maintenance"),
            ("training", "Training"),
        ],
        required=True,
        default="claim",
        tracking=True,
        help="An order with an open claim is in the stage of returns and claims, else in after-sales service.",
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Settled"), ("cancelled", "Dropped")],
        required=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, domain=[("share", "=", False)], tracking=True
    )
    date_deadline = fields.Date("Settle By", tracking=True)
    description = fields.Html()

    @api.depends("name", "order_id")
    def _compute_display_name(self):
        for case in self:
            # one that is being made has no subject yet
            name = case.name or self.env._("New")
            case.display_name = f"{case.order_id.name}: {name}" if case.order_id else name

    def action_settle(self):
        self.write({"state": "done"})

    def action_drop(self):
        self.write({"state": "cancelled"})

    def action_reopen(self):
        self.write({"state": "open"})
