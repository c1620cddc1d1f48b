from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_amount

from ..change_order_rules import clean_text
from ..extra_routing import is_more
from ..small_extra import MINUTES_PER_HOUR, extra_cost

#: Follow from recording and cancelling, and are written by nobody, whatever his rights.
TRANSITION_FIELDS = frozenset({"state", "value", "cost", "cancel_reason", "cancelled_on", "cancelled_by_id"})
#: What a minor item is worth, and so who pays for it, follows from these.
VALUE_FIELDS = frozenset({"duration", "material_cost", "product_id", "task_id"})
COST_GROUPS = "sales_team.group_sale_salesman"


class SaleMinorItem(models.Model):
    """A small extra that was done free. The order never changes by it."""

    _name = "sale.minor.item"
    _description = "Minor Item"
    _inherit = ["mail.thread", "extra.photos.mixin", "transition.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _transition_key = "minor_item_transition"

    # What
    name = fields.Char(
        "What",
        compute="_compute_from_product",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    product_id = fields.Many2one(
        "product.product",
        "Usual Small Service",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("is_minor_item", "=", True)],
        tracking=True,
    )
    duration = fields.Float(
        "Time Spent",
        compute="_compute_from_product",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Hours and minutes.",
    )
    material = fields.Char(help="What was used.")
    material_cost = fields.Monetary(currency_field="company_currency_id", tracking=True)

    # Where, when, who
    order_id = fields.Many2one(
        "sale.order",
        compute="_compute_order_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("state", "=", "sale")],
    )
    task_id = fields.Many2one("project.task", index="btree_not_null", check_company=True)
    user_id = fields.Many2one(
        "res.users",
        "Done by",
        default=lambda self: self.env.user,
        required=True,
        index=True,
        check_company=True,
        domain=[("share", "=", False)],
        tracking=True,
    )
    requested_by = fields.Char("Asked by", help="Who of the customer's people asked for it.")
    date = fields.Date(default=fields.Date.context_today, required=True, index=True, tracking=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="order_id.currency_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of the Company")
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", store=True, index=True, precompute=True
    )
    salesperson_id = fields.Many2one(
        related="order_id.user_id", string="Salesperson", store=True, index=True, precompute=True
    )

    # What it is worth
    value = fields.Monetary(
        compute="_compute_value", store=True, help="What it would have been billed at, without taxes."
    )
    cost = fields.Monetary(
        compute="_compute_cost",
        store=True,
        currency_field="company_currency_id",
        groups=COST_GROUPS,
        help="What it cost the company: working time at its hourly cost, and material.",
    )
    # A wrong entry
    state = fields.Selection(
        [("done", "Done"), ("cancelled", "Cancelled")],
        default="done",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    cancel_reason = fields.Text(readonly=True, copy=False)
    cancelled_on = fields.Datetime(readonly=True, copy=False)
    cancelled_by_id = fields.Many2one("res.users", "Cancelled by", readonly=True, copy=False)
    can_cancel = fields.Boolean(compute="_compute_can_cancel")

    _amounts_positive = models.Constraint(
        "CHECK(duration >= 0 AND material_cost >= 0)", "The time and the material of a minor item can't be negative."
    )

    # === COMPUTE ===

    @api.depends("task_id")
    def _compute_order_id(self):
        for item in self:
            # In sudo: the order of his own task is not a technician's to read.
            item.order_id = item.order_id or item.task_id.sudo().sale_order_id

    @api.depends("product_id")
    def _compute_from_product(self):
        """A usual service fills in its name and time; both can be changed."""
        for item in self:
            if item.product_id:
                item.name = item.product_id.display_name
                item.duration = item.product_id.minor_item_minutes / MINUTES_PER_HOUR or item.duration
            else:
                item.name, item.duration = item.name, item.duration

    @api.depends(*sorted(VALUE_FIELDS), "order_id")
    def _compute_value(self):
        """Worked out when it is recorded, and again only when its time, material or service is corrected."""
        for item in self:
            order = item.order_id._origin
            if not order or item.duration < 0 or item.material_cost < 0:
                item.value = 0.0
                continue
            item.value = order._price_small_extra(
                item.product_id, round(item.duration * MINUTES_PER_HOUR, 2), item.material_cost, item.task_id
            )

    @api.depends(*sorted(VALUE_FIELDS), "order_id", "user_id")
    def _compute_cost(self):
        hourly_costs = self._get_hourly_costs()
        for item, hourly_cost in zip(self, hourly_costs, strict=True):
            currency = item.company_currency_id or self.env.company.currency_id
            item.cost = extra_cost(item.duration, hourly_cost, item.material_cost, currency.round)

    def _get_hourly_costs(self):
        """Return what an hour costs for each item: of the employee, else of the service that prices it, else nothing.

        In the currency of the company.
        """
        # In sudo: what colleagues cost is secret to whoever records; the result is for the groups of `cost` only.
        items = self.sudo()
        employees = {}
        if "hr.employee" in self.env and "hourly_cost" in self.env["hr.employee"]._fields:
            found = items.env["hr.employee"].search(
                Domain("user_id", "in", items.user_id.ids) & Domain("company_id", "in", items.company_id.ids)
            )
            employees = {(employee.user_id.id, employee.company_id.id): employee.hourly_cost for employee in found}
        costs = []
        for item in items:
            hourly_cost = employees.get((item.user_id.id, item.company_id.id))
            costs.append(hourly_cost or item._get_service_hourly_cost())
        return costs

    def _get_service_hourly_cost(self):
        self.ensure_one()
        order = self.order_id._origin
        if not order:
            return 0.0
        task = self.task_id._origin
        # What has no cost of its own costs the work that is done on the order.
        for service in (self.product_id._origin, order._get_extra_service(task=task)[0]):
            service = service.with_company(self.company_id)
            if service.standard_price:
                return service.standard_price * MINUTES_PER_HOUR / service._get_unit_minutes(service.uom_id)
        return 0.0

    # === CONSTRAINTS ===

    @api.constrains("task_id", "order_id")
    def _check_task(self):
        for item in self:
            # In sudo: see _compute_order_id.
            if item.task_id and item.task_id.sudo().sale_order_id != item.order_id:
                raise ValidationError(
                    self.env._(
                        "The task “%(task)s” is not part of %(order)s. Choose a task of this order, or none.",
                        task=item.task_id.name,
                        order=item.order_id.sudo().name,
                    )
                )

    # === CRUD ===

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | TRANSITION_FIELDS

    def _get_transition_message(self, name, label):
        return self.env._(
            "“%s” of a minor item can't be written directly: it follows from recording or cancelling it.", label
        )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self.browse()._without_transition_fields(vals) for vals in vals_list]
        items = super().create(vals_list)
        items.order_id._check_can_extend()
        items._cover()
        items._check_customer_share()
        return items

    def write(self, vals):
        if self._in_transition():
            return super().write(vals)
        vals = self._without_transition_fields(vals)
        self._check_editable()
        if "order_id" in vals and any(item.order_id.id != vals["order_id"] for item in self):
            raise UserError(
                self.env._(
                    "A minor item stays with its order. Cancel it with a reason and record it on the other order."
                )
            )
        before = {item: item.value for item in self}
        res = super().write(vals)
        if "user_id" in vals:
            # Nobody records in another's name without the right to that one's items.
            self.check_access("write")
        if VALUE_FIELDS & vals.keys():
            self.order_id._check_can_extend()
            self._cover()
            # A correction that makes it less is no favour more.
            self.filtered(lambda item: is_more(item.value, before[item]))._check_customer_share()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        for item in self:
            raise UserError(
                self.env._(
                    "“%(item)s” of %(order)s stays in the ledger. If it was recorded by mistake, cancel it and say"
                    " why.",
                    item=item.name,
                    order=item.order_id.sudo().name,
                )
            )

    def _check_editable(self):
        for item in self:
            if item.state != "done":
                raise UserError(
                    self.env._(
                        "“%(item)s” of %(order)s is cancelled and can't be changed any more. Record it anew.",
                        item=item.name,
                        order=item.order_id.sudo().name,
                    )
                )

    # === CANCEL ===

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_cancel(self):
        """Who is refused does not have the button."""
        for item in self:
            item.can_cancel = bool(item._origin) and item.state == "done" and item._origin.has_access("write")

    def action_cancel(self):
        """Open the question why."""
        self.ensure_one()
        return {
            "name": self.env._("Cancel “%s”", self.name),
            "type": "ir.actions.act_window",
            "res_model": "sale.minor.item.cancel",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_item_id": self.id},
        }

    def _cancel(self, reason):
        """Take wrong entries back. They stay on file, and what they drew on the allowance is free again.

        :raise UserError: without a reason, or when one is cancelled already
        """
        reason = clean_text(reason)
        if not reason:
            raise UserError(self.env._("Please say in a few words why it is cancelled."))
        self.check_access("write")
        self.order_id._lock_for_extension()
        self.invalidate_recordset(["state"])
        self._check_editable()
        self._as_transition().write(
            {
                "state": "cancelled",
                "cancel_reason": reason,
                "cancelled_on": fields.Datetime.now(),
                "cancelled_by_id": self.env.user.id,
            }
        )

    def action_undo(self):
        """Take back what was recorded a moment ago, with the same rights as any other cancelling."""
        self._cancel(self.env._("Taken back right after it was recorded."))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("Taken back."),
                "type": "info",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _notify_recorded(self):
        """Return the action that tells whoever recorded it what is left, offers to take it back, and closes."""
        self.ensure_one()
        # In sudo: what is left is all that a technician learns of an order that he can't read.
        left = self.order_id.sudo().minor_items_left
        if self.covered_by == "goodwill":
            message = self.env._("Recorded as goodwill.")
        else:
            message = self.env._(
                "Recorded. %s of the allowance are left.", format_amount(self.env, left, self.currency_id)
            )
        params = {"message": message, "next": {"type": "ir.actions.act_window_close"}}
        if self.can_cancel:
            params["undo"] = {
                "label": self.env._("Undo"),
                "model": self._name,
                "method": "action_undo",
                "ids": self.ids,
            }
        return {"type": "ir.actions.client", "tag": "order_extension.notify_with_undo", "params": params}

    def action_view_order(self):
        self.ensure_one()
        return self.order_id.get_formview_action()
