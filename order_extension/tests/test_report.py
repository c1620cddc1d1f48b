import base64
import io
import re
import socket

from lxml import html
from PIL import Image

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from odoo.addons.base.models import ir_actions_report

from ..pictures import picture_data_uri
from ..report.sale_change_order_report import MAX_PHOTOS
from .common import ChangeOrderCommon

REPORT = "order_extension.sale_change_order_report_action"


def picture(width=60, height=40, file_format="PNG", mode="RGB", **options):
    """Return the bytes of a plain picture."""
    content = io.BytesIO()
    Image.new(mode, (width, height)).save(content, file_format, **options)
    return content.getvalue()


def open_data_uri(uri):
    """Return the picture in a JPEG data URI."""
    prefix = "data:image/jpeg;base64,"
    assert uri.startswith(prefix), uri[:40]
    return Image.open(io.BytesIO(base64.b64decode(uri.removeprefix(prefix))))


class ReportCommon(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.customer.lang = "en_US"

    def _render(self, change_order, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.env.user)
        return html.fromstring(reports._render_qweb_html(REPORT, change_order.ids)[0].decode())

    def _read(self, page, name):
        """Return the texts of the elements called ``name``, written as one would read them."""
        return [
            re.sub(r"\s+", " ", node.text_content().replace("\N{ZERO WIDTH NO-BREAK SPACE}", "")).strip()
            for node in page.xpath("//*[@name=$name]", name=name)
        ]


@tagged("post_install", "-at_install")
class TestReport(ReportCommon):
    def test_what_is_offered_and_what_the_contract_comes_to(self):
        """85.00 on 5 070.00; 19 %: 16.15; with taxes 6 033.30 + 101.15 = 6 134.45."""
        change = self._make_change(
            send=True,
            days_added=2,
            reason_id=self.env.ref("order_extension.reason_site_condition").id,
            reason_note="It sticks at the bottom.",
        )
        page = self._render(change)

        self.assertIn(f"Change Order {change.name}", re.sub(r"\s+", " ", page.text_content()))
        self.assertEqual(self._read(page, "title"), ["Stuck window"])
        self.assertEqual(self._read(page, "reason"), ["Reason: Condition found on site. It sticks at the bottom."])
        self.assertEqual(self._read(page, "line_name"), ["Ease a stuck window"])
        self.assertEqual(self._read(page, "line_quantity"), ["1.00 Units"])
        self.assertEqual(self._read(page, "line_price"), ["85.00"])
        self.assertEqual(self._read(page, "line_subtotal"), ["$ 85.00"])
        self.assertEqual(self._read(page, "line_discount"), [], "no column of discounts without a discount")
        self.assertEqual(self._read(page, "original"), ["Original contract $ 5,070.00"])
        self.assertEqual(self._read(page, "changes_before"), ["Change orders signed before $ 0.00"])
        self.assertEqual(self._read(page, "before"), ["Contract sum before this change order $ 5,070.00"])
        self.assertEqual(self._read(page, "change"), ["This change order $ +85.00"])
        self.assertEqual(self._read(page, "rounding"), [], "no cent to explain")
        self.assertEqual(self._read(page, "after"), ["New contract sum $ 5,155.00"])
        self.assertEqual(self._read(page, "after_total"), ["New contract sum with taxes $ 6,134.45"])
        self.assertEqual(
            self._read(page, "schedule"),
            ["Days added +2 Promised until now 05/10/2030 New promised date 05/12/2030"],
        )

    def test_what_is_taken_off_is_negative(self):
        """3 of 10 boards less: -105.00; 19 %: -19.95; 5 070.00 - 105.00 = 4 965.00."""
        change = self._make_change(self._reduce(self._line(self.boards), 3), send=True)
        page = self._render(change)

        self.assertEqual(self._read(page, "line_name"), ["Taken off: Shelf board"])
        self.assertEqual(self._read(page, "line_quantity"), ["-3.00 Units"])
        self.assertEqual(self._read(page, "line_price"), ["35.00"])
        self.assertEqual(self._read(page, "line_subtotal"), ["$ -105.00"])
        self.assertIn("$ -19.95 Total $ -124.95", self._read(page, "tax_totals")[0])
        self.assertEqual(self._read(page, "after"), ["New contract sum $ 4,965.00"])
        # 6 033.30 - 124.95
        self.assertEqual(self._read(page, "after_total"), ["New contract sum with taxes $ 5,908.35"])

    def test_each_tax_has_its_total(self):
        """85.00 at 19 % is 16.15; 2 x 50.00 less 10 % is 90.00, at 7 % 6.30; together 175.00 + 22.45 = 197.45."""
        self.tax_7.tax_group_id = self.env["account.tax.group"].create({"name": "Reduced rate"})
        plants = self._make_product("Plants for the sill", 50.0, taxes_id=[Command.set(self.tax_7.ids)])
        change = self._make_change(self._add(self.window), self._add(plants, 2, discount=10), send=True)
        page = self._render(change)

        self.assertEqual(self._read(page, "line_taxes"), ["19 %", "7 %"])
        self.assertEqual(self._read(page, "line_discount"), ["", "10.00"])
        totals = self._read(page, "tax_totals")[0]
        self.assertIn("Untaxed Amount $ 175.00", totals)
        self.assertIn("on $ 85.00 $ 16.15", totals)
        self.assertIn("Reduced rate on $ 90.00 $ 6.30", totals)
        self.assertIn("Total $ 197.45", totals)

    def test_change_orders_signed_before_are_counted(self):
        """85.00 are signed: 5 070.00 + 85.00 = 5 155.00; 2 windows more: + 170.00 = 5 325.00."""
        second = self._make_change(self._add(self.window, 2), send=True)
        self._sign(self._make_change(send=True))
        page = self._render(second)

        self.assertEqual(self._read(page, "original"), ["Original contract $ 5,070.00"])
        self.assertEqual(self._read(page, "changes_before"), ["Change orders signed before $ +85.00"])
        self.assertEqual(self._read(page, "after"), ["New contract sum $ 5,325.00"])

    def test_signature_only_when_signed(self):
        change = self._make_change(send=True)
        page = self._render(change)
        self.assertEqual(self._read(page, "signature"), [])
        self.assertEqual(len(self._read(page, "signature_line")), 1, "a line to sign on paper")
        self.assertEqual(self._read(page, "stamp"), [])

        self._sign(change, evidence={"signed_channel": "portal", "signed_ip": "203.0.113.24"})
        page = self._render(change)
        self.assertEqual(self._read(page, "signature_line"), [])
        block = self._read(page, "signature")[0]
        for evidence in ("Accepted and signed", "Lena Sommer", "(UTC)", "Customer portal", "203.0.113.24"):
            self.assertIn(evidence, block)
        self.assertEqual(self._read(page, "fingerprint"), [change.signed_hash])
        (signature,) = page.xpath("//*[@name='signature']//img/@src")
        self.assertEqual(open_data_uri(signature).format, "JPEG")

    def test_time_is_the_companys_whoever_prints(self):
        change = self._sign(self._make_change(send=True))
        change._as_transition().signed_on = "2030-01-31 23:30:00"
        self.company.partner_id.tz = "Europe/Berlin"
        self.env.user.tz = "America/Los_Angeles"
        # one hour later in Berlin's winter, so the next day
        self.assertIn("02/01/2030 12:30 AM (Europe/Berlin)", self._read(self._render(change), "signature")[0])

    def test_what_is_no_offer_is_stamped(self):
        draft = self._make_change()
        page = self._render(draft)
        self.assertEqual(self._read(page, "stamp"), ["DRAFT"])
        self.assertEqual(self._read(page, "signature_line"), [], "nobody is to sign a draft")

        declined = self._make_change(send=True)
        declined._decline("Lena Sommer", "Too <b>dear</b>")
        page = self._render(declined)
        self.assertEqual(self._read(page, "stamp"), ["DECLINED"])
        self.assertIn("by Lena Sommer: Too <b>dear</b>", self._read(page, "declined")[0])
        self.assertEqual(self._read(page, "contract_sum"), [], "it does not change the contract")
        self.assertEqual(self._read(page, "signature_line"), [])

        expired = self._make_change(send=True)
        expired._as_transition().validity_date = "2020-01-01"
        page = self._render(expired)
        self.assertEqual(self._read(page, "stamp"), ["EXPIRED"])
        self.assertEqual(self._read(page, "signature_line"), [])

        replaced = self._make_change(send=True)
        self._revise(replaced, send=True)
        page = self._render(replaced)
        self.assertEqual(self._read(page, "stamp"), ["CANCELLED"])
        self.assertEqual(self._read(page, "superseded"), [f"Replaced by {replaced.name}-R2."])

    def test_days_without_lines(self):
        page = self._render(self._make_change(line_ids=[Command.clear()], days_added=-3, send=False))
        self.assertEqual(self._read(page, "lines"), [])
        self.assertEqual(
            self._read(page, "schedule"),
            ["Days added -3 Promised until now 05/10/2030 New promised date 05/07/2030"],
        )

    def test_no_promised_date(self):
        self.order.commitment_date = False
        page = self._render(self._make_change(days_added=2, validity_date=False, send=True))
        self.assertEqual(self._read(page, "schedule"), ["Days added +2"])

    def test_nothing_runs_that_somebody_typed(self):
        script = "<script>alert(1)</script>"
        change = self._make_change(
            self._add(self.window, name=script), title=script, reason_note=script, description=f"<p>{script}fine</p>"
        )
        change.action_mark_sent()
        self._sign(change, name=f"Lena {script}")
        page = self._render(change)
        self.assertEqual(page.xpath("//script[contains(text(), 'alert')]"), [])
        self.assertEqual(self._read(page, "title"), [script])
        self.assertEqual(self._read(page, "line_name"), [script])
        self.assertIn("fine", self._read(page, "description")[0])

    def test_in_the_customers_language_whoever_prints(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        page = self._render(self._make_change(days_added=2, send=True), user=self.technician)
        self.assertEqual(self._read(page, "line_price"), ["85,00"])
        self.assertIn("12.05.2030", self._read(page, "schedule")[0])

    def test_only_who_may_read_it_prints_it(self):
        change = self._make_change()
        for user in (self.technician, self.seller, self.bookkeeper):
            self.assertEqual(self._read(self._render(change, user), "line_subtotal"), ["$ 85.00"], user.login)
        for user in (self.other_technician, self.other_seller, self.customer_user):
            with self.assertRaises(AccessError, msg=user.login):
                self._render(change, user)
        change.action_mark_sent()
        self._render(change, self.customer_user)
        with self.assertRaises(AccessError):
            self._render(change, self.stranger_user)

    def test_real_pdf(self):
        # others make PDFs without text, header and footer
        if not ir_actions_report._wkhtml().is_patched_qt:
            self.skipTest("no wkhtmltopdf with patched Qt on the PATH")
        change = self._make_change(is_consumer=False, days_added=2, validity_date="2030-05-01", send=True)
        for lang, title in (("en_US", "Place, date"), ("fr_FR", "Lieu, date"), ("de_DE", "Ort, Datum")):
            self.env["res.lang"]._activate_lang(lang)
            self.customer.lang = lang
            (page,) = self._print(change)
            self.assertIn(title, page, "one line, to be signed on paper, is one sheet in every language")
        self.customer.lang = "en_US"
        change = self._sign(self._make_change(is_consumer=False, send=True))
        pages = self._print(change, title=f"{change.name}: Stuck window")
        self.assertEqual(len(pages), 1, "a normal change order is one sheet")
        for expected in (change.name, "Ease a stuck window", "5,155.00", "Accepted and signed", change.signed_hash):
            self.assertIn(expected, pages[0])
        # sums and signature are on one sheet, also where they don't fit on the first
        lines = [self._add(self.window, name=f"Window number {number}") for number in range(12)]
        first, second = self._print(self._sign(self._make_change(*lines, is_consumer=False, send=True)))
        self.assertIn("Window number 5", first)
        for text in ("New contract sum", "Accepted and signed"):
            self.assertNotIn(text, first)
            self.assertIn(text, second)
        # a consumer gets the notice on his right of withdrawal on a sheet of its own
        first, second = self._print(self._sign(self._make_change(title="Another", send=True)))
        self.assertIn("Accepted and signed", first)
        self.assertNotIn("within 14 days", first)
        self.assertIn("withdrawal", second)

    def test_every_pdf_of_ours_needs_no_server(self):
        """Reports of add-ons to come, too: one that asks the server hangs it when all its workers make PDFs."""
        reports = self.env["ir.actions.report"].search([("report_type", "=", "qweb-pdf")])
        ours = reports.filtered(lambda report: (report.get_external_id()[report.id] or "").startswith("order_"))
        self.assertIn(self.env.ref(REPORT), ours)
        self.assertFalse(ours.filtered(lambda report: not report.is_self_contained).mapped("report_name"))

    def test_page_for_the_pdf_refers_to_nothing(self):
        """Pictures that somebody has pasted are put in, if a stranger may see them; everything else is left out."""
        shown = self._attach(picture())
        shown.public = True
        secret = self._attach(picture())
        with_token = self._attach(picture())
        sources = (
            f"/web/image/{shown.id}",
            f"/web/image/{with_token.id}-abc/name.png?access_token={with_token.generate_access_token()[0]}",
            f"/web/image/{secret.id}",
            "/web/static/img/logo.png",
            "/web/static/../../../secret.png",
            "http://elsewhere.example.com/picture.png",
        )
        page = "".join(f'<img src="{source}">' for source in sources)
        page += '<p style="background: url(&quot;/web/static/img/logo.png&quot;)">'
        reports = self.env["ir.actions.report"].sudo()
        page = reports.with_user(SUPERUSER_ID)._make_self_contained(page)
        starts = [source[:21] for source in re.findall('src="([^"]*)"', page)]
        here = "data:image/png;base64"
        self.assertEqual(starts, [here, here, "", here, "", ""])
        self.assertIn("url(&quot;data:image/png;base64,", page)

    def _print(self, change, title=None):
        """Return the text of each page of the PDF, of which ``title`` is the title if given."""
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        # a server that would take each request and answer none
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0)
            self.env["ir.config_parameter"].set_param("report.url", f"http://127.0.0.1:{server.getsockname()[1]}")
            content, file_type = reports._render_qweb_pdf(REPORT, change.ids)
            with self.assertRaises(BlockingIOError, msg="the PDF program has asked the server"):
                server.accept()
        self.assertEqual(file_type, "pdf")
        reader = PdfReader(io.BytesIO(content))
        if title:
            self.assertEqual(reader.trailer["/Info"]["/Title"], title)
        return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]

    def _attach(self, content, name="photo.png", mimetype="image/png"):
        return self.env["ir.attachment"].create(
            {"name": name, "raw": content, "mimetype": mimetype, "res_model": "sale.change.order", "res_id": False}
        )

    def _photos(self, page):
        return [open_data_uri(uri) for uri in page.xpath("//img[@alt='Photo']/@src")]

    def test_photos_are_embedded_small(self):
        change = self._make_change(photo_ids=[Command.link(self._attach(picture(3000, 2000)).id)])
        (photo,) = self._photos(self._render(change))
        self.assertEqual(photo.size, (640, 427))

    def test_not_more_photos_than_fit(self):
        photos = [self._attach(picture(), name=f"{index}.png") for index in range(MAX_PHOTOS + 2)]
        change = self._make_change(photo_ids=[Command.link(photo.id) for photo in photos])
        self.assertEqual(len(self._photos(self._render(change))), MAX_PHOTOS)

    def test_a_broken_photo_is_left_out(self):
        photos = self._attach(picture()) | self._attach(picture(), name="broken.png")
        change = self._make_change(photo_ids=[Command.link(photo.id) for photo in photos])
        photos[1].raw = b"\x89PNG\r\n\x1a\nbroken"
        self.assertEqual(len(self._photos(self._render(change))), 1)

    def test_picture_data_uri(self):
        # held upright, as phones write it: turned by 90 degrees in the tags only
        exif = Image.Exif()
        exif[0x0112] = 6
        turned = picture(400, 200, "JPEG", exif=exif)
        self.assertEqual(open_data_uri(picture_data_uri(turned, (640, 480))).size, (200, 400))
        # transparent means the paper, not black
        clear = open_data_uri(picture_data_uri(picture(mode="RGBA"), (640, 480)))
        self.assertEqual(clear.getpixel((0, 0)), (255, 255, 255))
        self.assertEqual(picture_data_uri(b"", (640, 480)), "")
        self.assertEqual(picture_data_uri(b"<svg/>", (640, 480)), "")
        self.assertEqual(picture_data_uri(picture(8000, 7000, "PNG", mode="1"), (640, 480)), "", "too large to unfold")


