from odoo import fields, models


class ProjectTask(models.Model):
    _inherit = "project.task"

    # In sudo, as related fields are: those who work on a task need not see what was sold.
    hours_beyond_order = fields.Float(related="sale_line_id.hours_beyond_order", string="Hours beyond the Order")

    def _post_hours_beyond_order(self):
        """Tell those who work on this task that the ordered hours are used up."""
        self.ensure_one()
        self.message_post(
            body=self.env._(
                "More hours are recorded than the customer has ordered. Record an extra for what he asks for in"
                " addition, so that he can sign it."
            ),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )
