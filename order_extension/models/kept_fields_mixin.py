from odoo import api, models, tools
from odoo.exceptions import UserError

from ..private_context import get_private, private

#: Odoo guards them itself.
LOG_FIELDS = frozenset(models.MAGIC_COLUMNS)
#: Under which name the context says that they are left out, not refused.
LEFT_OUT = "leave_out_kept_fields"


class KeptFieldsMixin(models.AbstractModel):
    """What follows from other entries can't be written, whatever somebody's rights.

    Odoo lets whoever may write a record write its stored computed and stored related fields as well, and those that
    forms only show: a form that shows a field as read-only keeps nobody from writing it over RPC. Here these fields,
    those to come included, are written by computes and by the system. Code of ours that writes one for somebody does
    so in sudo, and narrowly.
    """

    _name = "kept.fields.mixin"
    _description = "Fields That Follow from Others"

    @api.model
    def _get_keeping_modules(self):
        """Return the modules whose fields are kept. Each add-on adds itself."""
        return frozenset({"order_extension"})

    @api.model
    @tools.ormcache()
    def _get_kept_fields(self):
        """Return the names of the stored fields of our own that no form lets anybody change."""
        modules = self._get_keeping_modules()
        return frozenset(
            name
            for name, field in self._fields.items()
            if field._module in modules
            and field.store
            and field.readonly
            and field.type not in ("one2many", "many2many")
            and name not in LOG_FIELDS
        )

    def _get_kept_message(self, name, label):
        """Return why the field ``name``, which the user knows as ``label``, can't be written, in words for the user."""
        return self.env._("“%s” can't be written: it follows from other entries.", label)

    def _refuse_to_write(self, name):
        """Say which field of which record can't be written.

        :raise UserError: always, unless the user may not even know the record
        """
        label = self._fields[name].get_description(self.env, ["string"])["string"]
        message = self._get_kept_message(name, label)
        if self:
            message = f"{self[0].display_name}: {message}"
        raise UserError(message)

    def _without_kept_fields(self, vals):
        """Return ``vals``, of new records or of these, without what follows from others.

        Values that say nothing new, as imports send them, are left out.

        :raise UserError: naming the field and the record, if it would be written
        """
        given = () if self.env.su else self._get_kept_fields() & vals.keys()
        if not given:
            return vals
        for name in () if get_private(self.env, LEFT_OUT) else sorted(given):
            if not self._says_nothing_new(name, vals[name]):
                self._refuse_to_write(name)
        return {name: value for name, value in vals.items() if name not in given}

    def _leave_out_kept_fields(self):
        """Return these such that what follows from others is left out when all that is known of them is written.

        For code of Odoo's own that writes all fields which it finds. It leaves them as they are.
        """
        return self.with_context(**{LEFT_OUT: private()})

    def _says_nothing_new(self, name, value):
        """Whether ``value`` is as empty as the field ``name`` is in a new record, and in all of these."""
        # In sudo: what a field holds that the user may not read is not told, only that it isn't theirs to write.
        return not any([value, *(record[name] for record in self.sudo())])

    @api.model
    def default_get(self, fields):
        """Neither a context nor a default of the user's own gives a new record what follows from others."""
        values = super().default_get(fields)
        for name in self._get_kept_fields() & values.keys():
            default = self._fields[name].default
            if default:
                values[name] = default(self)
            else:
                del values[name]
        return values

    @api.model_create_multi
    def create(self, vals_list):
        nothing = self.browse()
        return super().create([nothing._without_kept_fields(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._without_kept_fields(vals))

    def copy_data(self, default=None):
        """What somebody copies by hand was not said, made or decided for the copy."""
        vals_list = super().copy_data(default)
        if not self.env.su:
            kept = self._get_kept_fields() - (default or {}).keys()
            vals_list = [{name: value for name, value in vals.items() if name not in kept} for vals in vals_list]
        return vals_list
