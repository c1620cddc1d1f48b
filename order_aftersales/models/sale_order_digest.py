"""One message a day for whoever has orders that are late, or that nobody looks after."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.order_extension.jobs import go_through

#: So many orders are listed; the others are counted, and one click away.
LISTED = 10


class ResUsers(models.Model):
    _inherit = "res.users"

    order_digest_on = fields.Date("Last Digest of Orders", copy=False, readonly=True, groups="base.group_system")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _cron_send_digest(self):
        """Send everybody his digest: one for all the companies that he works in, once a day however often it runs."""
        today = fields.Date.context_today(self)
        companies = self.env["res.company"].sudo().search([("is_attention_digest_sent", "=", True)])
        domains = self._get_digest_domains(companies)

        def send(user):
            theirs = companies & user.company_ids
            # his own company first: the message is sent in its name
            theirs = (user.company_id & theirs) | theirs
            context = {"allowed_company_ids": theirs.ids, "lang": user.lang, "tz": user.tz}
            self.with_user(user).with_context(**context)._send_digest(domains[user])
            user.order_digest_on = today

        users = self.env["res.users"].union(*domains)
        go_through(users.filtered(lambda user: companies & user.company_ids and user.order_digest_on != today), send)

    @api.model
    def _get_digest_domains(self, companies):
        """Return, by user, which of the late and unattended orders of ``companies`` are his: those that he looks after,
        those of the departments that he heads, and as the last resort all that nobody looks after."""
        here = Domain("company_id", "in", companies.ids)
        late = here & Domain("attention", "in", ("unattended", "overdue"))
        unattended = here & Domain("attention", "=", "unattended")
        # In sudo: everybody's orders are looked through; each gets to read what he may see.
        orders = self.sudo()
        domains = defaultdict(lambda: Domain.FALSE)
        for (owner,) in orders._read_group(late, ["stage_owner_id"]):
            domains[owner] |= Domain("stage_owner_id", "=", owner.id)
        for (stage,) in orders._read_group(unattended, ["order_stage_id"]):
            head = stage.department_id.manager_id.user_id
            domains[head] |= unattended & Domain("order_stage_id", "=", stage.id)
        for company in companies:
            domains[company._get_last_resort()] |= unattended & Domain("company_id", "=", company.id)
        return {user: late & domain for user, domain in domains.items() if user.active and not user.share}

    @api.model
    def _send_digest(self, domain):
        """Send the user of this environment the orders of ``domain`` that he may see."""
        if not self.has_access("read"):
            return
        count = self.search_count(domain)
        if not count:
            return
        user = self.env.user
        orders = self.search(domain, limit=LISTED, order="stage_deadline, id")
        body = self.env["ir.qweb"]._render(
            "order_aftersales.attention_digest",
            {
                "orders": orders,
                "count": count,
                "more": count - len(orders),
                "user": user,
                "url": self._get_digest_url(),
            },
        )
        # In sudo: whoever gets the digest need not be allowed to send mail.
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=user.partner_id.ids,
            subject=self._get_digest_subject(count),
            body=body,
            email_layout_xmlid="mail.mail_notification_light",
        )

    @api.model
    def _get_digest_subject(self, count):
        if count == 1:
            return self.env._("One order needs you")
        return self.env._("%s orders need you", count)

    @api.model
    def _get_digest_url(self):
        return f"{self.get_base_url()}/odoo/unattended-orders"
