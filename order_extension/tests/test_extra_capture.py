"""The guided capture: where a wish goes, why, what is said, and what it becomes. 38.03 of the order is free."""

import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..extra_routing import REASONS, ExtraFacts, ExtraLimits
from .common import SIGNATURE
from .common_minor_items import MinorItemsCommon


class ExtraCaptureCommon(MinorItemsCommon):
    def _capture(self, user=None, context=None, **values):
        """Return the dialog, filled in: 15 minutes of assembly at 60.00 an hour, which is 15.00."""
        return (
            self.env["sale.extra.capture"]
            .with_user(user or self.env.user)
            .with_context(**(context or {}))
            .create(
                {
                    "order_id": self.order.id,
                    "task_id": self.task.id,
                    "name": "Adjust a door",
                    "minutes": 15,
                    **values,
                }
            )
        )

    def _opened(self, action):
        """Return the record that ``action`` opens."""
        self.assertEqual(action["type"], "ir.actions.act_window")
        return self.env[action["res_model"]].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestExtraCaptureRoute(ExtraCaptureCommon):
    def _assert_route(self, capture, route, value, *words):
        self.assertEqual((capture.route, capture.decision), (route, route))
        self.assertEqual(capture.value, value)
        for word in words:
            self.assertIn(word, capture.route_reason)

    def test_small_is_free(self):
        # 38.03 - 15.00 = 23.03
        self._assert_route(self._capture(), "minor_item", 15.0, "15 minutes", "15.00", "23.03")

    def test_too_long(self):
        # 16 minutes are 0.27 h
        self._assert_route(self._capture(minutes=16), "change_order", 16.2, "16 minutes", "15 minutes")

    def test_too_dear(self):
        # 15.00 of work and 15.01 of material
        self._assert_route(self._capture(material_cost=15.0), "minor_item", 30.0, "8.03")
        self._assert_route(self._capture(material_cost=15.01), "change_order", 30.01, "30.01", "30.00")

    def test_markup_on_material(self):
        self.company.minor_item_material_markup = 0.2
        # 15.00 + 10.00 x 1.2 = 27.00; 38.03 - 27.00 = 11.03
        self._assert_route(self._capture(material_cost=10.0), "minor_item", 27.0, "27.00", "11.03")

    def test_allowance_used_up(self):
        self._make_item(duration=0.25)
        self._make_item(duration=0.25)
        # 38.03 - 30.00 = 8.03 is left
        self._assert_route(self._capture(), "change_order", 15.0, "15.00", "8.03", "38.03")
        # 8 minutes are 0.13 h and so 7.80
        self._assert_route(self._capture(minutes=8), "minor_item", 7.8, "0.23")

    def test_no_allowance(self):
        self._set_allowance(self.order, 0.0)
        self._assert_route(self._capture(), "change_order", 15.0, "no allowance")

    def test_customer_has_had_his_share(self):
        self._set_allowance(self.order, 500.0)
        for _index in range(6):
            self._make_item(duration=0.25)
        # 90.00 + 15.00 = 105.00 is more than 2 % of 5 070.00 = 101.40
        self._assert_route(self._capture(), "change_order", 15.0, "105.00", "2 %", "101.40")
        # 11 minutes are 0.18 h: 90.00 + 10.80 = 100.80 is not
        self._assert_route(self._capture(minutes=11), "minor_item", 10.8)

    def test_large_wishes_are_orders_of_their_own(self):
        # 120 min = 120.00, with 1 880.00 of material 2 000.00
        self._assert_route(
            self._capture(minutes=120, material_cost=1880.0), "follow_up", 2000.0, "2,000.00", "separate offer"
        )
        self._assert_route(self._capture(minutes=120, material_cost=1879.99), "change_order", 1999.99)
        # 24 h are 3 days of 8 h and 1 440.00
        self._assert_route(self._capture(minutes=24 * 60), "follow_up", 1440.0, "3 working days")

    def test_price_is_the_order_s(self):
        """The order's price and discount of the service hold, whatever the pricelist says."""
        self._line(self.assembly).write({"price_unit": 50.0, "discount": 10})
        # 0.25 h x 50.00 - 10 % = 11.25
        self.assertEqual(self._capture().value, 11.25)
        self.assertEqual(self._capture(product_id=self.assembly.id).value, 11.25)

    def test_work_without_a_price_is_said(self):
        """Goods alone have no hourly service, and the company has none either."""
        order = self._make_order([(self.wardrobe, 1)])
        order.sudo().minor_items_amount = 38.03
        capture = self._capture(order_id=order.id, task_id=False)
        self.assertEqual(capture.value, 0.0)
        self.assertIn("counts as nothing", capture.route_reason)
        capture.product_id = self.assembly
        self.assertEqual(capture.value, 15.0)
        self.assertNotIn("counts as nothing", capture.route_reason)

    def test_own_limits_of_the_customer(self):
        self.customer.write({"own_extra_limits": True, "minor_item_limit_amount": 10.0, "minor_item_limit_minutes": 60})
        self._assert_route(self._capture(), "change_order", 15.0, "15.00", "10.00")
        self._assert_route(self._capture(minutes=9), "minor_item", 9.0)

    def test_every_reason_has_its_sentence(self):
        capture = self._capture()
        facts = ExtraFacts(15.0, 15, 0.03, 38.03, 8.03, 90.0, 5070.0)
        limits = ExtraLimits(30.0, 15, 0.02, 2000.0, 3.0)
        sentences = {capture._get_route_reason(reason, facts, limits) for reason in REASONS}
        self.assertEqual(len(sentences), len(REASONS), "no sentence stands for two reasons")
        for sentence in sentences:
            self.assertTrue(sentence[0].isupper() or sentence[0].isdigit() or sentence[0] == "$", sentence)
            self.assertEqual(sentence[-1], ".")

    def test_words_to_say(self):
        capture = self._capture()
        usual = capture.wording
        self.assertIn("allowance for small extras", usual)
        self.assertIn("allowance for small extras", capture.advice)
        capture.decision = "change_order"
        self.assertIn("signed", capture.wording)
        capture.decision = "follow_up"
        self.assertIn("a few days", capture.wording)
        capture.decision = "decline"
        self.assertIn("exactly as agreed", capture.wording)
        self.company.extra_wording_minor_item = "With pleasure!"
        self.assertEqual(self._capture().wording, "With pleasure!")

    def test_the_dialog_answers_while_one_types(self):
        Capture = self.env["sale.extra.capture"].with_user(self.technician)
        with Form(Capture.with_context(default_task_id=self.task.id)) as form:
            self.assertEqual(form.order_id, self.order)
            self.assertFalse(form.is_complete)
            self.assertIn("How long", form.advice)
            self.assertFalse(form.decision, "nothing is chosen before anything can be said")
            self.assertNotIn("minor_item", form.allowed_decisions)
            form.catalogue_id = self.silicone
            # 10 minutes by the catalogue, a piece of it is 25.00
            self.assertEqual((form.name, form.minutes, form.quick_minutes), ("Renew a silicone joint", 10, "10"))
            self.assertEqual((form.value, form.route), (25.0, "minor_item"))
            self.assertIn("Yes, free of charge", form.advice)
            form.quick_minutes = "30"
            self.assertEqual((form.minutes, form.value), (30, 75.0))
            self.assertEqual((form.route, form.decision), ("change_order", "change_order"))
            self.assertIn("once it is signed", form.advice)
            form.minutes = 12
            self.assertFalse(form.quick_minutes)
            form.quick_minutes = "5"
            self.assertEqual((form.minutes, form.value, form.decision), (5, 12.5, "minor_item"))
            form.decision = "follow_up"
            form.minutes = 6
            self.assertEqual((form.route, form.decision), ("minor_item", "follow_up"), "what was chosen stays")
            form.decision = "minor_item"
            form.minutes = 60
            self.assertEqual(form.decision, "change_order", "but never laxer than the rule")

    def test_another_service_leaves_the_catalogue(self):
        with Form(self.env["sale.extra.capture"].with_context(default_task_id=self.task.id)) as form:
            form.catalogue_id = self.silicone
            form.product_id = self.window
            self.assertFalse(form.catalogue_id)
            self.assertEqual(form.name, "Renew a silicone joint", "what was written stays")
            self.assertEqual(form.product_id, self.window)


