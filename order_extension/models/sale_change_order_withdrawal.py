"""The notice on the right of withdrawal that consumers get before they sign."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import is_html_empty

from ..change_order_rules import clean_line


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    is_consumer = fields.Boolean(
        "Consumer",
        compute="_compute_is_consumer",
        store=True,
        readonly=False,
        precompute=True,
        help="A private customer: the notice on the right of withdrawal goes along with the offer.",
    )
    withdrawal_notice = fields.Html(
        readonly=True, copy=False, help="As it was sent: what the company writes later is not what the customer read."
    )
    has_withdrawal_notice = fields.Boolean(
        "Sent with Withdrawal Notice", compute="_compute_has_withdrawal_notice", store=True
    )
    signed_place = fields.Char("Signed at", readonly=True, copy=False, help="Where a handed-over device was signed on.")

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | {"is_consumer"}

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | {"signed_place", "withdrawal_notice"}

    @api.depends("partner_id")
    def _compute_is_consumer(self):
        for change_order in self:
            # In sudo: a technician may not read every customer.
            customer = change_order.partner_id.sudo().commercial_partner_id
            change_order.is_consumer = bool(customer) and not customer.is_company

    @api.depends("withdrawal_notice")
    def _compute_has_withdrawal_notice(self):
        for change_order in self:
            change_order.has_withdrawal_notice = not is_html_empty(change_order.withdrawal_notice)

    def _get_withdrawal_notice(self):
        """The notice as it was sent; of a draft, as it would be."""
        self.ensure_one()
        if self.sent_on or not self.is_consumer:
            return self.withdrawal_notice
        return self._prepare_withdrawal_notice()

    def _prepare_withdrawal_notice(self):
        """The company's own text, or the usual one, in the customer's language."""
        self.ensure_one()
        # In sudo: whoever offers may read neither every company's settings nor its address.
        company = self.company_id.sudo().with_context(lang=self._get_lang())
        if not is_html_empty(company.withdrawal_notice):
            return company.withdrawal_notice
        return self._prepare_usual_withdrawal_notice(company)

    def _prepare_usual_withdrawal_notice(self, company):
        """What EU law (Directive 2011/83/EU, Articles 6 to 16) asks to be said, in plain words.

        It fits work and goods that a private customer orders on site or from afar. It is no legal advice: national
        law adds to it, so each company should have its notice checked, and write its own in the settings.
        """
        _ = company.env._
        contact = ", ".join(
            filter(None, [company.name, self._get_address_line(company.partner_id), company.email, company.phone])
        )
        paragraphs = [
            _(
                "You may withdraw from this change order within 14 days without giving a reason. For work, the 14 days"
                " begin on the day of your signature; for goods, on the day on which you receive them, or the last of"
                " them."
            ),
            _(
                "To withdraw, tell us so clearly before the 14 days are over, for example by letter or e-mail:"
                " %(contact)s. No particular form is needed, and it is enough to send your message in time.",
                contact=contact,
            ),
            _(
                "We then pay back what you have paid for this change order at once, at the latest 14 days after your"
                " message has reached us, in the way in which you have paid and free of charge. If you have received"
                " goods, send or hand them back within 14 days; we may wait with the repayment until we have them or"
                " you show that you have sent them. You bear the direct cost of returning them, and answer for a loss"
                " of value only as far as they were handled more than is needed to examine them."
            ),
            _(
                "If you want us to begin before the 14 days are over, tell us so expressly. If you withdraw after that,"
                " you pay the part of the price for what has been done by then. When all the work has been done at your"
                " express wish, the right of withdrawal ends. It does not exist for goods that are made to your"
                " measure, or that can't be separated any more once they are built in."
            ),
        ]
        return Markup().join(Markup("<p>%s</p>") % paragraph for paragraph in paragraphs)

    def _freeze_offer(self):
        """Keep the notice as it is sent, and make it part of what is signed."""
        res = super()._freeze_offer()
        for change_order in self:
            notice = change_order.is_consumer and change_order._prepare_withdrawal_notice()
            change_order._as_transition().withdrawal_notice = notice
        return res

    def _prepare_offer_content(self):
        """Only what was sent with a notice is signed with one: what was sent before there were notices stays valid."""
        content = super()._prepare_offer_content()
        if self.has_withdrawal_notice:
            content["withdrawal_notice"] = self.sudo().withdrawal_notice
        return content

    def _get_place_on_site(self):
        """Where a device is handed over: where the work is done."""
        self.ensure_one()
        # In sudo: whoever signs has no right on the order and its addresses.
        return self._get_address_line(self.sudo().order_id.partner_shipping_id)

    def _get_address_line(self, partner):
        lines = partner._display_address(without_company=True).splitlines()
        return clean_line(", ".join(line.strip() for line in lines if line.strip()), limit=250)
