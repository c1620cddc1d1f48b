"""Figures and what is behind them: only what its reader may read is offered, and every record opens or says why not."""

from ast import literal_eval

from lxml import etree

from odoo import api, models
from odoo.exceptions import AccessError


class OrderFactMixin(models.AbstractModel):
    """A table of figures whose readers may not read all that a figure is about.

    A bookkeeper for example sees what each order has cost, but no quotation templates.
    """

    _name = "order.fact.mixin"
    _description = "Figures and Their Records"

    # === WHAT IS OFFERED ===

    @api.model
    def _get_unreadable_fields(self):
        """Return the names of the fields that point to what the user may not read: grouping by them is an error."""
        return {
            name
            for name, field in self._fields.items()
            if field.type == "many2one" and field.store and not self._can_search(field.comodel_name)
        }

    @api.model
    def _can_search(self, model):
        """Whether to search is no error: who may not read employees for example finds their public profiles."""
        if self.env[model].has_access("read"):
            return True
        try:
            self.env[model].search([], limit=1)
        except AccessError:
            return False
        return True

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        result = super().fields_get(allfields, attributes)
        for name in self._get_unreadable_fields() & result.keys():
            for attribute in {"groupable", "searchable", "sortable"} & result[name].keys():
                result[name][attribute] = False
        return result

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Leave out of the search what groups or searches by such a field."""
        result = super().get_view(view_id, view_type, **options)
        unreadable = self._get_unreadable_fields() if view_type == "search" else ()
        if unreadable:
            arch = etree.fromstring(result["arch"])
            for node in arch.xpath("//field | //filter[@context]"):
                if self._get_searched_field(node) in unreadable:
                    node.getparent().remove(node)
            result["arch"] = etree.tostring(arch, encoding="unicode")
        return result

    @api.model
    def _get_searched_field(self, node):
        """Return what an element of a search view searches or groups by: the name of a field, or nothing."""
        if node.tag == "field":
            return node.get("name")
        group = literal_eval(node.get("context")).get("group_by") or ""
        return group.split(":")[0] if isinstance(group, str) else ""

    # === BEHIND A FIGURE ===

    def _open_record(self, record, instead=None):
        """Return the action that opens ``record``; where it doesn't open for the user, one that says what it is.

        :param instead: what is opened where ``record`` doesn't
        """
        for each in filter(None, (record, instead)):
            action = each.get_formview_action()
            if self._opens(each, action["views"][0][0]):
                return action
        # In sudo: the name of what the figure is from, which the user may see.
        return self._tell_source(record, record.sudo().display_name)

    @api.model
    def _tell_source(self, model, name):
        """Return the action that says what a figure is from, to who may see the figure and not its records."""
        model = self.env["ir.model"]._get(model._name).name
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "This figure is from: %(name)s (%(model)s). Your rights show what it costs, but not the record"
                    " itself.",
                    name=name,
                    model=model,
                ),
            },
        }

    @api.model
    def _opens(self, record, view_id):
        """Whether the user can read all that the form of ``record`` shows, as the web client reads it.

        Some of Odoo's forms read more than everybody may who reads the record.
        """
        try:
            record.check_access("read")
            arch = etree.fromstring(record.get_view(view_id, "form")["arch"])
            record.web_read(self._get_specification(record, arch))
        except AccessError:
            return False
        return True

    @api.model
    def _get_specification(self, model, node):
        """Return what the web client reads for a form of ``model``, and for the lists within it."""
        specification = {}
        for child in node.iterdescendants("field"):
            if next(child.iterancestors("field"), None) is not (node if node.tag == "field" else None):
                continue
            field, inner = model._fields[child.get("name")], {}
            if field.type in ("many2one", "reference"):
                inner = {"display_name": {}}
            elif field.type in ("one2many", "many2many"):
                inner = self._get_specification(self.env[field.comodel_name], child)
            specification[field.name] = {"fields": inner} if inner else {}
        return specification
