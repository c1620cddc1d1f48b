"""What small extras are worth on an order, how far they may go, and what of the allowance is used and left."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from ..extra_routing import ExtraFacts, ExtraLimits
from ..small_extra import MINUTES_PER_HOUR, billed_quantity, charged_for

#: Who may see the ledger of minor items. Customers see sums at most, on their page of the order.
LEDGER_GROUPS = (
    "sales_team.group_sale_salesman,order_extension.group_technician,"
    "account.group_account_invoice,account.group_account_readonly"
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    minor_item_ids = fields.One2many("sale.minor.item", "order_id", string="Minor Items", groups=LEDGER_GROUPS)
    minor_item_count = fields.Integer("Number of Minor Items", compute="_compute_minor_item_count")
    # Stored, so that orders are found by them, and so that whoever records at the same time is made to look again:
    # the row of the order changes with every favour that draws on it.
    minor_items_used = fields.Monetary(
        compute="_compute_minor_items_used",
        store=True,
        groups="base.group_user",
        help="What the minor items done so far would have been billed at, as far as the allowance covers them.",
    )
    minor_items_left = fields.Monetary(
        compute="_compute_minor_items_left",
        store=True,
        groups="base.group_user",
        help="What is left of the minor items allowance.",
    )
    minor_items_used_percent = fields.Float(
        "Used of the Minor Items", compute="_compute_minor_items_used_percent", groups="base.group_user"
    )

    # === COMPUTE ===

    @api.depends("minor_item_ids.state")
    def _compute_minor_item_count(self):
        # In sudo: whoever sees the order sees how many there were; the ledger itself has its own rules.
        rows = (
            self.env["sale.minor.item"]
            .sudo()
            ._read_group(Domain("order_id", "in", self.ids) & Domain("state", "=", "done"), ["order_id"], ["__count"])
        )
        counts = {order.id: count for order, count in rows}
        for order in self:
            order.minor_item_count = counts.get(order._origin.id, 0)

    @api.depends("minor_item_ids.value", "minor_item_ids.state", "minor_item_ids.covered_by", "currency_id")
    def _compute_minor_items_used(self):
        rows = (
            self.env["sale.minor.item"]
            .sudo()
            ._read_group(self._get_covered_items_domain(), ["order_id"], ["value:sum"])
        )
        used = {order.id: value for order, value in rows}
        for order in self:
            amount = used.get(order._origin.id, 0.0)
            order.minor_items_used = order.currency_id.round(amount) if order.currency_id else amount

    @api.depends("minor_items_amount", "minor_items_used")
    def _compute_minor_items_left(self):
        for order in self:
            order.minor_items_left = order.minor_items_amount - order.minor_items_used

    @api.depends("minor_items_amount", "minor_items_used")
    def _compute_minor_items_used_percent(self):
        for order in self:
            amount, used = order.minor_items_amount, order.minor_items_used
            order.minor_items_used_percent = min(100.0, 100.0 * used / amount) if amount > 0 else 0.0

    def _get_covered_items_domain(self):
        """Domain of the minor items that the allowance of these orders has paid for."""
        return (
            Domain("order_id", "in", self.ids) & Domain("state", "=", "done") & Domain("covered_by", "=", "allowance")
        )

    # === LIMITS AND FACTS ===

    def _convert_from_company(self, amount):
        """Return ``amount`` of the company's currency in the order's, at the order's own rate, not rounded."""
        self.ensure_one()
        return amount * (self.currency_rate or 1.0)

    def _convert_to_company(self, amount):
        """Return ``amount`` of the order's currency in the company's, at the order's own rate."""
        self.ensure_one()
        currency = self.company_id.currency_id or self.env.company.currency_id
        return currency.round(amount / (self.currency_rate or 1.0))

    def _get_extra_limits_source(self):
        """The record whose limits hold: the customer, else the quotation template, else the company."""
        self.ensure_one()
        candidates = (self.partner_id.commercial_partner_id, self.sale_order_template_id)
        return next(
            (candidate for candidate in candidates if candidate.own_extra_limits), self.company_id or self.env.company
        )

    def _get_extra_limits(self):
        """Return what may be given away on this order, in its currency.

        :rtype: ExtraLimits
        """
        self.ensure_one()
        order = self.sudo()  # a technician is held to the limits of an order that he can't read
        source = order._get_extra_limits_source()
        return ExtraLimits(
            item_amount=order._convert_from_company(source.minor_item_limit_amount),
            item_minutes=source.minor_item_limit_minutes,
            customer_share=source.minor_item_customer_share,
            follow_up_amount=order._convert_from_company(source.follow_up_limit_amount),
            follow_up_days=source.follow_up_limit_days,
        )

    def _get_extra_facts(self, value, minutes):
        """Return what is known of a wish of this ``value`` (in the order's currency) that takes these ``minutes``.

        :rtype: ExtraFacts
        """
        self.ensure_one()
        order = self.sudo()  # as above; and the customer's other orders may be another seller's
        used, volume = order._get_customer_extras()
        return ExtraFacts(
            value=value,
            minutes=minutes,
            days=minutes / MINUTES_PER_HOUR / order.company_id._get_working_day_hours(),
            allowance=order.minor_items_amount,
            allowance_left=order.minor_items_left,
            customer_used=used,
            customer_volume=volume,
        )

    def _get_customer_extras(self):
        """Return what the customer got free and what they ordered in the last 12 months, in this order's currency.

        This order counts as ordered whatever its date: the favour is done on it. A favour counts from the day on which
        it is recorded, if that is later than the day on which it is said to have been done.
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        since = today - relativedelta(months=12)
        domain = Domain("partner_id.commercial_partner_id", "=", self.partner_id.commercial_partner_id.id) & Domain(
            "company_id", "=", self.company_id.id
        )
        used = self.env["sale.minor.item"]._read_group(
            domain & Domain("state", "=", "done") & (Domain("date", ">=", since) | Domain("create_date", ">=", since)),
            ["currency_id"],
            ["value:sum"],
        )
        ordered = self._read_group(
            domain
            & Domain("state", "=", "sale")
            & Domain("date_order", ">=", since)
            & Domain("id", "!=", self._origin.id),
            ["currency_id"],
            ["amount_untaxed:sum"],
        )
        return self._sum_in_own_currency(used, today), self.amount_untaxed + self._sum_in_own_currency(ordered, today)

    def _sum_in_own_currency(self, rows, date):
        """Add up rows of currency and amount."""
        return sum(
            currency._convert(amount, self.currency_id, self.company_id, date) for currency, amount in rows if amount
        )

    # === PRICE ===

    def _get_extra_service(self, product=None, task=None):
        """Return the service that prices the work of a small extra, and the order line that tells its price, if any.

        Without a product it is the hourly service of the task, else of the order, else of the company.
        """
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: line._is_own_service())
        if product:
            return product, lines.filtered(lambda line: line.product_id == product)[:1]
        hourly = lines.filtered(lambda line: line._get_hours_per_unit())
        line = (task.sudo().sale_line_id & hourly if task else hourly.browse()) or hourly[:1]
        return (line.product_id, line) if line else (self.company_id.minor_item_service_id, line)

    def _price_small_extra(self, product, minutes, material_cost, task=None):
        """Return what a small extra would have been billed at: net, in the currency of the order.

        See :meth:`_get_extra_price`.
        """
        return self._get_extra_price(product, minutes, material_cost, task=task)[0]

    def _get_extra_price(self, product, minutes, material_cost, task=None):
        """Return what a small extra is offered at, without and with taxes, in the currency of the order.

        It is the price of the change order that it would become, never saved: what is said on site is what is offered.

        :param product: the service, or an empty recordset or None for the usual one of the task and order
        :param float minutes: how long it takes
        :param float material_cost: what the material costs, in the currency of the company
        :param task: the task on which it was wished for
        :raise UserError: if the minutes or the cost of material are negative
        """
        self.ensure_one()
        order = self.sudo()  # a technician prices extras of an order that he can't read
        lines = order._prepare_extra_lines_vals(product, minutes, material_cost, task=task)
        if not lines:
            return 0.0, 0.0
        offer = (
            order.env["sale.change.order"]
            .with_company(order.company_id)
            .new({"order_id": order._origin.id, "line_ids": [Command.create(vals) for vals in lines]})
        )
        totals = offer._get_tax_totals()
        return totals["base_amount_currency"], totals["total_amount_currency"]

    def _says_prices_with_tax(self):
        """Whether this customer is told prices with taxes: private ones are, or all if the company writes them so."""
        self.ensure_one()
        order = self.sudo()  # as above
        return (
            not order.partner_id.commercial_partner_id.is_company
            or order.company_id.account_price_include == "tax_included"
        )

    def _prepare_extra_lines_vals(self, product, minutes, material_cost, task=None, name="", material=""):
        """Return the values of the lines that a small extra is offered as: of the work, and of the material.

        The parameters are those of :meth:`_get_extra_price`, and what is written on the lines: of the ``name`` only
        where a service was chosen, as the usual one has its own.
        """
        self.ensure_one()
        order = self.sudo()  # as above
        lines = []
        product = product and product.sudo()._origin
        service, order_line = order._get_extra_service(product, task and task._origin)
        try:
            if service and minutes:
                vals = order._prepare_extra_service_vals(service, order_line, minutes)
                lines.append({**vals, "name": name} if product and name else vals)
            if material_cost:
                vals = order._prepare_extra_material_vals(material_cost)
                lines.append({**vals, "name": material} if material else vals)
        except ValueError as error:
            raise UserError(
                self.env._("The time and the material of a small extra on %s can't be negative.", order.name)
            ) from error
        return lines

    def _prepare_extra_service_vals(self, service, order_line, minutes):
        """Values of the line of the work: at the price, discount and taxes that the order has for this service.

        :param order_line: the order's own line with this service; may be empty
        """
        unit = order_line.product_uom_id or service.uom_id
        vals = {
            "kind": "add",
            "product_id": service.id,
            "quantity": billed_quantity(minutes, service._get_unit_minutes(unit), unit.round, unit.rounding),
            "product_uom_id": unit.id,
        }
        if order_line:
            vals.update(
                price_unit=order_line.price_unit,
                discount=order_line.discount,
                tax_ids=[Command.set(order_line.tax_ids.ids)],
            )
        return vals

    def _prepare_extra_material_vals(self, material_cost):
        """Values of the line of the material: at its cost and the company's mark-up, in the order's currency."""
        currency = self.currency_id or self.company_id.currency_id
        return {
            "kind": "add",
            "product_id": self.env.ref("order_extension.product_material").id,
            "quantity": 1.0,
            "price_unit": charged_for(
                self._convert_from_company(material_cost), self.company_id.minor_item_material_markup, currency.round
            ),
        }

    # === WHO MAY ===

    def _can_record_extras(self):
        """Whether the user works on this order: he sells it, or it is the order of one of his tasks.

        Seeing it is not enough: everybody in a project sees its orders, and customers see theirs.
        """
        self.ensure_one()
        user = self.env.user
        if self.env.su or (user.has_group("sales_team.group_sale_salesman") and self.has_access("read")):
            return True
        # In sudo: a technician may be unable to read the order of his own task.
        order = self.sudo()
        return (
            user.has_group("order_extension.group_technician")
            and user in order.site_task_ids.user_ids
            and order.company_id in self.env.companies
        )

    def _check_can_record_extras(self):
        for order in self:
            if not order._can_record_extras():
                raise AccessError(
                    self.env._(
                        "You can record extras on the orders of your own tasks only. Ask for the task to be assigned"
                        " to you."
                    )
                )

    # === PORTAL ===

    def _shows_minor_items_on_portal(self):
        """Whether the customer sees on his page of the order what of the allowance is used and left."""
        self.ensure_one()
        return bool(
            self.company_id.minor_items_on_portal
            and self.state == "sale"
            and (self.minor_items_amount or self.minor_items_used)
        )

    def _get_portal_minor_items(self):
        """Return what was done for the customer, the latest first."""
        self.ensure_one()
        return self.minor_item_ids.filtered(lambda item: item.state == "done")

    # === OVERRIDES ===

    @api.ondelete(at_uninstall=False)
    def _unlink_except_minor_items(self):
        for order in self:
            if order.sudo().minor_item_ids:
                raise UserError(
                    self.env._(
                        "%s can't be deleted: minor items were recorded on it, which stay in the ledger.", order.name
                    )
                )

    # === ACTIONS ===

    def action_view_minor_items(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_extension.sale_minor_item_action")
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {"default_order_id": self.id, "search_default_done": 1}
        return action
