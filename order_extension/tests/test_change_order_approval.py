"""Internal approval: from an amount on a manager agrees before the customer sees the offer."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..change_order_rules import needs_approval
from ..models.sale_change_order_approval import ACTIVITY_APPROVAL
from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestApprovalRule(BaseCase):
    @given(st.lists(st.floats(-1e6, 1e6)), st.floats(0, 1e6))
    def test_sign_and_order_do_not_matter(self, amounts, limit):
        needed = needs_approval(amounts, limit)
        self.assertEqual(needed, needs_approval([-amount for amount in reversed(amounts)], limit))
        self.assertFalse(needs_approval(amounts, 0.0))
        if needed:
            self.assertTrue(needs_approval([*amounts, 0.0], limit))


@tagged("post_install", "-at_install")
class TestChangeOrderApproval(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.change_order_approval_amount = 500.0
        # 6 × 85.00 = 510.00
        cls.large = [cls._add(cls, cls.window, 6)]
        cls.team = cls.env["crm.team"].create({"name": "Joinery", "company_id": cls.company.id})
        cls.order.team_id = cls.team

    def _make_large(self, **values):
        return self._make_change(*self.large, user=self.seller, **values)

    def _activities(self, change):
        return change.sudo().activity_search([ACTIVITY_APPROVAL])

    def test_from_the_amount_on(self):
        """5.88 × 85.00 = 499.80, 500.00 itself, and 20 boards of 35.00 taken off (−350.00) or added (700.00)."""
        for lines, needed in (
            ([self._add(self.window, 5.88)], False),
            ([self._add(self.window, 1, price_unit=500.0)], True),
            ([self._reduce(self._line(self.boards), 10)], False),
            ([self._add(self.boards, 20)], True),
        ):
            change = self._make_change(*lines)
            with self.subTest(amount=change.amount_untaxed):
                self.assertEqual(change.needs_approval, needed)
        # what is taken off counts as well: the wardrobe of 4 000.00
        self.assertTrue(self._make_change(self._reduce(self._line(self.wardrobe), 1)).needs_approval)
        self.company.change_order_approval_amount = 0.0
        self.assertFalse(self._make_large().needs_approval)

    def test_in_company_currency(self):
        """At 2 units to one of the company's, 998.00 is 499.00 and 1 000.00 is 500.00."""
        currency = self.setup_other_currency("CAD", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "CAD", "currency_id": currency.id})
        self.order = self._make_order(pricelist_id=pricelist.id)
        self.assertFalse(self._make_change(self._add(self.window, price_unit=998.0)).needs_approval)
        self.assertTrue(self._make_change(self._add(self.window, price_unit=1000.0)).needs_approval)

    def test_nothing_goes_out_before(self):
        change = self._make_large()
        for user in (self.seller, self.technician, self.manager):
            for action in ("action_send", "action_mark_sent", "action_sign_on_device"):
                with self.subTest(user=user.login, action=action):
                    with self.assertRaisesRegex(UserError, f"{change.name} has to be approved first: from .*500.00"):
                        getattr(change.with_user(user), action)()
        # not even by the mail composer, whatever the context says
        with self.assertRaisesRegex(UserError, "has to be approved first"):
            change.with_context(mark_change_order_as_sent=True).message_post(body="Please sign")
        self.assertEqual(change.state, "draft")

    def test_ask_approve_send(self):
        change = self._make_large()
        change.action_request_approval()
        self.assertTrue(change.approval_is_waiting)
        self.assertEqual(change.search([("approval_is_waiting", "=", True), ("order_id", "=", self.order.id)]), change)
        self.assertIn(self.manager, self._activities(change).user_id)
        self.assertIn("510.00", self._activities(change)[0].summary)
        self.assertIn(self.manager.name, change.with_user(self.seller).approval_asked_names)
        change.with_user(self.manager).action_approve()
        self.assertRecordValues(change, [{"is_approved": True, "approved_by_id": self.manager.id, "state": "draft"}])
        self.assertFalse(self._activities(change))
        self.assertFalse(change.approval_is_waiting)
        self.assertIn(self.seller.partner_id, change.message_ids[0].partner_ids)
        change.action_mark_sent()
        self._sign(change)
        self.assertEqual(self.order.amount_untaxed, 5070.0 + 510.0)

    def test_any_edit_voids_it(self):
        for number, edit in enumerate(
            (
                lambda change: change.line_ids.write({"quantity": 7}),
                lambda change: change.line_ids.write({"price_unit": 84.0}),
                lambda change: change.write({"title": "Seven windows"}),
                lambda change: change.write({"days_added": 2}),
                lambda change: change.write({"validity_date": "2031-01-01"}),
                lambda change: change.write({"line_ids": [self._add(self.boards)]}),
            )
        ):
            with self.subTest(number=number):
                change = self._make_large()
                change.with_user(self.manager).action_approve()
                self.assertTrue(change.is_approved)
                edit(change)
                self.env.invalidate_all()
                self.assertFalse(change.is_approved)
                with self.assertRaisesRegex(UserError, "has changed since it was approved"):
                    change.action_mark_sent()
                change.action_request_approval()
                self.assertFalse(change.approved_by_id)
                change.with_user(self.manager).action_approve()
                change.action_mark_sent()

    def test_refuse(self):
        change = self._make_large()
        change.action_request_approval()
        action = change.with_user(self.manager).action_refuse_approval()
        wizard = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
        wizard.create({"reason": " Too cheap "}).action_refuse()
        self.assertRecordValues(
            change,
            [
                {
                    "approval_refuse_reason": "Too cheap",
                    "approval_refused_by_id": self.manager.id,
                    "approval_is_waiting": False,
                    "is_approved": False,
                }
            ],
        )
        self.assertFalse(self._activities(change))
        self.assertIn("Too cheap", change.message_ids[0].body)
        self.assertIn(self.seller.partner_id, change.message_ids[0].partner_ids)
        with self.assertRaisesRegex(UserError, "has to be approved first"):
            change.action_mark_sent()
        change.action_request_approval()
        self.assertFalse(change.approval_refuse_reason)
        # an approval can be taken back as long as nothing was sent
        change.with_user(self.manager).action_approve()
        change.with_user(self.manager)._refuse_approval("Second thoughts")
        self.assertFalse(change.is_approved)

    def test_refuse_needs_a_reason_and_a_draft(self):
        change = self._make_large().with_user(self.manager)
        with self.assertRaisesRegex(UserError, "why it is refused"):
            change._refuse_approval(" \n")
        change.action_approve()
        change.action_mark_sent()
        with self.assertRaisesRegex(UserError, "only a draft is approved"):
            change._refuse_approval("Too late")

    def test_only_where_it_is_needed(self):
        small = self._make_change()
        for action in ("action_request_approval", "action_approve"):
            with self.assertRaisesRegex(UserError, f"{small.name} needs no approval"):
                getattr(small, action)()
        change = self._make_large()
        change.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "approved already by joinery_manager"):
            change.action_request_approval()
        empty = self._make_large()
        empty.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "nothing to sign"):
            empty.action_request_approval()

    def test_who_is_asked(self):
        """The leader of the team if he may approve, otherwise every manager of the company."""
        change = self._make_large()
        other = self.env["res.company"].create({"name": "Other joinery"})
        stranger = new_test_user(
            self.env, "other_boss", "sales_team.group_sale_manager", company_id=other.id, company_ids=other.ids
        )
        approvers = change._get_approvers()
        self.assertIn(self.manager, approvers)
        self.assertNotIn(stranger, approvers)
        self.assertNotIn(self.seller, approvers)
        self.team.user_id = self.manager
        self.assertEqual(change._get_approvers(), self.manager)
        self.team.user_id = self.seller
        self.assertEqual(change._get_approvers(), approvers)
        change.with_user(self.technician).action_request_approval()
        change.with_user(self.technician).action_request_approval()
        self.assertEqual(len(self._activities(change)), len(approvers), "asking twice is no storm")

    def test_what_was_sent_is_through(self):
        """A lower limit later on holds up nothing that the customer has already."""
        self.company.change_order_approval_amount = 0.0
        change = self._make_large()
        change.action_mark_sent()
        self.company.change_order_approval_amount = 100.0
        change.action_send()
        self._sign(change)
        self.assertEqual(change.state, "signed")

    def test_revisions_and_copies_are_approved_anew(self):
        change = self._make_large()
        change.with_user(self.manager).action_approve()
        self.assertFalse(change.copy().approved_by_id)
        change.action_mark_sent()
        revision = change.browse(change.action_revise()["res_id"])
        self.assertTrue(revision.needs_approval)
        self.assertFalse(revision.is_approved)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_access(self):
        change = self._make_large()
        for user in (self.seller, self.technician):
            with self.subTest(user=user.login):
                own = change.with_user(user)
                self.assertFalse(own.can_approve)
                for method, args in (
                    ("action_approve", ()),
                    ("action_refuse_approval", ()),
                    ("_refuse_approval", ("No",)),
                ):
                    with self.assertRaisesRegex(AccessError, "Only a sales manager"):
                        getattr(own, method)(*args)
                with self.assertRaises(AccessError):
                    self.env["sale.change.order.refuse"].with_user(user).create(
                        {"change_order_id": change.id, "reason": "No"}
                    )
        for user in (self.bookkeeper, self.other_seller, self.other_technician, self.customer_user):
            for method in ("action_request_approval", "action_approve", "action_refuse_approval"):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(change.with_user(user), method)()
        self.assertTrue(change.with_user(self.manager).can_approve)
        other = self.env["res.company"].create({"name": "Other joinery"})
        stranger = new_test_user(
            self.env,
            "other_boss",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            change.with_user(stranger).action_approve()
        for vals in ({"approval_hash": "0" * 64}, {"approved_by_id": self.seller.id}):
            with self.assertRaisesRegex(UserError, "can't be written directly"):
                change.write(vals)
        self.assertFalse(change.approval_hash)
