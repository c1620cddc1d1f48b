"""What is on file stays on file: pictures, people, orders."""

import base64

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import SIGNATURE
from .common_portal import ChangeOrderPortalCommon

#: Who is kept elsewhere, or says nothing that somebody answers for.
NOT_KEPT = {
    ("order.stage.visit", "owner_id"),  # where an order was, not what was decided
    ("order.stage.visit", "entered_by"),
    ("order.escalation", "user_id"),  # whom the add-on has told
}


@tagged("post_install", "-at_install")
class TestOnFile(ChangeOrderPortalCommon):
    def _attach(self, **values):
        return self.env["ir.attachment"].create({"name": "window.png", "datas": SIGNATURE, **values})

    def _get_evidence(self, change):
        signature = self.env["ir.attachment"].search(
            [("res_model", "=", change._name), ("res_id", "=", change.id), ("res_field", "=", "signature")]
        )
        return {"signature": signature, "photo": change.photo_ids, "pdf": change.signed_pdf_id}

    @mute_logger("odoo.sql_db")
    def test_attachments_of_what_was_signed(self):
        change = self._make_change(photo_ids=[(4, self._attach().id)], send=True)
        self._finish(self._sign(change))
        admin = new_test_user(self.env, "on_file_admin", "base.group_system,sales_team.group_sale_manager")
        admin.company_ids |= self.company
        for user in (self.seller, self.technician, self.manager, admin):
            for what, attachment in self._get_evidence(change).items():
                self.assertEqual(len(attachment), 1, what)
                own = attachment.with_user(user).with_context(allowed_company_ids=self.company.ids)
                with self.subTest(user=user.login, what=what):
                    with self.assertRaises(AccessError):
                        own.write({"raw": b"another"})
                    with self.assertRaises(AccessError):
                        own.write({"res_id": 0})
                    with self.assertRaises(AccessError):
                        own.unlink()
        replacement = {"res_model": change._name, "res_id": change.id, "res_field": "signature"}
        loose = self._attach().with_user(self.seller)
        loose.sudo().create_uid = self.seller
        with self.assertRaises(AccessError):
            loose.write(replacement)
        with self.assertRaises(AccessError):
            loose.create({"name": "signature", "datas": SIGNATURE, **replacement})
        for what, attachment in self._get_evidence(change).items():
            with self.subTest(what=what), self.assertRaises(UserError):
                attachment.sudo().unlink()

    def test_attachments_of_a_draft_are_free(self):
        draft = self._make_change(user=self.seller)
        photo = self._attach(res_model=draft._name, res_id=draft.id).with_user(self.seller)
        photo.write({"name": "another.png"})
        photo.unlink()

    def test_what_is_added_to_a_message_is_possible(self):
        attachment = self.env["ir.attachment"].with_user(self.seller)
        attachment = attachment.create({"name": "a", "raw": b"b", "res_model": "mail.compose.message", "res_id": 0})
        message = self.change.with_user(self.seller).message_post(body="See", attachment_ids=attachment.ids)
        self.assertEqual(message.attachment_ids.res_id, self.change.id)

    def test_customer_cannot_take_the_pdf_out_of_their_message(self):
        self._accept(self.change)
        self._finish(self.change)
        message = self.change.message_ids.filtered("attachment_ids")[:1]
        self.assertEqual(message.author_id, self.customer)
        with self.assertRaises(UserError):
            self.change.sudo()._message_update_content(message, body="Nothing", attachment_ids=[])

    def test_people_are_kept(self):
        """Whoever has sent, approved, decided or cancelled something can be archived, not deleted."""
        lost = set()
        for name, model in self.env.registry.items():
            if model._abstract or model._transient or not model._auto:
                continue
            for field in model._fields.values():
                if (
                    field.type == "many2one"
                    and field.comodel_name == "res.users"
                    and (field._module or "").startswith("order_")
                    and field.store
                    and field.readonly
                    and not field.compute
                    and field.name not in ("create_uid", "write_uid")  # Odoo's own
                    and field.ondelete != "restrict"
                ):
                    lost.add((name, field.name))
        self.assertLessEqual(lost, NOT_KEPT)
        user = new_test_user(self.env, "on_file_seller", "sales_team.group_sale_manager")
        change = self._make_change()
        change.with_user(user).sudo().action_mark_sent()
        self.assertEqual(change.sent_by_id, user)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            user.unlink()

    def test_order_with_a_change_order_is_kept(self):
        self._sign(self.change)
        self.order._action_cancel()
        with self.assertRaisesRegex(UserError, "stays on file"):
            self.order.unlink()
        self.assertEqual(base64.b64decode(self.change.signature)[:4], b"\x89PNG")
