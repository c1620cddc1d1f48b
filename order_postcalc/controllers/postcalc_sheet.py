"""The post-calculation sheet of an order as a spreadsheet."""

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from ..report.order_postcalc_sheet_xlsx import write_sheet
from ..xlsx import CONTENT_TYPE


class PostcalcSheet(http.Controller):
    @http.route("/order_postcalc/sheet/<int:order_id>.xlsx", type="http", auth="user", methods=["GET"], readonly=True)
    def sheet_xlsx(self, order_id, closing_id=None):
        if not request.env["order.postcalc.report"]._can_export():
            raise request.not_found()
        closing_id = int(closing_id) if closing_id and closing_id.isdecimal() else None
        sheet = self._get_sheet(order_id, closing_id)
        book = write_sheet(request.env, sheet)
        name = f"{request.env._('Post-Calculation')} {sheet['header']['order']}.xlsx".replace("/", "-")
        return request.make_response(
            book.stream(),
            headers=[
                ("Content-Type", CONTENT_TYPE),
                ("Content-Disposition", content_disposition(name)),
                ("Content-Length", str(book.size)),
            ],
        )

    def _get_sheet(self, order_id, closing_id):
        """Return the sheet of this order.

        :raise NotFound: if there is no such order or the user may not see what it has cost. Both in the same words, as
            the number of an order that exists is nobody's to find out.
        """
        order = request.env["sale.order"].browse(order_id).exists()
        if not order:
            raise request.not_found()
        try:
            return order.get_postcalc_sheet(closing_id)
        except AccessError as error:
            raise request.not_found() from error
