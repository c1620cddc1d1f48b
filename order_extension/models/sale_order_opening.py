"""Which form of an order opens. The salespeople's reads what only they may, and raises for everybody else."""

from odoo import api, models

#: Who can read all that is on the salespeople's form.
SALES_GROUP = "sales_team.group_sale_salesman"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _get_form_to_read(self, user=None):
        """Return the form in which ``user`` (default: the present one) reads orders: none in particular who sells.

        This is the one place where it is decided; add-ons with a better form for somebody extend it.
        """
        user = user or self.env.user
        if user.has_group(SALES_GROUP):
            return self.env["ir.ui.view"]
        return self.env.ref("order_extension.sale_order_view_form_read")

    def get_formview_id(self, access_uid=None):
        """From any document, everybody gets a form that they can read."""
        user = self.env["res.users"].browse(access_uid) if access_uid else self.env.user
        return self._get_form_to_read(user).id or super().get_formview_id(access_uid)

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """As above, wherever no form is asked for by name: rows of a list, activities, addresses."""
        if view_type == "form" and not view_id and not self.env.su and "form_view_ref" not in self.env.context:
            view_id = self._get_form_to_read().id
        return super().get_view(view_id, view_type, **options)

    @api.model
    def _open_in_form_to_read(self, action):
        """Return ``action``, which opens orders, with a form that the user can read."""
        form = self._get_form_to_read()
        if not form or action.get("res_model") != "sale.order":
            return action
        views = [(form.id if kind == "form" else view, kind) for view, kind in action.get("views") or []]
        return {**action, "views": views}
