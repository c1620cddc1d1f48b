"""A form has one main button and at most four beside it; the rest stands in the action menu."""

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import ChangeOrderCommon

MOST_BESIDE = 4


@tagged("post_install", "-at_install")
class TestHeaderButtons(ChangeOrderCommon):
    def _get_buttons(self, record):
        """Return the buttons in the head of the form that the user of ``record`` sees of it: main ones, and others."""
        arch = etree.fromstring(record.get_views([(False, "form")])["views"]["form"]["arch"])
        names = [node.get("name") for node in arch.xpath("//field[not(ancestor::field)]")]
        values = record.read([name for name in dict.fromkeys(names) if record._fields[name].type != "one2many"])[0]
        values = {name: value[0] if isinstance(value, tuple) else value for name, value in values.items()}
        main, beside = [], []
        for button in arch.xpath("//form/header//button"):
            if not safe_eval(button.get("invisible") or "False", {**values, "context": {}, "uid": self.env.uid}):
                is_main = {"btn-primary", "oe_highlight"} & set((button.get("class") or "").split())
                (main if is_main else beside).append(button.get("string"))
        return main, beside

    def _assert_few(self, record, users):
        for user in users:
            with self.subTest(user=user.login, record=record.name, state=record.state):
                main, beside = self._get_buttons(record.with_user(user))
                self.assertLessEqual(len(main), 2, main)
                # without a main one, the first takes its place
                self.assertLessEqual(len(beside), MOST_BESIDE + (not main), beside)

    def test_change_orders(self):
        self.company.change_order_approval_amount = 100.0
        task = self.order.order_line.task_id[:1]
        draft = self._make_change(task_id=task.id)
        waiting = self._make_change(self._add(self.window, 2), task_id=task.id)
        waiting.action_request_approval()
        sent = self._make_change(task_id=task.id, send=True)
        signed = self._sign(self._make_change(task_id=task.id, send=True))
        declined = self._make_change(task_id=task.id, send=True)
        declined._decline("Lena Sommer", "Too dear")
        for change in (draft, waiting, sent, signed, declined):
            self._assert_few(change, (self.seller, self.manager, self.technician))
        self.assertEqual(self._get_buttons(signed.with_user(self.bookkeeper)), (["Create Invoice"], ["Preview"]))
        for change in (draft, waiting, sent, declined):
            # who keeps the books offers and changes nothing, and is not asked to
            self.assertEqual(self._get_buttons(change.with_user(self.bookkeeper)), ([], ["Preview"]))

    def test_orders(self):
        quotation = self._make_order(confirm=False)
        for order in (quotation, self.order):
            self._assert_few(order, (self.seller, self.manager))
        self.assertIn("Record an Extra", self._get_buttons(self.order.with_user(self.seller))[1])

    def test_the_rest_is_in_the_action_menu(self):
        for model, user, names in (
            ("sale.order", self.seller, {"New Change Order"}),
            ("sale.change.order", self.technician, {"Mark as Sent", "Start without Signature"}),
            ("sale.change.order", self.manager, {"Mark as Sent", "Start without Signature", "Save as Template"}),
        ):
            bindings = self.env["ir.actions.actions"].with_user(user).get_bindings(model)
            self.assertLessEqual(names, {action["name"] for action in bindings["action"]})
        bindings = self.env["ir.actions.actions"].with_user(self.bookkeeper).get_bindings("sale.change.order")
        found = {action["name"] for action in bindings.get("action", ())}
        self.assertFalse(found & {"Mark as Sent", "Start without Signature"}, "who is refused does not have it")
