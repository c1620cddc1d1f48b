from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ..allowance_rate import BAR_WIDTH, MOST_CORRECTION
from ..localized import format_number, format_short
from .res_partner import ABC_CLASSES

MANAGER_GROUP = "order_postcalc.group_manager"


class OrderAllowanceAdvice(models.Model):
    """The rate of the allowance that the favours of past orders call for, as it was worked out, and what came of it."""

    _name = "order.allowance.advice"
    _description = "Advice on the Allowance"
    _inherit = ["mail.thread", "transition.mixin", "order.fact.mixin"]
    _order = "worked_out_on desc, sequence, id"
    _rec_names_search = ["order_template_id"]
    _check_company_auto = True
    # Nobody writes an advice, and everybody who reads it may comment on it.
    _mail_post_access = "read"
    _transition_key = "allowance_decision"

    sequence = fields.Integer(readonly=True, help="From the whole to its parts.")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_template_id = fields.Many2one(
        "sale.order.template",
        "Quotation Template",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: all orders.",
    )
    customer_class = fields.Selection(ABC_CLASSES, readonly=True, help="Empty: customers of all classes.")
    is_about_everything = fields.Boolean(compute="_compute_is_about_everything")
    worked_out_on = fields.Datetime(readonly=True, required=True, index=True)
    date_from = fields.Date("Confirmed from", readonly=True, required=True)
    date_to = fields.Date("Confirmed until", readonly=True, required=True)

    # What it comes from
    order_count = fields.Integer("Orders", readonly=True)
    min_orders = fields.Integer("Orders at Least", readonly=True)
    volume = fields.Monetary("Net Volume", readonly=True, help="Without the allowance itself and down payments.")
    favour_count = fields.Integer("Favours", readonly=True)
    favours_value = fields.Monetary("Worth", readonly=True, help="What the favours would have been billed at.")
    favours_cost = fields.Monetary("Cost of the Favours", readonly=True)
    raw_rate = fields.Float("As Recorded", digits=(16, 6), readonly=True, aggregator=None)
    has_capture_rate = fields.Boolean(readonly=True)
    capture_rate = fields.Float(
        digits=(16, 6), readonly=True, aggregator=None, help="Share of the extra work that is recorded."
    )
    is_correction_limited = fields.Boolean(readonly=True)
    adjusted_rate = fields.Float("With What Is Not Recorded", digits=(16, 6), readonly=True, aggregator=None)
    lowest_rate = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    highest_rate = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    limit = fields.Selection([("lowest", "Lowest Rate"), ("highest", "Highest Rate")], "Limited by", readonly=True)
    lower_quartile = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    median_rate = fields.Float(
        "Median", digits=(16, 6), readonly=True, aggregator=None, help="Half of the orders have a lower rate."
    )
    upper_quartile = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    largest_share = fields.Float(readonly=True, aggregator=None, help="Part of all favours that went to one order.")
    order_bars = fields.Json(readonly=True)
    order_bars_html = fields.Html("Orders by Their Rate", compute="_compute_order_bars_html", sanitize=False)

    # What is recommended, and what came of it
    has_recommendation = fields.Boolean("Recommended", readonly=True)
    rate = fields.Float("Recommended Rate", digits=(16, 6), readonly=True, aggregator=None)
    current_rate = fields.Float(
        digits=(16, 6), compute="_compute_current_rate", aggregator=None, help="That quotations get now."
    )
    reason = fields.Text(compute="_compute_reason")
    state = fields.Selection(
        [("draft", "New"), ("applied", "In Use"), ("superseded", "Superseded")],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    can_use = fields.Boolean(compute="_compute_can_use")
    previous_rate = fields.Float(
        digits=(16, 6), readonly=True, aggregator=None, help="That was in use before; 0 on a template: the company's."
    )
    applied_on = fields.Datetime("Put to Use on", readonly=True)
    applied_by_id = fields.Many2one("res.users", "Put to Use by", readonly=True)

    # === COMPUTE ===

    @api.depends_context("lang")
    @api.depends("order_template_id", "customer_class")
    def _compute_display_name(self):
        for advice in self:
            # In sudo: a bookkeeper reads no quotation templates, but what an advice is about.
            template = advice.sudo().order_template_id.name
            figures = {"template": template, "customers": advice.customer_class}
            if template and advice.customer_class:
                advice.display_name = self.env._("%(template)s, class %(customers)s", **figures)
            elif advice.customer_class:
                advice.display_name = self.env._("Customers of class %(customers)s", **figures)
            else:
                advice.display_name = template or self.env._("All orders")

    @api.depends("order_template_id", "customer_class")
    def _compute_is_about_everything(self):
        for advice in self:
            advice.is_about_everything = not advice.sudo().order_template_id and not advice.customer_class

    @api.depends("order_template_id.minor_items_rate", "company_id.minor_items_rate")
    def _compute_current_rate(self):
        for advice in self:
            # In sudo: a bookkeeper reads no quotation templates.
            template = advice.sudo().order_template_id
            advice.current_rate = template.minor_items_rate or advice.company_id.minor_items_rate

    @api.depends_context("uid")
    @api.depends("state", "has_recommendation", "customer_class")
    def _compute_can_use(self):
        is_manager = self._is_manager()
        for advice in self:
            advice.can_use = (
                is_manager and advice.state == "draft" and advice.has_recommendation and not advice.customer_class
            )

    @api.depends_context("lang")
    @api.depends("order_count", "favours_value", "volume", "capture_rate", "rate", "limit", "has_recommendation")
    def _compute_reason(self):
        for advice in self:
            advice.reason = "\n".join(advice._get_reasons())

    def _get_reasons(self):
        """Say in words how the rate comes about, from what was counted to what is recommended."""
        self.ensure_one()
        figures = {
            "orders": self.order_count,
            "favours": self.favour_count,
            "worth": format_amount(self.env, self.favours_value, self.currency_id),
            "volume": format_amount(self.env, self.volume, self.currency_id),
            "raw": _percent(self.env, self.raw_rate),
            "capture": f"{self.capture_rate * 100:.0f}",
            "adjusted": _percent(self.env, self.adjusted_rate),
            "most": format_short(self.env, MOST_CORRECTION),
            "rate": _percent(self.env, self.rate),
            "lowest": _percent(self.env, self.lowest_rate),
            "highest": _percent(self.env, self.highest_rate),
            "at_least": self.min_orders,
            "share": f"{self.largest_share * 100:.0f}",
        }
        reasons = [
            self.env._(
                "Orders: %(orders)s. Favours: %(favours)s, worth %(worth)s of %(volume)s, which is %(raw)s %%.",
                **figures,
            )
        ]
        if self.raw_rate:
            reasons.append(self._get_capture_reason(figures))
        if self.largest_share > 0.5 and self.order_count > 1:
            reasons.append(self.env._("One order alone has %(share)s %% of it: look whether it is typical.", **figures))
        if not self.has_recommendation:
            reasons.append(
                self.env._(
                    "No recommendation: that takes %(at_least)s orders. The figures are shown anyway.", **figures
                )
            )
        elif self.limit == "lowest":
            reasons.append(self.env._("Recommended: %(rate)s %%, the lowest rate of the company.", **figures))
        elif self.limit == "highest":
            reasons.append(self.env._("Recommended: %(rate)s %%, the highest rate of the company.", **figures))
        else:
            reasons.append(self.env._("Recommended, in steps of 0.05 %%: %(rate)s %%.", **figures))
        return reasons

    def _get_capture_reason(self, figures):
        if not self.has_capture_rate:
            return self.env._("How much of the extra work is recorded is not known, so nothing is added.")
        if self.is_correction_limited:
            return self.env._(
                "Only %(capture)s %% of the extra work is recorded. No more than %(most)s times what is recorded is"
                " assumed, as the rest would be a guess: %(adjusted)s %%.",
                **figures,
            )
        return self.env._("%(capture)s %% of the extra work is recorded, so it was rather %(adjusted)s %%.", **figures)

    @api.depends_context("lang")
    @api.depends("order_bars")
    def _compute_order_bars_html(self):
        for advice in self:
            advice.order_bars_html = advice._render_order_bars()

    def _render_order_bars(self):
        """Draw how many orders have which rate of their own, so that one that is not typical shows."""
        self.ensure_one()
        counts = self.order_bars or []
        if not any(counts):
            return False
        row = Markup(
            '<div class="d-flex align-items-center gap-2 mb-1">'
            '<span class="text-end text-nowrap" style="width: 7.5rem">{label}</span>'
            '<div class="flex-grow-1 bg-100"><div class="bg-primary" style="height: 1rem; width: {width}%"></div></div>'
            '<span style="width: 2.5rem">{count}</span></div>'
        )
        rows = [
            row.format(label=label, width=round(100 * count / max(counts)), count=count)
            for label, count in zip(self._get_bar_labels(len(counts)), counts, strict=True)
        ]
        return Markup("<div>{}</div>").format(Markup().join(rows))

    def _get_bar_labels(self, count):
        ends = [_percent(self.env, index * BAR_WIDTH) for index in range(count)]
        inner = [self.env._("up to %(high)s %%", high=high) for high in ends[1:-1]]
        return [self.env._("no favour"), *inner, self.env._("over %(low)s %%", low=ends[-2])]

    # === CRUD ===

    def _check_is_decision(self):
        if not self._in_transition():
            raise UserError(
                self.env._(
                    "An advice on the allowance is worked out, and not edited. Work it out anew, or put it to use."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_is_decision()
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            self._check_is_decision()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Advice on the allowance stays on file, to tell later why a rate was chosen."))

    # === PUT TO USE ===

    @api.model
    def _is_manager(self):
        return self.env.user.has_group(MANAGER_GROUP)

    @api.model
    def _check_is_manager(self):
        if not self._is_manager():
            raise AccessError(
                self.env._("Only a manager of the post-calculation works out the allowance and puts a rate to use.")
            )

    def action_use_rate(self):
        """Make the recommended rate the one of the template, or of the company."""
        self._check_is_manager()
        self.check_access("read")
        for advice in self:
            advice._check_can_be_used()
            target = advice._get_target()
            previous = target.minor_items_rate
            target.minor_items_rate = advice.rate
            advice._get_others_in_use()._as_transition().state = "superseded"
            advice._as_transition().write(
                {
                    "state": "applied",
                    "previous_rate": previous,
                    "applied_on": fields.Datetime.now(),
                    "applied_by_id": self.env.user.id,
                }
            )
            advice.message_post(body=advice._get_use_message(previous))
        return True

    def _get_target(self):
        """Return what holds the rate: the template, else the company.

        In sudo: a manager of the post-calculation need not be one of sales or of the system. Nothing but the rate is
        written.
        """
        self.ensure_one()
        return self.sudo().order_template_id or self.sudo().company_id

    def _get_others_in_use(self):
        self.ensure_one()
        return self.search(
            [
                ("state", "=", "applied"),
                ("company_id", "=", self.company_id.id),
                ("order_template_id", "=", self.order_template_id.id),
            ]
        )

    def _get_use_message(self, previous):
        self.ensure_one()
        figures = {
            "who": self.env.user.name,
            "rate": _percent(self.env, self.rate),
            "previous": _percent(self.env, previous),
        }
        if not previous:
            return self.env._("%(who)s has put %(rate)s %% to use. There was no rate of its own before.", **figures)
        return self.env._("%(who)s has put %(rate)s %% to use, instead of %(previous)s %%.", **figures)

    def _check_can_be_used(self):
        self.ensure_one()
        figures = {"advice": self.display_name, "rate": _percent(self.env, self.rate)}
        if self.state == "applied":
            raise UserError(self.env._("The rate of “%(advice)s” is in use already.", **figures))
        if self.state == "superseded":
            raise UserError(self.env._("“%(advice)s” is superseded by a later one. Use that one instead.", **figures))
        if self.customer_class:
            raise UserError(
                self.env._(
                    "“%(advice)s” is only about some customers: a rate is used for a quotation template, or for the"
                    " whole company.",
                    **figures,
                )
            )
        if not self.has_recommendation:
            raise UserError(self.env._("“%(advice)s” has too few orders to recommend a rate.", **figures))
        company = self.company_id
        if not company.minor_items_rate_min <= self.rate <= company.minor_items_rate_max:
            raise UserError(
                self.env._(
                    "The %(rate)s %% of “%(advice)s” are outside the limits that the company has by now. Work out the"
                    " rates anew.",
                    **figures,
                )
            )
        template = self.sudo().order_template_id
        if template.minor_items_never:
            raise UserError(
                self.env._(
                    "Quotations from the template “%s” carry no allowance. Change that first, if a rate is to be used.",
                    template.name,
                )
            )
        # In sudo: the other companies need not be his.
        if template and not template.company_id and self.env["res.company"].sudo().search_count([], limit=2) > 1:
            raise UserError(
                self.env._(
                    "The template “%s” is used by all companies, so its rate is not one company's to choose. Give each"
                    " company a template of its own, or enter the rate by hand.",
                    template.name,
                )
            )


def _percent(env, share):
    return format_number(env, share * 100, 2)
