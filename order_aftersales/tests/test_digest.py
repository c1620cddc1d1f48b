from freezegun import freeze_time

from odoo.tests import tagged

from ..models import sale_order_digest
from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestDigest(AftersalesCommon):
    def _get_messages(self, user):
        domain = [("partner_ids", "in", user.partner_id.ids), ("message_type", "=", "user_notification")]
        return self.env["mail.message"].sudo().search(domain)

    def _send_digests(self, moment):
        self.env.flush_all()
        cron = self.env.ref("order_aftersales.ir_cron_order_digest").with_user(self.env.ref("base.user_root"))
        with freeze_time(moment), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _make_idle_order(self, company):
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": company.id, "user_id": self.seller.id}
        )
        order._as_transition().write({"stage_owner_id": self.seller.id})
        return order

    def test_one_for_all_companies(self):
        """Whoever works in two companies gets one message with the late orders of both, and of no third one."""
        other, closed = self.env["res.company"].create([{"name": "Metalworks"}, {"name": "Glassworks"}])
        self._switch_on(other | closed)
        self.seller.company_ids |= other
        with self._at("2026-05-11 08:00:00"):
            mine, theirs, unseen = (self._make_idle_order(company) for company in (self.company, other, closed))
        before = self._get_messages(self.seller)
        self._send_digests("2026-05-20 06:00:00")
        message = self._get_messages(self.seller) - before
        self.assertEqual(len(message), 1)
        self.assertIn(mine.name, message.body)
        self.assertIn(theirs.name, message.body)
        self.assertIn("Metalworks", message.body)
        self.assertNotIn("Glassworks", message.body)
        self.assertIn("Take them up", message.body)
        self.assertEqual(unseen.attention, "unattended")

    def test_one_order(self):
        """One order is told of in the singular."""
        with self._at("2026-05-11 08:00:00"):
            self._make_idle_order(self.company)
        before = self._get_messages(self.seller)
        self._send_digests("2026-05-20 06:00:00")
        message = self._get_messages(self.seller) - before
        self.assertEqual(message.subject, "One order needs you")
        self.assertIn("Take it up", message.body)

    def test_head_of_a_shared_stage(self):
        """The map is shared, its departments are of one company: their heads don't see the other's orders, and that
        keeps nobody's digest from being sent. Theirs go to whom the other company has named."""
        self._stage("generation").department_id = self.sales_department
        other = self.env["res.company"].create({"name": "Metalworks"})
        self._switch_on(other)
        boss = self._make_user("metal_boss", "sales_team.group_sale_manager", other)
        other.attention_user_id = boss
        with self._at("2026-05-11 08:00:00"):
            mine, theirs = (self._make_idle_order(company) for company in (self.company, other))
            (mine | theirs)._as_transition().stage_owner_id = False
        people = (self.manager, boss)
        before = [self._get_messages(user) for user in people]
        self._send_digests("2026-05-20 06:00:00")
        of_manager, of_boss = (self._get_messages(user) - old for user, old in zip(people, before, strict=True))
        self.assertIn(mine.name, of_manager.body)
        self.assertNotIn("Metalworks", of_manager.body)
        self.assertIn(theirs.name, of_boss.body)

    def test_last_resort_of_another_company(self):
        """Whoever was named and does not work there can't see the orders: one of those who keep the map is told."""
        other = self.env["res.company"].create({"name": "Metalworks"})
        self._switch_on(other)
        other.attention_user_id = self.planner
        told = other._get_last_resort()
        self.assertIn(other, told.company_ids)
        self.assertTrue(told.has_group("order_aftersales.group_manager"))
        self.planner.company_ids |= other
        self.assertEqual(other._get_last_resort(), self.planner)

    def test_whose_orders(self):
        """The head of a department gets what nobody looks after in its stages, and what is his own; the last
        resort what nobody looks after at all. Late orders with somebody who looks after them are that one's."""
        self._stage("generation").department_id = self.sales_department
        self.company.attention_user_id = self.planner
        with self._at("2026-05-11 08:00:00"):
            nobodys, late, own, elsewhere = (self._make_idle_order(self.company) for _number in range(4))
        self._stage("costing").department_id = False
        elsewhere.order_line = [(0, 0, {"product_id": self.window.id})]
        self.env.flush_all()
        (nobodys | elsewhere)._as_transition().stage_owner_id = False
        own._as_transition().stage_owner_id = self.manager
        (late | own)._as_transition().write(
            {"stage_deadline": "2026-05-12 08:00:00", "next_step_on": "2026-07-01 08:00:00"}
        )
        elsewhere._as_transition().stage_entered_on = "2026-05-11 08:00:00"
        people = (self.manager, self.planner, self.seller)
        before = [self._get_messages(user) for user in people]
        self._send_digests("2026-05-20 06:00:00")
        orders = nobodys | late | own | elsewhere
        for user, old, theirs in zip(people, before, (nobodys | own, nobodys | elsewhere, late), strict=True):
            message = self._get_messages(user) - old
            with self.subTest(user.login):
                self.assertEqual(orders.filtered(lambda order, body=message.body: order.name in body), theirs)

    def test_nobody_gets_what_he_can_not_see(self):
        """The head sees his own orders only; who has left gets nothing, either."""
        self._stage("generation").department_id = self.sales_department
        self.sales_department.manager_id = self.other_seller.with_company(self.company).employee_id
        with self._at("2026-05-11 08:00:00"):
            order, left = (self._make_idle_order(self.company) for _number in range(2))
        order._as_transition().stage_owner_id = False
        left._as_transition().stage_owner_id = self.service
        self.service.active = False
        people = (self.other_seller, self.service)
        before = [self._get_messages(user) for user in people]
        self._send_digests("2026-05-20 06:00:00")
        for user, old in zip(people, before, strict=True):
            self.assertFalse(self._get_messages(user) - old)

    def test_the_most_urgent_first(self):
        """One is listed, the other counted; in the reader's language."""
        self.patch(sale_order_digest, "LISTED", 1)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.seller.lang = "fr_FR"
        with self._at("2026-05-11 08:00:00"):
            first, second = (self._make_idle_order(self.company) for _number in range(2))
        first._as_transition().stage_deadline = "2026-05-13 08:00:00"
        second._as_transition().stage_deadline = "2026-05-12 08:00:00"
        before = self._get_messages(self.seller)
        self._send_digests("2026-05-20 06:00:00")
        message = self._get_messages(self.seller) - before
        self.assertIn(second.name, message.body)
        self.assertNotIn(first.name, message.body)
        self.assertEqual(message.subject, "2 commandes ont besoin de vous")
        self.assertIn("rien n'est planifié", message.body.replace("&#39;", "'"))
