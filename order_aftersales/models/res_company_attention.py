from datetime import timedelta

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    attention_warn_hours = fields.Float(
        "Due Soon", default=24.0, help="Hours before its deadline, or its next step, from which an order is due."
    )
    attention_idle_days = fields.Float(
        "Nothing Planned",
        default=3.0,
        help="Days in a stage after which an order is unattended when no next step is planned.",
    )
    attention_user_id = fields.Many2one(
        "res.users",
        "Last Resort",
        domain=[("share", "=", False)],
        help="Is told of orders that neither their owner nor the head of the department has taken up.",
    )

    is_attention_escalated = fields.Boolean(
        "Tell Somebody of Unattended Orders",
        help="The one who looks after the order, then the head of the department, then the last resort: one activity"
        " each.",
    )
    attention_escalation_hours = fields.Float(
        "Tell the Next One After",
        default=24.0,
        help="Hours after which, if nobody has taken up an order, the head of the department is told, and then the last"
        " resort.",
    )
    is_attention_digest_sent = fields.Boolean(
        "Daily Digest", help="One message a day for everybody who has late or unattended orders."
    )

    _attention_limits_positive = models.Constraint(
        "CHECK(attention_warn_hours >= 0 AND attention_idle_days > 0)",
        "The hours before a deadline can't be negative, and an order needs some time before it counts as unattended.",
    )

    @api.model
    def _get_recommended_controls(self):
        controls = super()._get_recommended_controls()
        told = {"is_attention_escalated": True, "is_attention_digest_sent": True}
        return {**controls, "order_aftersales": {**controls.get("order_aftersales", {}), **told}}

    def _get_last_resort(self):
        """Return who is told of orders that nobody else has taken up: always somebody.

        The person whom the company has named; when he has left it, one of those who keep the stage map.
        """
        self.ensure_one()
        managers = self.env.ref("order_aftersales.group_manager").all_user_ids.sorted("id")
        people = self.attention_user_id | managers
        return people.filtered(lambda user: user.active and self in user.company_ids)[:1]

    def _get_attention_limits(self):
        """Return how long before a deadline an order is due, and how long it may be without a next step."""
        self.ensure_one()
        return timedelta(hours=self.attention_warn_hours), timedelta(days=self.attention_idle_days)
