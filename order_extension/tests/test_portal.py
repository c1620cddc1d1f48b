"""What customers see of change orders, and what they don't."""

import base64
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.tests import tagged

from .common import SIGNATURE
from .common_portal import ChangeOrderPortalCommon


@tagged("post_install", "-at_install")
class TestPortalList(ChangeOrderPortalCommon):
    def _titles(self, **params):
        query = "&".join(f"{key}={value}" for key, value in params.items())
        page = html.fromstring(self.url_open(f"/my/change_orders?{query}").content)
        titles = page.xpath("//span[@class='o_change_order_list_title']/span[1]")
        return [title.text_content().strip() for title in titles]

    def _make_one_of_each(self):
        """Amounts with tax: waiting 101.15, signed 202.30, declined 303.45, credit -41.65 (1 board, 35.00)."""
        self.change._as_transition().title = "A waiting"
        signed = self._make_change(self._add(self.window, 2), title="B signed", send=True)
        self._sign(signed)
        declined = self._make_change(self._add(self.window, 3), title="C declined", send=True)
        declined._decline("Lena", "no")
        credit = self._make_change(self._reduce(self._line(self.boards), 1), title="D credit", send=True)
        self._make_change(title="E draft")
        for number, change in enumerate((self.change, signed, declined, credit)):
            change._as_transition().sent_on = f"2026-01-0{number + 1} 10:00:00"

    def test_list_shows_own_offers_only_and_no_drafts(self):
        self._make_one_of_each()
        other_order = self._make_order(partner_id=self.stranger_user.partner_id.id)
        self._make_change(title="F of another customer", order_id=other_order.id, send=True)
        self._login(self.customer_user)
        self.assertEqual(self._titles(), ["D credit", "C declined", "B signed", "A waiting"])
        self._login(self.stranger_user)
        self.assertEqual(self._titles(), ["F of another customer"])
        # a colleague may read them all, but they are not his as a customer
        self._login(self.manager)
        self.assertEqual(self._titles(), [])

    def test_sort_and_filter(self):
        self._make_one_of_each()
        self._login(self.customer_user)
        self.assertEqual(self._titles(sortby="number"), ["A waiting", "B signed", "C declined", "D credit"])
        self.assertEqual(self._titles(sortby="amount"), ["C declined", "B signed", "A waiting", "D credit"])
        self.assertEqual(self._titles(sortby="state"), ["C declined", "D credit", "A waiting", "B signed"])
        self.assertEqual(self._titles(filterby="waiting"), ["D credit", "A waiting"])
        self.assertEqual(self._titles(filterby="signed"), ["B signed"])
        self.assertEqual(self._titles(filterby="closed"), ["C declined"])
        self.assertEqual(len(self._titles(sortby="secret", filterby="__class__")), 4, "unknown values mean the default")

    def test_offer_past_its_date_is_closed_before_the_nightly_job(self):
        self.change._as_transition().validity_date = "2020-01-31"
        self._login(self.customer_user)
        self.assertEqual(self._titles(filterby="waiting"), [])
        self.assertEqual(self._titles(filterby="closed"), ["Stuck window"])

    def test_list_has_pages(self):
        self._make_one_of_each()
        self._login(self.customer_user)
        with patch("odoo.addons.portal.controllers.portal.CustomerPortal._items_per_page", 3):
            self.assertEqual(len(self._titles()), 3)
            page = self.url_open("/my/change_orders/page/2?sortby=number").text
        self.assertIn("D credit", page)
        self.assertNotIn("A waiting", page)

    def test_empty_list_says_so(self):
        self._login(self.stranger_user)
        self.assertEqual(self._titles(), [])
        self.assertIn("There are no change orders on your orders.", self.url_open("/my/change_orders").text)

    def test_list_needs_a_login(self):
        self.assertIn("/web/login", self.url_open("/my/change_orders").url)

    def test_home_counts_what_is_asked_for(self):
        self._make_one_of_each()
        self._login(self.customer_user)
        counters = ["change_order_count", "change_order_to_sign_count"]
        self.assertEqual(
            self.make_jsonrpc_request("/my/counters", {"counters": counters}),
            {"change_order_count": 4, "change_order_to_sign_count": 2},
        )
        self.assertEqual(self.make_jsonrpc_request("/my/counters", {"counters": []}), {})
        self.assertEqual(self._read_alert(), "2 change orders to sign")
        self._login(self.stranger_user)
        self.assertEqual(
            self.make_jsonrpc_request("/my/counters", {"counters": counters}),
            {"change_order_count": 0, "change_order_to_sign_count": 0},
        )

    def test_home_says_one_in_the_singular(self):
        self._login(self.customer_user)
        self.assertEqual(self._read_alert(), "1 change order to sign")
        self._sign(self.change)
        self.assertEqual(self._read_alert(), "")

    def _read_alert(self):
        page = html.fromstring(self.url_open("/my").content)
        alerts = page.xpath("//*[@id='portal_alert_category']//a[contains(@href, 'change_orders')]")
        return " ".join("".join(alert.text_content() for alert in alerts).split())

    def test_order_page_lists_what_was_offered(self):
        self._make_one_of_each()
        page = self.url_open(self.order.get_portal_url()).text
        for title in ("A waiting", "B signed", "C declined", "D credit"):
            self.assertIn(title, page)
        self.assertNotIn("E draft", page)


