"""Scope, clause and contract sum as the customer reads them: on his pages and on paper."""

from lxml import html

from odoo.tests import tagged

from .common_portal import ChangeOrderPortalCommon


@tagged("post_install", "-at_install")
class TestPortalScope(ChangeOrderPortalCommon):
    SCOPE = {
        "is_fixed_price": True,
        "scope_included": "<ul><li>carcass and doors</li></ul>",
        "scope_excluded": "<ul><li>painting the wall</li></ul>",
        "extension_clause": "<p>Extra work needs a signature.</p>",
    }
    TEXTS = ("carcass and doors", "painting the wall", "Extra work needs a signature.")

    def _page(self, record):
        return html.fromstring(self.url_open(record.get_portal_url()).content)

    def _texts(self, page, xpath):
        return [" ".join(node.text_content().split()) for node in page.xpath(xpath)]

    def test_quotation_shows_what_is_signed(self):
        quotation = self._make_order(confirm=False, state="sent", require_signature=True, **self.SCOPE)
        page = self._page(quotation)
        self.assertEqual(
            self._texts(page, "//section[@id='scope']//h4"),
            ["Scope of the fixed price", "Included", "Not included", "Extra work"],
        )
        for text in self.TEXTS:
            self.assertIn(text, page.xpath("//section[@id='scope']")[0].text_content())
        self.assertEqual(len(page.xpath("//main[@id='sign-dialog']/p[@name='scope']")), 1)
        self.assertFalse(page.xpath("//section[@id='contract_sum']"))

    def test_nothing_is_shown_of_an_empty_scope(self):
        quotation = self._make_order(confirm=False, state="sent", require_signature=True, scope_included="<p><br></p>")
        page = self._page(quotation)
        self.assertFalse(page.xpath("//section[@id='scope']"))
        self.assertFalse(page.xpath("//p[@name='scope']"))

    def test_only_what_there_is_has_a_heading(self):
        quotation = self._make_order(confirm=False, state="sent", scope_excluded="<p>painting</p>")
        self.assertEqual(self._texts(self._page(quotation), "//section[@id='scope']//h4"), ["Scope", "Not included"])

    def test_confirmed_order_shows_how_its_sum_has_come_about(self):
        """5 070.00 + 85.00 (window) - 70.00 (2 boards at 35.00) = 5 085.00; with 19 % tax 6 051.15."""
        self._sign(self.change)
        credit = self._make_change(self._reduce(self._line(self.boards), 2), title="Two boards less", send=True)
        self._sign(credit)
        self._make_change(title="Not signed", send=True)
        self.assertEqual(self.order._get_contract_sum()["original"], 5070.00)
        page = self._page(self.order)
        section = "//section[@id='contract_sum']"
        self.assertEqual(self._amount(page.xpath("//dd[@id='contract_original']")[0]), 5070.00)
        changes = page.xpath(f"{section}//div[contains(@class, 'o_order_contract_change')]")
        self.assertEqual([self._amount(change.xpath("dd")[0]) for change in changes], [85.00, -70.00])
        self.assertEqual(self._amount(page.xpath("//dd[@id='contract_now']")[0]), 5085.00)
        self.assertEqual(self._amount(page.xpath("//dd[@id='contract_now_total']")[0]), 6051.15)
        links = page.xpath(f"{section}//a/@href")
        self.assertEqual(len(links), 2)
        response = self.url_open(links[0])
        self._assert_shown(response, self.change)

    def _amount(self, node):
        text = "".join(char for char in node.text_content() if char.isdigit() or char in ".-")
        return float(text)

    def test_order_without_signed_changes_has_no_sum_to_explain(self):
        self.assertFalse(self._page(self.order).xpath("//section[@id='contract_sum']"))

    def test_change_order_page_shows_the_scope_folded(self):
        self.order.sudo().write(self.SCOPE)
        page = self._page(self.change)
        details = page.xpath("//details[contains(@class, 'o_order_scope_details')]")
        self.assertEqual(len(details), 1)
        self.assertNotIn("open", details[0].attrib)
        for text in self.TEXTS:
            self.assertIn(text, details[0].text_content())

    def test_change_order_page_of_an_order_without_scope(self):
        self.assertFalse(self._page(self.change).xpath("//details[contains(@class, 'o_order_scope_details')]"))

    def test_printed_between_lines_and_terms(self):
        quotation = self._make_order(confirm=False, note="<p>Terms of delivery</p>", **self.SCOPE)
        content = self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", quotation.ids)[0].decode()
        positions = [content.index(text) for text in ("Shelf board", *self.TEXTS, "Terms of delivery")]
        self.assertEqual(positions, sorted(positions))

    def test_not_printed_when_there_is_none(self):
        content = self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", self.order.ids)[0].decode()
        self.assertNotIn("Not included", content)

    def test_strangers_see_nothing(self):
        self.order.sudo().write(self.SCOPE)
        self._login(self.stranger_user)
        response = self.url_open(f"/my/orders/{self.order.id}")
        for text in self.TEXTS:
            self.assertNotIn(text, response.text)
