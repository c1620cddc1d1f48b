"""Scores of open orders that are older than today, or than the last change of what they follow from."""

from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.order_extension.jobs import go_through

#: Orders that are worked out at once.
BATCH = 500
#: Orders that a list works out anew before it opens; the job does the rest.
LIST_LIMIT = 1000


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _cron_refresh_priorities(self):
        """Work out the scores of open orders that are of yesterday, batch by batch; what is done isn't done again."""

        def refresh(orders):
            # Somebody may be at one now: its score follows from what he does.
            orders.try_lock_for_update(allow_referencing=True)._refresh_priority()

        stale = self.search(self._get_stale_priority_domain(), order="priority_updated_on NULLS FIRST, id")
        go_through(stale, refresh, BATCH)

    @api.model
    def _get_open_priority_domain(self):
        """The orders about which something is still to be decided or done."""
        return Domain("is_order_open", "=", True)

    @api.model
    def _get_stale_priority_domain(self):
        """The open orders whose score is not of today, or older than the weights or goals of their company."""
        today = datetime.combine(fields.Date.context_today(self), datetime.min.time())
        stale = Domain("priority_updated_on", "=", False) | Domain("priority_updated_on", "<", today)
        for company in self.env["res.company"].sudo().search([("priority_changed_on", ">=", today)]):
            stale |= Domain("company_id", "=", company.id) & Domain(
                "priority_updated_on", "<=", company.priority_changed_on
            )
        return self._get_open_priority_domain() & stale

    def _refresh_priority(self):
        """Work out the scores of these orders anew."""
        names = ("priority_score", "priority_worked_out", "priority_parts", "priority_updated_on")
        for name in names:
            self.env.add_to_compute(self._fields[name], self)
        self.flush_recordset(names)

    @api.model
    def _refresh_stale_priorities(self, domain):
        """Work out what is stale among the orders of ``domain``, as many as a person waits for."""
        # In sudo: a score is nobody's own, and whoever opens the list waits for it once for all.
        self.sudo().search(Domain(domain) & self._get_stale_priority_domain(), limit=LIST_LIMIT)._refresh_priority()
