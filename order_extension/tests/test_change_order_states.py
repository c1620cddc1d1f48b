"""The life of a change order: who, when and why; what can't be done, and what is said then."""

import base64
import io
from datetime import timedelta

from PIL import Image
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..change_order_rules import decode_signature
from ..pictures import is_picture, picture_data_uri, shown_picture
from .common import SIGNATURE, ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestChangeOrderStates(ChangeOrderCommon):
    # === CREATE ===

    def test_numbers_run_per_order(self):
        first, second = self._make_change(), self._make_change()
        self.assertEqual(first.name, f"{self.order.name}/C01")
        self.assertEqual(second.name, f"{self.order.name}/C02")
        self.order = self._make_order()
        self.assertEqual(self._make_change().name, f"{self.order.name}/C01")

    def test_numbers_of_a_batch(self):
        changes = self.env["sale.change.order"].create(
            [{"order_id": self.order.id, "title": title} for title in ("one", "two", "three")]
        )
        self.assertEqual(changes.mapped("number"), [1, 2, 3])
        values = {"order_id": self.order.id, "title": "four and five"}
        self.assertEqual(self.env["sale.change.order"].create([values, values]).mapped("number"), [4, 5])
        self.assertEqual(values.keys(), {"order_id", "title"})

    def test_a_deleted_draft_leaves_its_number(self):
        self._make_change().unlink()
        self.assertEqual(self._make_change().name, f"{self.order.name}/C01")

    def test_only_on_a_confirmed_order(self):
        for state in ("draft", "sent", "cancel"):
            with self.subTest(state=state):
                order = self._make_order(confirm=False)
                if state == "cancel":
                    order._action_cancel()
                elif state == "sent":
                    order.action_quotation_sent()
                self.order = order
                with self.assertRaisesRegex(UserError, f"{order.name} is not a confirmed order"):
                    self._make_change()
                with self.assertRaisesRegex(UserError, "not a confirmed order"):
                    order.action_new_change_order()

    def test_from_the_order_and_from_the_task(self):
        task = self.order.order_line.task_id
        action = self.order.action_new_change_order()
        self.assertEqual(action["context"], {"default_order_id": self.order.id})
        action = task.action_new_change_order()
        with Form(self.env["sale.change.order"].with_context(**action["context"])) as form:
            form.title = "From the task"
        self.assertEqual(form.record.order_id, self.order)
        self.assertEqual(form.record.task_id, task)
        self.assertEqual(task.change_order_count, 1)
        self.assertEqual(self.order.change_order_count, 1)
        self.assertEqual(
            self.env[action["res_model"]].search(self.order.action_view_change_orders()["domain"]), form.record
        )
        self.assertTrue(task.can_record_change_order)

    def test_not_from_a_task_without_order(self):
        project = self.env["project.project"].create({"name": "Inside"})
        task = self.env["project.task"].create({"name": "Tidy up", "project_id": project.id})
        self.assertFalse(task.can_record_change_order)
        with self.assertRaisesRegex(UserError, "“Tidy up” belongs to no sales order"):
            task.action_new_change_order()

    # === SEND ===

    def test_mark_sent(self):
        change = self._make_change()
        before = fields.Datetime.now()
        change.with_user(self.seller).action_mark_sent()
        self.assertEqual(change.state, "sent")
        self.assertEqual(change.sent_by_id, self.seller)
        self.assertGreaterEqual(change.sent_on, before)
        self.assertTrue(change.access_token)
        self.assertIn(self.customer, change.message_partner_ids)
        with self.assertRaisesRegex(UserError, "already"):
            change.action_mark_sent()

    def test_send_by_mail(self):
        change = self._make_change(user=self.seller)
        action = change.action_send()
        self.assertEqual(change.state, "draft", "opening the composer is not sending")
        composer = self.env["mail.compose.message"].with_user(self.seller).with_context(**action["context"]).create({})
        composer._action_send_mail()
        self.assertEqual(change.state, "sent")
        message = change.message_ids.filtered(lambda message: message.message_type == "comment")[:1]
        self.assertIn(self.customer, message.partner_ids)
        self.assertIn(change.name, message.subject)
        self.assertTrue(message.attachment_ids, "the PDF goes with it")
        self.assertEqual(self.order.state, "sale")

    def test_offers_that_make_no_sense(self):
        zero = self._make_product("No price", 0.0)
        archived = self._make_product("Gone", 10.0)
        yesterday = fields.Date.today() - timedelta(days=1)
        cases = [
            ("nothing to sign", self._make_change(self._add(self.window), title="Empty")),
            ("“No price” has no price", self._make_change(self._add(zero))),
            ("“Gone” is no longer sold", self._make_change(self._add(archived))),
            ("valid until", self._make_change(validity_date=yesterday)),
            (
                "“Shelf board” can't be reduced by 12 Units: the order has only 10 of it",
                self._make_change(self._reduce(self._line(self.boards), 6), self._reduce(self._line(self.boards), 6)),
            ),
        ]
        cases[0][1].line_ids.unlink()
        archived.active = False
        for message, change in cases:
            for action in ("action_mark_sent", "action_send", "action_sign_on_device"):
                with self.subTest(message=message, action=action):
                    with self.assertRaisesRegex(UserError, f"(?s){change.name}.*{message}"):
                        getattr(change, action)()
                    self.assertEqual(change.state, "draft")

    def test_reducing_more_than_there_is(self):
        """10 boards: 11 are refused when they are entered, and 4 of them once 7 are delivered."""
        line = self._line(self.boards)
        too_many = "“Shelf board” can't be reduced by 11 Units: the order has only 10 of it."
        with self.assertRaisesRegex(ValidationError, too_many), self.cr.savepoint():
            self._make_change(self._reduce(line, 11), user=self.technician)
        change = self._make_change(self._reduce(line, 4), user=self.technician)
        with self.assertRaisesRegex(ValidationError, too_many), self.cr.savepoint():
            change.line_ids.quantity = 11
        line.qty_delivered = 7
        delivered = "can't be reduced by 4 Units: of the 10 ordered, 7 are delivered or invoiced, so at most 3 can"
        with self.assertRaisesRegex(ValidationError, delivered), self.cr.savepoint():
            self._make_change(self._reduce(line, 4))
        # what was entered before that is refused when it is offered
        with self.assertRaisesRegex(UserError, delivered):
            change.action_mark_sent()
        change.line_ids.quantity = 3
        change.action_mark_sent()

    def test_free_on_purpose(self):
        """A price with a discount of 100 % says that it is meant."""
        change = self._make_change(self._add(self.window, discount=100.0), send=True)
        self.assertEqual(change.amount_total, 0.0)
        self._sign(change)
        self.assertEqual(change.state, "signed")

    def test_only_time(self):
        change = self._make_change(days_added=3, send=False)
        change.line_ids.unlink()
        change.action_mark_sent()
        self._sign(change)
        self.assertEqual(str(self.order.commitment_date), "2030-05-13 12:00:00")

    def test_quantities_and_prices_that_are_refused(self):
        for quantity in (0, -1):
            with self.subTest(quantity=quantity), mute_logger("odoo.sql_db"):
                with self.assertRaises(IntegrityError), self.cr.savepoint():
                    self._make_change(self._add(self.window, quantity))
        with self.assertRaisesRegex(ValidationError, "a price that is not negative"):
            self._make_change(self._add(self.window, price_unit=-5.0))
        with self.assertRaisesRegex(ValidationError, "discount between 0 and 100"):
            self._make_change(self._add(self.window, discount=150.0))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self._make_change(Command.create({"kind": "add", "name": "No product"}))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self._make_change(Command.create({"kind": "reduce", "name": "No line"}))

    # === FIXED ONCE SENT ===

    def test_what_was_offered_is_fixed(self):
        sent = self._make_change(send=True)
        signed = self._sign(self._make_change(send=True))
        declined = self._make_change(send=True)
        declined._decline("Lena Sommer", "Too dear")
        for change in (sent, signed, declined):
            with self.subTest(state=change.state):
                for vals in (
                    {"title": "Other"},
                    {"days_added": 9},
                    {"description": "Other"},
                    {"validity_date": "2031-01-01"},
                    {"line_ids": [Command.clear()]},
                    {"line_ids": [self._add(self.boards)]},
                ):
                    with self.assertRaisesRegex(UserError, f"{change.name} is no longer a draft"):
                        change.write(vals)
                with self.assertRaisesRegex(UserError, "no longer a draft"):
                    change.line_ids.price_unit = 1.0
                with self.assertRaisesRegex(UserError, "no longer a draft"):
                    change.line_ids.unlink()
                with self.assertRaisesRegex(UserError, "no longer a draft"):
                    self.env["sale.change.order.line"].create(
                        {"change_order_id": change.id, "product_id": self.window.id}
                    )
                with self.assertRaisesRegex(UserError, f"{change.name} was offered to the customer"):
                    change.unlink()

    def test_states_and_signatures_are_not_written_by_hand(self):
        change = self._make_change(send=True)
        for vals in (
            {"state": "signed"},
            {"signed_by": "Somebody"},
            {"signed_on": "2026-01-01 10:00:00"},
            {"offer_hash": "0" * 64},
            {"signed_content": "{}"},
            {"amount_effect": 5.0},
        ):
            for records in (change, change.with_user(self.manager), change.with_user(self.seller)):
                with self.subTest(vals=vals, user=records.env.user.name):
                    with self.assertRaisesRegex(UserError, "can't be written directly"):
                        records.write(vals)
        # what comes over the wire can't pretend to be a transition
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            change.with_context(change_order_transition=True).write({"state": "signed"})
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self._make_change(state="signed")
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self._make_change(number=77)

    def test_stays_with_its_order(self):
        change = self._make_change()
        with self.assertRaisesRegex(UserError, "stays with its order"):
            change.order_id = self._make_order()

    def test_draft_can_be_edited_and_deleted(self):
        change = self._make_change()
        change.write({"title": "Two windows", "line_ids": [self._add(self.window)]})
        self.assertEqual(change.amount_untaxed, 170.0)
        change.unlink()
        self.assertFalse(change.exists())

    # === DECLINE, CANCEL, EXPIRE ===

    def test_decline_leaves_the_order_alone(self):
        change = self._make_change(send=True, days_added=4)
        change._decline("  Lena\nSommer ", " Too dear ")
        self.assertRecordValues(
            change, [{"state": "declined", "declined_by": "Lena Sommer", "decline_reason": "Too dear"}]
        )
        self.assertTrue(change.declined_on)
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.amount_untaxed, 5070.0)
        self.assertEqual(str(self.order.commitment_date), "2030-05-10 12:00:00")
        with self.assertRaisesRegex(UserError, "not open for signature"):
            self._sign(change)

    def test_decline_needs_a_reason(self):
        change = self._make_change(send=True)
        for reason in ("", "  \n ", None):
            with self.assertRaisesRegex(UserError, "why you decline"):
                change._decline("Lena", reason)
        self.assertEqual(change.state, "sent")

    def test_cancel(self):
        change = self._make_change(send=True)
        action = change.action_cancel()
        wizard = self.env[action["res_model"]].with_user(self.seller).with_context(**action["context"])
        wizard.create({"reason": "Customer called"}).action_cancel_change_order()
        self.assertRecordValues(
            change,
            [{"state": "cancelled", "cancelled_by_id": self.seller.id, "cancel_reason": "Customer called"}],
        )
        self.assertTrue(change.cancelled_on)
        with self.assertRaisesRegex(UserError, "can't become"):
            change._cancel("again")

    def test_a_signature_is_not_cancelled(self):
        change = self._sign(self._make_change(send=True))
        with self.assertRaisesRegex(UserError, "can't become"):
            change._cancel("Second thoughts")
        self.assertEqual(change.state, "signed")

    def test_expire(self):
        stale = self._make_change(send=True)
        unlimited = self._make_change(validity_date=False, send=True)
        fresh = self._make_change(send=True)
        draft = self._make_change()
        yesterday = fields.Date.today() - timedelta(days=1)
        (stale | draft)._as_transition().write({"validity_date": yesterday})
        self.assertTrue(stale.is_expired, "the customer can't sign it even before the job has run")
        with self.assertRaisesRegex(UserError, "has expired"):
            self._sign(stale)
        with self.enter_registry_test_mode():
            self.env.ref("order_extension.ir_cron_expire_change_orders").method_direct_trigger()
        self.assertEqual((stale | unlimited | fresh | draft).mapped("state"), ["expired", "sent", "sent", "draft"])
        self.assertTrue(stale.expired_on)

    def test_last_day_still_counts(self):
        change = self._make_change(validity_date=fields.Date.today(), send=True)
        self.assertFalse(change.is_expired)
        self._sign(change)

    # === REVISE ===

    def test_revise_a_sent_one(self):
        change = self._make_change(self._add(self.window, price_unit=99.0), send=True, days_added=2)
        action = change.with_user(self.seller).action_revise()
        revision = self.env["sale.change.order"].browse(action["res_id"])
        self.assertRecordValues(
            revision,
            [
                {
                    "name": f"{self.order.name}/C01-R2",
                    "state": "draft",
                    "revision": 2,
                    "revision_of_id": change.id,
                    "title": "Stuck window",
                    "days_added": 2,
                    "amount_untaxed": 99.0,
                    "create_uid": self.seller.id,
                }
            ],
        )
        # what the customer has stays theirs until there is something else
        self.assertEqual((change.state, change.superseded_by_id.ids), ("sent", []))
        self.assertEqual(change.action_revise()["res_id"], revision.id, "one at a time")
        revision.line_ids.price_unit = 90.0
        revision.with_user(self.seller).action_mark_sent()
        self.assertRecordValues(
            change,
            [{"state": "cancelled", "superseded_by_id": revision.id, "cancelled_by_id": self.seller.id}],
        )
        self.assertIn(revision.name, change.cancel_reason)
        with self.assertRaisesRegex(UserError, "replaced by a newer one"):
            self._sign(change)
        with self.assertRaisesRegex(UserError, "can't be revised"):
            change.action_revise()
        self._sign(revision)
        self.assertEqual(self.order.amount_untaxed, 5070.0 + 90.0)
        self.assertEqual(self._make_change().name, f"{self.order.name}/C02")

    def test_revise_a_declined_one_once(self):
        change = self._make_change(send=True)
        change._decline("Lena Sommer", "Too dear")
        self._revise(change, send=True)
        self.assertEqual(change.state, "declined", "that it was declined stays on file")
        with self.assertRaisesRegex(UserError, "can't be revised"):
            change.action_revise()

    def test_signed_while_it_is_revised(self):
        """The offer that is with the customer can be signed; its revision can't be sent any more then."""
        change = self._make_change(send=True)
        revision = self._revise(change)
        self._sign(change)
        message = f"{change.name}, which this was to replace, was signed by Lena Sommer meanwhile"
        for action in ("action_mark_sent", "action_send", "action_sign_on_device"):
            with self.assertRaisesRegex(UserError, message):
                getattr(revision, action)()
        self.assertEqual((change.state, revision.state), ("signed", "draft"))
        self.assertEqual(self.order.amount_untaxed, 5155.0, "applied once")
        revision._cancel("Signed as it was")

    def test_revision_that_comes_to_nothing(self):
        """Cancelled before it was sent: the earlier offer stands, and the next revision has a number of its own."""
        change = self._make_change(send=True)
        self._revise(change)._cancel("Not after all")
        self.assertTrue(change.can_revise)
        self.assertEqual(self._revise(change, send=True).name, f"{self.order.name}/C01-R3")
        self.assertEqual(change.state, "cancelled")

    def test_each_offer_counts_once(self):
        change = self._make_change(send=True)
        revision = self._revise(change)
        standing = self.order.change_order_ids.filtered_domain(change._get_standing_domain())
        self.assertEqual((standing, self.order.change_order_count), (change, 1))
        report = self.env["sale.change.order.report"]
        self.assertEqual(report.search([("order_id", "=", self.order.id)]).change_order_id, change)
        revision.action_mark_sent()
        self.env.invalidate_all()
        standing = self.order.change_order_ids.filtered_domain(change._get_standing_domain())
        self.assertEqual((standing, self.order.change_order_count), (revision, 1))
        self.assertEqual(report.search([("order_id", "=", self.order.id)]).change_order_id, revision)

    def test_revise_others(self):
        for change in (self._make_change(), self._sign(self._make_change(send=True))):
            self.assertFalse(change.can_revise)
            with self.assertRaisesRegex(UserError, "can't be revised"):
                change.action_revise()

    def test_photos_go_along(self):
        photo = self.env["ir.attachment"].create(
            {"name": "window.png", "raw": base64.b64decode(SIGNATURE), "mimetype": "image/png"}
        )
        change = self._make_change(photo_ids=[Command.link(photo.id)])
        self.assertEqual((photo.res_model, photo.res_id), ("sale.change.order", change.id))
        self.assertTrue(photo.access_token)
        change.action_mark_sent()
        revision = self.env["sale.change.order"].browse(change.action_revise()["res_id"])
        self.assertEqual(revision.photo_ids.checksum, photo.checksum)
        self.assertNotEqual(revision.photo_ids, photo)
        self.assertEqual(revision.photo_ids.res_id, revision.id)

    def test_photos_of_others_and_other_files(self):
        foreign = self.env["ir.attachment"].create(
            {"name": "secret.png", "raw": b"x", "mimetype": "image/png", "res_model": "res.partner", "res_id": 1}
        )
        with self.assertRaisesRegex(UserError, "belongs to another document"):
            self._make_change(photo_ids=[Command.link(foreign.id)])
        text = self.env["ir.attachment"].create({"name": "plan.txt", "raw": b"x"})
        with self.assertRaisesRegex(UserError, "is not a picture"):
            self._make_change(photo_ids=[Command.link(text.id)])

    def test_photos_that_somebody_else_has_uploaded(self):
        """A picture of a web page can be read by all, a colleague's by many; with the record it would be replaced."""
        png = base64.b64decode(SIGNATURE)
        values = {"name": "logo.png", "raw": png, "mimetype": "image/png"}
        public = self.env["ir.attachment"].with_user(self.technician).sudo().create({**values, "public": True})
        colleagues = self.env["ir.attachment"].create({**values, "public": True})
        colleagues.public = False
        mine = self.env["ir.attachment"].with_user(self.technician).create(values)
        for photo in (public, colleagues):
            # one that is not theirs to see is refused as such
            with self.assertRaises(UserError):
                self._make_change(user=self.technician, photo_ids=[Command.link(photo.id)])
            self.assertFalse(photo.res_id)
        change = self._make_change(user=self.technician, photo_ids=[Command.link(mine.id)])
        self.assertEqual(mine.res_id, change.id)

    def test_only_formats_that_are_read(self):
        """Nothing of what a stranger sends reaches the other readers of the picture library."""
        self.assertIn("PPM", Image.OPEN)
        pixmap = io.BytesIO()
        Image.new("RGB", (2, 2), "red").save(pixmap, "PPM")
        with self.assertRaises(ValueError):
            shown_picture(pixmap.getvalue())
        self.assertFalse(is_picture(pixmap.getvalue()))
        self.assertEqual(picture_data_uri(pixmap.getvalue(), (10, 10)), "")
        with self.assertRaisesRegex(ValueError, "unreadable"):
            decode_signature(base64.b64encode(pixmap.getvalue()))

    def _upload(self, name, content, mimetype="image/jpeg"):
        return self.env["ir.attachment"].create({"name": name, "raw": content, "mimetype": mimetype})

    def test_photos_are_what_everybody_can_see(self):
        """Judged by what is in the file, not by its name, also when it is uploaded to a record that exists."""
        png = base64.b64decode(SIGNATURE)
        heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
        change = self._make_change()
        for name, content, mimetype in (
            ("note.jpg", b"only text", "image/jpeg"),
            ("IMG_1.heic", heic, "image/heic"),
            ("half.png", png[:40], "image/png"),
        ):
            with self.subTest(name=name):
                photo = self._upload(name, content, mimetype)
                message = f"“{name}” can't be shown as a picture"
                with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
                    self._make_change(photo_ids=[Command.link(photo.id)])
                photo.write({"res_model": "sale.change.order", "res_id": change.id})
                with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
                    change.photo_ids = photo
        self.assertFalse(change.photo_ids)

    def test_photos_that_odoo_reads_become_jpeg(self):
        bitmap = io.BytesIO()
        Image.new("RGB", (20, 10), "red").save(bitmap, "BMP")
        photo = self._upload("wall.bmp", bitmap.getvalue(), "image/bmp")
        change = self._make_change(photo_ids=[Command.link(photo.id)])
        self.assertRecordValues(change.photo_ids, [{"name": "wall.bmp.jpg", "mimetype": "image/jpeg"}])
        with Image.open(io.BytesIO(photo.raw)) as image:
            self.assertEqual((image.format, image.size), ("JPEG", (20, 10)))

    def test_revision_leaves_out_what_was_never_a_picture(self):
        photo = self._upload("wall.png", base64.b64decode(SIGNATURE))
        change = self._make_change(photo_ids=[Command.link(photo.id)], send=True)
        photo.sudo().raw = b"from before it was checked"
        self.assertFalse(change.browse(change.action_revise()["res_id"]).photo_ids)

    def test_copy_is_a_fresh_draft(self):
        change = self._sign(self._make_change(send=True))
        copy = change.copy()
        self.assertRecordValues(
            copy,
            [{"state": "draft", "number": 2, "revision": 1, "signed_by": False, "title": "Stuck window (copy)"}],
        )
        self.assertFalse(copy.line_ids.applied_line_id)
        self.assertFalse(copy.content_hash == change.content_hash)

    # === THE ORDER GOES ===

    def test_cancelling_the_order_takes_open_offers_back(self):
        draft, sent = self._make_change(), self._make_change(send=True)
        signed = self._sign(self._make_change(send=True))
        self.order._action_cancel()
        self.assertEqual((draft | sent | signed).mapped("state"), ["cancelled", "cancelled", "signed"])
        self.assertIn(self.order.name, sent.cancel_reason)
        with self.assertRaisesRegex(UserError, "order was cancelled"):
            self._sign(sent)

    def test_an_extended_order_stays(self):
        self._make_change(send=True)
        self.order._action_cancel()
        with self.assertRaisesRegex(UserError, "was offered .*C01"):
            self.order.unlink()

    def test_an_order_with_drafts_only_goes_with_them(self):
        change = self._make_change()
        order = self.order
        self.env["sale.change.order"].flush_model()
        self.cr.execute("UPDATE sale_order SET state = 'cancel' WHERE id = %s", [order.id])
        order.invalidate_recordset()
        order.unlink()
        self.assertFalse(change.exists())
