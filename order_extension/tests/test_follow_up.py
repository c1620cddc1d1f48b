"""Larger wishes become opportunities, and their customers are contacted no more often than they wish."""

import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..models.crm_lead import FOLLOW_UP_ACTIVITY
from .common import SIGNATURE, ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestFollowUp(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.task = cls.order.order_line.task_id
        cls.follow_up = cls.env.ref(FOLLOW_UP_ACTIVITY)

    def _make_lead(self, user=None, order=None, **values):
        order = order or self.order
        lead = order.with_user(user or self.env.user)._create_follow_up(
            "A second wardrobe", "For the guest room,\n<b>as high</b> as the first", 4500.0, **values
        )
        return lead.with_user(self.env.user)

    def _planned(self, lead):
        return lead.activity_ids.filtered(lambda activity: activity.activity_type_id == self.follow_up)

    def _plan(self, lead, **values):
        """Plan a contact as anybody can, on the chatter of the opportunity."""
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": lead.id,
                "activity_type_id": self.follow_up.id,
                "user_id": self.seller.id,
                **values,
            }
        )

    def test_seller_gets_an_opportunity_and_a_reminder(self):
        self.company.follow_up_days = 5
        lead = self._make_lead(user=self.technician, task=self.task.with_user(self.technician))
        self.assertRecordValues(
            lead,
            [
                {
                    "type": "opportunity",
                    "name": "A second wardrobe",
                    "partner_id": self.customer.id,
                    "user_id": self.seller.id,
                    "team_id": self.order.team_id.id,
                    "company_id": self.company.id,
                    "expected_revenue": 4500.0,
                    "origin_order_id": self.order.id,
                    "origin_task_id": self.task.id,
                    "follow_up_contact_count": 0,
                }
            ],
        )
        self.assertIn("&lt;b&gt;as high", lead.description, "what somebody types is no markup")
        activity = self._planned(lead)
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.date_deadline, fields.Date.context_today(lead) + timedelta(days=5))
        self.assertEqual(self.order.follow_up_lead_count, 1)

    def test_technician_gets_no_rights_on_it(self):
        lead = self._make_lead(user=self.technician)
        self.assertEqual(lead.create_uid, self.technician)
        self.assertNotIn(self.technician.partner_id, lead.message_partner_ids)
        with self.assertRaises(AccessError):
            lead.with_user(self.technician).read(["name"])
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.technician).search([])

    def test_only_on_orders_of_own_tasks(self):
        for user in (self.other_technician, self.other_seller, self.customer_user, self.stranger_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._make_lead(user=user)
        self.assertTrue(self._make_lead(user=self.seller))

    def test_photos_are_copied(self):
        photo = self.env["ir.attachment"].create({"name": "wall.png", "raw": base64.b64decode(SIGNATURE)})
        lead = self._make_lead(photos=photo)
        copies = self.env["ir.attachment"].search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)])
        self.assertEqual(copies.mapped("name"), ["wall.png"])
        self.assertNotEqual(copies, photo)
        self.assertFalse(photo.res_id)
        with self.assertRaises(AccessError):
            self._make_lead(user=self.technician, photos=photo)

    def test_revenue_in_the_companys_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2.0, "company_id": self.company.id})],
            }
        )
        pricelist = self.env["product.pricelist"].create({"name": "Test", "currency_id": currency.id})
        # 4 500.00 of the order's currency are 2 250.00
        self.assertEqual(self._make_lead(order=self._make_order(pricelist_id=pricelist.id)).expected_revenue, 2250.0)

    def test_no_seller(self):
        """An order without a seller leaves it to the head of its team."""
        self.order.user_id = False
        self.order.team_id.user_id = self.manager
        self.assertEqual(self._make_lead().user_id, self.manager)
        self.order.team_id = False
        lead = self._make_lead()
        self.assertFalse(lead.user_id)
        self.assertEqual(len(self._planned(lead)), 1)

    def test_contacts_are_counted_and_capped(self):
        self.company.follow_up_max_contacts = 2
        lead = self._make_lead()
        self.assertFalse(lead.can_follow_up, "one is planned")
        self._planned(lead).with_user(self.seller).action_feedback("He thinks about it")
        self.env.invalidate_all()
        self.assertEqual((lead.follow_up_contact_count, lead.can_follow_up), (1, True))
        lead.with_user(self.seller).action_follow_up_again()
        self.assertEqual(len(self._planned(lead)), 1)
        lead.with_user(self.seller).action_follow_up_again()
        self.assertEqual(len(self._planned(lead)), 1, "no second reminder of the same contact")
        # one done, one planned: that is all there is
        with self.assertRaisesRegex(UserError, "Lena Sommer.* 2 times.* 2 times"), self.cr.savepoint():
            self._plan(lead)
        self._planned(lead).action_done()
        self.env.invalidate_all()
        self.assertEqual((lead.follow_up_contact_count, lead.can_follow_up), (2, False))
        with self.assertRaisesRegex(UserError, "Lena Sommer.* 2 times"):
            lead.action_follow_up_again()
        with self.assertRaisesRegex(UserError, "Lena Sommer"), self.cr.savepoint():
            lead.activity_schedule(FOLLOW_UP_ACTIVITY)
        lead.activity_schedule("mail.mail_activity_data_todo")  # any other work on it is free

    def test_no_way_around_the_cap(self):
        self.company.follow_up_max_contacts = 1
        lead = self._make_lead()
        with self.assertRaises(UserError), self.cr.savepoint():
            self._plan(lead)
        other = self._plan(lead, activity_type_id=self.env.ref("mail.mail_activity_data_todo").id)
        with self.assertRaises(UserError), self.cr.savepoint():
            other.activity_type_id = self.follow_up
        done = self._planned(lead)
        done.action_done()
        with self.assertRaises(UserError), self.cr.savepoint():
            done.action_unarchive()
        self.assertEqual(lead.follow_up_contact_count, 1)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.env["mail.activity"].create(
                [
                    {
                        "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                        "res_id": self.env["crm.lead"].create({"name": "Two at once"}).id,
                        "activity_type_id": self.follow_up.id,
                    }
                ]
                * 2
            )

    def test_cancelled_contact_is_none(self):
        lead = self._make_lead()
        self._planned(lead).unlink()
        self.assertEqual(lead.follow_up_contact_count, 0)
        self.assertTrue(lead.can_follow_up)

    def test_stopped(self):
        lead = self._make_lead()
        lead.with_user(self.seller).follow_up_stopped = True
        self.assertFalse(self._planned(lead))
        self.assertFalse(lead.can_follow_up)
        with self.assertRaisesRegex(UserError, "Lena Sommer doesn't wish.*second wardrobe"):
            lead.action_follow_up_again()
        with self.assertRaises(UserError), self.cr.savepoint():
            self._plan(lead)
        lead.follow_up_stopped = False
        lead.action_follow_up_again()
        self.assertEqual(len(self._planned(lead)), 1)

    def test_customer_does_not_wish_it(self):
        company = self.env["res.partner"].create({"name": "Sommer GmbH", "is_company": True})
        self.customer.parent_id = company
        earlier = self._make_lead()
        self.assertTrue(self._planned(earlier))
        company.no_follow_up = True
        self.assertFalse(self._planned(earlier), "what was planned is taken back")
        lead = self._make_lead()
        self.assertTrue(lead, "the wish is kept")
        self.assertFalse(self._planned(lead))
        with self.assertRaisesRegex(UserError, "Sommer GmbH doesn't wish"):
            lead.action_follow_up_again()

    def test_no_contacts_at_all(self):
        self.company.follow_up_max_contacts = 0
        lead = self._make_lead()
        self.assertFalse(self._planned(lead))

    def test_quotation_keeps_the_link(self):
        lead = self._make_lead().with_user(self.seller)
        action = lead.action_new_quotation()
        with Form(self.env["sale.order"].with_user(self.seller).with_context(**action["context"])) as form:
            with form.order_line.new() as line:
                line.product_id = self.wardrobe
        quotation = form.record
        self.assertEqual(quotation.opportunity_id, lead)
        self.assertEqual(quotation.follow_up_of_id, self.order)
        self.assertEqual(self.order.follow_up_order_ids, quotation)
        self.assertEqual(quotation.action_view_follow_up_of()["res_id"], self.order.id)
        self.assertEqual(lead.action_view_origin_order()["res_id"], self.order.id)
        action = self.order.action_view_follow_ups()
        self.assertEqual(self.env["crm.lead"].search(action["domain"]), lead.with_user(self.env.user))
        quotation.opportunity_id = False
        self.assertEqual(quotation.follow_up_of_id, self.order, "what it followed, it followed")
        self.assertFalse(self.order.follow_up_of_id)

    def test_merged(self):
        first, second = self._make_lead(), self.env["crm.lead"].create({"name": "Wardrobe", "type": "opportunity"})
        first.sudo().follow_up_contact_count = 1
        second.sudo().follow_up_contact_count = 1
        second.follow_up_stopped = True
        merged = (first | second).merge_opportunity()
        self.assertRecordValues(
            merged,
            [{"follow_up_contact_count": 2, "follow_up_stopped": True, "origin_order_id": self.order.id}],
        )
