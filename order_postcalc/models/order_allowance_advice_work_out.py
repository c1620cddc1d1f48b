"""Working out the allowance that past orders call for: which orders, which favours, and how they are grouped."""

from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.order_extension.jobs import go_through

from ..allowance_rate import Sample, bars, recommend


class OrderAllowanceAdvice(models.Model):
    _inherit = "order.allowance.advice"

    @api.model
    def action_work_out(self):
        """Work out the rates of the company anew, and show them."""
        self._check_is_manager()
        self._work_out(self.env.company)
        return self.env["ir.actions.actions"]._for_xml_id("order_postcalc.order_allowance_advice_action")

    @api.model
    def _cron_work_out(self):
        sellers = self.env["sale.order"]._read_group([("state", "=", "sale")], ["company_id"])
        companies = self.env["res.company"].union(*(company for (company,) in sellers))
        go_through(companies, lambda company: self.with_company(company)._work_out(company))

    @api.model
    def _work_out(self, company):
        """Return new advice for ``company``; what was not put to use of the old one is superseded."""
        # In sudo: the rates are of all orders of the company, whoever may see which, and of templates.
        advices = self.sudo().with_company(company)
        date_to = fields.Date.context_today(self)
        date_from = date_to - relativedelta(months=company.advice_months)
        groups = advices._get_samples(company, date_from, date_to)
        common = advices._prepare_common_vals(company, date_from, date_to)
        vals_list = []
        for (template, customer_class), orders in sorted(groups.items(), key=_from_whole_to_parts):
            vals_list.append(
                advices._prepare_advice_vals(company, orders, common["capture_rate"])
                | common
                | {
                    "sequence": len(vals_list),
                    "order_template_id": template.id,
                    "customer_class": customer_class,
                }
            )
        outdated = advices.search([("company_id", "=", company.id), ("state", "=", "draft")])
        outdated._as_transition().write({"state": "superseded"})
        # Nobody has to be told of each of these.
        return (
            advices._as_transition()
            .with_context(tracking_disable=True)
            .create([vals | {"capture_rate": vals["capture_rate"] or 0.0} for vals in vals_list])
        )

    @api.model
    def _prepare_common_vals(self, company, date_from, date_to):
        capture_rate = company._get_capture_rate(date_from, date_to)
        return {
            "company_id": company.id,
            "worked_out_on": fields.Datetime.now(),
            "date_from": date_from,
            "date_to": date_to,
            "has_capture_rate": capture_rate is not None,
            "capture_rate": capture_rate,
            "min_orders": company.advice_min_orders,
            "lowest_rate": company.minor_items_rate_min,
            "highest_rate": company.minor_items_rate_max,
        }

    @api.model
    def _prepare_advice_vals(self, company, orders, capture_rate):
        """Return what comes of ``orders``, dicts of volume, favours, cost and count."""
        samples = [Sample(order["volume"], order["favours"]) for order in orders]
        found = recommend(
            samples,
            capture_rate=capture_rate,
            lowest=company.minor_items_rate_min,
            highest=company.minor_items_rate_max,
            min_orders=company.advice_min_orders,
        )
        return {
            "order_count": found.orders,
            "volume": found.volume,
            "favour_count": sum(order["count"] for order in orders if order["volume"] > 0),
            "favours_value": found.favours,
            "favours_cost": sum(order["cost"] for order in orders if order["volume"] > 0),
            "raw_rate": found.raw,
            "adjusted_rate": found.adjusted,
            "is_correction_limited": found.is_correction_limited,
            "has_recommendation": found.rate is not None,
            "rate": found.rate or 0.0,
            "limit": found.limit,
            "lower_quartile": found.lower_quartile,
            "median_rate": found.median,
            "upper_quartile": found.upper_quartile,
            "largest_share": found.largest_share,
            "order_bars": bars([sample.rate for sample in samples if sample.volume > 0]),
        }

    @api.model
    def _get_samples(self, company, date_from, date_to):
        """Return the orders confirmed in these days, by template and class of the customer.

        Each is a dict of volume, favours, cost and count. All orders together are at (no template, False), those of a
        template at (template, False), and the classes at both.
        """
        orders = self.env["sale.order"].search(self._get_orders_domain(company, date_from, date_to))
        figures = self._get_order_figures(company, orders)
        classes = self._get_customer_classes(company, orders)
        no_template = self.env["sale.order.template"]
        groups = defaultdict(list)
        groups[no_template, False] = []
        for order in orders:
            for template in {no_template, order.sale_order_template_id}:
                for customer_class in {False, classes.get(order.id, False)}:
                    groups[template, customer_class].append(figures[order.id])
        return groups

    @api.model
    def _get_orders_domain(self, company, date_from, date_to):
        """Orders confirmed on these days, the last one included."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "sale")
            & Domain("date_order", ">=", fields.Datetime.to_datetime(date_from))
            & Domain("date_order", "<", fields.Datetime.to_datetime(date_to) + relativedelta(days=1))
        )

    @api.model
    def _get_order_figures(self, company, orders):
        """Return volume, favours, cost and count by id of the order, amounts in the currency of ``company``."""
        volumes = self.env["sale.order.line"]._read_group(
            Domain("order_id", "in", orders.ids) & self._get_base_lines_domain(), ["order_id"], ["price_subtotal:sum"]
        )
        favours = self.env["sale.minor.item"]._read_group(
            [("order_id", "in", orders.ids), ("state", "=", "done")],
            ["order_id"],
            ["value:sum", "cost:sum", "__count"],
        )
        volume_by_order = {order.id: volume for order, volume in volumes}
        favours_by_order = {order.id: sums for order, *sums in favours}
        figures = {}
        for order in orders:
            rate = order.currency_rate or 1.0
            value, cost, count = favours_by_order.get(order.id, (0.0, 0.0, 0))
            figures[order.id] = {
                "volume": company.currency_id.round(volume_by_order.get(order.id, 0.0) / rate),
                "favours": company.currency_id.round(value / rate),
                "cost": cost,
                "count": count,
            }
        return figures

    @api.model
    def _get_base_lines_domain(self):
        """What the allowance is a share of, as on the quotation: see sale.order._get_minor_items_base_lines."""
        return (
            Domain("display_type", "=", False)
            & Domain("is_downpayment", "=", False)
            & Domain("is_minor_items_allowance", "=", False)
        )

    @api.model
    def _get_customer_classes(self, company, orders):
        """Return the class of the customer by id of the order, of those who have one."""
        customers = orders.partner_id.commercial_partner_id.with_company(company)
        classes = {customer.id: customer.abc_class for customer in customers if customer.abc_class}
        return {
            order.id: classes[customer.id]
            for order in orders
            if (customer := order.partner_id.commercial_partner_id).id in classes
        }


def _from_whole_to_parts(item):
    (template, customer_class), _orders = item
    return (bool(template), template.sequence, template.name or "", template.id or 0, customer_class or "")
