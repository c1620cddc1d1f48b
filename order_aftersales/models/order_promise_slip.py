from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: What may be told later of a slip; everything else happened as it happened.
COMPLETED_LATER = frozenset(("reason_id", "department_id", "note"))


class OrderPromiseSlip(models.Model):
    """A promised date that was moved: made by the order when it happens, kept as it was."""

    _name = "order.promise.slip"
    _description = "Promised Date Moved"
    _inherit = ["transition.mixin"]
    _transition_key = "order_promise_slip"
    _order = "moved_on desc, id desc"
    _rec_name = "order_id"
    _check_company_auto = True

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, help="The company of the order, as it was then."
    )
    partner_id = fields.Many2one(related="order_id.partner_id", store=True, index=True, string="Customer")
    seller_id = fields.Many2one(related="order_id.user_id", store=True, string="Salesperson")
    old_date = fields.Datetime("From", readonly=True)
    new_date = fields.Datetime("To", readonly=True, help="Empty: the date was taken back, and no other promised.")
    days = fields.Integer(
        readonly=True, help="Days of the calendar, where the customer is. Positive: later than before."
    )
    moved_on = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Moved by", readonly=True, index="btree_not_null")
    change_order_id = fields.Many2one(
        "sale.change.order",
        "Agreed in",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The extension in which the customer has agreed to these days.",
    )
    is_customer_told = fields.Boolean("Customer Told", readonly=True, help="By a message when it was moved.")
    reason_id = fields.Many2one("order.slip.reason", index=True, ondelete="restrict", check_company=True)
    is_customers_doing = fields.Boolean(related="reason_id.is_customers_doing", store=True)
    department_id = fields.Many2one(
        "hr.department", index="btree_not_null", check_company=True, help="Where the delay came from."
    )
    note = fields.Text()
    can_complete = fields.Boolean(compute="_compute_can_complete")

    _order_last = models.Index("(order_id, id)")

    @api.depends_context("uid")
    @api.depends("user_id", "change_order_id")
    def _compute_can_complete(self):
        for slip in self:
            slip.can_complete = slip._can_complete()

    @api.depends("order_id", "old_date", "new_date")
    def _compute_display_name(self):
        for slip in self:
            dates = [slip.order_id._format_promised_day(date) for date in (slip.old_date, slip.new_date) if date]
            slip.display_name = f"{slip.order_id.sudo().name}: {' → '.join(dates)}"

    # === RULES ===

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {
            "order_id", "company_id", "old_date", "new_date", "days", "moved_on", "user_id", "change_order_id",
            "is_customer_told",
        }  # fmt: skip

    def _get_transition_message(self, name, label):
        return self.env._("“%s” of a moved date can't be changed: it is kept as it happened.", label)

    def _can_complete(self):
        """Whether the user may say why this promise was moved: leaders, and whoever has moved it.

        What a customer has signed has its reason.
        """
        self.ensure_one()
        if self.change_order_id:
            return False
        return self.user_id == self.env.user or self.env.user.has_group("order_aftersales.group_leader")

    def _ensure_can_complete(self):
        for slip in self:
            if not slip._can_complete():
                raise AccessError(
                    self.env._(
                        "Only %(user)s, who has moved the date of %(order)s, or a leader can say why.",
                        user=slip.sudo().user_id.name or self.env._("the customer, by his signature"),
                        order=slip.order_id.sudo().name,
                    )
                )

    # === CRUD ===

    def write(self, vals):
        if not self._in_transition():
            vals = self._without_transition_fields(vals)
            if vals.keys() & COMPLETED_LATER:
                self._ensure_can_complete()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_order(self):
        raise UserError(
            self.env._(
                "%s: a moved date stays on file. If the reason is wrong, correct the reason.",
                ", ".join(self.sudo().order_id.mapped("name")),
            )
        )
