"""One message a day for whoever has orders that are late, or that nobody looks after."""

from odoo import api, fields, models
from odoo.fields import Domain

#: So many orders are listed; the others are counted, and one click away.
LISTED = 10


class ResUsers(models.Model):
    _inherit = "res.users"

    order_digest_on = fields.Date("Last Digest of Orders", copy=False, readonly=True, groups="base.group_system")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _cron_send_digest(self):
        """Send everybody his digest, once a day however often the job runs."""
        today = fields.Date.context_today(self)
        for company in self.env["res.company"].sudo().search([("is_attention_digest_sent", "=", True)]):
            for user, domain in self.with_company(company)._get_digest_domains(company).items():
                if user.sudo().order_digest_on == today:
                    continue
                context = {"allowed_company_ids": company.ids, "lang": user.lang, "tz": user.tz}
                self.with_user(user).with_context(**context)._send_digest(domain)
                user.sudo().order_digest_on = today
                if not self.env["ir.cron"]._commit_progress(processed=1):
                    return

    @api.model
    def _get_digest_domains(self, company):
        """Return, by user, which of the late and unattended orders are his: those that he looks after, those of the
        departments that he heads, and as the last resort all that nobody looks after."""
        late = Domain("attention", "in", ("unattended", "overdue")) & Domain("company_id", "=", company.id)
        orders = self.sudo()
        domains = {}
        for (owner,) in orders._read_group(late, ["stage_owner_id"]):
            if owner.active:
                domains[owner] = Domain("stage_owner_id", "=", owner.id)
        unattended = Domain("attention", "=", "unattended") & Domain("company_id", "=", company.id)
        stages = [stage for (stage,) in orders._read_group(unattended, ["order_stage_id"])]
        for stage in stages:
            head = stage.department_id.manager_id.user_id
            here = Domain("order_stage_id", "=", stage.id) & unattended
            for person in head | company._get_last_resort():
                domains[person] = domains.get(person, Domain.FALSE) | here
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
