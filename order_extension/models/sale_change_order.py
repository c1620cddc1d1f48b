from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..change_order_rules import change_order_name

#: Written by transitions only, see models/sale_change_order_flow.py and models/sale_change_order_signing.py.
TRANSITION_FIELDS = frozenset(
    {
        "name", "number", "revision", "state", "sent_on", "sent_by_id", "offer_hash",
        "signed_by", "signed_on", "signature", "signed_ip", "signed_user_agent", "signed_channel",
        "signed_device_user_id", "signed_content", "signed_hash",
        "declined_on", "declined_by", "decline_reason", "cancelled_on", "cancelled_by_id", "cancel_reason",
        "expired_on",
    }
)  # fmt: skip
#: What the customer is offered: fixed once it is sent.
CONTENT_FIELDS = frozenset(
    {
        "order_id", "title", "description", "reason_id", "reason_note", "days_added", "validity_date", "line_ids",
        "photo_ids", "company_id",
    }
)  # fmt: skip


class SaleChangeOrder(models.Model):
    _name = "sale.change.order"
    _description = "Change Order"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin", "extra.photos.mixin", "transition.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "title"]
    _transition_key = "change_order_transition"

    # Identity
    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    number = fields.Integer("Number in the Order", readonly=True, copy=False, aggregator=None)
    revision = fields.Integer(default=1, readonly=True, copy=False, aggregator=None)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Waiting for Signature"),
            ("signed", "Signed"),
            ("declined", "Declined"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )

    # The order that grows
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("state", "=", "sale")],
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="order_id.currency_id", store=True, precompute=True)
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(related="order_id.user_id", string="Salesperson", store=True, index=True, precompute=True)
    task_id = fields.Many2one(
        "project.task",
        index="btree_not_null",
        check_company=True,
        domain="[('sale_order_id', '=', order_id)]",
        help="The task on which this was recorded.",
    )

    # What is offered
    title = fields.Char("What", required=True, tracking=True)
    description = fields.Html(help="What exactly will be done, as the customer reads it.")
    reason_id = fields.Many2one("sale.change.reason", ondelete="restrict", index="btree_not_null")
    reason_note = fields.Text("Why", help="Why this goes beyond the order, as the customer reads it.")
    line_ids = fields.One2many("sale.change.order.line", "change_order_id", string="Lines", copy=True)
    days_added = fields.Integer(help="Calendar days by which the promised date moves. Negative: earlier.")
    validity_date = fields.Date(
        "Valid until", default=lambda self: self._default_validity_date(), help="Until when the customer can sign."
    )

    # Who, when, why
    sent_on = fields.Datetime("Sent on", readonly=True, copy=False)
    sent_by_id = fields.Many2one("res.users", "Sent by", readonly=True, copy=False)
    signed_by = fields.Char("Signed by", readonly=True, copy=False, tracking=True)
    signed_on = fields.Datetime("Signed on", readonly=True, copy=False, index="btree_not_null")
    signature = fields.Image(readonly=True, copy=False, attachment=True, max_width=1024, max_height=1024)
    signed_ip = fields.Char("Signed from IP", readonly=True, copy=False)
    signed_user_agent = fields.Char("Signed with", readonly=True, copy=False)
    signed_channel = fields.Selection(
        [("portal", "Customer portal"), ("device", "On a device handed over on site")],
        "Signed through",
        readonly=True,
        copy=False,
    )
    signed_device_user_id = fields.Many2one("res.users", "Device handed over by", readonly=True, copy=False)
    declined_on = fields.Datetime("Declined on", readonly=True, copy=False)
    declined_by = fields.Char("Declined by", readonly=True, copy=False)
    decline_reason = fields.Text(readonly=True, copy=False)
    cancelled_on = fields.Datetime("Cancelled on", readonly=True, copy=False)
    cancelled_by_id = fields.Many2one("res.users", "Cancelled by", readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False)
    expired_on = fields.Datetime("Expired on", readonly=True, copy=False)

    # What was signed, see models/sale_change_order_signing.py
    offer_hash = fields.Char(readonly=True, copy=False)
    signed_content = fields.Text(readonly=True, copy=False)
    signed_hash = fields.Char(readonly=True, copy=False)
    content_hash = fields.Char(
        "Fingerprint",
        compute="_compute_content_hash",
        help="SHA-256 of what is shown to the customer; once signed, of what was signed.",
    )

    # Billing
    invoice_status = fields.Selection(
        [
            ("nothing", "Nothing to Invoice"),
            ("open", "Not Invoiced"),
            ("partial", "Partly Invoiced"),
            ("invoiced", "Invoiced"),
        ],
        compute="_compute_invoice_status",
        store=True,
        index=True,
    )

    is_expired = fields.Boolean(compute="_compute_is_expired")
    can_edit = fields.Boolean(compute="_compute_can")
    can_cancel = fields.Boolean(compute="_compute_can")
    order_locked = fields.Boolean(related="order_id.locked")
    commitment_date = fields.Datetime(related="order_id.commitment_date")

    _number_unique = models.UniqueIndex(
        "(order_id, number, revision)", "This number was given to another change order at the same time. Try again."
    )

    # === DEFAULTS ===

    def _default_validity_date(self):
        days = self.env.company.quotation_validity_days
        return fields.Date.context_today(self) + timedelta(days=days) if days > 0 else False

    @api.model
    def default_get(self, fields_list):
        """A change order that starts on a task belongs to the task's order."""
        values = super().default_get(fields_list)
        if values.get("task_id") and not values.get("order_id") and "order_id" in fields_list:
            values["order_id"] = self.env["project.task"].browse(values["task_id"]).sale_order_id.id
        return values

    # === COMPUTE ===

    def _compute_access_url(self):
        super()._compute_access_url()
        for change_order in self:
            change_order.access_url = f"/my/change_orders/{change_order.id}"

    @api.depends(
        "state",
        "line_ids.applied_line_id.qty_invoiced",
        "line_ids.applied_line_id.product_uom_qty",
        "line_ids.kind",
    )
    def _compute_invoice_status(self):
        for change_order in self:
            # Billing is computed by whoever posts an invoice, a bookkeeper perhaps, but stored for everybody.
            added = change_order.sudo().line_ids.filtered(lambda line: line.kind == "add").applied_line_id
            billable = added.filtered(lambda line: not line.currency_id.is_zero(line.price_subtotal))
            if change_order.state != "signed" or not billable:
                change_order.invoice_status = "nothing"
            elif all(line.product_uom_id.compare(line.qty_invoiced, line.product_uom_qty) >= 0 for line in billable):
                change_order.invoice_status = "invoiced"
            elif any(line.qty_invoiced > 0 for line in billable):
                change_order.invoice_status = "partial"
            else:
                change_order.invoice_status = "open"

    @api.depends("state", "validity_date")
    def _compute_is_expired(self):
        today = fields.Date.context_today(self)
        for change_order in self:
            change_order.is_expired = change_order.state == "expired" or bool(
                change_order.state == "sent" and change_order.validity_date and change_order.validity_date < today
            )

    @api.depends("state")
    def _compute_can(self):
        for change_order in self:
            change_order.can_edit = change_order.state == "draft"
            change_order.can_cancel = change_order.state in ("draft", "sent", "expired")

    # === CRUD ===

    @api.model
    def _get_customer_fields(self):
        return super()._get_customer_fields() | {
            "name", "title", "order_id", "state", "sent_on", "validity_date", "amount_total", "currency_id",
            "partner_id", "signer_partner_id",
        }  # fmt: skip

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | TRANSITION_FIELDS

    def _get_transition_message(self, name, label):
        return self.env._(
            "“%s” of a change order can't be written directly: it follows from sending, signing, declining"
            " or cancelling it.",
            label,
        )

    @api.model
    def _get_content_fields(self):
        """Names of the fields that are fixed once the change order is sent. Each subject adds its own."""
        return CONTENT_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self.browse()._without_transition_fields(vals) for vals in vals_list]
        orders = self.env["sale.order"].browse({vals["order_id"] for vals in vals_list if vals.get("order_id")})
        orders._check_can_extend()
        numbers = orders._next_change_order_numbers()
        for vals in vals_list:
            order = self.env["sale.order"].browse(vals.get("order_id"))
            if order and not vals.get("number"):
                vals["number"] = numbers[order.id]
                numbers[order.id] += 1
            # The name of the order may be out of reach for a technician, its number is not a secret.
            vals["name"] = change_order_name(order.sudo().name, vals.get("number", 0), vals.get("revision", 1))
        change_orders = super().create(vals_list)
        for change_order in change_orders:
            change_order._subscribe_sellers()
        return change_orders

    def write(self, vals):
        vals = self._without_transition_fields(vals)
        if not self._in_transition():
            if self._get_content_fields() & vals.keys():
                self._check_editable()
            if "order_id" in vals and any(change_order.order_id.id != vals["order_id"] for change_order in self):
                raise UserError(
                    self.env._("A change order stays with its order. Record a new one on the other order instead.")
                )
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for change_order, vals in zip(self, vals_list, strict=True):
            if "title" not in (default or {}) and not self._in_transition():
                vals["title"] = self.env._("%s (copy)", change_order.title)
            if "validity_date" not in (default or {}):
                vals["validity_date"] = self._default_validity_date()
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        for change_order in self:
            if change_order.state != "draft":
                raise UserError(
                    self.env._(
                        "%s was offered to the customer and stays on file. Cancel it instead of deleting it.",
                        change_order.name,
                    )
                )

    def _check_editable(self):
        for change_order in self:
            if change_order.state != "draft":
                raise UserError(
                    self.env._(
                        "%(name)s is no longer a draft (%(state)s), so what it offers is fixed. Make a new revision to"
                        " change it.",
                        name=change_order.name,
                        state=change_order._get_state_label(),
                    )
                )

    def _get_state_label(self):
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _subscribe_sellers(self):
        """Whoever sells and whoever works on it hears of it."""
        self.ensure_one()
        sudo = self.sudo()
        self.message_subscribe(partner_ids=(sudo.user_id | sudo.task_id.user_ids).partner_id.ids)

    # === ACTIONS ===

    def action_view_order(self):
        self.ensure_one()
        return self.order_id.get_formview_action()

    def action_preview(self):
        """Open the page as the customer sees it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "target": "self", "url": self.get_portal_url()}

    def action_print(self):
        return self.env.ref("order_extension.sale_change_order_report_action").report_action(self)

    # === PORTAL AND MAIL ===

    def _get_portal_return_action(self):
        self.ensure_one()
        return self.env.ref("order_extension.sale_change_order_action")

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.name.replace("/", "-")

    def _get_lang(self):
        """The customer's language, in which offers are written, shown and signed."""
        self.ensure_one()
        return self.partner_id.lang or self.company_id.partner_id.lang or "en_US"
