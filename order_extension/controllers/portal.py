"""The customer's side: see what extends the order, with a login or with the link alone. See also portal_answers."""

from odoo import SUPERUSER_ID, fields, http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import misc

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.sale_change_order_signing import HANDOVER_SCOPE
from ..models.sale_change_order_visitor import THIRD_PARTY

#: Session key: which change order this device was handed over for, and by whom.
DEVICE_KEY = "change_order_device"
#: Session key: why an answer was refused and what was typed, which the next view of the page shows once.
NOTICE_KEY = "change_order_notice"
HISTORY_KEY = "my_change_orders_history"
REPORT = "order_extension.sale_change_order_report_action"


class ChangeOrderPortal(CustomerPortal):
    # === HOME ===

    @http.route()
    def home(self, **kwargs):
        response = super().home(**kwargs)
        if response.is_qweb:
            response.qcontext.update(self._prepare_home_portal_values(["change_order_to_sign_count"]))
        return response

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        domains = {
            "change_order_count": self._get_change_orders_domain,
            "change_order_to_sign_count": lambda: self._get_change_orders_domain() & self._get_to_sign_domain(),
        }
        ChangeOrder = self.env["sale.change.order"]
        for counter in domains.keys() & set(counters):
            values[counter] = ChangeOrder.search_count(domains[counter]()) if ChangeOrder.has_access("read") else 0
        return values

    # === LIST ===

    def _get_change_orders_domain(self):
        """The visitor's own, once offered: also for somebody who may read more than a customer may."""
        partner = self.env.user.partner_id
        own = Domain("partner_id", "child_of", partner.commercial_partner_id.ids)
        to_be_signed_by_him = Domain("signer_partner_id", "=", partner.id)
        return (own | to_be_signed_by_him) & Domain("sent_on", "!=", False)

    def _get_to_sign_domain(self):
        today = fields.Date.context_today(self.env.user)
        return Domain("state", "=", "sent") & (
            Domain("validity_date", "=", False) | Domain("validity_date", ">=", today)
        )

    def _get_change_order_sortings(self):
        return {
            "date": {"label": self.env._("Newest"), "order": "sent_on desc, id desc"},
            "number": {"label": self.env._("Number"), "order": "name, id"},
            "amount": {"label": self.env._("Amount"), "order": "amount_total desc, id desc"},
            "state": {"label": self.env._("Status"), "order": "state, sent_on desc, id desc"},
        }

    def _get_change_order_filters(self):
        to_sign = self._get_to_sign_domain()
        signed = Domain("state", "=", "signed")
        return {
            "all": {"label": self.env._("All"), "domain": Domain.TRUE},
            "waiting": {"label": self.env._("Waiting for your signature"), "domain": to_sign},
            "signed": {"label": self.env._("Signed"), "domain": signed},
            "closed": {"label": self.env._("Declined, expired or withdrawn"), "domain": ~(to_sign | signed)},
        }

    # Not readonly: the links in the list need tokens, which are made on first use.
    @http.route(
        ["/my/change_orders", "/my/change_orders/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        sitemap=False,
    )
    def portal_my_change_orders(self, page=1, sortby=None, filterby=None, **kwargs):
        sortings, filters = self._get_change_order_sortings(), self._get_change_order_filters()
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        domain = self._get_change_orders_domain() & filters[filterby]["domain"]
        ChangeOrder = self.env["sale.change.order"]
        readable = ChangeOrder.has_access("read")
        pager = portal_pager(
            url="/my/change_orders",
            total=ChangeOrder.search_count(domain) if readable else 0,
            page=page,
            step=self._items_per_page,
            url_args={"sortby": sortby, "filterby": filterby},
        )
        change_orders = ChangeOrder
        if readable:
            change_orders = ChangeOrder.search(
                domain, order=sortings[sortby]["order"], limit=self._items_per_page, offset=pager["offset"]
            )
        request.session[HISTORY_KEY] = change_orders.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            # In sudo as in all of the portal: what may be seen was searched with the visitor's rights.
            "change_orders": change_orders.sudo(),
            "page_name": "change_order",
            "default_url": "/my/change_orders",
            "pager": pager,
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "searchbar_filters": filters,
            "filterby": filterby,
        }
        return request.render("order_extension.portal_my_change_orders", values)

    # === ACCESS ===

    def _get_change_order(self, change_order_id, access_token=None):
        """Return the change order in sudo, in its company and with its seller's clock, if the visitor may see it.

        What was never sent is for colleagues only, whatever token comes with it.

        :raise AccessError, MissingError: if the visitor may not
        """
        if not isinstance(access_token, str) or not access_token.isascii():
            access_token = None  # can't be ours, and can't be compared either
        change_order_sudo = self.env["sale.change.order"].browse(change_order_id).with_user(SUPERUSER_ID).exists()
        as_third_party = bool(change_order_sudo) and change_order_sudo._is_signer_token(access_token)
        if not as_third_party:
            change_order_sudo = self._document_check_access(
                "sale.change.order", change_order_id, access_token=access_token
            )
            as_third_party = self.env["sale.change.order"].browse(change_order_id)._is_third_party_visitor()
        if as_third_party:
            request.update_context(**{THIRD_PARTY: True})
            change_order_sudo = change_order_sudo._for_third_party()
        if not change_order_sudo.sent_on and not self._may_preview(change_order_id):
            raise AccessError(self.env._("This offer was not sent yet."))
        timezone = self.env.user.tz or change_order_sudo.user_id.tz or "UTC"
        return change_order_sudo.with_company(change_order_sudo.company_id).with_context(tz=timezone)

    def _may_preview(self, change_order_id):
        change_order = self.env["sale.change.order"].browse(change_order_id)
        return self.env.user._is_internal() and change_order.has_access("read")

    def _may_answer(self, change_order):
        """Whether the visitor may do more here than look: a colleague who only reads may not, whatever the link."""
        return change_order._may_be_answered_by(self.env.user)

    def _get_visitor_partner(self, change_order):
        """Who acts on the page: whoever is logged in, otherwise the one who was sent the link."""
        user = self.env.user
        if not user._is_public():
            return user.partner_id
        is_customer = change_order._has_third_party_signer() and change_order._sees_contract()
        return change_order.partner_id if is_customer else change_order._get_signer()

    def _get_device_user_id(self, change_order):
        """Id of the colleague on whose device the customer acts, if it is not his own."""
        device = request.session.get(DEVICE_KEY) or {}
        if self.env.user._is_public() and device.get("id") == change_order.id:
            return device["user_id"]
        return False

    # === PAGE ===

    @http.route("/my/change_orders/<int:change_order_id>", type="http", auth="public", website=True, sitemap=False)
    def portal_change_order_page(
        self, change_order_id, access_token=None, report_type=None, download=False, message=None, **kwargs
    ):
        try:
            change_order = self._get_change_order(change_order_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if report_type == "pdf" and change_order.signed_pdf_state:
            return self._show_signed_pdf(change_order, download)
        if report_type in ("html", "pdf", "text"):
            return self._show_report(model=change_order, report_type=report_type, report_ref=REPORT, download=download)
        if localized := self._get_localized_url(change_order):
            return request.redirect(localized)
        values = self._prepare_change_order_values(change_order, message)
        # With a login alone, too, the messages and links of the page work by the token.
        values = self._get_page_view_values(
            change_order, change_order._portal_ensure_token(), values, HISTORY_KEY, False, **kwargs
        )
        return request.render("order_extension.portal_change_order_page", values)

    def _show_signed_pdf(self, change_order, download):
        """The one PDF of what was signed; until it is there, the page says that it is coming."""
        pdf = change_order.signed_pdf_id.raw
        if not pdf:
            return request.redirect(change_order.get_portal_url())
        return request.make_response(pdf, list(self._get_http_headers(change_order, "pdf", pdf, download).items()))

    def _get_localized_url(self, change_order):
        """URL of this page in the customer's language, for whoever opens his link for the first time."""
        lang = change_order._get_lang()
        if (
            not self.env.user._is_public()
            or request.cookies.get("frontend_lang")
            or lang == request.lang.code
            or lang not in self.env["res.lang"]._get_frontend()
        ):
            return False
        return self.env["ir.http"]._url_for(request.httprequest.full_path, lang)

    def _prepare_change_order_values(self, change_order, message=None):
        preview = not change_order.sent_on
        can_sign = not preview and change_order._has_to_be_signed()
        may_answer = can_sign and self._may_answer(change_order)
        notice = request.session.pop(NOTICE_KEY, None) or {}
        if notice.get("id") != change_order.id:
            notice = {}
        replacement = change_order.superseded_by_id
        return {
            "change_order": change_order,
            "page_name": "change_order",
            "res_company": change_order.company_id,
            "report_type": "html",
            "is_preview": preview,
            "is_colleague": self.env.user._is_internal(),
            "can_sign": can_sign,
            "may_answer": may_answer,
            "may_sign": may_answer and not self.env.user._is_internal(),
            "can_select": may_answer and change_order.has_options,
            "select_url": change_order.get_portal_url(suffix="/select"),
            # What is shown goes along with the signature, so that nothing else can be signed by it.
            "accept_url": can_sign
            and change_order.get_portal_url(
                suffix="/accept", query_string=f"&content_hash={change_order.content_hash}"
            ),
            "signer_name": self._get_visitor_partner(change_order).name
            if not self.env.user._is_internal()
            else change_order._get_signer().name,
            "replacement": replacement if replacement.sent_on else replacement.browse(),
            "message": message,
            "notice": notice.get("text"),
            "refused_answer": notice.get("answer"),
            "typed": notice.get("typed") or {},
            "backend_url": f"/odoo/action-order_extension.sale_change_order_action/{change_order.id}",
            "is_handed_over": self.env.user._is_public() and bool(self._get_device_user_id(change_order)),
        }

    # === ON A COLLEAGUE'S DEVICE ===

    @http.route("/my/change_orders/<int:change_order_id>/device", type="http", auth="user", website=True, sitemap=False)
    def portal_change_order_device(self, change_order_id, handover=None, **kwargs):
        """Sign the colleague out and open the signing page, so that the customer holds a device without his session."""
        uid = self.env.uid
        change_order = self.env["sale.change.order"].browse(change_order_id)
        if not self._is_handover(handover, change_order_id, uid):
            return request.redirect("/my")
        try:
            change_order.check_access("write")
        except (AccessError, MissingError):
            return request.redirect("/my")
        change_order_sudo = change_order.with_user(SUPERUSER_ID).exists()
        if not change_order_sudo.sent_on:
            return request.redirect("/my")
        url, lang = change_order_sudo._for_third_party().get_portal_url(), change_order_sudo._get_lang()
        request.session.logout(keep_db=True)
        request.session[DEVICE_KEY] = {"id": change_order_id, "user_id": uid}
        response = request.redirect(url)
        # The customer reads his own language on a device that is set to another one.
        response.set_cookie("frontend_lang", lang)
        # Pages of the colleague must not come back by the browser's back button.
        response.headers["Cache-Control"] = "no-store"
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def _is_handover(self, payload, change_order_id, uid):
        """Whether ``payload`` was made for this change order and this user by "Sign on this device", not long ago."""
        try:
            values = misc.verify_hash_signed(self.env(su=True), HANDOVER_SCOPE, payload or "")
        except ValueError:  # not even a payload
            return False
        return values == [change_order_id, uid]
