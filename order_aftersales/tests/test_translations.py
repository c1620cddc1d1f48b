from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.order_extension.tests.translations_common import TranslationsCommon


@tagged("post_install", "-at_install")
class TestAftersalesTranslations(TranslationsCommon, TransactionCase):
    module = "order_aftersales"

    def _make_order(self, code):
        order = self.env["sale.order"].create({"partner_id": self.env["res.partner"].create({"name": "Lena"}).id})
        return order.with_context(lang=code)

    def test_error_message(self):
        """A quotation waits for no decision, and says so in the user's language."""
        for code, words in (
            ("fr_FR", "Rien n'est à décider|Il n'y a rien à décider"),
            ("de_DE", "nichts zu entscheiden"),
        ):
            order = self._make_order(code)
            with self.subTest(code), self.assertRaisesRegex(UserError, words):
                order._decide("yes")

    def test_stages(self):
        """The map speaks the user's language, and what the customer reads his."""
        for code, name, words in (
            ("fr_FR", "Facturation", "commande"),
            ("de_DE", "Abrechnung", "Auftrag"),
        ):
            billing = self.env.ref("order_aftersales.order_stage_billing").with_context(lang=code)
            fulfilment = self.env.ref("order_aftersales.order_stage_fulfilment").with_context(lang=code)
            with self.subTest(code):
                self.assertEqual(billing.name, name)
                self.assertIn(words, fulfilment.customer_name)

    def test_why_it_needs_attention(self):
        for code, words in (("fr_FR", "Personne"), ("de_DE", "Niemand")):
            order = self._make_order(code)
            order.stage_owner_id = False
            with self.subTest(code):
                self.assertIn(words, order.attention_reason)

    def test_kinds_of_mismatches(self):
        """The report takes them from the invoice lines, with their translations."""
        for code, words in (("fr_FR", "Non livré"), ("de_DE", "Nicht geliefert")):
            report = self.env["order.billing.report"].with_context(lang=code)
            selection = dict(report.fields_get(["kind"])["kind"]["selection"])
            with self.subTest(code):
                self.assertEqual(selection["quantity"], words)
