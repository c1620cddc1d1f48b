"""The evidence of a signature as a file, for colleagues who may read the change order."""

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request


class EvidenceController(http.Controller):
    @http.route(
        "/order_extension/evidence/<int:change_order_id>.zip", type="http", auth="user", methods=["GET"], readonly=True
    )
    def download_evidence(self, change_order_id):
        change_order = self.env["sale.change.order"].browse(change_order_id)
        try:
            if not self.env.user._is_internal():
                raise request.not_found()
            change_order.check_access("read")
            archive = change_order._build_evidence_zip()
        except (AccessError, MissingError, UserError):
            raise request.not_found() from None
        return request.make_response(
            archive,
            [
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition(change_order._get_evidence_filename())),
                ("Cache-Control", "no-store"),
            ],
        )
