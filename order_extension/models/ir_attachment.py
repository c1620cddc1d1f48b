"""What was signed is signed with its pictures: they stay as they are, whoever may write the change order."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

CHANGE_ORDER = "sale.change.order"


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _check_access(self, operation):
        """What hangs on a change order that left draft can be read and added to, no more; see also unlink."""
        result = super()._check_access(operation)
        if operation not in ("write", "unlink"):
            return result
        kept = self._filter_on_file()
        if not kept:
            return result
        return kept | (result[0] if result else self.browse()), self._get_on_file_error

    def _get_on_file_error(self):
        return AccessError(
            self.env._("What belongs to a change order stays on file once it was sent: it can't be changed or deleted.")
        )

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._check_takes_no_place()
        return attachments

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & {"res_model", "res_id", "res_field"}:
            self._check_takes_no_place()
        return res

    def _check_takes_no_place(self):
        """Refuse what would be shown instead of a signature."""
        if not self.env.su and self.sudo().filtered("res_field")._filter_on_file():
            raise self._get_on_file_error()

    def _filter_on_file(self):
        """Those that belong to a change order that left draft."""
        # In sudo: whether something is on file doesn't depend on who asks.
        sudo = self.sudo().filtered(lambda attachment: attachment.res_model == CHANGE_ORDER and attachment.res_id)
        if not sudo:
            return self.browse()
        change_orders = self.env[CHANGE_ORDER].sudo().browse(sudo.mapped("res_id")).exists()
        left_draft = set(change_orders.filtered(lambda change_order: change_order.state != "draft").ids)
        return self.browse(sudo.filtered(lambda attachment: attachment.res_id in left_draft).ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        """Not even in sudo: a customer who edits their own message would take the signed PDF with it."""
        kept = self._filter_on_file()
        if not kept:
            return
        change_orders = self.env[CHANGE_ORDER].sudo().browse(set(kept.sudo().mapped("res_id")))
        evidence = change_orders.photo_ids | change_orders.signed_pdf_id
        if kept.sudo().filtered("res_field") or kept & evidence.with_env(self.env):
            raise UserError(self._get_on_file_error().args[0])