@tagged("post_install", "-at_install")
class TestExtraCaptureConfirm(ExtraCaptureCommon):
    def _photo(self, user, **values):
        """A photo as the upload of the dialog leaves it."""
        values = {"res_model": "sale.extra.capture", "res_id": 0, **values}
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .create({"name": "door.png", "raw": base64.b64decode(SIGNATURE), "mimetype": "image/png", **values})
        )

    def test_favour(self):
        photo = self._photo(self.technician)
        capture = self._capture(
            self.technician,
            material="2 screws",
            material_cost=1.5,
            requested_by="Paul Sommer",
            photo_ids=[Command.link(photo.id)],
        )
        action = capture.action_confirm()
        item = self.order.minor_item_ids
        # 15.00 + 1.50, and 38.03 - 16.50 = 21.53
        self.assertIn("21.53", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["type"], "ir.actions.act_window_close", "back to where it was asked")
        self.assertEqual(item._name, "sale.minor.item")
        self.assertRecordValues(
            item,
            [
                {
                    "order_id": self.order.id,
                    "task_id": self.task.id,
                    "name": "Adjust a door",
                    "user_id": self.technician.id,
                    "duration": 0.25,
                    "material": "2 screws",
                    "material_cost": 1.5,
                    "requested_by": "Paul Sommer",
                    "value": 16.5,
                    "covered_by": "allowance",
                }
            ],
        )
        self.assertEqual(item.photo_ids.ids, photo.ids)
        self.assertEqual((photo.sudo().res_model, photo.sudo().res_id), ("sale.minor.item", item.id))
        self.assertEqual(self.order.minor_items_left, 21.53)
        self.assertEqual(self.order.amount_untaxed, 5070.0, "the order stays as it is")

    def test_undo(self):
        """What was recorded a moment ago is cancelled, by whoever may cancel it: what is left is 38.03 again."""
        action = self._capture(self.technician).action_confirm()
        undo = action["params"]["undo"]
        item = self.order.minor_item_ids
        self.assertEqual((undo["model"], undo["ids"]), ("sale.minor.item", item.ids))
        self.assertEqual(self.order.minor_items_left, 23.03)
        self.task.user_ids |= self.other_technician
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            item.with_user(self.other_technician).action_undo()
        done = item.with_user(self.technician).action_undo()
        self.assertEqual(done["params"]["next"]["tag"], "soft_reload")
        self.assertEqual((item.state, item.cancelled_by_id), ("cancelled", self.technician))
        self.assertEqual(self.order.minor_items_left, 38.03)
        with self.assertRaisesRegex(UserError, "is cancelled"):
            item.with_user(self.technician).action_undo()

    def test_photo_that_is_none(self):
        """Refused wherever it would go, with its name."""
        for decision in ("minor_item", "change_order", "follow_up"):
            photo = self._photo(self.technician, name="note.jpg", raw=b"only text", mimetype="image/jpeg")
            capture = self._capture(self.technician, decision=decision, photo_ids=[Command.link(photo.id)])
            with self.assertRaisesRegex(UserError, "“note.jpg” can't be shown as a picture"):
                capture.action_confirm()

    def test_extension(self):
        self.company.minor_item_material_markup = 0.25
        photo = self._photo(self.technician)
        capture = self._capture(
            self.technician,
            minutes=90,
            material="Hinge",
            material_cost=12.0,
            requested_by="Paul Sommer",
            photo_ids=[Command.link(photo.id)],
        )
        change = self._opened(capture.action_confirm())
        self.assertEqual(change._name, "sale.change.order")
        # 1.5 h x 60.00 = 90.00 and 12.00 + 25 % = 15.00
        self.assertRecordValues(
            change,
            [
                {
                    "order_id": self.order.id,
                    "task_id": self.task.id,
                    "title": "Adjust a door",
                    "state": "draft",
                    "create_uid": self.technician.id,
                    "amount_untaxed": 105.0,
                }
            ],
        )
        material = self.env.ref("order_extension.product_material")
        self.assertRecordValues(
            change.line_ids,
            [
                {"product_id": self.assembly.id, "name": "Assembly", "quantity": 1.5, "price_unit": 60.0},
                {"product_id": material.id, "name": "Hinge", "quantity": 1.0, "price_unit": 15.0},
            ],
        )
        self.assertEqual(change.line_ids[0].tax_ids, self.tax_19)
        self.assertEqual(capture.value, 105.0, "what was said on site is what is offered")
        self.assertEqual(photo.sudo().res_id, change.id)
        self.assertIn("Paul Sommer", change.message_ids.mapped("body")[0])
        self.assertEqual(self.order.minor_items_left, 38.03)

    def test_extension_at_the_order_s_terms(self):
        self._line(self.assembly).write({"price_unit": 50.0, "discount": 10, "tax_ids": [Command.set(self.tax_7.ids)]})
        change = self._opened(self._capture(minutes=60).action_confirm())
        # 50.00 - 10 % = 45.00, with 7 % 48.15
        self.assertRecordValues(change, [{"amount_untaxed": 45.0, "amount_total": 48.15}])

    def test_extension_of_the_catalogue(self):
        """A piece of a usual service is sold by the piece, for its usual time."""
        change = self._opened(self._capture(product_id=self.silicone.id, minutes=20).action_confirm())
        # 20 minutes are two pieces of 10 minutes: 2 x 25.00
        self.assertRecordValues(
            change.line_ids, [{"product_id": self.silicone.id, "quantity": 2.0, "price_subtotal": 50.0}]
        )

    def test_sign_now(self):
        capture = self._capture(self.technician, minutes=60)
        action = capture.action_confirm_and_sign()
        change = self.order.change_order_ids
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertIn(f"/my/change_orders/{change.id}/device?handover=", action["url"])
        self.assertEqual(change.state, "sent")
        self.company.change_order_approval_amount = 60.0
        draft = self._opened(self._capture(self.technician, minutes=60).action_confirm_and_sign())
        self.assertEqual((draft._name, draft.state), ("sale.change.order", "draft"), "a manager agrees first")
        with self.assertRaisesRegex(UserError, "Only an extension is signed"):
            self._capture(self.technician).action_confirm_and_sign()

    def test_follow_up(self):
        photo = self._photo(self.technician)
        capture = self._capture(
            self.technician,
            name="A second wardrobe",
            minutes=24 * 60,
            material_cost=1500.0,
            requested_by="Paul <b>Sommer</b>",
            photo_ids=[Command.link(photo.id)],
        )
        action = capture.action_confirm()
        self.assertEqual(action["tag"], "display_notification", "a technician can't see opportunities")
        self.assertIn(self.seller.name, action["params"]["message"])
        lead = self.env["crm.lead"].search([("origin_order_id", "=", self.order.id)])
        # 24 h x 60.00 + 1 500.00 = 2 940.00
        self.assertRecordValues(
            lead, [{"name": "A second wardrobe", "user_id": self.seller.id, "expected_revenue": 2940.0}]
        )
        self.assertIn("1440 minutes", lead.description)
        self.assertIn("Paul &lt;b&gt;Sommer", lead.description)
        self.assertEqual(
            self.env["ir.attachment"].search_count([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]), 1
        )
        self.assertFalse(self.order.change_order_ids)

    def test_follow_up_opens_for_the_seller(self):
        lead = self._opened(self._capture(self.seller, decision="follow_up").action_confirm())
        self.assertEqual(lead._name, "crm.lead")

    def test_decline_changes_nothing(self):
        changes = self.order.change_order_ids
        capture = self._capture(self.technician, decision="decline", decline_reason="The wall\n<b>bears</b> nothing")
        action = capture.action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        for record in (self.order, self.task):
            message = record.message_ids[0]
            self.assertEqual(message.author_id, self.technician.partner_id)
            self.assertIn("“Adjust a door” was declined on site.", message.body)
            self.assertIn("&lt;b&gt;bears", message.body)
            self.assertFalse(message.subtype_id == self.env.ref("mail.mt_comment"), "the customer is not told")
        self.assertEqual(self.order.change_order_ids, changes)
        self.assertEqual((self.order.state, self.order.minor_items_left), ("sale", 38.03))
        self.assertFalse(self.order.minor_item_ids)

    def test_decline_needs_a_reason(self):
        with self.assertRaisesRegex(UserError, "why “Adjust a door” can't be done"):
            self._capture(decision="decline", decline_reason=" \n").action_confirm()

    def test_stricter_is_allowed_laxer_is_not(self):
        change = self._opened(self._capture(self.technician, decision="change_order").action_confirm())
        self.assertEqual(change._name, "sale.change.order")
        capture = self._capture(self.technician, minutes=20)
        capture.decision = "minor_item"
        self.assertEqual(capture.allowed_decisions, ["change_order", "follow_up", "decline"])
        with self.assertRaisesRegex(UserError, "can't be recorded as “Free”: 20 minutes are more than the 15"):
            capture.action_confirm()
        capture = self._capture(self.technician, minutes=24 * 60)
        capture.decision = "change_order"
        with self.assertRaisesRegex(UserError, "can't be recorded as “Extension”: 3 working days"):
            capture.action_confirm()
        self.assertFalse(self.order.minor_item_ids)

    def test_goodwill(self):
        self.assertTrue(self.manager.has_group("order_extension.group_goodwill"))
        capture = self._capture(self.manager, minutes=40)
        capture.decision = "minor_item"
        self.assertTrue(capture.is_goodwill)
        self.assertIn("this time", capture.wording, "nothing is promised about the allowance")
        with self.assertRaisesRegex(UserError, "why it is free nevertheless"):
            capture.action_confirm()
        capture.goodwill_reason = "We scratched her floor"
        action = capture.action_confirm()
        self.assertEqual(action["params"]["message"], "Recorded as goodwill.")
        item = self.order.minor_item_ids
        # 40 minutes are 0.67 h, and 40.20 is more than the 38.03 of the allowance
        self.assertRecordValues(item, [{"value": 40.2, "covered_by": "goodwill"}])
        self.assertIn("We scratched her floor", item.message_ids.mapped("body")[0])

    def test_the_rule_is_asked_again(self):
        """What was open on two phones at once does not overdraw the allowance."""
        self._set_allowance(self.order, 20.0)
        first, second = self._capture(self.technician), self._capture(self.technician)
        self.assertEqual((first.route, second.route), ("minor_item", "minor_item"))
        first.action_confirm()
        self.assertEqual(len(self.order.minor_item_ids), 1)
        # 20.00 - 15.00 = 5.00 is left
        action = second.with_context(extra_route_shown="minor_item").action_confirm()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.extra.capture", second.id))
        self.assertIn("5.00", second.route_reason)
        self.assertEqual(second.decision, "change_order")
        change = self._opened(second.with_context(extra_route_shown="change_order").action_confirm())
        self.assertEqual(change._name, "sale.change.order")
        self.assertEqual(len(self.order.minor_item_ids), 1)

    def test_without_a_screen_the_rule_is_followed(self):
        self._set_allowance(self.order, 20.0)
        first, second = self._capture(), self._capture()
        first.action_confirm()
        self.assertEqual(self._opened(second.action_confirm())._name, "sale.change.order")
        self.assertEqual(self.order.minor_items_left, 5.0)

    def test_bad_input(self):
        Capture = self.env["sale.extra.capture"]
        with self.assertRaisesRegex(UserError, "which order or task"):
            Capture.create({"name": "Door", "minutes": 5})
        private = self.env["project.task"].create({"name": "Sweep the yard"})
        with self.assertRaisesRegex(UserError, "“Sweep the yard” belongs to no sales order"):
            Capture.create({"task_id": private.id, "name": "Door", "minutes": 5})
        other = self._make_order(((self.wardrobe, 1),))
        with self.assertRaisesRegex(ValidationError, "is no task of"):
            Capture.create({"task_id": self.task.id, "order_id": other.id, "name": "Door", "minutes": 5})
        with self.assertRaisesRegex(ValidationError, "less than nothing"):
            self._capture(minutes=-5)
        with self.assertRaisesRegex(ValidationError, "less than nothing"):
            self._capture(material_cost=-0.01)
        with self.assertRaisesRegex(UserError, "how many minutes"):
            self._capture(minutes=0).action_confirm()
        quotation = self._make_order(((self.wardrobe, 1),), confirm=False)
        with self.assertRaisesRegex(UserError, "is not a confirmed order"):
            Capture.create({"order_id": quotation.id, "name": "Door", "minutes": 5})
        capture = self._capture()
        self.order._action_cancel()
        with self.assertRaisesRegex(UserError, "is not a confirmed order"):
            capture.action_confirm()
        self.assertFalse(self.order.minor_item_ids)

    def test_photos_of_others_stay_theirs(self):
        """A photo that belongs to another document is refused, and nothing is recorded."""
        photo = self._photo(self.technician, res_model="project.task", res_id=self.task.id)
        with self.assertRaisesRegex(UserError, "belongs to another document"):
            self._capture(self.technician, photo_ids=[Command.link(photo.id)]).action_confirm()

    def test_catalogue_names_and_times(self):
        capture = self.env["sale.extra.capture"].create({"task_id": self.task.id, "product_id": self.silicone.id})
        self.assertRecordValues(
            capture, [{"order_id": self.order.id, "name": "Renew a silicone joint", "minutes": 10, "value": 25.0}]
        )
