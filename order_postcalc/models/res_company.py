from odoo import api, fields, models

#: What the company expects of its orders is known to those who see costs, and to who sets it.
SETTING_GROUPS = "order_postcalc.group_user,base.group_system"
FLOOR_POLICIES = [("off", "Off"), ("warn", "Warn"), ("block", "Only with a manager's reason")]


class ResCompany(models.Model):
    _inherit = "res.company"

    # Pre-calculation
    postcalc_hour_cost = fields.Monetary(
        "Cost of a Planned Hour",
        groups=SETTING_GROUPS,
        help="What an hour costs in a plan when neither its product nor its activity says so. 0: the average hourly"
        " cost of the company's employees.",
    )
    planned_hour_cost = fields.Monetary(
        compute="_compute_planned_hour_cost", compute_sudo=True, groups="order_postcalc.group_user"
    )
    margin_floor = fields.Float(
        groups=SETTING_GROUPS,
        digits=(16, 6),
        help="Lowest margin of a quotation, as a share of its net amount. 0: the price covers the cost.",
    )
    margin_floor_policy = fields.Selection(
        FLOOR_POLICIES,
        "Below the Floor",
        groups=SETTING_GROUPS,
        default="off",
        required=True,
        help="What happens when somebody sends or confirms a quotation with less margin. What a customer accepts or"
        " pays goes through, and the seller is told.",
    )

    # Running orders
    margin_erosion_threshold = fields.Float(
        "Warn when the Margin Falls by",
        groups=SETTING_GROUPS,
        digits=(16, 6),
        help="The seller is told once when the margin expected at completion is lower than the planned one by this"
        " share of the price. 0: never.",
    )

    # Capacity
    practical_capacity_share = fields.Float(
        "Practical Capacity",
        digits=(16, 6),
        default=0.8,
        help="Share of the working hours that can be worked on orders in practice.",
    )

    # Customers
    abc_share_a = fields.Float(
        "Class A up to", digits=(16, 6), default=0.8, help="Share of the contribution of all customers."
    )
    abc_share_b = fields.Float(
        "Class B up to",
        digits=(16, 6),
        default=0.95,
        help="Share of the contribution of all customers, class A included. The rest is class C.",
    )

    # Advice on the allowance
    advice_months = fields.Integer("Months Looked back", default=12, help="Of orders confirmed in this time.")
    advice_min_orders = fields.Integer(
        "Orders at Least", default=10, help="With fewer orders in the sample no rate is recommended."
    )

    _postcalc_settings = models.Constraint(
        "CHECK(postcalc_hour_cost >= 0 AND margin_floor < 1 AND margin_erosion_threshold >= 0"
        " AND practical_capacity_share > 0 AND practical_capacity_share <= 1"
        " AND abc_share_a > 0 AND abc_share_a <= abc_share_b AND abc_share_b <= 1"
        " AND advice_months > 0 AND advice_min_orders > 0)",
        "Please check the settings of the post-calculation: shares are between 0 and 100 %, class B ends after class A,"
        " months and orders are at least 1.",
    )

    @api.model
    def _get_recommended_controls(self):
        return {
            **super()._get_recommended_controls(),
            "order_postcalc": {"margin_floor_policy": "block", "margin_erosion_threshold": 0.05},
        }

    @api.depends("postcalc_hour_cost")
    def _compute_planned_hour_cost(self):
        """Worked out once for all lines of a transaction."""
        rows = self.env["hr.employee"]._read_group(
            [("company_id", "in", self.ids), ("hourly_cost", ">", 0)], ["company_id"], ["hourly_cost:avg"]
        )
        averages = {company.id: average for company, average in rows}
        for company in self:
            company.planned_hour_cost = company.postcalc_hour_cost or averages.get(company._origin.id, 0.0)

    def _get_planned_hour_cost(self):
        """Return what an hour costs in a plan that knows no better, in the currency of the company."""
        self.ensure_one()
        return self.planned_hour_cost
