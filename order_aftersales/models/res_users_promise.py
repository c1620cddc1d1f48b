from collections import defaultdict

from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_promised_hours(self):
        """Return by id of the user until when he has promised how many hours: his open tasks that have a date.

        What several work on is shared equally.
        """
        hours = defaultdict(list)
        domain = Domain("user_ids", "in", self.ids) & self.env["project.task"]._get_open_work_domain()
        for task in self.env["project.task"].sudo().search(domain):
            due = task._get_due()
            if due:
                share = task._get_open_hours() / len(task.user_ids)
                for user in task.user_ids:
                    hours[user.id].append((due, share))
        return hours
