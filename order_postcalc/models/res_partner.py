from odoo import fields, models

ABC_CLASSES = [("A", "A"), ("B", "B"), ("C", "C")]

#: A customer is not to read which class he is in; those who may see costs are.
CLASS_GROUPS = "order_postcalc.group_user"


class ResPartner(models.Model):
    _inherit = "res.partner"

    # On the commercial entity, written by the daily job only.
    abc_class = fields.Selection(
        ABC_CLASSES,
        "ABC Class",
        company_dependent=True,
        readonly=True,
        copy=False,
        groups=CLASS_GROUPS,
        help="By what the customer contributed in the last 12 months, after what it cost to serve him.",
    )
    abc_class_before = fields.Selection(
        ABC_CLASSES, "Class before", company_dependent=True, readonly=True, copy=False, groups=CLASS_GROUPS
    )
    abc_class_since = fields.Date(
        "In this Class since", company_dependent=True, readonly=True, copy=False, groups=CLASS_GROUPS
    )
