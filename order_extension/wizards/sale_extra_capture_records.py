"""What a wish becomes: a minor item, a draft change order, a follow-up or a note that it was declined."""

from markupsafe import Markup, escape

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..change_order_rules import clean_text
from ..small_extra import MINUTES_PER_HOUR


class SaleExtraCapture(models.TransientModel):
    _inherit = "sale.extra.capture"

    # === ACTIONS ===

    def action_confirm(self):
        """Make what was decided, if the rule still allows it; open it if there is something left to do about it."""
        self.ensure_one()
        self._refresh_under_lock()
        if self._has_changed_since_shown():
            return self._reopen()
        self._check_decision()
        return getattr(self, f"_confirm_{self.decision}")()

    def action_confirm_and_sign(self):
        """Make the change order and hand the device to the customer, unless somebody has to approve it first."""
        self.ensure_one()
        self._refresh_under_lock()
        if self._has_changed_since_shown():
            return self._reopen()
        if self.decision != "change_order":
            raise UserError(self.env._("Only an extension is signed. Choose “Extension” first."))
        self._check_decision()
        change_order = self._create_change_order()
        if change_order._is_above_approval_amount():
            return self._open(change_order)
        return change_order.action_sign_on_device()

    def _refresh_under_lock(self):
        """Look again at what is left, with everybody else who records on this order waiting until we are done."""
        order = self._get_order()
        order._lock_for_extension()
        # What another transaction wrote before the lock was had would be read from memory otherwise.
        order.invalidate_recordset()
        self.invalidate_recordset()
        if self.decision == self.proposed_decision != self.route:
            # nobody has decided otherwise, so it follows the rule
            self.write({"decision": self.route, "proposed_decision": self.route})

    def _has_changed_since_shown(self):
        """Whether the rule now says something stricter than the screen on which the button was pressed."""
        shown = self.env.context.get("extra_route_shown")
        return bool(shown) and shown != self.route

    def _reopen(self):
        """Show it again as it is now: what was said to the customer may have to be said otherwise."""
        return {
            "name": self.env._("This has changed in the meantime"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _check_decision(self):
        """Raise in the user's words when what was decided can't be done."""
        if not self.decision or (self.decision == "minor_item" and not self.is_complete):
            raise UserError(self.env._("“%s”: say how many minutes it takes, or what the material costs.", self.name))
        if not self._may_decide(self.decision):
            labels = dict(self._fields["decision"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(name)s” can't be recorded as “%(decision)s”: %(reason)s",
                    name=self.name,
                    decision=labels[self.decision],
                    reason=self.route_reason,
                )
            )
        if self.is_goodwill and not clean_text(self.goodwill_reason):
            raise UserError(
                self.env._(
                    "“%(name)s” goes beyond what is free: %(reason)s Say in a few words why it is free nevertheless.",
                    name=self.name,
                    reason=self.route_reason,
                )
            )
        if self.decision == "decline" and not clean_text(self.decline_reason):
            raise UserError(self.env._("Please say in a few words why “%s” can't be done.", self.name))

    def _open(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _notify(self, title, message):
        """Tell that it is done, and close the dialog."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": title,
                "message": message,
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _take_photos(self):
        """Return the photos, freed from this dialog, so that another record can claim them."""
        photos = self.photo_ids
        photos.check_access("read")
        self.env["extra.photos.mixin"]._check_pictures(photos)
        own = photos.filtered(lambda photo: photo.res_model == self._name and photo.res_id in (0, self.id))
        # In sudo: a technician may not write on attachments in general, but these were uploaded into his own dialog.
        own.sudo().write({"res_id": 0})
        return photos

    # === FREE ===

    def _prepare_minor_item_vals(self):
        return {
            "order_id": self.order_id.id,
            "task_id": self.task_id.id,
            "name": self.name,
            "product_id": self.product_id.id,
            "duration": self.minutes / MINUTES_PER_HOUR,
            "material": self.material,
            "material_cost": self.material_cost,
            "requested_by": self.requested_by,
            "photo_ids": [Command.set(self._take_photos().ids)],
        }

    def _confirm_minor_item(self):
        item = self.env["sale.minor.item"].create(self._prepare_minor_item_vals())
        if self.is_goodwill:
            item.message_post(body=self.env._("Free as goodwill: %s", clean_text(self.goodwill_reason)))
        return item._notify_recorded()

    # === EXTENSION ===

    def _prepare_change_order_vals(self):
        reason = self.env.ref("order_extension.reason_customer_wish", raise_if_not_found=False)
        return {
            "order_id": self.order_id.id,
            "task_id": self.task_id.id,
            "title": self.name,
            "reason_id": reason.id if reason else False,
            "line_ids": [Command.create(vals) for vals in self._prepare_change_order_lines_vals()],
            "photo_ids": [Command.set(self._take_photos().ids)],
        }

    def _prepare_change_order_lines_vals(self):
        """The lines as they were priced when it was said what it costs."""
        return self.order_id._prepare_extra_lines_vals(
            self.product_id,
            self.minutes,
            self.material_cost,
            task=self.task_id,
            name=self.name,
            material=self.material or self.env._("Material"),
        )

    def _create_change_order(self):
        change_order = self.env["sale.change.order"].create(self._prepare_change_order_vals())
        if self.minutes and self._get_service():
            # In sudo: how long it takes was said here, of the line that comes first, and is nobody's to write.
            change_order.line_ids[:1].sudo().minutes = self.minutes
        if self.requested_by:
            change_order.message_post(body=self.env._("Asked for by %s.", self.requested_by))
        return change_order

    def _confirm_change_order(self):
        return self._open(self._create_change_order())

    # === FOLLOW-UP ===

    def _prepare_follow_up_description(self):
        """What the seller has to know, as HTML."""
        lines = [
            (self.env._("Recorded on site by"), self.env.user.name),
            (self.env._("Task"), self.task_id.name),
            (self.env._("Asked for by"), self.requested_by),
            (self.env._("Time"), self.minutes and self.env._("%s minutes", self.minutes)),
            (self.env._("Material"), self.material),
        ]
        return Markup("").join(Markup("<p>%s: %s</p>") % (label, text) for label, text in lines if text)

    def _confirm_follow_up(self):
        lead = self.order_id._create_follow_up(
            self.name,
            self._prepare_follow_up_description(),
            self.value,
            task=self.task_id,
            photos=self._take_photos(),
        )
        if lead.has_access("read"):
            return self._open(lead)
        # In sudo: only the name of the colleague who will get in touch.
        seller = lead.sudo().user_id.name
        if seller:
            message = self.env._("%(seller)s will get in touch about “%(name)s”.", seller=seller, name=self.name)
        else:
            message = self.env._("The office will get in touch about “%s”.", self.name)
        return self._notify(self.env._("Passed on"), message)

    # === DECLINE ===

    def _prepare_decline_body(self):
        body = self.env._("“%s” was declined on site.", self.name)
        asked = self.env._("Asked for by %s.", self.requested_by) if self.requested_by else ""
        reason = escape(clean_text(self.decline_reason)).replace("\n", Markup("<br/>"))
        return Markup("<p>%s %s</p><p>%s</p>") % (body, asked, reason)

    def _confirm_decline(self):
        """A wish that can't be met changes nothing: what was ordered stands, and it is noted why."""
        body = self._prepare_decline_body()
        author = self.env.user.partner_id
        # In sudo: a technician may not write on the order, but his note belongs there.
        for record in (self.order_id, self.task_id):
            if record:
                record.sudo().message_post(body=body, author_id=author.id)
        return self._notify(self.env._("Noted"), self.env._("The order stays as it is."))