@tagged("post_install", "-at_install")
class TestPortalAccess(ChangeOrderPortalCommon):
    def test_token_alone_is_enough(self):
        self._assert_shown(self._get(self.change), self.change)

    def test_login_alone_is_enough(self):
        self._login(self.customer_user)
        self._assert_shown(self._get(self.change, token=False), self.change)

    def test_without_login_and_token_nothing_is_shown(self):
        response = self._get(self.change, token=False)
        self._assert_not_shown(response, self.change)
        self.assertIn("/web/login", response.url)

    def test_a_token_that_is_not_its_own_opens_nothing(self):
        other = self._make_change(title="Another one", send=True)
        for token in ("0" * 36, "", "ä", other._portal_ensure_token(), self.order._portal_ensure_token(), "%00"):
            with self.subTest(token=token):
                self._assert_not_shown(self._get(self.change, token=token), self.change)

    def test_another_customer_sees_nothing(self):
        self._login(self.stranger_user)
        response = self._get(self.change, token=False)
        self._assert_not_shown(response, self.change)
        self.assertTrue(response.url.endswith("/my"))
        self.assertEqual(self.make_jsonrpc_request("/web/dataset/call_kw", self._search_read_call()), [])

    def _search_read_call(self):
        return {
            "model": "sale.change.order",
            "method": "search_read",
            "args": [[["id", "=", self.change.id]], ["title"]],
            "kwargs": {},
        }

    def test_one_that_does_not_exist_is_not_an_error(self):
        gone = self._make_change()
        url = self._url(gone)
        gone.unlink()
        self.assertIn("/web/login", self.url_open(url).url)

    def test_drafts_are_not_for_customers(self):
        draft = self._make_change(title="Not yet sent")
        self._assert_not_shown(self._get(draft), draft)
        self._login(self.customer_user)
        self._assert_not_shown(self._get(draft), draft)
        self._assert_not_shown(self._get(draft, token=False), draft)
        for report_type in ("pdf", "html"):
            self._assert_not_shown(self._get(draft, report_type=report_type), draft)

    def test_draft_taken_back_before_it_was_sent_is_not_for_customers_either(self):
        draft = self._make_change(title="Never sent")
        draft._cancel("A mistake")
        self._assert_not_shown(self._get(draft), draft)

    def test_colleagues_preview_drafts(self):
        draft = self._make_change(title="Not yet sent")
        self._login(self.seller)
        page = self._get(draft)
        self._assert_shown(page, draft)
        self.assertIn("Preview: not sent yet", page.text)
        self.assertNotIn("change_order_accept", page.text)
        # who may not read it, may not read it here
        self._login(self.other_seller)
        self._assert_not_shown(self._get(draft), draft)

    def test_photos_open_with_their_own_token(self):
        photo = {"name": "wall.png", "raw": base64.b64decode(SIGNATURE), "mimetype": "image/png"}
        change = self._make_change(photo_ids=[fields.Command.create(photo)], send=True)
        page = html.fromstring(self._get(change).content)
        (image,) = page.xpath("//div[@class='o_change_order_photos']//img")
        self.assertEqual(image.get("loading"), "lazy")
        self.assertIn(f"access_token={change.photo_ids.access_token}", image.get("src"))
        (link,) = page.xpath("//div[@class='o_change_order_photos']/a")
        self.assertEqual(self.url_open(link.get("href")).headers["Content-Type"], "image/png")
        # as it may have been uploaded before that was checked
        change.photo_ids.sudo().raw = b"no picture at all"
        page = html.fromstring(self._get(change).content)
        self.assertFalse(page.xpath("//div[@class='o_change_order_photos']//img"))
        (box,) = page.xpath("//div[@class='o_change_order_photos']/div")
        self.assertEqual(" ".join(box.text_content().split()), "This can't be shown as a picture: wall.png")

    def test_pdf(self):
        response = self._get(self.change, report_type="pdf", download="true")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn(self.change.name.replace("/", "_"), response.headers["Content-Disposition"].replace("-", "_"))
        self.assertGreater(len(response.content), 500)


