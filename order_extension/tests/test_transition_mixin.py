"""What only actions write, on every model that has such fields."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestTransitionMixin(ChangeOrderCommon):
    def _get_models(self):
        """Return the models with such fields, those of other add-ons included."""
        mixin = self.env.registry["transition.mixin"]
        return [
            self.env[name]
            for name, model in self.env.registry.items()
            if issubclass(model, mixin) and not model._abstract
        ]

    def test_all_models(self):
        names = {model._name for model in self._get_models()}
        self.assertGreaterEqual(names, {"sale.change.order", "sale.minor.item"})

    def test_each_has_a_door_of_its_own(self):
        keys = [model._transition_key for model in self._get_models()]
        self.assertTrue(all(keys))
        self.assertEqual(len(keys), len(set(keys)))

    def test_all_of_them_are_kept(self):
        """A field that only an action writes is none that a form lets somebody change."""
        for model in self._get_models():
            self.assertLessEqual(model._get_transition_fields(), model._get_kept_fields(), model._name)

    def test_no_default_makes_a_signature(self):
        """Neither by the context, which comes over the wire, nor as a default of the user's own."""
        self.env["ir.default"].set("sale.change.order", "signed_by", "A default", user_id=self.seller.id)
        ChangeOrder = self.env["sale.change.order"].with_user(self.seller)
        change = ChangeOrder.with_context(
            default_state="signed", default_signed_on="2026-01-01", default_revision=7, default_title="Window"
        ).create({"order_id": self.order.id})
        self.assertRecordValues(
            change, [{"state": "draft", "signed_on": False, "revision": 1, "signed_by": False, "title": "Window"}]
        )

    def test_nothing_new_passes_and_nothing_old_goes(self):
        """A draft may be called one, as imports do; what was sent can't be taken back by an empty value."""
        change = self._make_change()
        change.write({"state": "draft", "signed_by": False, "title": "Two windows"})
        self.assertEqual(change.title, "Two windows")
        change.action_mark_sent()
        for vals in ({"state": "draft"}, {"sent_on": False}):
            with self.assertRaisesRegex(UserError, "can't be written directly"):
                change.write(vals)

    def test_a_record_makes_new_ones(self):
        """What the one at hand holds says nothing of a new one."""
        change = self._make_change(send=True)
        new = change.create({"order_id": self.order.id, "title": "Another window", "state": "draft"})
        self.assertEqual(new.state, "draft")

    def test_no_default_puts_a_line_under_a_signature(self):
        signed = self._sign(self._make_change(send=True))
        made = signed.line_ids.applied_line_id
        Line = self.env["sale.order.line"].with_user(self.seller)
        line = Line.with_context(
            default_change_order_id=signed.id, default_change_order_line_id=signed.line_ids.id, default_signed_qty=3
        ).create({"order_id": self.order.id, "product_id": self.window.id, "product_uom_qty": 3})
        self.assertRecordValues(line, [{"change_order_id": False, "change_order_line_id": False, "signed_qty": 0}])
        self.assertEqual(line.unsigned_qty, 3)
        draft = self._make_change(self._reduce(self._line(self.boards), 1))
        values = {"change_order_id": draft.id, "product_id": self.boards.id}
        ChangeLine = self.env["sale.change.order.line"].with_user(self.seller)
        self.assertFalse(ChangeLine.with_context(default_applied_line_id=made.id).create(values).applied_line_id)
        with self.assertRaisesRegex(UserError, "made by its signature"):
            ChangeLine.create(values | {"applied_line_id": made.id})
