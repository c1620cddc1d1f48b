"""What a customer is worth: what he brings, what it costs to serve him, and what he gets free."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..localized import format_number, format_short
from ..models.res_partner import ABC_CLASSES
from ..sheet_figures import COST_KINDS, REVENUE_KINDS

#: How long an order counts after its confirmation.
WINDOW_MONTHS = 12


class OrderCustomerReport(models.Model):
    """One row per customer and company: the confirmed orders of the last 12 months, whenever their cost came.

    Customers are commercial entities. Amounts are without taxes and in the currency of the company. What counts is
    read from the facts of the post-calculation, so that contribution and margin are the same figure. Whoever may see
    this sees all customers of the company: a class is a place among all of them.
    """

    _name = "order.customer.report"
    _description = "Customers: Contribution and Extras"
    _inherit = ["order.fact.mixin", "order.ratio.mixin"]
    _auto = False
    _order = "contribution desc, partner_id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    abc_class = fields.Selection(ABC_CLASSES, "Class", readonly=True, help="By contribution.")
    class_since = fields.Date("In this Class since", readonly=True, help="As of the last daily update.")
    class_before = fields.Selection(ABC_CLASSES, "Class before", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    volume = fields.Monetary("Ordered", readonly=True, help="Net sum of the orders, extensions included.")

    # What is left of it
    revenue = fields.Monetary("Invoiced", readonly=True)
    direct_cost = fields.Monetary(
        readonly=True, help="Cost of what was sold: working time on lines of the order, material, purchases, expenses."
    )
    gross_contribution = fields.Monetary(
        "Contribution before Service", readonly=True, help="Invoiced revenue less direct cost."
    )
    cost_of_favours = fields.Monetary("Favours", readonly=True, help="What favours cost, whoever pays for them.")
    cost_of_rework = fields.Monetary("Rework", readonly=True, help="Working time with the activity “Rework”.")
    cost_of_unsold = fields.Monetary(
        "Hours not Sold", readonly=True, help="Working time on the order that belongs to none of its lines."
    )
    cost_to_serve = fields.Monetary(
        "Cost to Serve", readonly=True, help="Favours, rework and hours that no line sells."
    )
    contribution = fields.Monetary(
        readonly=True, help="Invoiced revenue less direct cost and cost to serve: what the customer leaves."
    )
    contribution_share = fields.Float(
        "Contribution (%)", compute="_compute_ratios", aggregator="avg", help="In relation to the invoiced revenue."
    )

    # Extras
    signed_count = fields.Integer("Extensions Signed", readonly=True)
    signed_amount = fields.Monetary("Value of Extensions Signed", readonly=True)
    free_count = fields.Integer("Favours Given", readonly=True)
    free_value = fields.Monetary("Value of Favours", readonly=True, help="What they would have been billed at.")
    free_share = fields.Float(
        "Favours (%)", compute="_compute_ratios", aggregator="avg", help="Value in relation to what was ordered."
    )
    median_volume = fields.Monetary(
        "Half of the Customers Order", readonly=True, aggregator=None, help="The median of what customers ordered."
    )
    usual_count = fields.Float(
        "Usual Favours at Most",
        readonly=True,
        aggregator=None,
        help="Three quarters of the customers that get favours get no more of them.",
    )
    has_many_extras = fields.Boolean(
        "Many Extras on Small Volume",
        readonly=True,
        help="Class C or a volume below the median, and favours beyond the limit per customer, or more of them than"
        " three quarters of the customers get.",
    )
    many_extras_reason = fields.Char("Reason", compute="_compute_many_extras_reason")

    _depends = {
        "sale.order": ["partner_id", "company_id", "state", "date_order", "amount_untaxed", "currency_rate"],
        "sale.change.order": ["order_id", "state", "amount_effect"],
        "sale.minor.item": ["order_id", "state", "value"],
        "res.partner": ["commercial_partner_id", "abc_class_since", "abc_class_before"],
        "res.company": ["currency_id", "abc_share_a", "abc_share_b", "minor_item_customer_share"],
    }

    def _get_ratios(self):
        return super()._get_ratios() | {
            "contribution_share": ("contribution", "revenue"),
            "free_share": ("free_value", "volume"),
        }

    @api.depends_context("lang")
    def _compute_many_extras_reason(self):
        for customer in self:
            customer.many_extras_reason = customer.has_many_extras and ", ".join(customer._get_reasons())

    def _get_reasons(self):
        """Say in words why this is a customer with many extras on small volume."""
        self.ensure_one()
        _ = self.env._
        limit = self.company_id.minor_item_customer_share
        reasons = [_("class C") if self.abc_class == "C" else _("orders less than half of the customers")]
        if limit and self.free_value > limit * self.volume:
            reasons.append(
                _(
                    "favours of %(share)s %% (limit %(limit)s %%)",
                    share=self._percent(self.free_share),
                    limit=format_short(self.env, limit * 100),
                )
            )
        if self.free_count >= 2 and self.free_count > self.usual_count:
            reasons.append(
                _(
                    "%(count)s favours (usual: %(usual)s)",
                    count=self.free_count,
                    usual=format_short(self.env, self.usual_count),
                )
            )
        return reasons

    @api.model
    def _percent(self, share):
        return format_number(self.env, share * 100, 1)

    def action_view_facts(self):
        """Open what these figures are made of."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_postcalc.order_postcalc_report_action")
        action["domain"] = [
            ("partner_id", "child_of", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("order_id.state", "=", "sale"),
            ("order_id.date_order", ">=", fields.Datetime.to_string(self._get_window_start())),
        ]
        action["context"] = {"pivot_row_groupby": ["order_id"], "pivot_column_groupby": []}
        action["display_name"] = self.partner_id.display_name
        return action

    # === QUERY ===

    @api.model
    def _get_window_start(self):
        """Return from when on confirmed orders count."""
        return fields.Datetime.to_datetime(fields.Date.today() - relativedelta(months=WINDOW_MONTHS))

    @api.model
    def _search(self, *args, **kwargs):
        self.env["order.postcalc.report"]._prepare_database()
        return super()._search(*args, **kwargs)

    @property
    def _table_query(self):
        parts = {
            "orders": self._query_orders(),
            "volumes": self._query_volumes(),
            "costs": self._query_costs(),
            "extensions": self._query_extensions(),
            "favours": self._query_favours(),
            "customers": self._query_customers(),
            "classed": self._query_classed(),
            "usual": self._query_usual(),
        }
        return SQL(
            "WITH %s %s",
            SQL(", ").join(SQL("%s AS (%s)", SQL.identifier(name), query) for name, query in parts.items()),
            self._query_rows(),
        )

    def _query_orders(self):
        return SQL(
            """
            SELECT o.id,
                   o.company_id,
                   partner.commercial_partner_id AS partner_id,
                   COALESCE(NULLIF(o.currency_rate, 0), 1)::numeric AS rate,
                   o.amount_untaxed::numeric AS amount
              FROM sale_order o
              JOIN res_partner partner ON partner.id = o.partner_id
             WHERE o.state = 'sale' AND o.date_order >= %s
            """,
            self._get_window_start(),
        )

    def _query_volumes(self):
        """An order belongs to one customer of one company: the first one's id serves for the row."""
        return SQL(
            "SELECT partner_id, company_id, MIN(id) AS id, COUNT(*) AS order_count, SUM(amount / rate) AS volume"
            " FROM orders GROUP BY partner_id, company_id"
        )

    def _query_costs(self):
        """Each fact's cost is in one column only: a favour, else rework, else hours not sold, else what was sold.

        Facts of other orders are left out before they are put together, for which PostgreSQL has to be given an array.
        """
        facts = self.env["order.postcalc.report"].with_context(postcalc_kinds=frozenset(COST_KINDS + REVENUE_KINDS))
        rework = self.env.ref("order_postcalc.activity_rework", raise_if_not_found=False)
        return SQL(
            """
            SELECT partner_id,
                   company_id,
                   SUM(revenue) AS revenue,
                   SUM(cost) FILTER (WHERE purpose = 'sold') AS direct_cost,
                   SUM(cost) FILTER (WHERE purpose = 'favour') AS cost_of_favours,
                   SUM(cost) FILTER (WHERE purpose = 'rework') AS cost_of_rework,
                   SUM(cost) FILTER (WHERE purpose = 'unsold') AS cost_of_unsold
              FROM (
                    SELECT orders.partner_id,
                           orders.company_id,
                           fact.invoiced_revenue AS revenue,
                           fact.actual_cost AS cost,
                           CASE WHEN fact.kind = 'minor' THEN 'favour'
                                WHEN fact.kind = 'labour' AND fact.activity_id = %s THEN 'rework'
                                WHEN fact.kind = 'labour' AND fact.order_line_id IS NULL THEN 'unsold'
                                ELSE 'sold'
                           END AS purpose
                      FROM (%s) fact
                      JOIN orders ON orders.id = fact.order_id
                     WHERE fact.order_id = ANY(ARRAY(SELECT id FROM orders))
                   ) cost
             GROUP BY partner_id, company_id
            """,
            rework.id if rework else None,
            facts._table_query,
        )

    def _query_extensions(self):
        return SQL(
            "SELECT orders.partner_id, orders.company_id, COUNT(*) AS signed_count,"
            " SUM(co.amount_effect / orders.rate) AS signed_amount"
            " FROM sale_change_order co JOIN orders ON orders.id = co.order_id"
            " WHERE co.state = 'signed' GROUP BY orders.partner_id, orders.company_id"
        )

    def _query_favours(self):
        return SQL(
            "SELECT orders.partner_id, orders.company_id, COUNT(*) AS free_count,"
            " SUM(item.value / orders.rate) AS free_value"
            " FROM sale_minor_item item JOIN orders ON orders.id = item.order_id"
            " WHERE item.state = 'done' GROUP BY orders.partner_id, orders.company_id"
        )

    def _query_customers(self):
        return SQL(
            """
            SELECT volumes.id,
                   volumes.partner_id,
                   volumes.company_id,
                   company.currency_id,
                   company.abc_share_a::numeric AS share_a,
                   company.abc_share_b::numeric AS share_b,
                   company.minor_item_customer_share::numeric AS free_limit,
                   volumes.order_count,
                   ROUND(volumes.volume, currency.decimal_places) AS volume,
                   ROUND(COALESCE(costs.revenue, 0), currency.decimal_places) AS revenue,
                   COALESCE(costs.direct_cost, 0) AS direct_cost,
                   COALESCE(costs.cost_of_favours, 0) AS cost_of_favours,
                   COALESCE(costs.cost_of_rework, 0) AS cost_of_rework,
                   COALESCE(costs.cost_of_unsold, 0) AS cost_of_unsold,
                   COALESCE(costs.cost_of_favours, 0) + COALESCE(costs.cost_of_rework, 0)
                   + COALESCE(costs.cost_of_unsold, 0) AS cost_to_serve,
                   ROUND(
                       COALESCE(costs.revenue, 0) - COALESCE(costs.direct_cost, 0) - COALESCE(costs.cost_of_favours, 0)
                       - COALESCE(costs.cost_of_rework, 0) - COALESCE(costs.cost_of_unsold, 0),
                       currency.decimal_places
                   ) AS contribution,
                   COALESCE(extensions.signed_count, 0) AS signed_count,
                   ROUND(COALESCE(extensions.signed_amount, 0), currency.decimal_places) AS signed_amount,
                   COALESCE(favours.free_count, 0) AS free_count,
                   ROUND(COALESCE(favours.free_value, 0), currency.decimal_places) AS free_value
              FROM volumes
              JOIN res_company company ON company.id = volumes.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              LEFT JOIN costs ON (costs.partner_id, costs.company_id) = (volumes.partner_id, volumes.company_id)
              LEFT JOIN extensions
                ON (extensions.partner_id, extensions.company_id) = (volumes.partner_id, volumes.company_id)
              LEFT JOIN favours ON (favours.partner_id, favours.company_id) = (volumes.partner_id, volumes.company_id)
            """
        )

    def _query_classed(self):
        """The rule of abc_classes.abc_classes."""
        return SQL(
            """
            SELECT ranked.*,
                   CASE WHEN contribution <= 0 THEN 'C'
                        WHEN before < share_a * total THEN 'A'
                        WHEN before < share_b * total THEN 'B'
                        ELSE 'C'
                   END AS abc_class
              FROM (
                    SELECT customers.*,
                           SUM(GREATEST(contribution, 0)) OVER (PARTITION BY company_id) AS total,
                           COALESCE(
                               SUM(GREATEST(contribution, 0)) OVER (
                                   PARTITION BY company_id
                                       ORDER BY contribution DESC, partner_id
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                               ),
                               0
                           ) AS before
                      FROM customers
                   ) ranked
            """
        )

    def _query_usual(self):
        return SQL(
            """
            SELECT company_id,
                   PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY volume)::numeric AS median_volume,
                   COALESCE(PERCENTILE_CONT(0.75) WITHIN GROUP (ORDER BY free_count) FILTER (WHERE free_count > 0), 0)
                   AS usual_count
              FROM customers
             GROUP BY company_id
            """
        )

    def _query_rows(self):
        """With the rule of abc_classes.has_many_extras."""
        return SQL(
            """
            SELECT classed.*,
                   classed.revenue - classed.direct_cost AS gross_contribution,
                   (partner.abc_class_since ->> classed.company_id::text)::date AS class_since,
                   partner.abc_class_before ->> classed.company_id::text AS class_before,
                   usual.median_volume,
                   usual.usual_count,
                   (classed.abc_class = 'C' OR classed.volume < usual.median_volume)
                   AND classed.free_count > 0
                   AND (
                       (classed.free_limit > 0 AND classed.free_value > classed.free_limit * classed.volume)
                       OR (classed.free_count >= 2 AND classed.free_count > usual.usual_count)
                   ) AS has_many_extras
              FROM classed
              JOIN usual ON usual.company_id = classed.company_id
              JOIN res_partner partner ON partner.id = classed.partner_id
            """
        )
