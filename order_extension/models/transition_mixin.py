from odoo import api, models

from ..private_context import get_private, private


class TransitionMixin(models.AbstractModel):
    """States, signatures and the like: written by the actions of a model and by nobody else, whatever their rights.

    Not by the system either, unless an action says so. What follows from other entries is kept beside them.
    """

    _name = "transition.mixin"
    _inherit = ["kept.fields.mixin"]
    _description = "Fields That Only Actions Write"

    #: Under which name the context says that an action is writing: one per model, so that none opens another's door.
    _transition_key = None

    @api.model
    def _get_transition_fields(self):
        """Return the names of the fields that only actions write. Each subject adds its own."""
        return frozenset()

    def _get_transition_message(self, name, label):
        """Return why the field ``name``, which the user knows as ``label``, can't be written, in words for the user.

        Each subject answers for its own fields.
        """
        return self.env._("“%s” can't be written directly: it follows from an action.", label)

    @api.model
    def _in_transition(self):
        """Whether an action of this model is writing, not a person."""
        return bool(get_private(self.env, self._transition_key))

    def _as_transition(self):
        """Return these records such that the fields of :meth:`_get_transition_fields` may be written.

        In sudo, as these fields are nobody's: a customer signs without any right on the order. Whoever calls this has
        checked the access.
        """
        return self.sudo().with_context(**{self._transition_key: private()})

    def _without_transition_fields(self, vals):
        """Return a copy of ``vals``, of new records or of these, in which nothing is left that only an action writes.

        Values that say nothing new, as imports and copies send them, are left out; an action's own are kept.

        :raise UserError: naming the field, if it would be written
        """
        vals = dict(vals)
        if self._in_transition():
            return vals
        guarded = self._get_transition_fields()
        if not self.env.su:
            guarded |= self._get_kept_fields()
        for name in sorted(guarded & vals.keys()):
            if not self._says_nothing_new(name, vals[name]):
                self._refuse_to_write(name)
            del vals[name]
        return vals

    def _without_kept_fields(self, vals):
        """Each model asks :meth:`_without_transition_fields` first, before it adds values of its own."""
        return vals

    def _get_kept_message(self, name, label):
        """What is merely computed follows from other entries, and everything else from an action."""
        if self._fields[name].compute and name not in self._get_transition_fields():
            return super()._get_kept_message(name, label)
        return self._get_transition_message(name, label)

    def _says_nothing_new(self, name, value):
        """Whether ``value`` is what the field ``name`` holds in a new record, and in all of these."""
        default = self._fields[name].default
        default = default(self) if default else False
        # In sudo: what a field holds that the user may not read is not told, only that it isn't theirs to write.
        held = [value, *(record[name] for record in self.sudo())]
        return all(not each or each == default for each in held)
