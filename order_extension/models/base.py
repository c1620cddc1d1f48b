from functools import lru_cache

from odoo import api, models

#: Whose fields are confidential unless they are shown to customers.
ADDONS = frozenset({"order_extension", "order_postcalc", "order_aftersales"})

#: Odoo's documents that our forms and dialogs are about.
DOCUMENTS = frozenset(
    {
        "account.analytic.line", "account.move", "account.move.line", "crm.lead", "project.project", "project.task",
        "sale.order", "sale.order.line", "stock.move", "stock.picking",
    }
)  # fmt: skip


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

    # === WHAT IS NAMED ===

    def _check_may_name(self, vals):
        """Let nobody name a document that they may not read: forms and new records tell of what they name.

        :param dict vals: values of one of our records, as a form or a caller has them
        :raise AccessError: Odoo's own, for the first of them
        """
        for name, value in vals.items():
            field = self._fields.get(name)
            if field is None or not value or not field.relational:
                continue
            if field.type != "many2one":
                self.env[field.comodel_name]._check_commands_may_name(value)
            elif isinstance(value, int) and not isinstance(value, bool) and self.env[field.comodel_name]._is_document():
                self.env[field.comodel_name].browse(value).check_access("read")

    def _check_commands_may_name(self, commands):
        for command in commands if isinstance(commands, (list, tuple)) else ():
            if isinstance(command, (list, tuple)) and len(command) == 3 and isinstance(command[2], dict):
                self._check_may_name(command[2])

    @api.model
    def _is_document(self):
        """Whether there are some of this model that not all who use it may read, and that tell of business."""
        return self._name in DOCUMENTS or self._original_module in ADDONS

    @api.model
    def _is_asked(self):
        return not self.env.su and self._original_module in ADDONS

    def onchange(self, values, field_names, fields_spec):
        if self._is_asked():
            self._check_may_name(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self._is_asked():
            self._check_may_name(values)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_asked():
            for vals in vals_list:
                self._check_may_name(vals)
        return super().create(vals_list)

    def write(self, vals):
        if self._is_asked():
            self._check_may_name(vals)
        return super().write(vals)
