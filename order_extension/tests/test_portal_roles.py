"""Who reads doesn't act: every route that changes something, as everybody who can reach it."""

from odoo import http
from odoo.fields import Command
from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common import SIGNATURE
from .common_portal import ChangeOrderPortalCommon

PAGE = "/my/change_orders/<int:change_order_id>"
#: Routes that show something. They take POST as well, because nobody has said otherwise.
SHOWING = {
    "/my": "home of the portal",
    "/my/home": "home of the portal",
    "/my/change_orders": "list",
    "/my/change_orders/page/<int:page>": "list",
    PAGE: "page and PDF",
    f"{PAGE}/signed_pdf": "whether the PDF of what was signed is there",
    f"{PAGE}/device": "signs a colleague out, for their own link only: tests/test_portal_device.py",
}
CUSTOMERS = {"owner", "colleague", "token"}
#: They have the right to write on the change order of the tests.
WRITERS = {"technician", "seller", "seller_all", "manager"}
#: Who may use the routes that change something, by route.
ANSWERING = {
    f"{PAGE}/accept": CUSTOMERS,
    f"{PAGE}/decline": CUSTOMERS | WRITERS,
    f"{PAGE}/propose": CUSTOMERS | WRITERS,
    f"{PAGE}/select": CUSTOMERS | WRITERS,
}


@tagged("post_install", "-at_install")
class TestPortalRoles(ChangeOrderPortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        office = cls.env["res.partner"].create({"name": "Sommer & Co", "is_company": True})
        cls.customer.parent_id = office
        colleague = new_test_user(cls.env, "roles_colleague", "base.group_portal", lang="en_US")
        colleague.partner_id.parent_id = office
        company = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)], "lang": "en_US"}
        elsewhere = cls.env["res.company"].create({"name": "Somewhere Else"})
        other_company = {"company_id": elsewhere.id, "company_ids": [Command.set(elsewhere.ids)], "lang": "en_US"}
        cls.roles = {
            "owner": cls.customer_user,
            "colleague": colleague,
            "stranger": cls.stranger_user,
            "public": None,
            "technician": cls.technician,
            "other_technician": cls.other_technician,
            "seller": cls.seller,
            "other_seller": cls.other_seller,
            "seller_all": new_test_user(
                cls.env, "roles_seller_all", "sales_team.group_sale_salesman_all_leads", **company
            ),
            "manager": cls.manager,
            "bookkeeper": cls.bookkeeper,
            "auditor": new_test_user(cls.env, "roles_auditor", "account.group_account_readonly", **company),
            "other_company": new_test_user(
                cls.env, "roles_elsewhere", "sales_team.group_sale_manager", **other_company
            ),
        }

    def _call(self, route, change, token=False):
        """Call ``route`` as its page does."""
        url = route.replace("<int:change_order_id>", str(change.id))
        params = {"access_token": change._portal_ensure_token()} if token else {}
        if route.endswith("/select"):
            self.make_jsonrpc_request(url, {**params, "line_id": change.line_ids.id, "selected": True})
        elif route.endswith("/accept"):
            params |= {"name": "Lena Sommer", "signature": SIGNATURE, "content_hash": change.content_hash}
            self.make_jsonrpc_request(url, params)
        else:
            params |= {"csrf_token": http.Request.csrf_token(self), "decline_message": "No", "proposal": "Less"}
            self.url_open(url, data=params)
        change.invalidate_recordset()
        change.line_ids.invalidate_recordset()

    def _has_answered(self, change):
        return change.state != "sent" or bool(change.counter_proposed_on) or change.line_ids.is_selected

    def _make_offer(self):
        return self._make_change(
            self._add(self.window, is_optional=True), days_added=1, title="Stuck window", send=True
        )

    def _get_routes_that_change(self):
        """Every route of these add-ons, and of add-ons to come, that can be called to change something."""
        router = self.env["ir.http"]
        rules = router._generate_routing_rules(self.env.registry._init_modules, router._get_converters())
        return {
            url
            for url, endpoint in rules
            if endpoint.__module__.startswith("odoo.addons.order_")
            and endpoint.routing.get("readonly") is not True
            and "POST" in (endpoint.routing.get("methods") or {"POST"})
        }

    def test_every_route_that_changes_something_is_known_here(self):
        self.assertEqual(self._get_routes_that_change() - SHOWING.keys(), set(ANSWERING))

    def test_who_answers(self):
        for role, user in self.roles.items():
            self.authenticate(user and user.login, user and user.login)
            for route, allowed in ANSWERING.items():
                change = self._make_offer()
                with self.subTest(role=role, route=route):
                    self._call(route, change)
                    self.assertEqual(self._has_answered(change), role in allowed)

    def test_a_link_gives_colleagues_nothing_more(self):
        """Who has the link and no account is the customer; a colleague with the link is still a colleague."""
        for role, user in self.roles.items():
            self.authenticate(user and user.login, user and user.login)
            customer = not user or not user._is_internal()
            for route, allowed in ANSWERING.items():
                change = self._make_offer()
                with self.subTest(role=role, route=route):
                    self._call(route, change, token=True)
                    self.assertEqual(self._has_answered(change), customer or role in allowed)

    @mute_logger("odoo.http")
    def test_a_link_lets_only_those_comment_who_may_write(self):
        for role, user in self.roles.items():
            self.authenticate(user and user.login, user and user.login)
            may_write = not user or not user._is_internal() or role in WRITERS
            params = {
                "thread_model": self.change._name,
                "thread_id": self.change.id,
                "post_data": {"body": f"Comment of {role}"},
                "token": self.change._portal_ensure_token(),
            }
            with self.subTest(role=role):
                try:
                    self.make_jsonrpc_request("/mail/message/post", params)
                except JsonRpcException:
                    self.assertFalse(may_write)
                written = "".join(self.change.message_ids.mapped("body"))
                self.assertEqual(f"Comment of {role}" in written, may_write)
