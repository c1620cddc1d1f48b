"""Target costing of orders of a usual kind: what they may cost at their price, against what past ones have cost."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ..localized import format_number
from ..sheet_figures import PLAN_KINDS
from ..target_costing import add_up_to_all, allowable_cost, allowable_hours, scale_to, shares_of, split_amount
from .sale_order_line_plan import COST_GROUPS
from .sale_order_template_target import AVERAGE_GROUPS, COST_KINDS, WORK_KINDS


class SaleOrderTemplate(models.Model):
    _inherit = "sale.order.template"

    has_target_costing = fields.Boolean(
        "Target Costing", help="Orders from this template are much alike, so that their cost can be aimed at."
    )
    target_margin = fields.Float(
        digits=(16, 6), groups=COST_GROUPS, help="Margin to be left, as a share of the net price."
    )
    target_currency_id = fields.Many2one("res.currency", compute="_compute_target_currency_id")
    target_price = fields.Monetary(
        "Net Price",
        compute="_compute_target_price",
        currency_field="target_currency_id",
        help="Of the lines at their list prices, options left out, without taxes.",
    )
    target_cost = fields.Monetary(
        "Allowable Cost",
        compute="_compute_target_price",
        currency_field="target_currency_id",
        groups=COST_GROUPS,
        help="What the price leaves for cost when the target margin is kept.",
    )
    target_ids = fields.One2many(
        "sale.order.template.target", "template_id", string="Shares", copy=True, groups=COST_GROUPS
    )
    target_order_count = fields.Integer(
        "Past Orders", compute="_compute_target_actuals", groups=AVERAGE_GROUPS, help="Finished ones only."
    )
    target_actual_cost = fields.Monetary(
        "Actual Cost at this Price",
        compute="_compute_target_actuals",
        currency_field="target_currency_id",
        groups=AVERAGE_GROUPS,
        help="What the past orders have cost in relation to their price, at the net price of this template.",
    )
    target_gap = fields.Monetary(
        "Gap",
        compute="_compute_target_actuals",
        currency_field="target_currency_id",
        groups=AVERAGE_GROUPS,
        help="By how much the past orders were more expensive than they may be, at the net price of this template.",
    )

    _target_margin_valid = models.Constraint("CHECK(target_margin < 1)", "The target margin must be below 100 %.")

    # === COMPUTE ===

    def _get_target_company(self):
        """Return whose orders and costs count: the template's company, else the one somebody works in."""
        self.ensure_one()
        return self.company_id or self.env.company

    @api.depends_context("company")
    @api.depends("company_id")
    def _compute_target_currency_id(self):
        for template in self:
            template.target_currency_id = template._get_target_company().currency_id

    @api.depends_context("company")
    @api.depends(
        "target_margin", "sale_order_template_line_ids.product_id", "sale_order_template_line_ids.product_uom_qty",
        "sale_order_template_line_ids.product_uom_id", "sale_order_template_line_ids.is_optional",
    )  # fmt: skip
    def _compute_target_price(self):
        for template in self:
            company = template._get_target_company()
            price = sum(line._get_target_price(company) for line in template._get_target_lines())
            template.target_price = company.currency_id.round(price)
            template.target_cost = allowable_cost(
                template.target_price, template.target_margin, company.currency_id.rounding
            )

    @api.depends_context("company")
    @api.depends("target_cost")
    def _compute_target_actuals(self):
        for template in self:
            count, actuals = template._get_target_actuals()
            template.target_order_count = count
            template.target_actual_cost = sum(
                template.target_currency_id.round(cost) for cost, _hours in actuals.values()
            )
            template.target_gap = template.target_actual_cost - template.target_cost if count else 0.0

    def _get_target_lines(self):
        """Return the lines that every order from this template has."""
        self.ensure_one()
        return self.sale_order_template_line_ids.filtered(lambda line: not line.display_type and not line._is_option())

    # === SHARES ===

    @api.constrains("target_ids", "target_margin")
    def _check_target_shares(self):
        for template in self:
            shares = template.target_ids.mapped("share")
            if shares and not add_up_to_all(shares):
                raise ValidationError(
                    self.env._(
                        "The shares of the allowable cost of “%(template)s” add up to %(sum)s %%. Change them so that"
                        " they are 100 %% together.",
                        template=template.name,
                        sum=format_number(self.env, sum(shares) * 100, 2),
                    )
                )

    def action_suggest_target_shares(self):
        """Share the allowable cost out as the past orders have it, or else as the lines of the template have it."""
        self.ensure_one()
        self.check_access("write")
        costs = self._get_suggested_costs()
        if not costs:
            raise UserError(
                self.env._(
                    "“%s” has neither past orders nor lines with a cost to share it out by. Enter the cost of its"
                    " products, or the hours they take.",
                    self.name,
                )
            )
        shares = shares_of(list(costs.values()))
        self.target_ids = [
            Command.clear(),
            *(
                Command.create(self._prepare_target_vals(key, share, sequence))
                for sequence, (key, share) in enumerate(zip(costs, shares, strict=True))
            ),
        ]

    def _prepare_target_vals(self, key, share, sequence):
        return {
            "sequence": sequence,
            "is_material": key == "material",
            "activity_id": False if key == "material" else key,
            "share": share,
        }

    def _get_suggested_costs(self):
        """Return cost by key of the row, in their order: activities, work without one, material."""
        self.ensure_one()
        # In sudo: shares are no secret to whoever writes templates, and he need not see all orders.
        _count, actuals = self.sudo()._get_target_actuals()
        costs = {key: cost for key, (cost, _hours) in actuals.items() if cost > 0}
        if not costs:
            company = self._get_target_company()
            for line in self._get_target_lines():
                key, cost = line._get_target_cost(company)
                costs[key] = costs.get(key, 0.0) + cost
            costs = {key: cost for key, cost in costs.items() if cost > 0}
        activities = self.env["order.activity"].browse(key for key in costs if key and key != "material")
        keys = [*activities.sorted().ids, False, "material"]
        return {key: costs[key] for key in keys if key in costs}

    # === ACTUALS ===

    def _get_target_orders_domain(self):
        """Return which orders the averages are of: those confirmed in the time looked back, and finished since.

        Finished is what is invoiced to the end, or whose post-calculation is closed: of others cost is still to come.
        With more hours worked than sold Odoo calls what is invoiced to the end an opportunity to sell more: without
        these the averages would be of the orders that went well.
        """
        self.ensure_one()
        company = self._get_target_company()
        since = fields.Datetime.now() - relativedelta(months=company.advice_months)
        finished = Domain("invoice_status", "in", ["invoiced", "upselling"])
        if "postcalc_state" in self.env["sale.order"]._fields:
            finished |= Domain("postcalc_state", "=", "closed")
        return (
            Domain("sale_order_template_id", "=", self.id)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "sale")
            & Domain("date_order", ">=", since)
            & finished
        )

    def _get_target_actuals(self):
        """Return the number of past orders, and (cost, hours) of them at the price of the template, by key of the row.

        An order of twice the price may cost twice as much: what is compared is the share of the price.
        """
        self.ensure_one()
        template = self._origin
        orders = template.env["sale.order"].search(template._get_target_orders_domain()) if template else []
        if not orders:
            return 0, {}
        rows = self.env["order.postcalc.report"]._read_group(
            [("order_id", "in", orders.ids), ("kind", "in", (*PLAN_KINDS, *COST_KINDS))],
            ["kind", "activity_id"],
            ["planned_revenue:sum", "actual_cost:sum", "actual_hours:sum"],
        )
        price, sums = 0.0, {}
        for kind, activity, revenue, cost, hours in rows:
            price += revenue
            if kind in COST_KINDS:
                key = activity.id if kind in WORK_KINDS else "material"
                before = sums.get(key, (0.0, 0.0))
                sums[key] = (before[0] + cost, before[1] + hours)
        at_price = scale_to(self.target_price, price, len(orders))
        return len(orders), {key: (cost * at_price, hours * at_price) for key, (cost, hours) in sums.items()}

    def _get_target_figures(self):
        """Return the figures of the rows of this template by their key."""
        self.ensure_one()
        company = self._get_target_company()
        count, actuals = self._get_target_actuals()
        # In sudo: the cost of an hour is an average of the employees.
        hour_cost = company.sudo()._get_planned_hour_cost()
        targets = self.target_ids
        parts = split_amount(self.target_cost, targets.mapped("share"), company.currency_id.rounding)
        figures = {}
        for target, part in zip(targets, parts, strict=True):
            key = target._get_key()
            cost, hours = actuals.get(key, (0.0, 0.0))
            cost = company.currency_id.round(cost)
            figures[key] = {
                "allowable_cost": part,
                "allowable_hours": 0.0
                if target.is_material
                else allowable_hours(part, cost / hours if hours else hour_cost),
                "actual_cost": cost,
                "actual_hours": hours,
                "gap": cost - part if count else 0.0,
            }
        return figures
