from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

TEMPLATE = "order_aftersales.mail_template_promise_moved"


class OrderPromiseMove(models.TransientModel):
    """Ask what a moved promise needs: the new date, the reason, and whether the customer is told now."""

    _name = "order.promise.move"
    _description = "Move the Promised Date"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    first_promised_date = fields.Datetime(related="order_id.first_promised_date")
    commitment_date = fields.Datetime("Promised Now", related="order_id.commitment_date")
    new_date = fields.Datetime(required=True)
    reason_id = fields.Many2one(
        "order.slip.reason", required=True, domain="[('company_id', 'in', (False, company_id))]"
    )
    department_id = fields.Many2one(
        "hr.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('company_id', 'in', (False, company_id))]",
        help="Where the delay came from.",
    )
    note = fields.Text("Internal Note", help="The customer doesn't see it.")
    has_open_deliveries = fields.Boolean(compute="_compute_has_open_deliveries")
    move_deliveries = fields.Boolean(
        default=True,
        help="The open deliveries are scheduled later, or earlier, by as many days as the promise is moved.",
    )
    tell_customer = fields.Boolean(default=True)
    recipient_email = fields.Char("Message to", related="partner_id.email")
    subject = fields.Char(compute="_compute_message", store=True, readonly=False)
    body = fields.Html("Message", compute="_compute_message", store=True, readonly=False, sanitize_style=True)

    @api.depends("order_id")
    def _compute_department_id(self):
        """It is mostly the own department that has to move a date."""
        # In sudo: where the user works is on his own card, which he may not read.
        department = self.env.user.sudo().employee_id.department_id
        for wizard in self:
            wizard.department_id = department

    @api.depends("order_id")
    def _compute_has_open_deliveries(self):
        for wizard in self:
            wizard.has_open_deliveries = bool(wizard.order_id._get_open_deliveries())

    @api.depends("order_id", "new_date")
    def _compute_message(self):
        """What the customer would get, in his language, with the dates as they would be."""
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        for wizard in self:
            wizard.subject = wizard.body = False
            if template and wizard.new_date and wizard.order_id:
                order_id = wizard.order_id.id
                # In sudo: a leader of production may not read all that the template tells of the order.
                localized = template.sudo().with_context(**wizard._prepare_message_context())
                wizard.subject = localized._render_field("subject", [order_id], compute_lang=True)[order_id]
                wizard.body = localized._render_field("body_html", [order_id], compute_lang=True)[order_id]

    def _prepare_message_context(self):
        self.ensure_one()
        lang = self.order_id.partner_id.lang
        return {
            "promised_before": self.order_id._format_promised_day(self.commitment_date, lang),
            "promised_now": self.order_id._format_promised_day(self.new_date, lang),
        }

    def action_move(self):
        self.ensure_one()
        order = self.order_id
        if self.tell_customer:
            self._ensure_can_tell()
        moved_by = self.new_date - self.commitment_date if self.commitment_date else None
        order._move_promise(
            self.new_date,
            reason_id=self.reason_id.id,
            department_id=self.department_id.id,
            note=self.note,
            is_customer_told=self.tell_customer,
        )
        if self.move_deliveries and moved_by:
            order._get_open_deliveries()._reschedule_by(moved_by)
        if self.tell_customer:
            self._tell_customer()
        return {"type": "ir.actions.act_window_close"}

    def _ensure_can_tell(self):
        self.ensure_one()
        if not self.partner_id.email:
            raise UserError(
                self.env._(
                    "%s has no e-mail address. Enter one, or untick “Tell Customer” and call.", self.partner_id.name
                )
            )
        if is_html_empty(self.body):
            raise UserError(self.env._("There is no message to the customer. Write one, or untick “Tell Customer”."))

    def _tell_customer(self):
        """Send it as a message on the order, where the answer comes in as well."""
        self.ensure_one()
        # In sudo: whoever may move the date may say so, be it on an order that he can't change otherwise.
        self.order_id.sudo().message_post(
            body=self.body,
            subject=self.subject,
            partner_ids=self.partner_id.ids,
            author_id=self.env.user.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
        )
