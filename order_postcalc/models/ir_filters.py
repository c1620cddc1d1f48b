from ast import literal_eval

from odoo import api, models


class IrFilters(models.Model):
    _inherit = "ir.filters"

    @api.model
    def get_filters(self, model, action_id=None, embedded_action_id=None, embedded_parent_res_id=None):
        """Offer no favourites that group figures by what the user may not read: employees, quotation templates."""
        filters = super().get_filters(model, action_id, embedded_action_id, embedded_parent_res_id)
        figures = self.env.get(model)
        if not hasattr(figures, "_get_unreadable_fields"):
            return filters
        allowed = figures.fields_get(attributes=["type"]).keys() - figures._get_unreadable_fields()
        return [favourite for favourite in filters if self._get_grouped_fields(favourite) <= allowed]

    @api.model
    def _get_grouped_fields(self, favourite):
        try:
            groups = literal_eval(favourite["context"] or "{}").get("group_by") or []
        except (SyntaxError, ValueError):
            return set()
        groups = [groups] if isinstance(groups, str) else groups
        return {group.split(":")[0].split(".")[0] for group in groups}
