from freezegun import freeze_time

from odoo.tests import tagged

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
        other.attention_user_id = self.planner
        told = other._get_last_resort()
        self.assertIn(other, told.company_ids)
        self.assertTrue(told.has_group("order_aftersales.group_manager"))
        self.planner.company_ids |= other
        self.assertEqual(other._get_last_resort(), self.planner)
