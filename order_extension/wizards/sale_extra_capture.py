from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..extra_routing import ROUTES, may_choose, route_extra
from ..small_extra import MINUTES_PER_HOUR

#: Usual times on site, in minutes.
QUICK_MINUTES = ("5", "10", "15", "30", "60")
#: Beyond these it is a slip of the finger, or a wish that nobody measures on site.
MOST_WORKING_DAYS = 5
MOST_MATERIAL_COST = 1_000_000.0
#: Whoever is in it may give away what the rule would not.
GOODWILL_GROUP = "order_extension.group_goodwill"


class SaleExtraCapture(models.TransientModel):
    """What the customer has asked for on site, and where it goes: free, extension, follow-up or a polite no.

    What the wish becomes is made in wizards/sale_extra_capture_records.py, what is said about it is in
    wizards/sale_extra_capture_words.py.
    """

    _name = "sale.extra.capture"
    _description = "Record an Extra"

    # Where
    task_id = fields.Many2one("project.task", ondelete="cascade")
    order_id = fields.Many2one(
        "sale.order",
        compute="_compute_order_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
        domain=[("state", "=", "sale")],
    )
    company_id = fields.Many2one(related="order_id.company_id")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    currency_id = fields.Many2one(related="order_id.currency_id")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")

    # What
    catalogue_id = fields.Many2one(
        "product.product",
        "Usual Small Services",
        domain="[('is_minor_item', '=', True), ('type', '=', 'service'), ('company_id', 'in', (False, company_id))]",
        help="Fills in what is done and how long it usually takes.",
    )
    has_catalogue = fields.Boolean(compute="_compute_catalogue_order")
    catalogue_order = fields.Json(compute="_compute_catalogue_order", help="The usual ones, the most used first.")
    product_id = fields.Many2one(
        "product.product",
        "Service",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('type', '=', 'service'), ('sale_ok', '=', True), ('company_id', 'in', (False, company_id))]",
        help="What the work is priced as. Empty: the hourly service of the task or order.",
    )
    name = fields.Char("What", compute="_compute_name", store=True, readonly=False, required=True, precompute=True)
    minutes = fields.Integer(compute="_compute_minutes", store=True, readonly=False, precompute=True)
    quick_minutes = fields.Selection(
        [(minutes, minutes) for minutes in QUICK_MINUTES], "Quick", compute="_compute_quick_minutes", readonly=False
    )
    material = fields.Char(help="What material it takes, in words.")
    material_cost = fields.Monetary(
        "Cost of Material", currency_field="company_currency_id", help="What the material costs us, untaxed."
    )
    requested_by = fields.Char("Asked for by", help="Who has asked for it on site.")
    photo_ids = fields.Many2many("ir.attachment", string="Photos", copy=False)

    minutes_problem = fields.Char(compute="_compute_problems")
    material_problem = fields.Char(compute="_compute_problems")

    # Where it goes
    is_complete = fields.Boolean(compute="_compute_route", help="Whether enough is known to say where it goes.")
    value = fields.Monetary(
        "Worth", compute="_compute_route", help="What it would be billed at, untaxed, at the order's prices."
    )
    value_total = fields.Monetary(
        "Price with Taxes", compute="_compute_route", help="What private customers are told, and would pay."
    )
    route = fields.Selection(
        [
            ("minor_item", "Free"),
            ("change_order", "Extension"),
            ("follow_up", "Follow-Up"),
        ],
        compute="_compute_route",
    )
    route_reason = fields.Char("Why", compute="_compute_route")
    decision = fields.Selection(
        [
            ("minor_item", "Free"),
            ("change_order", "Extension"),
            ("follow_up", "Follow-up"),
            ("decline", "Decline"),
        ],
        compute="_compute_decision",
        store=True,
        readonly=False,
        precompute=True,
        help="As the rule says, or stricter. Nothing is chosen before the rule can say anything.",
    )
    proposed_decision = fields.Char(
        compute="_compute_decision",
        store=True,
        precompute=True,
        help="What the rule said when the decision was proposed: a decision that differs was made by a person.",
    )
    allowed_decisions = fields.Json(compute="_compute_allowed_decisions")
    is_goodwill = fields.Boolean(compute="_compute_allowed_decisions")
    goodwill_reason = fields.Char(help="Why it is free although the rule says otherwise.")
    decline_reason = fields.Text("Why Not", help="Why this can't be done. The customer does not see it.")
    wording = fields.Text("What to Say", compute="_compute_wording")
    advice = fields.Html(compute="_compute_advice", sanitize=False)

    # === WHERE ===

    @api.depends("task_id")
    def _compute_order_id(self):
        for capture in self:
            if capture.task_id and not capture.order_id:
                capture.order_id = capture.task_id.sale_order_id
            else:
                capture.order_id = capture.order_id

    @api.constrains("order_id", "task_id", "name")
    def _check_order(self):
        for capture in self:
            order = capture._get_order()
            if capture.task_id and capture.task_id.sale_order_id != order:
                raise ValidationError(
                    self.env._(
                        "“%(task)s” is no task of %(order)s. Record the extra on the task itself.",
                        task=capture.task_id.name,
                        order=order.sudo().name,
                    )
                )

    def _get_order(self):
        """Return the order, if the user may record extras on it.

        :raise UserError: in his words, if not
        """
        self.ensure_one()
        if not self.order_id:
            if self.task_id:
                raise UserError(
                    self.env._(
                        "“%s” belongs to no sales order. Choose its sales order item first, then record the extra.",
                        self.task_id.name,
                    )
                )
            raise UserError(self.env._("Say which order or task the customer's wish belongs to."))
        # As the user himself: Odoo computes stored fields and checks constraints in sudo.
        self.order_id.with_user(self.env.user)._check_capture_extra()
        return self.order_id

    # === WHAT ===

    @api.depends("company_id")
    def _compute_catalogue_order(self):
        for capture in self:
            services = self.env["product.product"].search(
                [
                    ("is_minor_item", "=", True),
                    ("type", "=", "service"),
                    ("company_id", "in", (False, capture.company_id.id)),
                ]
            )
            uses = services._count_uses_on_site(capture.company_id)
            capture.catalogue_order = services.sorted(lambda service, uses=uses: -uses[service.id]).ids
            capture.has_catalogue = bool(services)

    @api.depends("catalogue_id")
    def _compute_product_id(self):
        for capture in self:
            capture.product_id = capture.catalogue_id or capture.product_id

    @api.onchange("product_id")
    def _onchange_product_id(self):
        """Another service than the one of the catalogue is no longer the one of the catalogue."""
        if self.product_id != self.catalogue_id:
            self.catalogue_id = False

    @api.depends("product_id")
    def _compute_name(self):
        for capture in self:
            if capture.product_id and (capture.product_id.is_minor_item or not capture.name):
                capture.name = capture.product_id.name
            else:
                capture.name = capture.name

    @api.depends("product_id")
    def _compute_minutes(self):
        for capture in self:
            capture.minutes = capture.product_id.minor_item_minutes or capture.minutes

    @api.depends("minutes")
    def _compute_quick_minutes(self):
        for capture in self:
            quick = str(capture.minutes)
            capture.quick_minutes = quick if quick in QUICK_MINUTES else False

    @api.onchange("quick_minutes")
    def _onchange_quick_minutes(self):
        """One tap instead of typing."""
        if self.quick_minutes:
            self.minutes = int(self.quick_minutes)

    @api.depends("minutes", "material_cost", "company_id")
    @api.depends_context("lang")
    def _compute_problems(self):
        """What can't be, said beside the field in which it was typed."""
        for capture in self:
            company = capture.company_id or self.env.company
            most = round(MOST_WORKING_DAYS * company._get_working_day_hours() * MINUTES_PER_HOUR)
            if capture.minutes < 0:
                capture.minutes_problem = self.env._("Time can't be less than nothing.")
            elif capture.minutes > most:
                capture.minutes_problem = self.env._(
                    "At most %(days)s working days, which are %(minutes)s minutes.",
                    days=MOST_WORKING_DAYS,
                    minutes=most,
                )
            else:
                capture.minutes_problem = False
            if capture.material_cost < 0:
                capture.material_problem = self.env._("Material can't cost less than nothing.")
            elif capture.material_cost > MOST_MATERIAL_COST:
                capture.material_problem = self.env._("At most %s.", f"{MOST_MATERIAL_COST:.0f}")
            else:
                capture.material_problem = False

    @api.constrains("minutes", "material_cost")
    def _check_amounts(self):
        for capture in self:
            problem = capture.minutes_problem or capture.material_problem
            if problem:
                raise ValidationError(self.env._("“%(name)s”: %(problem)s", name=capture.name, problem=problem))

    # === WHERE IT GOES ===

    def _get_price(self):
        """Return what it would be offered at, without and with taxes."""
        self.ensure_one()
        return self.order_id._get_extra_price(self.product_id, self.minutes, self.material_cost, task=self.task_id)

    def _get_service(self):
        """Return what the work is priced as, empty if neither the order nor the company has an hourly service."""
        self.ensure_one()
        # In sudo: a technician prices an extra of an order that he can't read.
        return self.order_id.sudo()._get_extra_service(self.product_id, self.task_id)[0]

    @api.depends("order_id", "task_id", "product_id", "minutes", "material_cost", "minutes_problem", "material_problem")
    @api.depends_context("uid", "lang")
    def _compute_route(self):
        for capture in self:
            order = capture.order_id and capture._get_order()
            capture.is_complete = bool(
                order
                and (capture.minutes or capture.material_cost)
                and not capture.minutes_problem
                and not capture.material_problem
            )
            if not capture.is_complete:
                capture.update({"value": 0.0, "value_total": 0.0, "route": False, "route_reason": False})
                continue
            capture.value, capture.value_total = capture._get_price()
            facts = order._get_extra_facts(capture.value, capture.minutes)
            limits = order._get_extra_limits()
            route = route_extra(facts, limits)
            capture.route = route.route
            reason = capture._get_route_reason(route.reason, facts, limits)
            if capture.minutes > 0 and not capture._get_service():
                reason = f"{reason} {capture._get_reason_work_without_price()}"
            capture.route_reason = reason

    @api.depends("route")
    def _compute_decision(self):
        """Follow the rule, unless somebody has decided otherwise and still may."""
        for capture in self:
            chosen = capture.decision
            if not (chosen and chosen != capture.proposed_decision and capture._may_decide(chosen)):
                capture.decision = capture.route
            else:
                capture.decision = chosen
            capture.proposed_decision = capture.route

    def _may_decide(self, decision):
        """Whether the user may decide this: as strict as the rule or stricter, or goodwill if he has the right.

        Nothing is free as long as nobody knows what it is worth; what is left to others can be passed on or declined.
        """
        self.ensure_one()
        if not self.is_complete:
            return decision != "minor_item"
        return may_choose(decision, self.route) or (
            decision == "minor_item" and self.env.user.has_group(GOODWILL_GROUP)
        )

    @api.depends("route", "decision", "is_complete")
    @api.depends_context("uid")
    def _compute_allowed_decisions(self):
        for capture in self:
            capture.allowed_decisions = [route for route in ROUTES if capture._may_decide(route)]
            capture.is_goodwill = capture.decision == "minor_item" and capture.route not in (False, "minor_item")
