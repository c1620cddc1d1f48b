from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .translations_common import TranslationsCommon


@tagged("post_install", "-at_install")
class TestTranslations(TranslationsCommon, TransactionCase):
    module = "order_extension"

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
            page = (
                self.env["ir.qweb"]
                .with_context(lang=code)
                ._render("order_extension.portal_change_order_buttons", {"may_sign": True})
            )
            for label in labels:
                self.assertIn(label, page)

    def test_signature_form(self):
        """What the form says while it signs is written by JavaScript, whose words are sent to the customer's page."""
        self.assertIn(self.module, self.env["ir.http"]._get_translation_frontend_modules_name())
        sentence = "We got no answer from our server. Please load the page again."
        for code, words in (
            ("fr_FR", "Notre serveur n'a pas répondu"),
            ("de_DE", "Unser Server hat nicht geantwortet"),
        ):
            modules, _language = self.env["ir.http"]._get_translations_for_webclient([self.module], code)
            messages = {message["id"]: message["string"] for message in modules[self.module]["messages"]}
            self.assertIn(words, messages[sentence])

    def test_mail(self):
        template = self.env.ref("order_extension.mail_template_change_order")
        self.assertIn("votre accord", template.with_context(lang="fr_FR").subject)
        self.assertIn("einen Nachtrag", template.with_context(lang="de_DE").body_html)
