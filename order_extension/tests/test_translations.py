import io
import re
from collections import Counter
from pathlib import Path

import polib

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

MODULE = "order_extension"
I18N = Path(__file__).parents[1] / "i18n"
LANGUAGES = {"fr": "fr_FR", "de": "de_DE"}
#: Words in the attributes of a tag are translated with it.
TRANSLATED_ATTRIBUTE = re.compile(r'(?<=\s)(alt|aria-label|placeholder|title)="[^"]*"')
TAG = re.compile(r'<(?:"[^"]*"|[^">])*>')
#: ``%(name)s``, ``%s``, ``%%`` of Python, ``{{ … }}`` of mail templates.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\{.*?\}\}")
#: Their records exist with demo data only.
DEMO_MODELS = {"product.template", "sale.change.order.template", "sale.order.template"}


def tags(text):
    return Counter(TRANSLATED_ATTRIBUTE.sub(r"\1", tag) for tag in TAG.findall(text))


def placeholders(text):
    return Counter(PLACEHOLDER.findall(TAG.sub("", text)))


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """Whatever a person reads is there in French and German, and stays so when a sentence is added."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = polib.pofile(str(I18N / f"{MODULE}.pot"))
        cls.translations = {code: polib.pofile(str(I18N / f"{code}.po")) for code in LANGUAGES}
        for code in LANGUAGES.values():
            cls.env["res.lang"]._activate_lang(code)
        cls.env["ir.module.module"].search([("name", "=", MODULE)])._update_translations(list(LANGUAGES.values()))

    def _is_of_this_module(self, reference):
        """Whether the wording is ours: fields that we inherit differ with the modules that are installed."""
        kind, _colon, name = reference.partition(":")
        if kind not in ("model", "model_terms") or not name.startswith("ir.model.fields,"):
            return True
        field = self.env["ir.model.fields"].browse(self.env.ref(name.split(":")[1]).id)
        return MODULE in self.env[field.model]._fields[field.name]._modules

    def _export(self):
        """Return the references by term that Odoo would export now."""
        buffer = io.BytesIO()
        trans_export(None, [MODULE], buffer, "po", self.env)
        return {
            entry.msgid: [reference for reference, _line in entry.occurrences]
            for entry in polib.pofile(buffer.getvalue().decode())
        }

    # === THE FILES ===

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
            if reference.startswith("code:") and not reference.startswith(f"code:addons/{MODULE}/")
        }
        self.assertFalse(paths)

    def test_every_term_is_translated(self):
        for code, translation in self.translations.items():
            with self.subTest(code):
                translated = {entry.msgid for entry in translation if entry.msgstr.strip() and not entry.obsolete}
                self.assertEqual({entry.msgid for entry in self.template} - translated, set(), "not translated")
                self.assertEqual(translated - {entry.msgid for entry in self.template}, set(), "not in the template")
                self.assertFalse(translation.fuzzy_entries())

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

    # === WHAT PEOPLE READ ===

    def test_error_message(self):
        """A quotation can't be extended, and says so in the user's language."""
        order = self.env["sale.order"].create({"partner_id": self.env["res.partner"].create({"name": "Lena"}).id})
        for code, words in (("fr_FR", "n'est pas une commande confirmée"), ("de_DE", "kein bestätigter Auftrag")):
            with self.subTest(code), self.assertRaisesRegex(UserError, f"{order.name} .*{words}"):
                order.with_context(lang=code)._check_can_extend()

    def test_labels_of_states(self):
        labels = {
            "fr_FR": {"sent": "À signer", "signed": "Signé"},
            "de_DE": {"sent": "Unterschrift offen", "signed": "Unterschrieben"},
        }
        for code, expected in labels.items():
            states = self.env["sale.change.order"].with_context(lang=code).fields_get(["state"])["state"]["selection"]
            self.assertLessEqual(expected.items(), dict(states).items())

    def test_customer_page(self):
        """The buttons of the page, which is rendered for the customer."""
        buttons = {"fr_FR": ("Accepter et signer", "Refuser"), "de_DE": ("Unterschreiben", "Ablehnen")}
        for code, labels in buttons.items():
            page = self.env["ir.qweb"].with_context(lang=code)._render("order_extension.portal_change_order_buttons")
            for label in labels:
                self.assertIn(label, page)

    def test_signature_form(self):
        """What the form says while it signs is written by JavaScript, whose words are sent to the customer's page."""
        self.assertIn(MODULE, self.env["ir.http"]._get_translation_frontend_modules_name())
        sentence = "Signing, a few seconds please …"
        for code, words in (("fr_FR", "Signature en cours"), ("de_DE", "Wird unterschrieben")):
            modules, _language = self.env["ir.http"]._get_translations_for_webclient([MODULE], code)
            messages = {message["id"]: message["string"] for message in modules[MODULE]["messages"]}
            self.assertIn(words, messages[sentence])

    def test_mail(self):
        template = self.env.ref("order_extension.mail_template_change_order")
        self.assertIn("votre accord", template.with_context(lang="fr_FR").subject)
        self.assertIn("einen Nachtrag", template.with_context(lang="de_DE").body_html)
