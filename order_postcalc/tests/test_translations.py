from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.order_extension.tests.translations_common import TranslationsCommon


@tagged("post_install", "-at_install")
class TestPostcalcTranslations(TranslationsCommon, TransactionCase):
    module = "order_postcalc"

    def _create_order(self, code):
        order = self.env["sale.order"].create({"partner_id": self.env["res.partner"].create({"name": "Lena"}).id})
        return order.with_context(lang=code)

    def test_error_message(self):
        """A quotation has no post-calculation to close, and says so in the user's language."""
        for code, words in (("fr_FR", "n'est pas une commande confirmée"), ("de_DE", "kein bestätigter Auftrag")):
            order = self._create_order(code)
            with self.subTest(code), self.assertRaisesRegex(UserError, f"{order.name} .*{words}"):
                order.action_close_postcalc()

    def test_columns_of_the_sheet(self):
        """The columns say the same on the screen, on paper and in the spreadsheet."""
        columns = {"fr_FR": {"Réel", "Écart"}, "de_DE": {"Ist", "Abweichung"}}
        for code, labels in columns.items():
            with self.subTest(code):
                sheet = self._create_order(code)._get_postcalc_sheet()
                self.assertLessEqual(labels, {column["label"] for column in sheet["columns"]})

    def test_cards_of_the_sheet(self):
        """They are written by JavaScript, with figures in the sentence."""
        for code, sentence in (("fr_FR", "sur %s prévus"), ("de_DE", "von %s geplant")):
            modules, _language = self.env["ir.http"]._get_translations_for_webclient([self.module], code)
            messages = {message["id"]: message["string"] for message in modules[self.module]["messages"]}
            self.assertEqual(messages["of %s planned"], sentence)
