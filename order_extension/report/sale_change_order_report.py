import base64
import re

from odoo import api, models
from odoo.tools import format_amount

from ..pictures import picture_data_uri

#: What fits in a row or two without pushing the signature to another page.
MAX_PHOTOS = 6
#: Pixels. Printed at some 4 cm, so sharp enough; the photos of a phone unchanged would make the PDF megabytes each.
PHOTO_SIZE = (640, 480)
SIGNATURE_SIZE = (800, 400)


class ReportSaleChangeOrder(models.AbstractModel):
    _name = "report.order_extension.report_sale_change_order"
    _description = "Change Order Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        change_orders = self.env["sale.change.order"].browse(docids)
        change_orders.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "sale.change.order",
            # In sudo: a technician prints what he shows to the customer, but can't read the order and its taxes.
            "docs": change_orders.sudo(),
            "localize": self._localize,
            "get_stamp": self._get_stamp,
            "get_photos": self._get_photos,
            "get_signature": self._get_signature,
            "format_signed": self._format_signed,
        }

    def _localize(self, change_order):
        """Return ``change_order`` in the customer's language and at the company's time of day, whoever prints it."""
        timezone = change_order.company_id.partner_id.tz or change_order.user_id.tz or "UTC"
        return change_order.with_context(lang=change_order._get_lang(), tz=timezone, bin_size=False)

    def _get_stamp(self, change_order):
        """The word that says that a print is not, or no longer, an offer; empty when it is one or was signed."""
        _ = change_order.env._
        stamps = {
            "draft": _("DRAFT"),
            "declined": _("DECLINED"),
            "expired": _("EXPIRED"),
            "cancelled": _("CANCELLED"),
        }
        return stamps.get("expired" if change_order.is_expired else change_order.state, "")

    def _get_photos(self, change_order):
        """Return the first photos as data URIs. One that can't be read is left out: it must not prevent the print."""
        photos = change_order.photo_ids.sorted("id")[:MAX_PHOTOS]
        return [uri for photo in photos if (uri := picture_data_uri(photo.raw, PHOTO_SIZE))]

    def _format_signed(self, change_order, amount):
        """What is added or taken off, with its sign before the digits, wherever the currency stands."""
        text = format_amount(change_order.env, amount, change_order.currency_id)
        return re.sub("[0-9]", r"+\g<0>", text, count=1) if amount > 0 else text

    def _get_signature(self, change_order):
        signature = change_order.signature
        return picture_data_uri(base64.b64decode(signature), SIGNATURE_SIZE) if signature else ""
