from odoo import api, fields, models


class OrderActivity(models.Model):
    """What an hour was spent on: assembly, travel, rework …"""

    _name = "order.activity"
    _description = "Activity"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: for all companies.")

    @api.model
    def _get_favour(self):
        """Return what favours are; none where somebody has deleted it."""
        # Asked by reports on every reading: kept in the cache of names, without a query whether it still exists.
        name = "order_postcalc.activity_favour"
        return self.browse(self.env["ir.model.data"]._xmlid_to_res_id(name, raise_if_not_found=False) or ())
