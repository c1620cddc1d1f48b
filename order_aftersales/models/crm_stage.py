from odoo import fields, models


class CrmStage(models.Model):
    _inherit = "crm.stage"

    is_order_planning = fields.Boolean(
        "Counts As Planning",
        help="Opportunities here are not qualified yet: the stage map counts them as planning.",
    )
