"""The facts of a screen as a file."""

import json

from werkzeug.exceptions import InternalServerError

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import content_disposition, request, serialize_exception

from ..xlsx import CONTENT_TYPE


class FactsXlsx(http.Controller):
    @http.route("/order_postcalc/facts.xlsx", type="http", auth="user", methods=["GET", "POST"], readonly=True)
    def facts_xlsx(self, domain="[]", company_ids="", **_kwargs):
        """Send the facts in ``domain`` that the user may see.

        :param str domain: JSON
        :param str company_ids: ids of the companies that are switched on, by commas; by default the user's own
        """
        try:
            return self._send(domain, company_ids)
        except (UserError, ValueError, KeyError) as error:
            # The way in which the web client reads what went wrong with a download.
            payload = {"code": 200, "message": "Odoo Server Error", "data": serialize_exception(error)}
            raise InternalServerError(json.dumps(payload)) from error

    def _send(self, domain, company_ids):
        model = request.env["order.postcalc.report"]
        if company_ids:
            model = model.with_context(allowed_company_ids=[int(number) for number in company_ids.split(",")])
        book = model._make_workbook(self._read_domain(model, domain))
        name = request.env._("Post-calculation %s.xlsx", fields.Date.context_today(model))
        headers = [
            ("Content-Type", CONTENT_TYPE),
            ("Content-Disposition", content_disposition(name)),
            ("Content-Length", str(book.size)),
        ]
        return request.make_response(book.stream(), headers)

    def _read_domain(self, model, text):
        """Return the domain that the browser has sent.

        :raise UserError: if it is none, or asks for what the facts don't have
        """
        try:
            terms = json.loads(text)
            if not isinstance(terms, list):
                raise TypeError(text)
            domain = Domain(terms)
            domain.validate(model)
        except (TypeError, ValueError) as error:
            raise UserError(
                request.env._("The filter of this screen can't be read: %s. Remove it and try again.", error)
            ) from error
        return domain
