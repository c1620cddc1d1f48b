"""The customer's answers to what extends his order: choose, sign, decline, propose something else."""

import logging
import time

import psycopg2

from odoo import http
from odoo.exceptions import AccessError, ConcurrencyError, MissingError, UserError
from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..change_order_rules import MAX_TEXT_LENGTH
from .portal import NOTICE_KEY, ChangeOrderPortal

_logger = logging.getLogger(__name__)

MAX_USER_AGENT_LENGTH = 255
#: Seconds for which an answer is tried again at once when others change the same order.
TURN_SECONDS = 10
#: What others can change while the page is open: name of the part on the page, and its template.
PARTS = {
    part: f"order_extension.portal_change_order_{template}"
    for part, template in {
        "total": "total",
        "price": "price",
        "days": "days",
        "sums": "sums",
        "contract": "contract",
        "accept": "accept_text",
    }.items()
}


class ChangeOrderAnswers(ChangeOrderPortal):
    def _find_change_order(self, change_order_id, access_token):
        """Return the change order that is answered, or None when the visitor may not answer it."""
        try:
            change_order = self._get_change_order(
                change_order_id, access_token or request.httprequest.args.get("access_token")
            )
        except (AccessError, MissingError):
            return None
        return change_order if self._may_answer(change_order) else None

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
        return self._prepare_shown(change_order)

    def _prepare_shown(self, change_order):
        """What the page shows now of all that others can change, to be put into it without loading it anew."""
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

        :return: dict with ``force_refresh`` and ``redirect_url``, or with ``error``: a sentence for the signatory, and
            what the page is to show now if that is something else
        """
        change_order = self._find_change_order(change_order_id, access_token)
        if not change_order:
            return {"error": self._get_no_access_message()}
        if self.env.user._is_internal():
            return {"error": self._get_colleague_message(change_order)}
        seen_hash = content_hash or request.httprequest.args.get("content_hash")
        if not seen_hash or not isinstance(seen_hash, str):
            return {"error": self._get_not_seen_message(), **self._prepare_shown(change_order)}

        def sign():
            change_order._sign(
                name if isinstance(name, str) else "",
                signature,
                seen_hash=seen_hash,
                evidence=self._prepare_evidence(change_order),
                role=role if isinstance(role, str) else "",
            )

        try:
            # Who can be refused now needn't wait for the order first.
            change_order._check_signable(seen_hash)
            self._in_turn(sign)
        except UserError as error:
            answer = {"error": str(error)}
            if change_order._has_to_be_signed():
                answer.update(self._prepare_shown(change_order))
            return answer
        except (psycopg2.OperationalError, ConcurrencyError):
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

    def _in_turn(self, answer):
        """Run ``answer``, all or nothing, and again whenever somebody else has changed the same order meanwhile.

        Odoo would begin such a request again, but up to two seconds later, then up to four, and give up after five
        times. Who has waited for the order is next.
        """
        deadline = time.monotonic() + TURN_SECONDS
        while True:
            try:
                # A savepoint around everything, so that an error that is answered leaves nothing behind.
                with self.env.cr.savepoint():
                    return answer()
            except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError):
                if time.monotonic() > deadline:
                    raise
                # Nothing was written before: what was read is read again, as it is now.
                self.env.cr.rollback()
                self.env.transaction.reset()

    def _get_colleague_message(self, change_order):
        return self.env._(
            "You are signed in as a colleague, so nothing was signed. To have %s signed here, use “Sign on this"
            " Device”: it signs you out first.",
            change_order.name,
        )

    def _get_not_seen_message(self):
        return self.env._(
            "We can't tell what you have seen of this offer, so nothing was signed. Please check what the page shows"
            " now and sign then."
        )

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

    @http.route(
        "/my/change_orders/<int:change_order_id>/signed_pdf",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_change_order_signed_pdf(self, change_order_id, access_token=None, **kwargs):
        """Ask whether the PDF of what was signed is there.

        :return: dict with the part of the page that shows it, or empty while it is being made
        """
        token = access_token or request.httprequest.args.get("access_token")
        try:
            change_order = self._get_change_order(change_order_id, token)
        except (AccessError, MissingError):
            return {}
        if change_order.signed_pdf_state == "pending":
            return {}
        template = "order_extension.portal_change_order_pdf"
        return {"part": self.env["ir.qweb"]._render(template, {"change_order": change_order})}

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
