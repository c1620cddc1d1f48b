"""Every hour knows the invoice that pays for it, also where hours are not what is billed."""

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.order_extension.columns import add_column

from ..covering import cover


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    covering_invoice_id = fields.Many2one(
        "account.move",
        "Paid by Invoice",
        compute="_compute_covering_invoice_id",
        store=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="The posted invoice that pays for this time: the one on which it is billed, else, by what of the order"
        " line is billed, the one for this part of its hours.",
    )

    def _auto_init(self):
        """Which hours are paid for already is worked out when all is installed, and for billed lines only."""
        add_column(self, "covering_invoice_id")
        return super()._auto_init()

    # An invoice is not changed once it is posted: its state tells when its quantities come and go.
    @api.depends(
        "project_id", "so_line", "date", "unit_amount", "timesheet_invoice_id.state",
        "so_line.product_uom_qty", "so_line.planned_hours", "so_line.invoice_lines.move_id.state",
    )  # fmt: skip
    def _compute_covering_invoice_id(self):
        """The timesheets of a line are spans of the same hours: when one of them changes, others can."""
        stored = self.filtered("id")
        covering = stored._get_covering_invoices()
        for entry in self:
            entry.covering_invoice_id = covering.get(entry.id) if entry in stored else entry._origin.covering_invoice_id
        (self.browse(covering) - self)._set_covering_invoices(covering)

    def _set_covering_invoices(self, covering):
        """Write what the change of another timesheet has made of these, unless they are to be computed anyway."""
        field = self._fields["covering_invoice_id"]
        others = self - self.env.records_to_compute(field)
        changed = others.filtered(lambda entry: entry.covering_invoice_id.id != (covering[entry.id] or False))
        # As in their own computation: no access is checked, and nothing else happens.
        with self.env.protecting([field], changed):
            for entry in changed:
                entry.covering_invoice_id = covering[entry.id]
        changed.modified([field.name])

    def _get_covering_invoices(self):
        """Return the id of the invoice, or None, by id of these timesheets and of the others of their lines."""
        covering = dict.fromkeys(self.ids)
        timesheets = self.filtered("project_id")
        lines = timesheets.so_line
        billed = lines._get_net_billed()
        for entry in timesheets.filtered(lambda entry: entry.so_line._is_billed_by_timesheet()):
            # Odoo keeps the invoice of such an hour, and forgets it when that one is reversed.
            if entry.timesheet_invoice_id.id in dict(billed[entry.so_line]):
                covering[entry.id] = entry.timesheet_invoice_id.id
        in_parts = lines.filtered(lambda line: billed[line] and not line._is_billed_by_timesheet())
        for line, entries in in_parts._get_timesheets_in_order().items():
            hours = entries.mapped("unit_amount")
            invoices = cover(hours, billed[line], line.product_uom_qty, line.planned_hours)
            covering.update(zip(entries.ids, invoices, strict=True))
        return covering

    # === TIMESHEETS THAT LEAVE THEIR LINE ===

    def _compute_so_line(self):
        stored = self.filtered("id")
        before = stored.so_line
        super()._compute_so_line()
        (before - stored.so_line)._refresh_covering()

    def write(self, vals):
        if not {"so_line", "project_id"} & vals.keys():
            return super().write(vals)
        # In sudo: who records time need not see what was sold.
        before = self.sudo().so_line
        res = super().write(vals)
        before._refresh_covering()
        return res

    def unlink(self):
        before = self.sudo().so_line  # see write
        res = super().unlink()
        before._refresh_covering()
        return res

    @api.model
    def _get_uncovered_domain(self):
        """Working time of orders that no invoice pays for."""
        return (
            Domain("project_id", "!=", False)
            & Domain("postcalc_order_id", "!=", False)
            & Domain("covering_invoice_id", "=", False)
        )