@tagged("post_install", "-at_install")
class TestPortalPage(ChangeOrderPortalCommon):
    def _texts(self, page):
        """Texts of the page's sums, by their ids, with plain blanks."""
        root = html.fromstring(page.content)
        return {
            cell.get("id"): " ".join(cell.text_content().replace("\N{WORD JOINER}", "").split())
            for cell in root.xpath("//dd[@id]")
        }

    def test_page_shows_what_why_price_and_contract_sum(self):
        first = self._make_change(self._add(self.window, 2), title="Two windows", send=True)
        self._sign(first)  # 170.00, signed before: it counts as an earlier one
        change = self._make_change(
            self._add(self.window),
            self._reduce(self._line(self.boards), 2),
            title="Window and boards",
            description="<p>Ease the <b>window</b></p><script>alert(1)</script>",
            reason_note="It sticks",
            days_added=3,
            send=True,
        )
        page = self._get(change)
        for text in ("Window and boards", "Ease the <b>window</b>", "It sticks", "Ready 3 days later"):
            self.assertIn(text, page.text)
        self.assertNotIn("<script>alert(1)", page.text)
        # 85.00 - 70.00 = 15.00; 5 070.00 + 170.00 = 5 240.00; + 15.00 = 5 255.00; with 19 % 6 253.45
        sums = self._texts(page)
        for key, amount in {
            "amount_original": "5,070.00",
            "amount_changes_before": "170.00",
            "amount_before": "5,240.00",
            "amount_untaxed": "15.00",
            "amount_after": "5,255.00",
            "amount_after_total": "6,253.45",
        }.items():
            self.assertIn(amount, sums[key], key)
        self.assertIn("05/10/2030", sums["promised_date"])
        self.assertIn("05/13/2030", sums["promised_date"])

    def test_deduction_is_negative(self):
        change = self._make_change(self._reduce(self._line(self.boards), 2), days_added=-1, send=True)
        page = self._get(change)
        # 2 boards of 35.00: -70.00, with taxes -83.30
        self.assertRegex(page.text.replace("\N{WORD JOINER}", ""), r"-83\.30|-.{0,40}83\.30")
        self.assertIn("text-danger", page.text)
        self.assertIn("Ready 1 day earlier", page.text)

    def test_page_gives_the_fingerprint_along(self):
        page = html.fromstring(self._get(self.change).content)
        (form,) = page.xpath("//owl-component[@name='order_extension.signature_form']")
        self.assertIn(f"content_hash={self.change.content_hash}", form.get("props"))
        self.assertIn(f"access_token={self.change.access_token}", form.get("props"))

    def test_expired(self):
        self.change._as_transition().validity_date = "2020-01-31"
        page = self._get(self.change).text
        self.assertIn("This offer has expired.", page)
        self.assertNotIn('id="change_order_accept"', page)

    def test_cancelled(self):
        self.change._cancel("A private remark of the seller")
        page = self._get(self.change).text
        self.assertIn("We have taken this offer back.", page)
        self.assertNotIn("private remark", page)
        self.assertNotIn('id="change_order_accept"', page)

    def test_order_cancelled(self):
        self.order.with_context(disable_cancel_warning=True).action_cancel()
        page = self._get(self.change).text
        self.assertIn("We have taken this offer back.", page)
        self.assertNotIn('id="change_order_accept"', page)

    def test_replaced_one_does_not_give_away_the_token_of_the_newer_one(self):
        newer = self._revise(self.change)
        page = self._get(self.change).text
        self.assertNotIn(newer.name, page, "not sent yet: the customer knows nothing of it")
        self.assertIn('id="change_order_accept"', page)
        newer.action_mark_sent()
        page = self._get(self.change).text
        self.assertIn("This offer was replaced by a newer one", page)
        self.assertIn(newer.name, page)
        self.assertIn(f'href="/my/change_orders/{newer.id}"', page)
        self.assertNotIn(newer._portal_ensure_token(), page)
        self.assertNotIn('id="change_order_accept"', page)

    def test_scripts_in_texts_are_shown_as_text(self):
        script = "<script>alert('x')</script>"
        change = self._make_change(
            self._add(self.window, name=f"line {script}"), title=f"title {script}", reason_note=script, send=True
        )
        page = self._get(change).text
        self.assertNotIn("<script>alert(", page)
        self.assertIn("title &lt;script&gt;", page)
        self.assertNotIn("<script>alert(", self.url_open(self.order.get_portal_url()).text)

    def test_pages_say_their_language_and_title(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self._login(self.customer_user)
        for lang, code in (("en_US", "en-US"), ("fr_FR", "fr-FR")):
            self.opener.cookies["frontend_lang"] = lang
            for url, title in (
                (self._url(self.change), f"{self.change.name}: Stuck window"),
                (self.order.get_portal_url(), self.order.name),
            ):
                page = html.fromstring(self.url_open(url).content)
                self.assertEqual(page.get("lang"), code, url)
                self.assertEqual(page.findtext(".//title"), title)
            for url in ("/my", "/my/change_orders"):
                page = html.fromstring(self.url_open(url).content)
                self.assertEqual(page.get("lang"), code, url)
                self.assertNotEqual(page.findtext(".//title"), "Odoo")

    def test_taxes_have_a_row_for_each_rate(self):
        """85.00 at 19 %: 16.15; 2 x 50.00 less 10 % at 7 %: 6.30, though both rates are of one group of taxes."""
        plants = self._make_product("Plants", 50.0, taxes_id=[fields.Command.set(self.tax_7.ids)])
        change = self._make_change(self._add(self.window), self._add(plants, 2, discount=10), send=True)
        rows = self._read_taxes(change)
        self.assertEqual(rows, ["Taxes 19 % $ 16.15", "Taxes 7 % $ 6.30"])
        self.tax_7.invoice_label = "Reduced rate"
        self.assertEqual(self._read_taxes(change), rows, "called as they were when it was sent")
        # what was signed stays, whatever becomes of the tax
        self._sign(change)
        self.tax_7.amount = 8
        self.assertEqual(self._read_taxes(change), rows)

    def _read_taxes(self, change):
        page = html.fromstring(self._get(change).content)
        rows = page.xpath("//*[hasclass('o_change_order_tax')]")
        return [" ".join(row.text_content().split()) for row in rows]

    def test_first_visit_is_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self.env["ir.default"].set("res.partner", "lang", "en_US")
        self._assert_language(self._get(self.change), "fr_FR")
        # who has chosen another language keeps it
        self.opener.cookies.clear()
        self.opener.cookies["frontend_lang"] = "en_US"
        self._assert_language(self._get(self.change), "en_US")
