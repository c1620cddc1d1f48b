"""Invoicing what was signed: from the change order itself, or several at once from a list."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ..private_context import get_private, private

#: Under which name the order is told which change orders are invoiced. It only ever narrows what would be invoiced.
INVOICED_KEY = "invoiced_change_order_ids"
INVOICING_GROUP = "account.group_account_invoice"
#: Who can open a draft. A seller can't: Odoo's form of invoices reads payments.
READING_GROUPS = (INVOICING_GROUP, "account.group_account_readonly")
#: More links than these are no help in a notification.
MOST_LINKS = 5


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    can_invoice = fields.Boolean(compute="_compute_can_invoice")

    @api.depends("state", "line_ids.applied_line_id.qty_to_invoice")
    @api.depends_context("uid")
    def _compute_can_invoice(self):
        for change_order in self:
            change_order.can_invoice = change_order._may_invoice() and change_order._has_to_be_invoiced()

    def _may_invoice(self):
        """Whether the user may make invoices of this order: who keeps the books, and who may change the order."""
        self.ensure_one()
        user = self.env.user
        if user.has_group(INVOICING_GROUP):
            return self.order_id.has_access("read")
        return user.has_group("sales_team.group_sale_salesman") and self.order_id.has_access("write")

    def _has_to_be_invoiced(self):
        """Whether something that it has added can be invoiced now: what is billed as delivered may have to wait."""
        self.ensure_one()
        # In sudo: whoever sees the change order sees whether it is invoiced, but perhaps not the order's lines.
        change_order = self.sudo()
        added = change_order.line_ids.filtered(lambda line: line.kind == "add").applied_line_id
        return change_order.state == "signed" and any(
            line.product_uom_id.compare(line.qty_to_invoice, 0.0) > 0 for line in added
        )

    def action_create_invoice(self):
        """Make draft invoices of these change orders, one per customer, and stay where one is.

        :raise UserError: if there is nothing to invoice
        """
        if not all(change_order._may_invoice() for change_order in self):
            raise AccessError(self.env._("You can't make invoices. Ask whoever keeps the books."))
        ready = self.filtered("can_invoice")
        if not ready:
            raise UserError(
                self.env._(
                    "Nothing of %s can be invoiced now: it is not signed, invoiced already, or billed as it is"
                    " delivered.",
                    ", ".join(self.mapped("name")),
                )
            )
        orders = ready.order_id.with_context(**{INVOICED_KEY: private(tuple(ready.ids))})
        invoices = orders._create_invoices().with_env(self.env)
        return self.env["sale.order"]._notify_drafts(invoices, left_out=self - ready)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_invoiceable_lines(self, final=False):
        """Of change orders that are invoiced by themselves, only their own lines."""
        lines = super()._get_invoiceable_lines(final)
        change_order_ids = get_private(self.env, INVOICED_KEY)
        if change_order_ids is None:
            return lines
        return lines.filtered(lambda line: line.change_order_id.id in change_order_ids)

    def action_create_draft_invoice(self):
        """Make the draft invoice of what can be invoiced now, with the right to invoices alone, and stay here."""
        if not self.env.user.has_group(INVOICING_GROUP):
            raise AccessError(self.env._("You can't make invoices. Ask whoever keeps the books."))
        self.check_access("read")
        return self._notify_drafts(self._create_invoices(final=True).with_env(self.env))

    @api.model
    def _can_open_invoices(self):
        return any(self.env.user.has_group(group) for group in READING_GROUPS)

    def action_view_invoice(self, invoices=False):
        """Who has just made an invoice and can't open it is told that it is made, and stays with the order."""
        if invoices and not self._can_open_invoices():
            return self._notify_drafts(invoices)
        return super().action_view_invoice(invoices=invoices)

    @api.model
    def _notify_drafts(self, invoices, left_out=()):
        """Return the action that tells which drafts were made. Only who can open them gets a link.

        :param left_out: change orders of which nothing could be invoiced
        """
        # In sudo: who makes an invoice may tell the customer its sum, even if the books are closed to them.
        drafts = invoices.sudo()
        can_open = self._can_open_invoices()
        if len(drafts) == 1:
            message = self.env._(
                "The draft invoice of %(amount)s for %(customer)s is made.",
                amount=format_amount(self.env, drafts.amount_total, drafts.currency_id),
                customer=drafts.partner_id.display_name,
            )
        else:
            message = self.env._("%s draft invoices are made.", len(drafts))
        if not can_open:
            message = f"{message} {self.env._('Whoever keeps the books checks and sends it.')}"
        if left_out:
            names = ", ".join(left_out.mapped("name"))
            message = f"{message} {self.env._('Nothing of %s can be invoiced now.', names)}"
        links = [
            {
                "label": draft.partner_id.display_name if len(drafts) > 1 else self.env._("Open it"),
                "url": f"/odoo/action-account.action_move_out_invoice_type/{draft.id}",
            }
            for draft in drafts[:MOST_LINKS]
            if can_open
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                # with links, the message is a format of them
                "message": message.replace("%", "%%") + " %s" * len(links) if links else message,
                "links": links,
                "type": "success",
                "sticky": bool(links),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
