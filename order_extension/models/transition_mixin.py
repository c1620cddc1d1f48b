from odoo import api, models
from odoo.exceptions import UserError

# Only code of this process can hold this very object: a context that comes in over RPC is made of plain values.
_TRANSITION = object()


class TransitionMixin(models.AbstractModel):
    """States, signatures and the like: written by the actions of a model and by nobody else, whatever his rights."""

    _name = "transition.mixin"
    _description = "Fields That Only Actions Write"

    #: Under which name the context says that an action is writing: one per model, so that none opens another's door.
    _transition_key = None

    @api.model
    def _get_transition_fields(self):
        """Return the names of the fields that only actions write. Each subject adds its own."""
        return frozenset()

    @api.model
    def _get_transition_defaults(self):
        """Return what these fields hold in a new record, by name, where that is not empty."""
        return {}

    @api.model
    def _get_transition_message(self, label):
        """Return why the field called ``label`` can't be written, in words for the user."""
        return self.env._("“%s” can't be written directly: it follows from an action.", label)

    @api.model
    def _in_transition(self):
        """Whether an action of this model is writing, not a person."""
        return self.env.context.get(self._transition_key) is _TRANSITION

    def _as_transition(self):
        """Return these records such that the fields of :meth:`_get_transition_fields` may be written.

        In sudo, as these fields are nobody's: a customer signs without any right on the order. Whoever calls this has
        checked the access.
        """
        return self.sudo().with_context(**{self._transition_key: _TRANSITION})

    def _check_no_transition_fields(self, vals):
        """Refuse values that only an action may write.

        Values that say nothing new, as imports and copies send them, are taken out of ``vals`` and pass.

        :raise UserError: naming the field
        """
        defaults = self._get_transition_defaults()
        for field in self._get_transition_fields() & vals.keys():
            if vals[field] and vals[field] != defaults.get(field, False):
                label = self._fields[field].get_description(self.env, ["string"])["string"]
                raise UserError(self._get_transition_message(label))
            del vals[field]
