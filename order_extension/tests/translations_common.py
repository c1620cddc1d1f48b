import io
import re
from collections import Counter

import polib

from odoo.tools import file_path
from odoo.tools.translate import trans_export

LANGUAGES = {"fr": "fr_FR", "de": "de_DE"}
#: Words in the attributes of a tag are translated with it.
TRANSLATED_ATTRIBUTE = re.compile(r'(?<=\s)(alt|aria-label|placeholder|title)="[^"]*"')
TAG = re.compile(r'<(?:"[^"]*"|[^">])*>')
#: ``%(name)s``, ``%s``, ``%%`` of Python, ``{{ … }}`` of mail templates.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\{.*?\}\}")
#: Their records exist with demo data only.
DEMO_MODELS = {
    "crm.tag",
    "hr.department",
    "order.strategy.criterion",
    "product.template",
    "sale.change.order.template",
    "sale.order.template",
}


def tags(text):
    return Counter(TRANSLATED_ATTRIBUTE.sub(r"\1", tag) for tag in TAG.findall(text))


def placeholders(text):
    return Counter(PLACEHOLDER.findall(TAG.sub("", text)))


class TranslationsCommon:
    """Whatever a person reads of :attr:`module` is there in French and German, and stays so when a sentence is added.

    A test class of the add-on inherits it beside TransactionCase. Odoo runs inherited tests only of classes that ask
    for it.
    """

    allow_inherited_tests_method = True
    #: Technical name of the add-on.
    module = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = polib.pofile(file_path(f"{cls.module}/i18n/{cls.module}.pot"))
        cls.translations = {code: polib.pofile(file_path(f"{cls.module}/i18n/{code}.po")) for code in LANGUAGES}
        for code in LANGUAGES.values():
            cls.env["res.lang"]._activate_lang(code)
        cls.env["ir.module.module"].search([("name", "=", cls.module)])._update_translations(list(LANGUAGES.values()))

    def _is_of_this_module(self, reference):
        """Whether the wording is ours: fields that we inherit differ with the modules that are installed."""
        kind, _colon, name = reference.partition(":")
        if kind not in ("model", "model_terms") or not name.startswith("ir.model.fields,"):
            return True
        field = self.env["ir.model.fields"].browse(self.env.ref(name.split(":")[1]).id)
        return self.module in self.env[field.model]._fields[field.name]._modules

    def _export(self):
        """Return the references by term that Odoo would export now."""
        buffer = io.BytesIO()
        trans_export(None, [self.module], buffer, "po", self.env)
        return {
            entry.msgid: [reference for reference, _line in entry.occurrences]
            for entry in polib.pofile(buffer.getvalue().decode())
        }

    def test_template_is_current(self):
        """A new sentence is in the template. If this fails: export it again and translate what is new."""
        exported = self._export()
        known = {entry.msgid for entry in self.template}
        new = {
            term
            for term, references in exported.items()
            if term not in known and any(self._is_of_this_module(reference) for reference in references)
        }
        self.assertFalse(new, "not in the template, so not translated either")
        gone = {
            entry.msgid
            for entry in self.template
            if entry.msgid not in exported
            and not any(reference.startswith("model:ir.model.fields,") for reference, _line in entry.occurrences)
            and not {reference.split(":")[1].split(",")[0] for reference, _line in entry.occurrences} <= DEMO_MODELS
        }
        self.assertFalse(gone, "in the template, but said nowhere any more")

    def test_template_names_no_machine(self):
        """The template can be exported anywhere: its paths are those of the add-on."""
        paths = {
            reference
            for entry in self.template
            for reference, _line in entry.occurrences
            if reference.startswith("code:") and not reference.startswith(f"code:addons/{self.module}/")
        }
        self.assertFalse(paths)

    def test_every_term_is_translated(self):
        for code, translation in self.translations.items():
            with self.subTest(code):
                translated = {entry.msgid for entry in translation if entry.msgstr.strip() and not entry.obsolete}
                self.assertEqual({entry.msgid for entry in self.template} - translated, set(), "not translated")
                self.assertEqual(translated - {entry.msgid for entry in self.template}, set(), "not in the template")
                self.assertFalse(translation.fuzzy_entries())

    def test_choices_that_are_taken_over(self):
        """What a field can be, as another field has it: a function must ask for it in the user's language."""
        fields = [
            field
            for model in self.env.values()
            for field in model._fields.values()
            if field.type == "selection" and callable(field.selection) and self.module in field._modules
        ]
        for code in LANGUAGES.values():
            env = self.env(context={"lang": code})
            for field in fields:
                english = field._description_selection(self.env(context={"lang": "en_US"}))
                if any(len(label) > 1 for _key, label in english):  # not A, B and C
                    with self.subTest(code, field=str(field)):
                        self.assertNotEqual(field._description_selection(env), english)

    def test_placeholders_and_tags_are_kept(self):
        """A lost ``%(name)s`` would break the message, a lost tag the page."""
        for code, translation in self.translations.items():
            for entry in translation:
                with self.subTest(code, term=entry.msgid):
                    self.assertEqual(placeholders(entry.msgstr), placeholders(entry.msgid))
                    self.assertEqual(tags(entry.msgstr), tags(entry.msgid))

    def test_french_spaces(self):
        """French has a space before ? ! : ; and inside « », at which no line may break."""
        for entry in self.translations["fr"]:
            text = TAG.sub("", entry.msgstr)
            if "#tags" not in text:  # a list of signs to type
                self.assertNotRegex(text, r"\S [?!:;»]|« ", entry.msgid)
