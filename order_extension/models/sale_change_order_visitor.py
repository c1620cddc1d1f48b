"""Who is at the customer's page of a change order, and what they may do and see there."""

import uuid

from odoo import api, fields, models
from odoo.tools import consteq

#: The controller says by this who has come with the link of the third party. It can only take away.
THIRD_PARTY = "change_order_third_party"


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    # Whoever has it is the customer: neither a third party nor anybody else with a login reads it.
    access_token = fields.Char(groups="base.group_user")
    signer_token = fields.Char("Token of the Third Party", readonly=True, copy=False, groups="base.group_system")

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"signer_token"}

    # === A THIRD PARTY'S PART ===

    def _has_third_party_signer(self):
        """Whether somebody is to sign who doesn't belong to the customer: a tenant, an architect."""
        self.ensure_one()
        # In sudo: who belongs to whom is no secret that is told here.
        sudo = self.sudo()
        signer = sudo.signer_partner_id
        return bool(signer) and signer.commercial_partner_id != sudo.partner_id.commercial_partner_id

    def _is_third_party_visitor(self):
        """Whether the visitor is the third party: by their own link, or by their login."""
        self.ensure_one()
        if not self._has_third_party_signer():
            return False
        user = self.env.user
        return bool(self.env.context.get(THIRD_PARTY)) or (
            user.share and not user._is_public() and user.partner_id == self.sudo().signer_partner_id
        )

    def _sees_contract(self):
        """What this visitor may see: the order's sums, dates and scope, and the customer's messages, or none of it.

        The one answer for page and PDF. A third party sees what they are to sign and what it costs.
        """
        self.ensure_one()
        return not self._is_third_party_visitor()

    def _prints_contract(self):
        """The PDF goes to both, by mail and after the signature: the customer has the rest on their page."""
        self.ensure_one()
        return not self._has_third_party_signer()

    def _is_signer_token(self, token):
        self.ensure_one()
        own = self.sudo().signer_token
        return bool(own and token) and self._has_third_party_signer() and consteq(own, token)

    def _portal_ensure_token(self):
        """The third party has a token of their own, wherever a link is made for them."""
        self.ensure_one()
        if not self._is_third_party_visitor():
            # In sudo: whoever sees the page gets the links on it.
            return super(SaleChangeOrder, self.sudo())._portal_ensure_token()
        sudo = self.sudo()
        if not sudo.signer_token:
            sudo._as_transition().signer_token = str(uuid.uuid4())
            sudo.invalidate_recordset(["signer_token"])
        return sudo.signer_token

    def _get_share_url(self, *args, **kwargs):
        self.check_access("read")
        # In sudo: a customer with a login gets the link without reading the token as a field.
        return super(SaleChangeOrder, self.sudo())._get_share_url(*args, **kwargs)

    def _for_third_party(self):
        """Return this change order such that all links of it are the third party's, if there is one."""
        self.ensure_one()
        return self.with_context(**{THIRD_PARTY: True}) if self._has_third_party_signer() else self

    # === ANSWER ===

    def _may_be_answered_by(self, user):
        """Whether ``user``, who may see the page, may also answer: choose, decline, propose, write a comment.

        A colleague needs the right to write, whatever link they have: who only reads the books answers for nobody.
        """
        self.ensure_one()
        if not user._is_internal():
            return True
        # The page works in the company of the offer, which may be none of theirs.
        return self.with_user(user).with_context(allowed_company_ids=[]).has_access("write")

    @api.model
    def _get_thread_with_access(self, thread_id, *, mode="read", **kwargs):
        """A link that opens the page to a colleague who only reads doesn't let them comment on it."""
        thread = super()._get_thread_with_access(thread_id, mode=mode, **kwargs)
        if thread and mode != "read" and not thread._may_be_answered_by(self.env.user):
            return self.browse()
        return thread
