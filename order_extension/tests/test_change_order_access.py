"""Who may see and do what: technician, seller, manager, bookkeeper, customer, stranger, the public, other companies."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestChangeOrderAccess(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.task = cls.order.order_line.task_id
        mute = mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
        cls.enterClassContext(mute)

    def _assert_can(self, change, user, *operations):
        """``user`` can do these operations on ``change`` and no others, and finds it if he can read it."""
        lines = change.line_ids.with_user(user)
        change = change.with_user(user)
        for operation in ("read", "write", "unlink"):
            for records in (change, lines):
                self.assertEqual(
                    records.has_access(operation),
                    operation in operations,
                    f"{user.sudo().login}: {operation} {records}",
                )
        self.env.invalidate_all()
        found = self.env["sale.change.order"].with_user(user)
        if found.has_access("read"):
            self.assertEqual(bool(found.search([("id", "=", change.id)])), "read" in operations)

    def test_seller_sees_his_orders(self):
        change = self._make_change()
        self._assert_can(change, self.seller, "read", "write", "unlink")
        self._assert_can(change, self.other_seller)
        self.order.user_id = False
        self._assert_can(change, self.other_seller, "read", "write", "unlink")
        everything = new_test_user(self.env, "joinery_all", "sales_team.group_sale_salesman_all_leads")
        everything.write({"company_ids": [Command.set(self.company.ids)], "company_id": self.company.id})
        self.order.user_id = self.seller
        self._assert_can(change, everything, "read", "write", "unlink")

    def test_manager_sees_all(self):
        self._assert_can(self._make_change(), self.manager, "read", "write", "unlink")

    def test_technician_sees_orders_of_his_tasks(self):
        change = self._make_change()
        self._assert_can(change, self.technician, "read", "write", "unlink")
        self._assert_can(change, self.other_technician)
        self.task.user_ids = self.other_technician
        self._assert_can(change, self.technician)
        self._assert_can(change, self.other_technician, "read", "write", "unlink")

    def test_technician_records_on_his_task(self):
        """The whole way on site, without any right to touch sales orders."""
        self.assertFalse(self.env["sale.order"].with_user(self.technician).has_access("write"))
        task = self.task.with_user(self.technician)
        self.assertTrue(task.can_record_change_order)
        action = task.action_new_change_order()
        ChangeOrder = self.env["sale.change.order"].with_user(self.technician).with_context(**action["context"])
        with Form(ChangeOrder) as form:
            form.title = "Stuck window"
            with form.line_ids.new() as line:
                line.product_id = self.window
                line.quantity = 2
            self.assertEqual(form.amount_untaxed, 170.0)
        change = form.record
        self.assertEqual(change.create_uid, self.technician)
        # 170.00 + 19 % = 32.30
        self.assertRecordValues(
            change.sudo(),
            [{"order_id": self.order.id, "user_id": self.seller.id, "amount_total": 202.3, "amount_after": 5240.0}],
        )
        self.assertEqual(task.change_order_count, 1)
        action = change.action_sign_on_device()
        self.assertIn(f"/my/change_orders/{change.id}/device?handover=", action["url"])
        self.assertEqual(change.state, "sent")
        self.assertTrue(change.content_hash)

    def test_technician_records_nowhere_else(self):
        other = self._make_order(((self.wardrobe, 1),))
        ChangeOrder = self.env["sale.change.order"].with_user(self.technician)
        with self.assertRaises(AccessError):
            ChangeOrder.create({"order_id": other.id, "title": "Not mine"})
        with self.assertRaises(AccessError):
            self.task.with_user(self.other_technician).action_new_change_order()
            self.env["sale.change.order"].with_user(self.other_technician).create(
                {"order_id": self.order.id, "title": "Not mine"}
            )

    def test_technician_sees_no_margin(self):
        """Nothing on a change order or its lines tells what things cost."""
        for model in ("sale.change.order", "sale.change.order.line"):
            fields = self.env[model].with_user(self.technician).fields_get()
            self.assertFalse({name for name in fields if "margin" in name or "cost" in name or "purchase" in name})

    def test_form_opens_for_everybody_inside(self):
        """No field of the form asks for a right that its reader does not have."""
        change = self._make_change(self._add(self.window), self._reduce(self._line(self.boards), 1), send=True)
        for user in (self.technician, self.seller, self.manager, self.bookkeeper):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                view = self.env["sale.change.order"].with_user(user).get_views([(False, "form"), (False, "list")])
                for arch in view["views"].values():
                    fields = view["models"]["sale.change.order"]["fields"]
                    self.assertTrue(arch)
                specification = {name: {} for name in fields if name in change._fields}
                specification["order_id"] = {"fields": {"display_name": {}}}
                specification["line_ids"] = {
                    "fields": {name: {} for name in view["models"]["sale.change.order.line"]["fields"]}
                }
                data = change.with_user(user).web_read(specification)[0]
                self.assertEqual(data["order_id"]["display_name"], self.order.name)
                self.assertEqual(len(data["line_ids"]), 2)

    def test_bookkeeper_reads(self):
        self._assert_can(self._make_change(), self.bookkeeper, "read")

    def test_everybody_has_a_way_there(self):
        """The menus lead those who may read to the change orders, in the app that they work in."""
        for user, menu in (
            (self.technician, "sale_change_order_menu_project"),
            (self.seller, "sale_change_order_menu"),
            (self.bookkeeper, "sale_change_order_menu_accounting"),
        ):
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            step = self.env.ref(f"order_extension.{menu}")
            while step:
                self.assertIn(step.id, visible, f"{user.login}: {step.complete_name}")
                step = step.parent_id

    def test_customer_sees_his_own_once_offered(self):
        draft, sent = self._make_change(), self._make_change(send=True)
        self._assert_can(draft, self.customer_user)
        self._assert_can(sent, self.customer_user, "read")
        self._assert_can(sent, self.stranger_user)
        draft._cancel("Never offered")
        self._assert_can(draft, self.customer_user)
        sent._cancel("Taken back")
        self._assert_can(sent, self.customer_user, "read")

    def test_family_of_the_customer(self):
        """Whoever belongs to the same company as the customer sees it as he sees its orders."""
        firm = self.env["res.partner"].create({"name": "Sommer Ltd", "is_company": True})
        self.customer.parent_id = firm
        colleague = self.env["res.partner"].create({"name": "Jan", "parent_id": firm.id})
        user = new_test_user(self.env, "joinery_colleague", "base.group_portal", partner_id=colleague.id)
        self._assert_can(self._make_change(send=True), user, "read")

    def test_customer_can_not_sign_by_rpc(self):
        change = self._make_change(send=True).with_user(self.customer_user)
        for method, args in (("action_mark_sent", ()), ("action_revise", ()), ("write", ({"activity_ids": []},))):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(change, method)(*args)
        with self.assertRaises(UserError):
            change.write({"title": "Cheaper"})
        self.assertEqual(change.sudo().state, "sent")
        for method in ("_sign", "_decline", "_cancel", "_apply", "_as_transition", "_move"):
            self.assertTrue(method.startswith("_"), "what starts with an underscore is not for RPC")

    def test_actions_ask_for_the_right_to_write(self):
        """A reader can't move a document by its buttons."""
        draft, sent = self._make_change(), self._make_change(send=True)
        for user in (self.bookkeeper, self.other_seller, self.other_technician, self.customer_user):
            for change, method in (
                (draft, "action_mark_sent"),
                (draft, "action_send"),
                (draft, "action_sign_on_device"),
                (sent, "action_revise"),
                (sent, "action_sign_on_device"),
            ):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(change.with_user(user), method)()
        self.assertEqual((draft.state, sent.state), ("draft", "sent"))
        wizard = self.env["sale.change.order.cancel"]
        for user in (self.other_seller, self.other_technician):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                wizard.with_user(user).create({"change_order_id": sent.id, "reason": "x"}).action_cancel_change_order()
        self.assertEqual(sent.state, "sent")

    def test_other_company(self):
        change = self._make_change(send=True)
        other = self.env["res.company"].create({"name": "Other joinery"})
        for groups in (
            "sales_team.group_sale_manager",
            "order_extension.group_technician",
            "account.group_account_invoice",
        ):
            user = new_test_user(
                self.env,
                "other_" + groups.split(".")[1],
                groups,
                company_id=other.id,
                company_ids=[Command.set(other.ids)],
            )
            self.task.user_ids |= user
            self._assert_can(change, user)

    def test_reasons(self):
        reason = self.env.ref("order_extension.reason_customer_wish")
        self.assertTrue(reason.with_user(self.technician).has_access("read"))
        self.assertFalse(reason.with_user(self.seller).has_access("write"))
        self.assertTrue(reason.with_user(self.manager).has_access("write"))
        self.assertFalse(reason.with_user(self.env.ref("base.public_user")).has_access("read"))

    def test_public_sees_nothing(self):
        self._assert_can(self._make_change(send=True), self.env.ref("base.public_user"))

    def test_photo_of_something_secret(self):
        """Linking a picture must not show it to somebody who may not see it."""
        secret = self.env["ir.attachment"].create({"name": "secret.png", "raw": b"x", "mimetype": "image/png"})
        with self.assertRaises(AccessError):
            self._make_change(user=self.technician, photo_ids=[Command.link(secret.id)])
