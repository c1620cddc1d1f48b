"""A search view serves every action that names it: what stands in it has to exist on all their models."""

from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval
from odoo.tools.view_validation import get_domain_value_names


@tagged("post_install", "-at_install")
class TestSearchViews(TransactionCase):
    def _get_uses(self):
        """Return pairs of a search view and the name of a model that is searched with it."""
        uses = {(view, view.model) for view in self.env["ir.ui.view"].search([("type", "=", "search")])}
        for action in self.env["ir.actions.act_window"].search([("search_view_id", "!=", False)]):
            uses.add((action.search_view_id, action.res_model))
        return [use for use in uses if use[0].mode == "primary" and use[1] in self.env]

    def _get_names(self, arch):
        """Return the names of the fields that the search view asks for: fields, filters and groups."""
        for node in arch.iter("field", "filter"):
            if node.tag == "field":
                yield node.get("name")
                continue
            if node.get("date"):
                yield node.get("date")
            if node.get("domain"):
                yield from get_domain_value_names(node.get("domain"))[0]
            if "group_by" in node.get("context", ""):
                context = safe_eval(node.get("context"), {"uid": self.env.uid})
                groups = context.get("group_by") or []
                yield from [groups] if isinstance(groups, str) else groups

    def test_what_is_searched_exists(self):
        uses = self._get_uses()
        self.assertGreater(len(uses), 50)
        wrong = set()
        for view, model in uses:
            for name in self._get_names(view._get_combined_arch()):
                field = name.partition(":")[0].partition(".")[0]
                if field not in self.env[model]._fields:
                    wrong.add(f"{view.xml_id or view.id}: {field} is no field of {model}")
        self.assertFalse(wrong, "\n".join(sorted(wrong)))
