from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

FOLLOW_UP_ACTIVITY = "order_extension.mail_activity_type_follow_up"


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["kept.fields.mixin", "crm.lead"]

    origin_order_id = fields.Many2one(
        "sale.order",
        "Seen on Order",
        index="btree_not_null",
        check_company=True,
        copy=False,
        help="The order on which the customer asked for this.",
    )
    origin_task_id = fields.Many2one(
        "project.task", "Seen on Task", index="btree_not_null", check_company=True, copy=False
    )
    follow_up_contact_count = fields.Integer(
        "Contacts so far", readonly=True, copy=False, aggregator=None, help="Follow-ups that were done."
    )
    follow_up_stopped = fields.Boolean(
        "No more Contacts",
        copy=False,
        tracking=True,
        help="The customer doesn't wish to be contacted about this again.",
    )
    can_follow_up = fields.Boolean(compute="_compute_can_follow_up")
    follow_up_days = fields.Integer(compute="_compute_follow_up_days")

    # === COMPUTE ===

    @api.depends("follow_up_contact_count", "follow_up_stopped", "partner_id.commercial_partner_id.no_follow_up")
    def _compute_can_follow_up(self):
        planned = self._get_planned_follow_ups()
        for lead in self:
            lead.can_follow_up = not planned.get(lead._origin.id) and not lead._get_follow_up_problem()

    @api.depends("company_id")
    def _compute_follow_up_days(self):
        for lead in self:
            lead.follow_up_days = lead._get_follow_up_company().follow_up_days

    def _get_planned_follow_ups(self):
        """Return how many follow-ups are still to be done by id of the opportunity."""
        # In sudo: they count whoever is to do them.
        rows = self.env["mail.activity"].sudo()._read_group(self._get_follow_up_domain(), ["res_id"], ["__count"])
        return dict(rows)

    def _get_follow_up_domain(self):
        """Domain of the follow-up activities that are still to be done."""
        activity_type = self.env["mail.activity.type"]._get_follow_up_type()
        return (
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("activity_type_id", "in", activity_type.ids)
        )

    # === RULES ===

    def _get_follow_up_company(self):
        self.ensure_one()
        return self.company_id or self.env.company

    def _get_follow_up_problem(self, planned=0):
        """Return in a sentence why the customer can't be contacted about this once more, or an empty string.

        :param int planned: contacts that are planned already
        """
        self.ensure_one()
        # In sudo: the customer's wish holds, whoever may read the customer.
        partner = self.partner_id.sudo()
        customer = partner.commercial_partner_id.name or self.partner_name or self.contact_name or self.name
        if partner.commercial_partner_id.no_follow_up:
            return self.env._("%s doesn't wish to be contacted about further needs.", customer)
        if self.follow_up_stopped:
            return self.env._(
                "%(customer)s doesn't wish to be contacted about “%(opportunity)s” again.",
                customer=customer,
                opportunity=self.name,
            )
        most = self._get_follow_up_company().follow_up_max_contacts
        if self.follow_up_contact_count + planned >= most:
            return self.env._(
                "%(customer)s has been contacted, or will be, %(count)s times about “%(opportunity)s”, and %(most)s"
                " times is the most. Wait for the customer to come back to you.",
                customer=customer,
                opportunity=self.name,
                count=self.follow_up_contact_count + planned,
                most=most,
            )
        return ""

    def _check_can_follow_up(self):
        """Refuse one more contact than the customer and the company wish for."""
        planned = self._get_planned_follow_ups()
        for lead in self:
            # An activity that is being planned counts already.
            problem = lead._get_follow_up_problem(planned.get(lead.id, 1) - 1)
            if problem:
                raise UserError(problem)

    # === BUSINESS ===

    def _schedule_follow_up(self):
        """Remind the sellers of these opportunities in a few days, of those whose customers may be contacted."""
        for lead in self:
            if not lead._get_follow_up_problem():
                days = lead._get_follow_up_company().follow_up_days
                lead.activity_schedule(
                    FOLLOW_UP_ACTIVITY,
                    fields.Date.context_today(lead) + timedelta(days=days),
                    user_id=lead.user_id.id,
                )

    def _count_follow_up(self):
        # In sudo: the count is nobody's to write.
        for lead in self.sudo():
            lead.follow_up_contact_count += 1

    def _drop_follow_ups(self):
        """Take back the contacts that are planned."""
        # In sudo: whoever stops them may not be the one who is to do them.
        self.env["mail.activity"].sudo().search(self._get_follow_up_domain()).unlink()

    def action_follow_up_again(self):
        """Plan the next contact."""
        self.ensure_one()
        self.check_access("write")
        if problem := self._get_follow_up_problem():
            raise UserError(problem)
        if not self._get_planned_follow_ups():
            self._schedule_follow_up()

    def action_view_origin_order(self):
        self.ensure_one()
        return self.origin_order_id.get_formview_action()

    # === OVERRIDES ===

    def write(self, vals):
        res = super().write(vals)
        if vals.get("follow_up_stopped"):
            self._drop_follow_ups()
        return res

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "origin_order_id", "origin_task_id"]

    def _merge_get_fields_specific(self):
        """Merged opportunities are one: so is the wish not to be contacted again, and the contacts add up."""
        return {
            **super()._merge_get_fields_specific(),
            "follow_up_stopped": lambda _fname, leads: any(leads.mapped("follow_up_stopped")),
        }

    def _merge_dependences(self, opportunities):
        super()._merge_dependences(opportunities)
        # In sudo: the count is nobody's to write.
        self.sudo().follow_up_contact_count += sum(opportunities.mapped("follow_up_contact_count"))
