"""A wish that is larger than an extension becomes an opportunity of the order's seller."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import plaintext2html


class SaleOrder(models.Model):
    _inherit = "sale.order"

    follow_up_of_id = fields.Many2one(
        "sale.order",
        "Follows",
        compute="_compute_follow_up_of_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        help="The order on which the customer asked for what this one is about.",
    )
    follow_up_order_ids = fields.One2many("sale.order", "follow_up_of_id", string="Following Orders")
    follow_up_lead_count = fields.Integer("Follow-Ups", compute="_compute_follow_up_lead_count")

    @api.depends("opportunity_id")
    def _compute_follow_up_of_id(self):
        for order in self:
            # In sudo: the opportunity may be another seller's.
            origin = order.opportunity_id.sudo().origin_order_id
            order.follow_up_of_id = origin if origin and origin != order._origin else order.follow_up_of_id

    def _compute_follow_up_lead_count(self):
        # In sudo: whoever sees the order sees that there are some; the opportunities have rules of their own.
        rows = (
            self.env["crm.lead"]
            .sudo()
            ._read_group([("origin_order_id", "in", self.ids)], ["origin_order_id"], ["__count"])
        )
        counts = {order.id: count for order, count in rows}
        for order in self:
            order.follow_up_lead_count = counts.get(order.id, 0)

    def _prepare_follow_up_vals(self, name, description, expected_revenue, task=None):
        """Values of the opportunity that a wish of this order's customer becomes."""
        self.ensure_one()
        seller = self.user_id or self.team_id.user_id
        return {
            "type": "opportunity",
            "name": name,
            "partner_id": self.partner_id.id,
            "user_id": seller.id,
            "team_id": self.team_id.id,
            "company_id": self.company_id.id,
            "expected_revenue": self._convert_to_company(expected_revenue or 0.0),
            "description": description if isinstance(description, Markup) else plaintext2html(description or ""),
            "origin_order_id": self.id,
            "origin_task_id": task.id if task else False,
        }

    def _create_follow_up(self, name, description, expected_revenue, task=None, photos=None):
        """Make an opportunity of a larger wish of the customer, and remind the order's seller of it in a few days.

        The opportunity is made even for customers who don't wish to be contacted; the reminder is not.

        :param str name: what the customer wishes
        :param description: more of it: plain text, or HTML as Markup
        :param float expected_revenue: what it may come to, untaxed, in the currency of the order
        :param task: the task on which it was wished for
        :param photos: attachments, of which the opportunity gets copies
        :return: the opportunity, which the user may be unable to read
        """
        self.ensure_one()
        self._check_can_record_extras()
        photos = (photos or self.env["ir.attachment"]).with_env(self.env)
        photos.check_access("read")
        # In sudo: a technician has no rights on opportunities, and no seller has on those of the order's own seller.
        # He gets none by it either: he does not even follow what he has reported.
        order = self.sudo().with_company(self.sudo().company_id).with_context(mail_create_nosubscribe=True)
        lead = order.env["crm.lead"].create(
            order._prepare_follow_up_vals(name, description, expected_revenue, task and task.sudo())
        )
        for photo in photos.sudo():
            photo.copy({"res_model": lead._name, "res_id": lead.id, "res_field": False})
        lead._schedule_follow_up()
        return lead.with_env(self.env)

    # === ACTIONS ===

    def action_view_follow_ups(self):
        """Open the opportunities that were seen on this order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("crm.crm_lead_opportunities")
        action["domain"] = [("origin_order_id", "=", self.id)]
        action["context"] = {"default_type": "opportunity", "default_partner_id": self.partner_id.id}
        return action

    def action_view_follow_up_of(self):
        self.ensure_one()
        return self.follow_up_of_id.get_formview_action()
