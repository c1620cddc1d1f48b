from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: How a company deals with work that no signature covers.
UNDOCUMENTED_POLICIES = [("off", "Off"), ("warn", "Warn"), ("block", "Block")]


class ResCompany(models.Model):
    _inherit = "res.company"

    # The allowance on quotations
    minor_items_auto = fields.Boolean(
        "Allowance on Every Quotation", help="Put the minor items allowance on quotations without being asked."
    )
    minor_items_rate = fields.Float(digits=(16, 6), default=0.0075, help="Share of the net amount of a quotation.")
    minor_items_rate_min = fields.Float("Lowest Rate", digits=(16, 6), default=0.005)
    minor_items_rate_max = fields.Float("Highest Rate", digits=(16, 6), default=0.01)
    minor_items_product_id = fields.Many2one(
        "product.product",
        "Allowance Product",
        domain=[("type", "=", "service")],
        check_company=True,
        help="What the allowance is sold and posted as. Empty: the product “Minor items”.",
    )
    minor_items_explanation = fields.Text(
        translate=True, help="Sentence for the customer below the allowance. Empty: the usual one."
    )
    minor_items_on_portal = fields.Boolean(
        "Customers See What Is Used", help="Show on the portal what of the allowance is used and left."
    )

    # What may be given away
    minor_item_limit_amount = fields.Monetary(
        "Limit per Minor Item", default=30.0, help="What one minor item may be worth at most, untaxed."
    )
    minor_item_limit_minutes = fields.Integer("Minutes per Minor Item", default=15)
    minor_item_customer_share = fields.Float(
        "Limit per Customer",
        digits=(16, 6),
        default=0.02,
        help="Most that a customer may get free in 12 months, as a share of what he ordered. 0: no limit.",
    )
    minor_item_material_markup = fields.Float(
        "Mark-up on Material",
        digits=(16, 6),
        help="What is added to the cost of material when a small extra is priced.",
    )
    minor_item_service_id = fields.Many2one(
        "product.product",
        "Work of Small Extras",
        domain=[("type", "=", "service")],
        check_company=True,
        help="Prices the minutes of small extras on orders that have no hourly service of their own.",
    )

    # Larger wishes
    follow_up_limit_amount = fields.Monetary(
        "Follow-Up from", default=2000.0, help="From this value on a wish becomes an opportunity. 0: never."
    )
    follow_up_limit_days = fields.Float(
        "Follow-Up from Days", default=3.0, help="From these working days on a wish becomes an opportunity. 0: never."
    )
    follow_up_days = fields.Integer(
        "Follow up after", default=3, help="Days after which the seller is reminded of a follow-up."
    )
    follow_up_max_contacts = fields.Integer(
        "Contacts at Most", default=3, help="How often a customer is contacted about one follow-up at most."
    )

    # What is said on site; empty: the usual sentence
    extra_wording_minor_item = fields.Text("Words for a Minor Item", translate=True)
    extra_wording_change_order = fields.Text("Words for an Extension", translate=True)
    extra_wording_follow_up = fields.Text("Words for a Follow-Up", translate=True)
    extra_wording_decline = fields.Text("Words for Declining", translate=True)

    # Contract
    extension_clause = fields.Html(
        translate=True, help="Clause on extra work for fixed-price quotations. Empty: the usual one."
    )
    withdrawal_notice = fields.Html(
        translate=True, help="Notice on the right of withdrawal for consumers. Empty: the usual one."
    )
    undocumented_line_policy = fields.Selection(
        UNDOCUMENTED_POLICIES,
        "Lines Added by Hand",
        default="warn",
        required=True,
        help="What happens when somebody adds to a confirmed order without a signature.",
    )
    undocumented_hours_policy = fields.Selection(
        UNDOCUMENTED_POLICIES,
        "Hours beyond the Order",
        default="warn",
        required=True,
        help="What happens when more hours are recorded than were sold, without an extension.",
    )

    # Change orders
    change_order_approval_amount = fields.Monetary(
        "Approval from",
        help="From this untaxed amount on a manager approves a change order before it is sent. 0: never.",
    )
    change_order_reminder_days = fields.Integer(
        "Remind Every",
        help="Days between reminders of an unsigned change order, for the customer, then the seller. 0: no reminders.",
    )
    change_order_reminder_max = fields.Integer(
        "Reminders at Most", default=2, help="How often a customer is reminded of one change order at most."
    )

    _minor_items_rates = models.Constraint(
        "CHECK(minor_items_rate_min >= 0 AND minor_items_rate_max <= 1)",
        "The limits of the minor items rate must be between 0 and 100 %.",
    )
    _extra_limits = models.Constraint(
        "CHECK(minor_item_limit_amount >= 0 AND minor_item_limit_minutes >= 0 AND minor_item_customer_share >= 0"
        " AND minor_item_material_markup >= 0 AND follow_up_limit_amount >= 0 AND follow_up_limit_days >= 0"
        " AND follow_up_days >= 0 AND follow_up_max_contacts >= 0 AND change_order_approval_amount >= 0"
        " AND change_order_reminder_days >= 0 AND change_order_reminder_max >= 0)",
        "Limits of small extras, follow-ups and change orders can't be negative.",
    )

    @api.constrains("minor_items_rate", "minor_items_rate_min", "minor_items_rate_max")
    def _check_minor_items_rates(self):
        for company in self:
            if not company.minor_items_rate_min <= company.minor_items_rate <= company.minor_items_rate_max:
                raise ValidationError(
                    self.env._(
                        "%(company)s: the minor items rate of %(rate)s %% must be between its limits of %(lowest)s %%"
                        " and %(highest)s %%.",
                        company=company.name,
                        rate=f"{company.minor_items_rate * 100:g}",
                        lowest=f"{company.minor_items_rate_min * 100:g}",
                        highest=f"{company.minor_items_rate_max * 100:g}",
                    )
                )
