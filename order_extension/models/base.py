from functools import lru_cache

from odoo import api, models

#: Whose fields are confidential unless they are shown to customers.
ADDONS = frozenset({"order_extension", "order_postcalc", "order_aftersales"})


@lru_cache
def are_ours(modules):
    """Whether these modules, which define a field, are all of these add-ons."""
    return bool(modules) and ADDONS.issuperset(modules)


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _get_customer_fields(self):
        """Names of the fields of these add-ons that customers may read on their own records: their pages show them.

        Of all others of these add-ons, those to come included, they read nothing, and can't search, sort or sum by
        them, whatever record of Odoo's they may read.
        """
        return frozenset()

    @api.model
    def _has_field_access(self, field, operation):
        return super()._has_field_access(field, operation) and (
            self.env.su
            or not are_ours(field._modules)
            or self.env.user._is_internal()
            or (operation == "read" and field.name in self._get_customer_fields())
        )
