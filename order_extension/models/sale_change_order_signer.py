"""Who signs when it is not the customer himself: a tenant, a site manager, somebody's architect."""

from odoo import api, fields, models


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    signer_partner_id = fields.Many2one(
        "res.partner",
        "To Be Signed by",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Gets this change order to sign and sees nothing else of the order. Empty: the customer.",
    )
    signed_role = fields.Char(
        "In the Capacity of", readonly=True, copy=False, help="As what the signatory has signed, in his own words."
    )

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | {"signer_partner_id"}

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"signed_role"}

    def _get_signer(self):
        """Whom this is sent to for the signature."""
        self.ensure_one()
        return self.signer_partner_id or self.partner_id

    def _get_signer_label(self):
        """Who has signed, and as what."""
        self.ensure_one()
        return f"{self.signed_by} ({self.signed_role})" if self.signed_role else self.signed_by

    def _prepare_offer_content(self):
        content = super()._prepare_offer_content()
        if self.signer_partner_id:
            content["signer"] = self.sudo().signer_partner_id.name or ""
        return content

    # === MAIL ===

    def action_mark_sent(self):
        res = super().action_mark_sent()
        for change_order in self.filtered("signer_partner_id"):
            if change_order._has_third_party_signer():
                continue  # who follows hears what the customer writes
            # In sudo: following is part of being asked, see the customer in action_mark_sent.
            change_order.sudo().message_subscribe(partner_ids=change_order.signer_partner_id.ids)
        return res

    def _message_add_default_recipients(self):
        """The one who is to sign comes first, the customer hears of it."""
        found = super()._message_add_default_recipients()
        for change_order in self.filtered("signer_partner_id"):
            defaults = found[change_order.id]
            defaults["partners"] = change_order.signer_partner_id | defaults["partners"]
        return found

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Whoever is to sign gets the link that opens this one without a login, as the customer does."""
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals=msg_vals)
        signer = self.signer_partner_id if len(self) == 1 else self.env["res.partner"]
        if not signer or signer == self.partner_id:
            return groups
        # In sudo: whoever posts may not make tokens, and the signer needs one to open what he is asked to sign.
        sudo = self.sudo()
        if self._has_third_party_signer():
            link = f"{self.get_base_url()}{sudo._for_third_party().get_portal_url()}"
        else:
            link = self._notify_get_action_link(
                "view",
                **{
                    **(msg_vals or {}),
                    "access_token": sudo._portal_ensure_token(),
                    "pid": signer.id,
                    "hash": sudo._sign_token(signer.id),
                },
            )
        options = {
            "active": True,
            "button_access": {"url": link, "title": self._get_access_title()},
            "has_button_access": True,
        }
        return [("portal_signer", lambda recipient: recipient["id"] == signer.id, options), *groups]
