"""What an order includes, what it does not, and the clause on extra work."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ChangeOrderCommon


class ScopeCommon(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("fr_FR", "de_DE"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.template = cls._make_template("Kitchen", "kitchen", "plumbing")
        cls.french = cls.env["res.partner"].create({"name": "Chloé Martin", "lang": "fr_FR"})

    @classmethod
    def _make_template(cls, name, included, excluded, **values):
        """Return a fixed-price template whose texts end with "(fr)" in French."""
        template = cls.env["sale.order.template"].create({"name": name, "is_fixed_price": True, **values})
        template.scope_included = included and f"<ul><li>{included}</li></ul>"
        template.scope_excluded = excluded and f"<ul><li>{excluded}</li></ul>"
        if included:
            template.update_field_translations("scope_included", {"fr_FR": {included: f"{included} (fr)"}})
        return template

    @classmethod
    def _make_quotation(cls, **values):
        return cls._make_order(confirm=False, **{"sale_order_template_id": cls.template.id, **values})


@tagged("post_install", "-at_install")
class TestScope(ScopeCommon):
    def test_quotation_takes_the_texts_of_its_template(self):
        quotation = self._make_quotation()
        self.assertTrue(quotation.is_fixed_price)
        self.assertEqual(quotation.scope_included, "<ul><li>kitchen</li></ul>")
        self.assertEqual(quotation.scope_excluded, "<ul><li>plumbing</li></ul>")
        self.assertIn("after a priced change order that the customer has signed", quotation.extension_clause)

    def test_texts_are_in_the_customers_language(self):
        self.company.extension_clause = "<p>Extra work</p>"
        self.company.update_field_translations("extension_clause", {"fr_FR": {"Extra work": "Travaux en plus"}})
        quotation = self._make_quotation(partner_id=self.french.id)
        self.assertEqual(quotation.scope_included, "<ul><li>kitchen (fr)</li></ul>")
        self.assertEqual(quotation.extension_clause, "<p>Travaux en plus</p>")
        quotation.partner_id = self.customer
        self.assertEqual(quotation.scope_included, "<ul><li>kitchen</li></ul>")
        self.assertEqual(quotation.extension_clause, "<p>Extra work</p>")

    def test_no_template_no_scope(self):
        quotation = self._make_order(confirm=False)
        self.assertFalse(quotation.is_fixed_price)
        self.assertFalse(quotation.scope_included or quotation.scope_excluded or quotation.extension_clause)
        self.assertFalse(quotation._has_scope())

    def test_clause_comes_and_goes_with_the_fixed_price(self):
        quotation = self._make_order(confirm=False)
        quotation.is_fixed_price = True
        self.assertIn("minor items allowance", quotation.extension_clause)
        quotation.is_fixed_price = False
        self.assertFalse(quotation.extension_clause)

    def test_what_the_seller_writes_survives_another_contact(self):
        quotation = self._make_quotation()
        quotation.with_user(self.seller).write({"scope_included": "<p>mine</p>", "extension_clause": "<p>agreed</p>"})
        quotation.partner_id = self.env["res.partner"].create({"name": "His wife", "lang": "en_US"})
        self.assertEqual(quotation.scope_included, "<p>mine</p>")
        self.assertEqual(quotation.scope_excluded, "<ul><li>plumbing</li></ul>")
        self.assertEqual(quotation.extension_clause, "<p>agreed</p>")

    def test_a_clause_that_was_taken_out_stays_out(self):
        quotation = self._make_quotation()
        quotation.extension_clause = False
        quotation.partner_id = self.stranger_user.partner_id
        self.assertFalse(quotation.extension_clause)

    def test_another_template_brings_its_own_texts(self):
        quotation = self._make_quotation()
        quotation.sale_order_template_id = self._make_template("Bath", "bath", False, is_fixed_price=False)
        self.assertEqual(quotation.scope_included, "<ul><li>bath</li></ul>")
        self.assertFalse(quotation.scope_excluded, "what the other template excluded is gone")
        self.assertFalse(quotation.is_fixed_price or quotation.extension_clause)

    def test_a_template_without_texts_keeps_what_the_seller_wrote(self):
        quotation = self._make_order(confirm=False, scope_included="<p>mine</p>")
        quotation.sale_order_template_id = self._make_template("Empty", False, False)
        self.assertEqual(quotation.scope_included, "<p>mine</p>")

    def test_the_form_does_the_same(self):
        self.seller.group_ids |= self.env.ref("sale_management.group_sale_order_template")
        with Form(self.env["sale.order"].with_user(self.seller)) as form:
            form.partner_id = self.french
            form.sale_order_template_id = self.template
            self.assertIn("kitchen (fr)", form.scope_included)
            self.assertTrue(form.is_fixed_price)
            form.scope_included = "<p>mine</p>"
            form.is_fixed_price = False
            self.assertFalse(form.extension_clause)
        quotation = form.save()
        self.assertEqual(quotation.scope_included, "<p>mine</p>")
        self.assertEqual(quotation.scope_excluded, "<ul><li>plumbing</li></ul>")
        self.assertFalse(quotation.extension_clause)

    def test_texts_are_cleaned_of_scripts(self):
        quotation = self._make_quotation(
            scope_included="<p onclick='steal()'>kitchen</p><script>steal()</script>", extension_clause="<p>x</p>"
        )
        self.assertEqual(quotation.scope_included, "<p>kitchen</p>")

    def test_another_company_has_another_clause(self):
        other = self.env["res.company"].create({"name": "Painter", "extension_clause": "<p>Painter's clause</p>"})
        self.env.user.company_ids |= other
        quotation = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": other.id, "is_fixed_price": True}
        )
        self.assertEqual(quotation.extension_clause, "<p>Painter's clause</p>")

    def test_copy_takes_the_texts_along(self):
        quotation = self._make_quotation()
        quotation.write({"scope_included": "<p>mine</p>", "extension_clause": "<p>agreed</p>"})
        quotation.action_confirm()
        copy = quotation.with_user(self.seller).copy()
        self.assertTrue(copy.is_fixed_price)
        self.assertEqual(copy.scope_included, "<p>mine</p>")
        self.assertEqual(copy.extension_clause, "<p>agreed</p>")
        copy.scope_included = "<p>changed</p>"
        self.assertEqual(copy.scope_included, "<p>changed</p>", "the copy is a quotation, open to change")


@tagged("post_install", "-at_install")
class TestScopeFrozen(ScopeCommon):
    CHANGES = (
        {"is_fixed_price": False},
        {"scope_included": "<p>less</p>"},
        {"scope_excluded": False},
        {"extension_clause": "<p>none</p>"},
    )

    def setUp(self):
        super().setUp()
        self.quotation = self._make_quotation()

    def _assert_frozen(self, order):
        before = order.read(["is_fixed_price", "scope_included", "scope_excluded", "extension_clause"])
        for user in (self.seller, self.manager):
            for vals in self.CHANGES:
                with self.subTest(user=user.login, vals=vals), self.assertRaisesRegex(UserError, order.name):
                    order.with_user(user).write(vals)
        order.invalidate_recordset()
        self.assertEqual(order.read(["is_fixed_price", "scope_included", "scope_excluded", "extension_clause"]), before)

    def test_confirmed(self):
        self.quotation.action_confirm()
        self.assertTrue(self.quotation.is_scope_frozen)
        self._assert_frozen(self.quotation)

    def test_signed_and_not_paid_yet(self):
        self.quotation.write({"state": "sent", "signed_by": "Lena Sommer", "signed_on": "2026-01-01 10:00:00"})
        self._assert_frozen(self.quotation)

    def test_saying_the_same_again_passes(self):
        self.quotation.action_confirm()
        self.quotation.with_user(self.seller).write(
            {"is_fixed_price": True, "scope_included": self.quotation.scope_included}
        )

    def test_nothing_is_computed_anew(self):
        self.quotation.action_confirm()
        self.quotation.write({"partner_id": self.french.id})
        self.template.scope_included = "<p>changed</p>"
        self.quotation.sale_order_template_id = self._make_template("Bath", "bath", "tiles", is_fixed_price=False)
        self.assertTrue(self.quotation.is_fixed_price)
        self.assertEqual(self.quotation.scope_included, "<ul><li>kitchen</li></ul>")
        self.assertIn("priced change order", self.quotation.extension_clause)

    def test_several_at_once(self):
        other = self._make_quotation()
        self.quotation.action_confirm()
        with self.assertRaisesRegex(UserError, self.quotation.name):
            (other | self.quotation).with_user(self.manager).write({"scope_included": "<p>x</p>"})
        self.assertEqual(other.scope_included, "<ul><li>kitchen</li></ul>", "nothing is half done")

    def test_back_to_a_quotation_it_is_open_again(self):
        self.quotation.action_confirm()
        self.quotation._action_cancel()
        self._assert_frozen(self.quotation)
        self.quotation.action_draft()
        self.quotation.with_user(self.seller).scope_included = "<p>changed</p>"
        self.assertEqual(self.quotation.scope_included, "<p>changed</p>")

    def test_a_migration_may_mend(self):
        self.quotation.action_confirm()
        self.quotation.sudo().scope_included = "<p>mended</p>"
        self.assertEqual(self.quotation.scope_included, "<p>mended</p>")

    def test_others_may_not_write_at_all(self):
        for user in (self.technician, self.other_seller, self.customer_user, self.stranger_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.quotation.with_user(user).write({"scope_included": "<p>x</p>"})
