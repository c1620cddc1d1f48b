"""Who may record extras where: technician, seller, manager, bookkeeper, customer, another company."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .test_extra_capture import ExtraCaptureCommon


@tagged("post_install", "-at_install")
class TestExtraCaptureAccess(ExtraCaptureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"))

    def test_technician_on_his_task(self):
        """The whole way, without any right to change sales orders."""
        self.assertFalse(self.env["sale.order"].with_user(self.technician).has_access("write"))
        task = self.task.with_user(self.technician)
        self.assertTrue(task.can_record_extra)
        action = task.action_record_extra()
        Capture = self.env[action["res_model"]].with_user(self.technician).with_context(**action["context"])
        with Form(Capture) as form:
            form.name = "Adjust a door"
            form.quick_minutes = "15"
            self.assertEqual((form.value, form.decision), (15.0, "minor_item"))
        for decision in ("minor_item", "change_order", "follow_up"):
            self.env.invalidate_all()
            with self.subTest(decision=decision):
                capture = self._capture(self.technician, minutes=10)
                capture.decision = decision
                self.assertTrue(capture.action_confirm())

    def test_technician_elsewhere(self):
        """Who works on none of the order's tasks neither records there nor learns its prices."""
        self.assertFalse(self.task.with_user(self.other_technician).can_record_extra)
        with self.assertRaises(AccessError):
            self.task.with_user(self.other_technician).action_record_extra()
        with self.assertRaises(AccessError):
            self._capture(self.other_technician)
        with self.assertRaises(AccessError):
            self._capture(self.other_technician, task_id=False)
        with self.assertRaises(AccessError):
            Form(self.env["sale.extra.capture"].with_user(self.other_technician).with_context(
                default_order_id=self.order.id
            ))  # fmt: skip

    def test_technician_who_was_taken_off_the_task(self):
        capture = self._capture(self.technician)
        self.task.user_ids = self.other_technician
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            capture.action_confirm()
        self.assertFalse(self.order.minor_item_ids)

    def test_sellers(self):
        self.assertTrue(self._capture(self.seller).action_confirm())
        with self.assertRaises(AccessError):
            self._capture(self.other_seller)
        self.assertTrue(self.order.with_user(self.seller).action_record_extra())
        self.assertTrue(self._capture(self.manager).action_confirm())

    def test_nobody_else(self):
        for user in (self.bookkeeper, self.customer_user, self.stranger_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._capture(user)

    def test_dialogs_are_private(self):
        capture = self._capture(self.technician)
        self.task.user_ids |= self.other_technician
        with self.assertRaises(AccessError):
            capture.with_user(self.other_technician).action_confirm()
        with self.assertRaises(AccessError):
            capture.with_user(self.manager).read(["name"])

    def test_goodwill_is_a_right(self):
        for user, allowed in ((self.technician, False), (self.seller, False), (self.manager, True)):
            with self.subTest(user=user.login):
                capture = self._capture(user, minutes=40)
                capture.decision = "minor_item"
                capture.goodwill_reason = "We scratched her floor"
                self.assertEqual("minor_item" in capture.allowed_decisions, allowed)
                if allowed:
                    capture.action_confirm()
                else:
                    with self.assertRaises(UserError):
                        capture.action_confirm()
        self.technician.group_ids |= self.env.ref("order_extension.group_goodwill")
        capture = self._capture(self.technician, minutes=40)
        capture.decision = "minor_item"
        capture.goodwill_reason = "We scratched her floor"
        self.assertTrue(capture.action_confirm())

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Another joinery"})
        for groups in ("order_extension.group_technician", "sales_team.group_sale_manager"):
            stranger = new_test_user(
                self.env,
                f"elsewhere_{groups[-7:]}",
                groups,
                company_id=other.id,
                company_ids=[Command.set(other.ids)],
            )
            self.task.sudo().user_ids |= stranger
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                self._capture(stranger)

    def test_screen_opens_for_everybody_inside(self):
        """No field of the task and the site screen asks for a right that its reader does not have."""
        task_fields = [
            "is_my_site", "can_record_extra", "site_address", "site_phone", "promised_date", "order_currency_id",
            "scope_included", "scope_excluded", "minor_items_amount", "minor_items_left", "minor_items_left_percent",
            "order_change_order_open_count", "extra_rules", "extra_wordings", "has_to_acknowledge_rules",
        ]  # fmt: skip
        plain = new_test_user(self.env, "project_only", "project.group_project_user")
        plain.write({"company_ids": [Command.set(self.company.ids)], "company_id": self.company.id})
        for user, records in ((self.technician, True), (self.seller, True), (plain, False)):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                task = self.task.with_user(user)
                values = task.read(task_fields)[0]
                self.assertEqual(values["can_record_extra"], records)
                self.assertEqual(values["is_my_site"], records)
                for view in ("form", "kanban"):
                    self.assertTrue(self.env["project.task"].with_user(user).get_views([(False, view)]))
