"""What makes an order important for a company, and whose hours the work takes."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..priority import CRITERIA, are_weights_valid

#: The fields of the company from which the scores of its orders follow.
WEIGHTS = tuple(f"priority_weight_{name}" for name in CRITERIA)
#: What is wanted of margins is known to those who set it.
MARGIN_GROUPS = "order_aftersales.group_leader,base.group_system"
SETTINGS = frozenset({*WEIGHTS, "priority_margin_target", "capacity_department_ids"})


class ResCompany(models.Model):
    _inherit = "res.company"

    priority_weight_customer = fields.Float(
        "Weight of the Customer", default=30.0, help="How much it counts how important the customer is."
    )
    priority_weight_strategy = fields.Float(
        "Weight of the Goals", default=25.0, help="How much it counts whether the order is of the kind that is wanted."
    )
    priority_weight_margin = fields.Float("Weight of the Margin", default=20.0, groups=MARGIN_GROUPS)
    priority_weight_capacity = fields.Float(
        "Weight of the Capacity",
        default=15.0,
        help="How much it counts whether the people who do the work have the hours for it until the promised date.",
    )
    priority_weight_promise = fields.Float(
        "Weight of the Promised Date", default=10.0, help="How much it counts how near the promised date is."
    )
    priority_margin_target = fields.Float(
        "Wanted Margin",
        groups=MARGIN_GROUPS,
        default=0.3,
        digits=(16, 4),
        help="An order with this margin gets all points of the margin. As a share of the net price.",
    )
    capacity_department_ids = fields.Many2many(
        "hr.department",
        "res_company_capacity_department_rel",
        "company_id",
        "department_id",
        "Departments That Do the Work",
        check_company=True,
        help="Whether an order fits in is judged by the free hours of their people, those of the departments below"
        " included.",
    )
    priority_changed_on = fields.Datetime(
        "Priorities Changed on", readonly=True, copy=False, help="Scores from before are worked out anew."
    )

    @api.constrains(*WEIGHTS)
    def _check_priority_weights(self):
        for company in self:
            if not are_weights_valid([company[name] for name in WEIGHTS]):
                raise ValidationError(
                    self.env._(
                        "The weights of %s for the priority of orders: none may be below 0, and at least one has to be"
                        " above it.",
                        company.name,
                    )
                )

    @api.constrains("priority_margin_target")
    def _check_priority_margin_target(self):
        for company in self:
            if not 0 <= company.priority_margin_target < 1:
                raise ValidationError(
                    self.env._(
                        "The wanted margin of %s has to be between 0 %% and 100 %% of the net price.", company.name
                    )
                )

    def write(self, vals):
        names = sorted(SETTINGS & vals.keys())
        # The settings write all of them whenever one is saved.
        before = {company: [company[name] for name in names] for company in self}
        result = super().write(vals)
        changed = self.filtered(lambda company: before[company] != [company[name] for name in names])
        if changed:
            changed._note_priority_change()
        return result

    def _note_priority_change(self):
        """Have the scores of the open orders worked out anew: at once by a job, or when a list of them is opened."""
        # In sudo: leaders change the criteria, and no company.
        self.sudo().priority_changed_on = fields.Datetime.now()
        job = self.env.ref("order_aftersales.ir_cron_refresh_priorities", raise_if_not_found=False)
        if job:
            job.sudo()._trigger()
