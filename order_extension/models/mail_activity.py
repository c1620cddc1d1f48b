from odoo import api, models

from .crm_lead import FOLLOW_UP_ACTIVITY


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_follow_up_type(self):
        """The type of the activities that contact a customer about a further need; empty when it was deleted."""
        return self.sudo().env.ref(FOLLOW_UP_ACTIVITY, raise_if_not_found=False) or self.sudo()


class MailActivity(models.Model):
    """However a follow-up is planned or done, it is counted, and no more are planned than the customer wishes for."""

    _inherit = "mail.activity"

    def _get_followed_up_leads(self):
        """Return the opportunities that these activities follow up, one for each activity."""
        follow_up = self.env["mail.activity.type"]._get_follow_up_type()
        activities = self.filtered(
            lambda activity: (
                activity.active
                and activity.res_model == "crm.lead"
                and activity.activity_type_id._origin.id in follow_up.ids
            )
        )
        # In sudo: an activity may be assigned to somebody who can't read its opportunity.
        return [self.env["crm.lead"].sudo().browse(activity.res_id).exists() for activity in activities]

    def _check_follow_ups(self):
        for lead in self._get_followed_up_leads():
            lead._check_can_follow_up()

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._check_follow_ups()
        return activities

    def write(self, vals):
        res = super().write(vals)
        if {"activity_type_id", "res_id", "res_model_id", "active"} & vals.keys():
            self._check_follow_ups()
        return res

    def _action_done(self, feedback=False, attachment_ids=None):
        leads = self._get_followed_up_leads()
        res = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for lead in leads:
            lead.exists()._count_follow_up()
        return res
