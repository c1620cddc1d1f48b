"""The customer's answers to what extends his order: choose, sign, decline, propose something else."""

import logging

import psycopg2

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from ..change_order_rules import MAX_TEXT_LENGTH
from .portal import NOTICE_KEY, ChangeOrderPortal

_logger = logging.getLogger(__name__)

MAX_USER_AGENT_LENGTH = 255
#: What follows the choice of options: name of the part on the page, and its template.
PARTS = {
    part: f"order_extension.portal_change_order_{template}"
    for part, template in {
        "total": "total",
        "price": "price",
        "sums": "sums",
        "contract": "contract",
        "accept": "accept_text",
    }.items()
}


class ChangeOrderAnswers(ChangeOrderPortal):
    def _find_change_order(self, change_order_id, access_token):
        """Return the change order that is answered, or None when the visitor may not see it."""
        try:
            return self._get_change_order(change_order_id, access_token or request.httprequest.args.get("access_token"))
        except (AccessError, MissingError):
            return None

    # === CHOOSE ===

    @http.route(
        "/my/change_orders/<int:change_order_id>/select",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_change_order_select(self, change_order_id, access_token=None, line_id=None, selected=None, **kwargs):
        """Take or leave an option.

        :return: dict with what the page shows of it then, or with ``error``: a sentence for the visitor
        """
        change_order = self._find_change_order(change_order_id, access_token)
        if not change_order:
            return {"error": self._get_no_access_message()}
        try:
            with self.env.cr.savepoint():
                change_order._select_option(line_id, selected is True)
        except UserError as error:
            return {"error": str(error)}
        values = {"change_order": change_order, "currency": change_order.currency_id}
        return {
            "content_hash": change_order.content_hash,
            # All of them: somebody else may have chosen meanwhile, on another device.
            "selected": change_order.line_ids.filtered("is_selected").ids,
            "parts": {part: self.env["ir.qweb"]._render(template, values) for part, template in PARTS.items()},
        }

    # === SIGN ===

    @http.route(
        "/my/change_orders/<int:change_order_id>/accept",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_change_order_accept(
        self, change_order_id, access_token=None, name=None, signature=None, content_hash=None, role=None, **kwargs
    ):
        """Sign and apply.

        :return: dict with ``force_refresh`` and ``redirect_url``, or with ``error``: a sentence for the signatory
        """
        change_order = self._find_change_order(change_order_id, access_token)
        if not change_order:
            return {"error": self._get_no_access_message()}
        try:
            # A savepoint around everything, so that an error that is answered leaves nothing behind.
            with self.env.cr.savepoint():
                change_order._sign(
                    name if isinstance(name, str) else "",
                    signature,
                    seen_hash=content_hash or request.httprequest.args.get("content_hash"),
                    evidence=self._prepare_evidence(change_order),
                    role=role if isinstance(role, str) else "",
                )
        except UserError as error:
            return {"error": str(error)}
        except psycopg2.OperationalError:
            raise  # two transactions were in each other's way: the server tries again from the beginning
        except Exception:
            _logger.exception("%s could not be applied, so it was not signed", change_order.name)
            return {
                "error": self.env._(
                    "%s could not be applied. Nothing was signed. Please contact us.", change_order.name
                )
            }
        # Its PDF and the message to those concerned follow, see models/sale_change_order_signed_pdf.py.
        return {
            "force_refresh": True,
            "redirect_url": change_order.get_portal_url(query_string="&message=signed"),
        }

    def _get_no_access_message(self):
        return self.env._("This link does not work any more. Please use the link in our last message, or contact us.")

    def _prepare_evidence(self, change_order):
        http_request = request.httprequest
        device_user_id = self._get_device_user_id(change_order)
        return {
            "signed_ip": http_request.remote_addr,
            "signed_user_agent": (http_request.user_agent.string or "")[:MAX_USER_AGENT_LENGTH],
            "signed_visitor_id": self._get_visitor_partner(change_order).id,
            "signed_channel": "device" if device_user_id else "portal",
            "signed_device_user_id": device_user_id,
            "signed_place": change_order._get_place_on_site() if device_user_id else False,
        }

    def _tell(self, post, author):
        """Post a message about what was done; that it was done does not depend on it."""
        try:
            with self.env.cr.savepoint():
                post(author)
        except psycopg2.OperationalError:
            raise
        except Exception:
            _logger.exception("No message about a change order could be posted")

    # === DECLINE ===

    @http.route(
        "/my/change_orders/<int:change_order_id>/decline",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_change_order_decline(self, change_order_id, access_token=None, decline_message=None, **kwargs):
        return self._answer_offer(
            change_order_id,
            access_token,
            lambda change_order, author: change_order._decline(author.name, decline_message),
            "_post_declined",
            "declined",
            {"decline_message": decline_message},
        )

    def _answer_offer(self, change_order_id, access_token, answer, post, message, typed):
        """Note an answer without a signature, tell the seller and show the page again.

        :param answer: function of the change order and of who answers; a UserError is said on the page
        :param str post: method that posts it
        :param str message: what the page says then
        :param dict typed: what the customer has typed, by field of the form: shown again when it is refused
        """
        change_order = self._find_change_order(change_order_id, access_token)
        if not change_order:
            return request.redirect("/my")
        author = self._get_visitor_partner(change_order)
        try:
            with self.env.cr.savepoint():
                answer(change_order, author)
        except UserError as error:
            request.session[NOTICE_KEY] = {
                "id": change_order.id,
                "text": str(error),
                "answer": message,
                "typed": {field: str(text)[:MAX_TEXT_LENGTH] for field, text in typed.items() if text},
            }
            return request.redirect(change_order.get_portal_url())
        self._tell(getattr(change_order, post), author)
        return request.redirect(change_order.get_portal_url(query_string=f"&message={message}"))

    # === PROPOSE A CHANGE ===

    @http.route(
        "/my/change_orders/<int:change_order_id>/propose",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_change_order_propose(self, change_order_id, access_token=None, proposal=None, amount=None, **kwargs):
        return self._answer_offer(
            change_order_id,
            access_token,
            lambda change_order, author: change_order._propose(author.name, proposal, amount),
            "_post_proposed",
            "proposed",
            {"proposal": proposal, "amount": amount},
        )
