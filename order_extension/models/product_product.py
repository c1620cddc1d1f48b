from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from ..small_extra import unit_minutes


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_hours_per_unit(self, uom):
        """How many hours one ``uom`` of this service is, 0 when that is no unit of time."""
        hour = self.env.ref("uom.product_uom_hour")
        if not uom or not uom._has_common_reference(hour):
            return 0.0
        return uom._compute_quantity(1.0, hour, round=False)

    def _get_unit_minutes(self, uom):
        """How many minutes of work one ``uom`` of this service stands for."""
        self.ensure_one()
        return unit_minutes(self._get_hours_per_unit(uom), self.minor_item_minutes)

    def _count_uses_on_site(self, company):
        """Return how often each of these services was done or offered on site in the last 12 months, by its id."""
        # In sudo: a number that says nothing of whose order it was.
        since = fields.Datetime.now() - relativedelta(months=12)
        lately = Domain("product_id", "in", self.ids) & Domain("company_id", "=", company.id)
        lately &= Domain("create_date", ">=", since)
        uses = dict.fromkeys(self.ids, 0)
        for model, domain in (
            ("sale.minor.item", Domain("state", "=", "done")),
            ("sale.change.order.line", Domain("kind", "=", "add")),
        ):
            rows = self.env[model].sudo()._read_group(lately & domain, ["product_id"], ["__count"])
            for product, count in rows:
                uses[product.id] += count
        return uses