@tagged("post_install", "-at_install")
class TestMailTemplate(ReportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref("order_extension.mail_template_change_order")

    def _generate(self, change, user=None):
        fields = ("subject", "body_html", "email_from", "partner_to", "attachment_ids", "report_template_ids")
        return self.template.with_user(user or self.seller)._generate_template(change.ids, fields)[change.id]

    def test_says_what_it_costs_and_what_to_do(self):
        change = self._make_change(days_added=2, validity_date="2030-05-01", send=True)
        mail = self._generate(change)
        body = re.sub(r"\s+", " ", html.fromstring(mail["body_html"]).text_content().replace("\N{NO-BREAK SPACE}", " "))
        self.assertEqual(mail["subject"], f"{change.name}: your confirmation is needed")
        # 85.00 and 19 %
        self.assertIn("Price with taxes: $ 101.15", body)
        self.assertIn("Days added: 2", body)
        self.assertIn("new promised date: 05/12/2030", body)
        self.assertIn("until 05/01/2030", body)
        self.assertEqual(mail["partner_ids"], self.customer.ids)
        self.assertEqual(len(mail["attachments"]), 1)
        self.assertIn(change._get_report_base_filename(), mail["attachments"][0][0])

    def test_without_days_and_validity(self):
        self.order.commitment_date = False
        for days in (0, 2):
            body = self._generate(self._make_change(days_added=days, validity_date=False, send=True))["body_html"]
            self.assertNotIn("until", body)
            self.assertNotIn("new promised date", body)

    def test_in_each_language_for_each_sender(self):
        change = self._make_change(days_added=2, title="<script>alert(1)</script>", send=True)
        for lang, price in (("en_US", "101.15"), ("fr_FR", "101,15"), ("de_DE", "101,15")):
            self.env["res.lang"]._activate_lang(lang)
            self.customer.lang = lang
            for user in (self.seller, self.technician, self.manager):
                with self.subTest(lang=lang, user=user.login):
                    mail = self._generate(change, user)
                    self.assertIn(price, mail["body_html"])
                    self.assertNotIn("<script>", mail["body_html"])
                    self.assertEqual(len(mail["attachments"]), 1)

    def test_sending_offers_it(self):
        change = self._make_change(user=self.technician)
        action = change.with_user(self.technician).action_send()
        composer = self.env[action["res_model"]].with_user(self.technician).with_context(**action["context"]).create({})
        self.assertEqual(composer.partner_ids, self.customer)
        composer.action_send_mail()
        self.assertEqual(change.state, "sent")
        self.assertEqual(change.sent_by_id, self.technician)
        message = change.message_ids.filtered(lambda message: message.attachment_ids)
        self.assertEqual(message.partner_ids, self.customer)
        self.assertIn(change.name, message.subject)
