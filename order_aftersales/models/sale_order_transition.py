"""What this add-on keeps on an order: written by computes, jobs and actions, and by nobody, whatever his rights.

Odoo lets whoever may write a record write its stored computed fields as well. Here that would be a way around every
decision: an order whose stage is written needs nobody's yes.
"""

from odoo import api, models, tools

MODULE = "order_aftersales"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | self._get_kept_fields()

    @api.model
    @tools.ormcache()
    def _get_kept_fields(self):
        """Return the names of the fields that this add-on stores and that no form lets anybody change."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field._module == MODULE and field.store and field.readonly and field.type != "one2many"
        )

    def _get_transition_message(self, name, label):
        if name in self._get_kept_fields() and self._fields[name].compute:
            return self.env._(
                "“%s” of an order can't be written: it follows from the order's documents and decisions.", label
            )
        return super()._get_transition_message(name, label)
