import ast
from pathlib import Path

from odoo.tools import file_path

#: What makes HTML of a text: of anything else a sentence of a customer's would become a link, a picture or a form.
SAFE = {"plaintext2html", "Markup"}


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
