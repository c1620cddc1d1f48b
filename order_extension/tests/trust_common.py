import ast
from pathlib import Path

from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user
from odoo.tools import file_path

#: What makes HTML of a text: of anything else a sentence of a customer's would become a link, a picture or a form.
SAFE = {"plaintext2html", "Markup"}

#: Keys of a context that our code looks at, and why it does no harm that anybody can send one. What code says to itself
#: goes through ``private_context``.
CONTEXT_KEYS = {
    "THIRD_PARTY": "whoever says so sees less",
    "controls_of": "which settings are recommended; administrators only, who may set any",
    "cron_id": "counts only where nobody can have sent it: without a request",
    "extra_route_shown": "what the screen has shown; the rule is asked again whatever it says",
    "form_view_ref": "which form is shown, as everywhere in Odoo",
    "mark_change_order_as_sent": "asks for the right to mark it as sent, and is not heard in sudo",
    "postcalc_ids": "fewer facts",
    "postcalc_kinds": "fewer facts",
    "raise_if_nothing_to_invoice": "Odoo's own: whether it is said that there was nothing",
}


def get_context_key(node):
    """Return the key of a context that the expression looks at, by its value or by the name of a constant, or None."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="context" | "_context"), attr="get"), args=[key, *_]):
            pass
        case ast.Subscript(value=ast.Attribute(attr="context" | "_context"), slice=key):
            pass
        case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()], comparators=[ast.Attribute(attr="context")]):
            pass
        case _:
            return None
    return key.value if isinstance(key, ast.Constant) else ast.unparse(key)


def is_safe(node):
    """Whether the expression is HTML in which every text is escaped, or nothing."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in SAFE
        case ast.BinOp(left=left, op=ast.Mod()):
            return is_safe(left)
        case ast.IfExp(body=body, orelse=orelse):
            return is_safe(body) and is_safe(orelse)
        case ast.Constant(value=value):
            return not isinstance(value, str)
    return False


class TrustCommon:
    """What holds for all of :attr:`module`, and for what is added to it.

    A test class of the add-on inherits it beside TransactionCase.
    """

    allow_inherited_tests_method = True
    #: Technical name of the add-on.
    module = None

    def test_rules_are_updated(self):
        """Who may see what is no setting: a hole that is shut is shut by an update, too."""
        names = self.env["ir.model.data"].search(
            [("module", "=", self.module), ("model", "in", ("ir.rule", "ir.model.access", "res.groups"))]
        )
        self.assertTrue(names)
        self.assertFalse(names.filtered("noupdate").mapped("name"))

    def test_notes_of_activities_are_no_html_of_strangers(self):
        """A text in the note of an activity is HTML: ``plaintext2html`` or ``Markup`` makes it of what people wrote."""
        wrong = []
        for path in Path(file_path(self.module)).rglob("*.py"):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "activity_schedule":
                    wrong += [
                        f"{path.name}:{keyword.value.lineno}"
                        for keyword in node.keywords
                        if keyword.arg == "note" and not is_safe(keyword.value)
                    ]
        self.assertFalse(wrong)

    def test_no_context_opens_a_door(self):
        """A context comes over RPC from whoever calls: what our code reads of it is known, and harmless."""
        wrong = []
        for path in Path(file_path(self.module)).rglob("*.py"):
            if "tests" in path.parts or path.name == "private_context.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                key = get_context_key(node)
                if key and key not in CONTEXT_KEYS and not key.startswith("default_"):
                    wrong.append(f"{path.name}:{node.lineno}: {key}")
        self.assertFalse(wrong)

    def _get_kept_fields(self):
        """Return the stored fields of the add-on that no form lets anybody change, by model that people write."""
        found = {}
        for name, model in self.env.registry.items():
            if model._abstract or model._transient or not model._auto:
                continue
            fields = [
                field
                for field in model._fields.values()
                if field._module == self.module
                and field.store
                and field.readonly
                and field.type not in ("one2many", "many2many")
                and field.name not in MAGIC_COLUMNS
            ]
            if fields:
                found[name] = fields
        return found

    def _get_writers(self, model):
        """Return a user of each group that may write or create the records of ``model``."""
        access = self.env["ir.model.access"].search(
            [("model_id.model", "=", model), "|", ("perm_write", "=", True), ("perm_create", "=", True)]
        )
        self.assertTrue(all(access.mapped("group_id")), model)
        for group in access.group_id.filtered(lambda group: group not in self.writers):
            names = ",".join(group.get_external_id().values())
            self.writers[group] = new_test_user(self.env, f"writer_{group.id}", groups=names)
        return [self.writers[group] for group in access.group_id]

    def test_what_follows_cant_be_written(self):
        """Stored fields that forms only show are refused over RPC as well: each field, whoever may write the record."""
        values = {"date": "2026-12-24", "datetime": "2026-12-24 12:00:00", "json": {"x": 7}}
        self.writers = {}
        checked = 0
        for model, fields in self._get_kept_fields().items():
            for user in self._get_writers(model):
                # Of no records, so that nothing else is refused before, and nothing is done if it is not refused.
                records = self.env[model].with_user(user).browse()
                for field in fields:
                    value = values.get(field.type, 7)
                    for right, write in (("write", records.write), ("create", records.create)):
                        if not records.has_access(right):
                            continue
                        with self.subTest(model=model, field=field.name, user=user.name):
                            checked += 1
                            with self.assertRaises(UserError) as caught:
                                write({field.name: value})
                            self.assertIs(type(caught.exception), UserError)
        self.assertTrue(checked)
