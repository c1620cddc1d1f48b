"""How much a customer has ordered compared with the others: his importance where no class is known."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.order_extension.jobs import go_through

from ..priority import customer_value, percentiles

#: A customer is compared by what he has ordered in so many days.
DAYS = 365
#: Customers that are written at a time.
BATCH = 500


class ResPartner(models.Model):
    _inherit = "res.partner"

    # On the commercial entity, written by the daily job only. One more than the percentage, so that 0 says unknown.
    order_place = fields.Integer(
        company_dependent=True, readonly=True, copy=False, groups="order_aftersales.group_user"
    )

    def _get_importance(self):
        """Return (value, figures) of this customer in the company of the environment; value None if he is new, or if
        nobody has said yet who it is."""
        customer = self.commercial_partner_id
        abc_class = customer.abc_class if "abc_class" in self._fields else False
        percentile = customer.order_place - 1 if customer.order_place else None
        figures = {"class": abc_class} if abc_class else {} if percentile is None else {"percentile": percentile}
        return customer_value(abc_class, percentile), figures

    # === DAILY JOB ===

    @api.model
    def _cron_update_order_places(self):
        """Store the place of every customer of every company, in batches that are kept one by one."""
        companies = self.env["res.company"].search(Domain.TRUE, order="id")
        for company in companies:
            for place, ids in self._get_place_changes(company).items():
                customers = self.with_company(company).browse(ids)
                if not go_through(customers, lambda some, place=place: some.write({"order_place": place}), BATCH):
                    return

    @api.model
    def _get_place_changes(self, company):
        """Return the ids of the customers whose place in ``company`` has changed, by the new place."""
        places = {customer: place + 1 for customer, place in percentiles(self._get_order_volumes(company)).items()}
        partners = self.with_company(company).with_context(active_test=False)
        known = {partner.id: partner.order_place for partner in partners.search([("order_place", ">", 0)])}
        changes = {}
        for partner_id in sorted(places.keys() | known.keys()):
            place = places.get(partner_id, 0)
            if place != known.get(partner_id, 0):
                changes.setdefault(place, []).append(partner_id)
        return changes

    @api.model
    def _get_order_volumes(self, company):
        """Return by id of the customer what he has ordered in the last 12 months, net, in the company's currency."""
        since = fields.Datetime.now() - timedelta(days=DAYS)
        orders = self.env["sale.order"]
        query = orders._search(
            [("company_id", "=", company.id), ("state", "=", "sale"), ("date_order", ">=", since)], bypass_access=True
        )
        partner = query.join("sale_order", "partner_id", "res_partner", "id", "partner_id")
        customer = self._field_to_sql(partner, "commercial_partner_id", query)
        volume = SQL(
            "SUM(%s / COALESCE(NULLIF(%s, 0), 1))",
            orders._field_to_sql("sale_order", "amount_untaxed", query),
            orders._field_to_sql("sale_order", "currency_rate", query),
        )
        query.groupby = customer
        return dict(self.env.execute_query(query.select(customer, volume)))
