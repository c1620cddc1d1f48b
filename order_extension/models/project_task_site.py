"""A task as whoever is on site sees it: where, until when, and what is free there."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..rule_card import share_left


class ProjectTask(models.Model):
    _inherit = "project.task"

    is_my_site = fields.Boolean(
        "My Site",
        compute="_compute_is_my_site",
        search="_search_is_my_site",
        help="An open task of a confirmed order, that is assigned to me or whose order I have sold.",
    )
    can_record_extra = fields.Boolean(compute="_compute_can_record_extra")

    # Of the order. In sudo: whoever works on it may not read the order itself, but these are what he has to know.
    site_address = fields.Char("Address", compute="_compute_site")
    site_phone = fields.Char("Phone", compute="_compute_site")
    promised_date = fields.Datetime(related="sale_order_id.commitment_date", string="Promised")
    order_currency_id = fields.Many2one(related="sale_order_id.currency_id", string="Order's Currency")
    scope_included = fields.Html(related="sale_order_id.scope_included")
    scope_excluded = fields.Html(related="sale_order_id.scope_excluded")
    minor_items_amount = fields.Monetary(
        related="sale_order_id.minor_items_amount",
        string="Order's Allowance",
        currency_field="order_currency_id",
    )
    minor_items_left = fields.Monetary(
        related="sale_order_id.minor_items_left",
        string="Allowance Left",
        currency_field="order_currency_id",
    )
    minor_items_left_percent = fields.Integer(
        "Allowance Left (%)", compute="_compute_minor_items_left_percent", aggregator=None
    )
    order_change_order_open_count = fields.Integer(
        "Change Orders to Sign",
        compute="_compute_order_change_order_open_count",
        search="_search_order_change_order_open_count",
        aggregator=None,
        help="Change orders of the order that wait for the customer's signature.",
    )
    is_past_deadline = fields.Boolean(compute="_compute_is_past_deadline")

    # The rule card
    extra_rules = fields.Html(compute="_compute_extra_rules", sanitize=False)
    extra_wordings = fields.Html(compute="_compute_extra_rules", sanitize=False)
    has_to_acknowledge_rules = fields.Boolean(compute="_compute_has_to_acknowledge_rules")

    # === WHERE AND WHEN ===

    @api.model
    def _get_my_site_domain(self):
        # In sudo: a technician finds his tasks by the state of orders that he may not read. What he finds is still
        # filtered by the rules of tasks.
        sudo = self.sudo()
        confirmed = sudo._search([("sale_order_id.state", "=", "sale")])
        sold = sudo._search([("sale_order_id.user_id", "=", self.env.uid)])
        return (
            Domain("id", "in", confirmed)
            & Domain("is_closed", "=", False)
            & (Domain("user_ids", "in", self.env.user.ids) | Domain("id", "in", sold))
        )

    @api.depends("user_ids", "sale_order_id", "state")
    @api.depends_context("uid")
    def _compute_is_my_site(self):
        mine = self.filtered_domain(Domain("id", "in", self.ids) & self._get_my_site_domain()) if self.ids else self
        for task in self:
            task.is_my_site = task in mine

    def _search_is_my_site(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_my_site_domain() if True in value else ~self._get_my_site_domain()

    @api.depends("sale_order_id")
    def _compute_site(self):
        for task in self:
            place = task.sale_order_id.sudo().partner_shipping_id
            lines = place._display_address(without_company=True).splitlines() if place else ()
            task.site_address = ", ".join(line.strip() for line in lines if line.strip())
            task.site_phone = place.phone or task.partner_id.phone

    # === ALLOWANCE AND CHANGE ORDERS ===

    @api.depends("minor_items_amount", "minor_items_left")
    def _compute_minor_items_left_percent(self):
        for task in self:
            task.minor_items_left_percent = share_left(task.minor_items_amount, task.minor_items_left)

    @api.depends("sale_order_id")
    def _compute_order_change_order_open_count(self):
        # In sudo: a number that tells nothing but that something is waiting.
        rows = (
            self.env["sale.change.order"]
            .sudo()
            ._read_group(
                Domain("order_id", "in", self.sale_order_id.ids) & Domain("state", "=", "sent"),
                ["order_id"],
                ["__count"],
            )
        )
        counts = {order.id: count for order, count in rows}
        for task in self:
            task.order_change_order_open_count = counts.get(task.sale_order_id.id, 0)

    def _search_order_change_order_open_count(self, operator, value):
        """Only "none" and "some" are asked for."""
        if (operator, value) not in ((">", 0), ("!=", 0)):
            return NotImplemented
        # In sudo: as above.
        orders = self.env["sale.order"].sudo()._search([("change_order_ids.state", "=", "sent")])
        return Domain("id", "in", self.sudo()._search([("sale_order_id", "in", orders)]))

    @api.depends("date_deadline")
    def _compute_is_past_deadline(self):
        """What is due today is not late before tomorrow."""
        today = fields.Date.context_today(self)
        for task in self:
            deadline = task.date_deadline
            task.is_past_deadline = bool(deadline) and fields.Date.context_today(self, deadline) < today

    def action_view_change_orders_to_sign(self):
        """Show what waits for the customer's signature."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_extension.sale_change_order_action")
        # In sudo: which order the task belongs to; the change orders have their own rules.
        action["domain"] = [("order_id", "=", self.sudo().sale_order_id.id), ("state", "=", "sent")]
        action["context"] = {"create": False}
        return action

    # === RULE CARD ===

    @api.depends("sale_order_id")
    @api.depends_context("lang")
    def _compute_extra_rules(self):
        for task in self:
            order = task.sale_order_id.sudo()
            company = order.company_id
            if not order:
                task.extra_rules = task.extra_wordings = False
                continue
            task.extra_rules = company._get_extra_rules_html(order._get_extra_limits(), order.currency_id)
            task.extra_wordings = company._get_extra_wordings_html()

    @api.depends("sale_order_id")
    @api.depends_context("uid")
    def _compute_has_to_acknowledge_rules(self):
        companies = self.sale_order_id.sudo().company_id
        unread = companies.filtered(lambda company: company._has_to_acknowledge_extra_rules())
        for task in self:
            task.has_to_acknowledge_rules = task.sale_order_id.sudo().company_id in unread

    # === ACTIONS ===

    @api.depends("sale_order_id")
    @api.depends_context("uid")
    def _compute_can_record_extra(self):
        for task in self:
            task.can_record_extra = bool(
                task.sale_order_id and task.sale_order_id._can_be_extended() and task.sale_order_id._can_record_extras()
            )

    def action_record_extra(self):
        """Record what the customer has asked for beyond the order, and see where it goes."""
        self.ensure_one()
        if not self.sale_order_id:
            raise UserError(
                self.env._(
                    "“%s” belongs to no sales order. Choose its sales order item first, then record the extra.",
                    self.name,
                )
            )
        return self.sale_order_id._get_capture_action(self)

    def action_read_extra_rules(self):
        """Show the rules of the order's company, to be confirmed."""
        company = self[:1].sale_order_id.sudo().company_id or self.env.company
        return self.env["sale.extra.rules"]._open(company)
