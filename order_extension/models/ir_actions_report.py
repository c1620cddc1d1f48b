"""PDFs that need no server.

The PDF program fetches styles, fonts and pictures of a page from the server that has made the page. When all its
workers are making PDFs, nobody is left to answer, and all of them wait until the program gives up.
"""

import io
import logging
import posixpath
import re
from base64 import b64decode
from urllib.parse import parse_qs, unquote, urlsplit

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import AccessError, MissingError
from odoo.tools.mimetypes import guess_mimetype

from .. import self_contained

_logger = logging.getLogger(__name__)

#: /web/image/12, /web/image/12-abc/name.png, /web/image/res.partner/12/avatar_128
_PICTURE = re.compile(r"/web/(?:image|content)/(?:(?P<model>[a-z._]+)/(?P<res_id>\d+)/(?P<field>\w+)|(?P<id>\d+))")
_FONT_TYPES = {".woff": "font/woff", ".ttf": "font/ttf", ".otf": "font/otf"}


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    is_self_contained = fields.Boolean(
        "Needs No Server",
        help="All that the PDF shows is handed over with it, so that it can be made while the server is busy.",
    )

    @api.model
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        if report_ref and self._get_report(report_ref).is_self_contained:
            bodies = [self._make_self_contained(body) for body in bodies]
            header = header and self._make_self_contained(header)
            footer = footer and self._make_self_contained(footer)
        return super()._run_wkhtmltopdf(
            bodies,
            report_ref=report_ref,
            header=header,
            footer=footer,
            landscape=landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Of what is signed there is one PDF: it is printed, not made anew."""
        report = self._get_report(report_ref)
        if not res_ids or report.report_name != "order_extension.report_sale_change_order":
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        change_orders = self.env["sale.change.order"].browse(res_ids)
        change_orders.check_access("read")
        # In sudo: whoever may read the change order may read its PDF.
        filed = change_orders.sudo().filtered("signed_pdf_id")
        others = [res_id for res_id in res_ids if res_id not in filed._ids]
        made = super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=others) if others else {}
        for change_order in filed:
            made[change_order.id] = {"stream": io.BytesIO(change_order.signed_pdf_id.raw), "attachment": None}
        # in the order in which they are printed; what could not be told apart comes last
        return {key: made[key] for key in [*dict.fromkeys(res_ids), False] if key in made}

    def _make_self_contained(self, page):
        return self_contained.embed(str(page), self._read_for_pdf, self._read_css_for_pdf)

    def _read_css_for_pdf(self, url, icons):
        if self._get_local_path(url).startswith("/web/assets/"):
            # its name changes with its content
            return self._get_css_bundle_for_pdf(self._get_local_path(url), icons)
        found = self._read_for_pdf(url)
        return found and self_contained.embed_css(found[1].decode(), self._read_for_pdf, icons)

    @api.model
    @tools.ormcache("path", "icons", cache="assets")
    def _get_css_bundle_for_pdf(self, path, icons):
        return self_contained.embed_css(self._read_asset(path).decode(), self._read_static_for_pdf, icons)

    def _get_local_path(self, url):
        """Return the path of ``url`` on this server, or an empty string."""
        for base in {self._get_report_url(), self.get_base_url()}:
            url = url.removeprefix(base)
        parts = urlsplit(url)
        if parts.scheme or parts.netloc or not parts.path.startswith("/"):
            return ""
        return posixpath.normpath(unquote(parts.path))

    def _read_for_pdf(self, url):
        """Return MIME type and content of what ``url`` stands for on this server, or None."""
        path = self._get_local_path(url)
        if path.startswith("/web/assets/"):
            return "text/plain", self._read_asset(path)
        found = self._read_picture(path, parse_qs(urlsplit(url).query)) or self._read_static_for_pdf(url)
        if not found:
            _logger.info("Left out of a PDF: %s", url[:200])
        return found

    def _read_static_for_pdf(self, url):
        path = self._get_local_path(url).lstrip("/")
        if path.split("/")[1:2] != ["static"]:
            return None
        try:
            with tools.file_open(path, "rb") as stream:
                content = stream.read()
        except (OSError, ValueError):
            return None
        return _FONT_TYPES.get(posixpath.splitext(path)[1]) or guess_mimetype(content), content

    def _read_asset(self, path):
        """Return a bundle of styles or scripts, which is compiled if it isn't yet, as the server would."""
        # In sudo: everybody may fetch it.
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search([("url", "=", path), ("public", "=", True), ("create_uid", "=", SUPERUSER_ID)], limit=1)
        )
        if not attachment:
            name, rtl, kind, autoprefix = self.env["ir.asset"]._parse_bundle_name(posixpath.basename(path), False)
            bundle = self.env["ir.qweb"]._get_asset_bundle(
                name, css=kind == "css", js=kind == "js", rtl=rtl, autoprefix=autoprefix
            )
            attachment = bundle.css() if kind == "css" else bundle.js()
        return attachment.sudo().raw or b""

    def _read_picture(self, path, arguments):
        """Return a picture that the user may see, as its address would show it."""
        match = _PICTURE.match(path)
        if not match:
            return None
        # Jobs may see everything, and whoever writes the page must not: what it shows is what a stranger may see.
        user = self.env.ref("base.public_user") if self.env.uid == SUPERUSER_ID else self.env.user
        binary = self.env["ir.binary"].with_user(user)
        field = match["field"] or "raw"
        token = arguments.get("access_token", [None])[0]
        try:
            record = binary._find_record(
                res_model=match["model"] or "ir.attachment",
                res_id=int(match["res_id"] or match["id"]),
                access_token=token,
                field=field,
            )
            content = (
                record.raw if record._name == "ir.attachment" else b64decode(record.with_context(bin_size=False)[field])
            )
        except (AccessError, MissingError, KeyError, TypeError, ValueError):
            return None  # neither shown nor told: a page may name what there is not
        return (guess_mimetype(content), content) if content else None
