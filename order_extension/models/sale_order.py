from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain

from ..row_lock import lock_rows

OPEN_STATES = ("draft", "sent")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    change_order_ids = fields.One2many("sale.change.order", "order_id", string="Change Orders")
    change_order_count = fields.Integer(compute="_compute_change_order_figures")
    change_order_unsigned_count = fields.Integer(
        "Unsigned Change Orders",
        compute="_compute_change_order_figures",
        search="_search_change_order_unsigned_count",
        help="Drafts and offers that the customer has not answered.",
    )
    amount_change_orders = fields.Monetary(
        "Signed Change Orders",
        compute="_compute_change_order_figures",
        help="Net of the signed change orders, without taxes.",
    )
    site_task_ids = fields.One2many(
        "project.task", "sale_order_id", string="Tasks on Site", groups="project.group_project_user"
    )

    @api.depends("change_order_ids.state", "change_order_ids.amount_effect")
    def _compute_change_order_figures(self):
        rows = self.env["sale.change.order"]._read_group(
            Domain("order_id", "in", self.ids) & self.env["sale.change.order"]._get_standing_domain(),
            ["order_id", "state"],
            ["__count", "amount_effect:sum"],
        )
        figures = {(order.id, state): (count, amount) for order, state, count, amount in rows}
        states = [state for state, _label in self.env["sale.change.order"]._fields["state"].selection]
        for order in self:
            by_state = {state: figures.get((order.id, state), (0, 0.0)) for state in states}
            order.change_order_count = sum(count for count, _amount in by_state.values())
            order.change_order_unsigned_count = sum(by_state[state][0] for state in OPEN_STATES)
            order.amount_change_orders = by_state["signed"][1]

    def _search_change_order_unsigned_count(self, operator, value):
        """Only "none" and "some" are asked for."""
        open_orders = Domain("change_order_ids", "any", [("state", "in", OPEN_STATES)])
        if (operator, value) in ((">", 0), ("!=", 0)):
            return open_orders
        if operator == "in" and set(value) == {0}:
            return ~open_orders
        if operator == "not in" and set(value) == {0}:
            return open_orders
        return NotImplemented

    def _get_totals_of_base_lines(self, base_lines):
        """Return the tax engine's summary of ``base_lines``, rounded as this order is."""
        self._round_base_lines(base_lines)
        company = self.company_id or self.env.company
        return self.env["account.tax"]._get_tax_totals_summary(
            base_lines=base_lines, currency=self.currency_id or company.currency_id, company=company
        )

    def _get_taxes_of_base_lines(self, base_lines):
        """Return the amount of each tax on ``base_lines``, rounded as this order is, by tax in the order of taxes."""
        self._round_base_lines(base_lines)
        AccountTax = self.env["account.tax"]
        amounts = AccountTax._aggregate_base_lines_aggregated_values(
            AccountTax._aggregate_base_lines_tax_details(
                base_lines, lambda _base_line, tax_data: tax_data["tax"] if tax_data else None
            )
        )
        taxes = AccountTax.union(*filter(None, amounts)).sorted()
        return {tax: amounts[tax]["tax_amount_currency"] for tax in taxes}

    def _round_base_lines(self, base_lines):
        company = self.company_id or self.env.company
        AccountTax = self.env["account.tax"]
        AccountTax._add_tax_details_in_base_lines(base_lines, company)
        AccountTax._round_base_lines_tax_details(base_lines, company)

    def _get_customer_contact(self):
        """Return whom the customer may turn to."""
        self.ensure_one()
        # In sudo: the customer sees who it is, not the user.
        return self.sudo().user_id.partner_id

    # === RULES ===

    def _can_be_extended(self):
        """Whether change orders can be recorded and signed on this order."""
        self.ensure_one()
        # In sudo: a technician records on the order of his task, whose state he can't read.
        return self.sudo().state == "sale"

    def _check_can_extend(self):
        for order in self:
            if not order._can_be_extended():
                raise UserError(
                    self.env._(
                        "%s is not a confirmed order, so it can't be extended. Change the quotation itself, or confirm"
                        " it first.",
                        order.sudo().name,
                    )
                )

    def _lock_for_extension(self):
        """Keep other extensions of these orders waiting until this transaction ends.

        :raise UserError: when somebody else has been at it for some seconds
        """
        try:
            # In sudo: locking is no reading, and customers and technicians extend orders that they can't write.
            lock_rows(self.sudo(), allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "%s is being changed by somebody else at this moment. Nothing was done. Please try again in a few"
                    " seconds.",
                    ", ".join(self.sudo().mapped("name")),
                )
            ) from error

    def _next_change_order_numbers(self):
        """Return the next free number of a change order by id of the order, and keep it free."""
        self._lock_for_extension()
        rows = (
            self.env["sale.change.order"]
            .sudo()
            ._read_group(Domain("order_id", "in", self.ids), ["order_id"], ["number:max"])
        )
        numbers = dict.fromkeys(self.ids, 1)
        numbers.update({order.id: last + 1 for order, last in rows})
        return numbers

    # === PROJECT BUDGET ===

    def _get_project_budget_hours(self):
        """Return the sold hours by project, of the lines whose hours make the projects' budget.

        Odoo adds them up once, when the project is made; what an extension changes is added by us.
        """
        self.ensure_one()
        hours = {}
        for line in self.order_line:
            if line.project_id and line.is_service and line.product_id.service_tracking in (
                "task_in_project", "project_only",
            ):  # fmt: skip
                hours.setdefault(line.project_id, 0.0)
                hours[line.project_id] += line._convert_qty_company_hours(self.company_id)
        return hours

    def _update_project_budget(self, hours_before):
        """Move the budget of the projects that were there already by what the sold hours have changed."""
        self.ensure_one()
        if "allocated_hours" not in self.env["project.project"]._fields:
            return  # without timesheets projects have no budget of hours
        for project, hours in self._get_project_budget_hours().items():
            if project in hours_before:
                project.allocated_hours += hours - hours_before[project]

    # === OVERRIDES ===

    def _action_cancel(self):
        """An order that is cancelled can't be extended: take the open offers back as well."""
        open_changes = self.sudo().change_order_ids.filtered(lambda change: change.state in OPEN_STATES)
        for change_order in open_changes:
            change_order.with_user(self.env.user).sudo()._cancel(
                self.env._("The order %s was cancelled.", change_order.order_id.name)
            )
        return super()._action_cancel()

    def _get_copiable_order_lines(self):
        """The sections of signed extensions name the signature of another order: leave them behind."""
        return (
            super()._get_copiable_order_lines().filtered(lambda line: not (line.display_type and line.change_order_id))
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_extended(self):
        for order in self:
            change_orders = order.sudo().change_order_ids
            if change_orders.filtered(lambda change: change.state != "draft"):
                raise UserError(
                    self.env._(
                        "%(order)s can't be deleted: the customer was offered %(change_orders)s, which stays on file.",
                        order=order.name,
                        change_orders=", ".join(change_orders.mapped("name")),
                    )
                )
            change_orders.unlink()

    # === ACTIONS ===

    def action_view_change_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_extension.sale_change_order_action")
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {"default_order_id": self.id}
        return action

    def action_new_change_order(self):
        """Open a fresh change order on this order."""
        self.ensure_one()
        self._check_can_extend()
        return {
            "name": self.env._("New Change Order"),
            "type": "ir.actions.act_window",
            "res_model": "sale.change.order",
            "views": [(False, "form")],
            "context": {"default_order_id": self.id},
        }
