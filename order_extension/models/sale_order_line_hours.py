"""Hours recorded beyond those that were sold, where timesheets are recorded at all.

Counted are lines that are sold by a unit of time, whether they are billed by what is ordered or by what is recorded:
the customer has ordered so many hours either way. A line sold as a whole ("1 kitchen") has no number of hours to go
beyond, and so has one that was ordered with none.
"""

from odoo import api, fields, models

from ..coverage_rules import hours_beyond, spare_hours


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    hours_beyond_order = fields.Float(
        "Hours beyond the Order",
        compute="_compute_hours_beyond_order",
        store=True,
        help="Hours recorded beyond those that the customer has ordered, signed extensions included.",
    )
    hours_noted_for = fields.Float(
        readonly=True, copy=False, help="Sold hours at which it was last noted that more are recorded."
    )

    _hours_beyond_idx = models.Index("(id) WHERE hours_beyond_order > 0")

    def _get_hours_beyond_depends(self):
        timesheet = ["analytic_line_ids.project_id"] if self._records_timesheets() else []
        return [
            "state", "product_id", "product_uom_id", "product_uom_qty", "analytic_line_ids.so_line",
            "analytic_line_ids.unit_amount", *timesheet,
        ]  # fmt: skip

    @api.depends(lambda self: self._get_hours_beyond_depends())
    def _compute_hours_beyond_order(self):
        counted = self.filtered(lambda line: line._has_sold_hours())
        (self - counted).hours_beyond_order = 0.0
        extensions = counted._get_extensions_on_tasks()
        recorded = (counted | self.browse().union(*extensions.values()))._get_recorded_hours()
        for line in counted:
            spare = sum(
                spare_hours(recorded.get(extension.id, 0.0), extension._get_sold_hours())
                for extension in extensions.get(line, ())
            )
            line.hours_beyond_order = hours_beyond(recorded.get(line._origin.id, 0.0), line._get_sold_hours() + spare)

    def _refresh_hours_beyond_order(self):
        """Work it out anew: an extension has added hours to the task, or has got some of its own."""
        self.env.add_to_compute(self._fields["hours_beyond_order"], self)

    def _get_extended_lines(self):
        """The lines on whose tasks the extensions of these lines were recorded."""
        return self.change_order_id.task_id.sale_line_id - self

    @api.model
    def _records_timesheets(self):
        return "project_id" in self.env["account.analytic.line"]._fields

    def _has_sold_hours(self):
        """Whether this line says how many hours the customer has ordered."""
        self.ensure_one()
        if self.state != "sale" or self.display_type or not self.product_uom_qty or not self.product_uom_id:
            return False
        return (
            self._records_timesheets()
            and self.is_service
            and not self.is_expense
            and self.product_uom_id._has_common_reference(self.company_id.project_time_mode_id)
        )

    def _get_sold_hours(self):
        """The ordered quantity in the unit of the timesheets, for a line that has sold hours.

        As Odoo converts it, which looks up its units by name for every line.
        """
        self.ensure_one()
        unit, hours = self.product_uom_id, self.company_id.project_time_mode_id
        if unit == hours:
            return self.product_uom_qty
        return unit._compute_quantity(self.product_uom_qty, hours, rounding_method="HALF-UP")

    def _get_recorded_hours(self):
        """Return the recorded hours by id of the line, in one query."""
        if not self:
            return {}
        rows = self.env["account.analytic.line"]._read_group(
            [("so_line", "in", self.ids), ("project_id", "!=", False)], ["so_line"], ["unit_amount:sum"]
        )
        return {line.id: hours for line, hours in rows}

    def _get_extensions_on_tasks(self):
        """Return by line the hours that extensions recorded on its task have added to it.

        Of an extension with a task of its own the hours are recorded there; of one without, on the task where the
        customer asked for it, and so on that task's line.
        """
        extensions = {}
        if not self:
            return extensions
        added = self.env["sale.change.order.line"].search(
            [("change_order_id.task_id.sale_line_id", "in", self.ids), ("applied_line_id", "!=", False)]
        )
        for change_line in added:
            extension = change_line.applied_line_id
            if change_line.kind == "add" and not extension.task_id and extension._has_sold_hours():
                line = change_line.change_order_id.task_id.sale_line_id
                extensions[line] = extensions.get(line, self.browse()) | extension
        return extensions

    def _has_proceeding_extension(self):
        """Whether the customer has allowed to start on more before he signs."""
        self.ensure_one()
        proceeding = self.order_id.change_order_ids.filtered("is_proceeding")
        return any(not change.task_id or change.task_id.sale_line_id == self for change in proceeding)

    def _note_hours_beyond_order(self, tasks):
        """Say once on the order and on the tasks that more hours are recorded than were sold."""
        for order, lines in self.grouped("order_id").items():
            order._post_lines(
                self.env._("More hours are recorded than were ordered, and no signature covers them:"),
                [line._describe_hours() for line in lines],
            )
        for task in tasks:
            task._post_hours_beyond_order()
        # In sudo: this is nobody's to write, and whoever records time need not see what was sold.
        for line in self.sudo():
            line.hours_noted_for = line._get_sold_hours()

    def _describe_hours(self):
        self.ensure_one()
        sold = self._get_sold_hours()
        return self.env._(
            "%(line)s: %(recorded)s hours of %(sold)s",
            line=(self.name or "").split("\n")[0],
            recorded=f"{sold + self.hours_beyond_order:g}",
            sold=f"{sold:g}",
        )

    def _get_hours_refused_message(self, task):
        self.ensure_one()
        sold = self._get_sold_hours()
        return self.env._(
            "“%(task)s”: the customer has ordered %(sold)s hours, with this entry it would be %(recorded)s. Record an"
            " extra on the task and have it signed first. If it can't wait, have the customer allow it, and note that"
            " on the change order.",
            task=task.name or (self.name or "").split("\n")[0],
            sold=f"{sold:g}",
            recorded=f"{sold + self.hours_beyond_order:g}",
        )
