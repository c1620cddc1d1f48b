from odoo import api, fields, models
from odoo.exceptions import UserError

#: Key figures -> measure and column of the sheet's total.
KEY_FIGURES = {
    "planned_hours": ("hours", "revised"),
    "actual_hours": ("hours", "actual"),
    "planned_cost": ("cost", "revised"),
    "actual_cost": ("cost", "actual"),
    "planned_revenue": ("revenue", "revised"),
    "invoiced_revenue": ("revenue", "invoiced"),
    "planned_margin": ("margin", "revised"),
    "margin": ("margin", "actual"),
}


class OrderPostcalcClosing(models.Model):
    """The post-calculation of an order as it was when it was closed: kept for good, also when it is reopened."""

    _name = "order.postcalc.closing"
    _description = "Closed Post-Calculation"
    _inherit = ["transition.mixin"]
    _order = "closed_on desc, id desc"
    _check_company_auto = True
    _rec_name = "order_id"
    _transition_key = "postcalc_closing_transition"

    order_id = fields.Many2one("sale.order", required=True, index=True, ondelete="restrict", readonly=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="order_id.user_id", string="Salesperson")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    state = fields.Selection(
        [("closed", "Closed"), ("reopened", "Reopened")], default="closed", required=True, index=True, readonly=True
    )
    closed_on = fields.Datetime("Closed on", required=True, readonly=True)
    closed_by_id = fields.Many2one("res.users", "Closed by", required=True, readonly=True)
    reopened_on = fields.Datetime("Reopened on", readonly=True)
    reopened_by_id = fields.Many2one("res.users", "Reopened by", readonly=True)
    reopen_reason = fields.Text("Reason for Reopening", readonly=True)
    sheet = fields.Json("Frozen Sheet", required=True, readonly=True, exportable=False)
    planned_hours = fields.Float(readonly=True)
    actual_hours = fields.Float(readonly=True)
    planned_cost = fields.Monetary(readonly=True)
    actual_cost = fields.Monetary(readonly=True)
    planned_revenue = fields.Monetary(readonly=True)
    invoiced_revenue = fields.Monetary(readonly=True)
    planned_margin = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True, help="Invoiced revenue less actual cost.")

    _one_closed = models.UniqueIndex(
        "(order_id) WHERE state = 'closed'", "This order is closed already. Reload the page to see its closing."
    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not self._in_transition():
            raise UserError(self.env._("An order is closed on its post-calculation, by “Close”."))
        return super().create(vals_list)

    def write(self, vals):
        if vals and not self._in_transition():
            raise UserError(
                self.env._(
                    "A closed post-calculation stays as it is. Reopen the order with a reason and close it again."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A closed post-calculation stays on file."))

    # === BUSINESS ===

    @api.model
    def _get_current(self, order):
        """Return the closing that ``order`` is in; none while it runs."""
        if order.sudo().postcalc_state != "closed":
            return self.browse()
        # In sudo: whoever may see the order's sheet may see what it was.
        return self.sudo().search([("order_id", "=", order.id), ("state", "=", "closed")], limit=1)

    @api.model
    def _prepare_closing_vals(self, order, sheet):
        cells = sheet["total"]["cells"]
        return {
            "order_id": order.id,
            "company_id": order.company_id.id,
            "closed_on": order.postcalc_closed_on,
            "closed_by_id": self.env.uid,
            "sheet": sheet,
            **{name: cells[measure][column] for name, (measure, column) in KEY_FIGURES.items()},
        }

    def _get_frozen_sheet(self):
        """Return the sheet as it was, and say so."""
        self.ensure_one()
        sheet = self.sheet
        header = sheet["header"] | {
            "frozen_on": self.order_id._get_postcalc_day(self.closed_on),
            "closing_id": self.id,
            "can_close": False,
            "can_reopen": False,
            "can_export": self.env["order.postcalc.report"]._can_export(),
        }
        return sheet | {"header": header}

    def action_view_frozen_sheet(self):
        """Open the sheet as it was when the order was closed."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_postcalc.order_postcalc_sheet_action")
        return action | {"context": {"active_id": self.order_id.id}, "params": {"closing_id": self.id}}
