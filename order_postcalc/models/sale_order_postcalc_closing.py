"""Closing the post-calculation of an order, and reopening it with a reason."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.order_extension.change_order_rules import clean_text

from ..sheet_figures import COST_KINDS

#: Written by closing and reopening only.
CLOSING_FIELDS = frozenset({"postcalc_state", "postcalc_closed_on"})


class SaleOrder(models.Model):
    _inherit = "sale.order"

    postcalc_state = fields.Selection(
        [("running", "Running"), ("closed", "Closed")],
        "Post-Calculation",
        default="running",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    postcalc_closed_on = fields.Datetime(
        "Post-Calculation Closed on", readonly=True, copy=False, index="btree_not_null"
    )
    postcalc_closing_ids = fields.One2many(
        "order.postcalc.closing", "order_id", string="Closings", groups="order_postcalc.group_user"
    )
    has_cost_since_closing = fields.Boolean(
        "Cost since the Closing",
        compute="_compute_has_cost_since_closing",
        search="_search_has_cost_since_closing",
        groups="order_postcalc.group_user",
    )

    # === COMPUTE ===

    @api.depends("postcalc_state", "postcalc_closed_on")
    def _compute_has_cost_since_closing(self):
        late = self._get_ids_with_cost_since_closing(self.filtered(lambda order: order.postcalc_state == "closed").ids)
        for order in self:
            order.has_cost_since_closing = order.id in late

    def _search_has_cost_since_closing(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", list(self._get_ids_with_cost_since_closing()))]

    @api.model
    def _get_ids_with_cost_since_closing(self, ids=None):
        """Return the ids of closed orders that cost was recorded for since; of ``ids``, or of all.

        Facts are put together from what may be a million records, so only those that can be late are: what costs, and
        came after the first of the closings.
        """
        domain = Domain("postcalc_state", "=", "closed")
        if ids is not None:
            domain &= Domain("id", "in", ids)
        [(first,)] = self.env["sale.order"]._read_group(domain, [], ["postcalc_closed_on:min"])
        if not first:
            return set()
        facts = self.env["order.postcalc.report"].with_context(postcalc_kinds=frozenset(COST_KINDS))
        facts._prepare_database()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT fact.order_id FROM (%s) fact JOIN sale_order closed ON closed.id = fact.order_id"
                " WHERE closed.postcalc_state = 'closed' AND fact.recorded_on > %s"
                " AND date_trunc('second', fact.recorded_on) > closed.postcalc_closed_on"
                " AND fact.actual_cost <> 0 AND %s",
                facts._table_query,
                first,
                SQL("fact.order_id = ANY(%s)", list(ids)) if ids is not None else SQL("TRUE"),
            )
        )
        return {order_id for (order_id,) in rows}

    # === CRUD ===

    @api.model
    def _get_transition_fields(self):
        return super()._get_transition_fields() | CLOSING_FIELDS

    def _get_transition_message(self, name, label):
        if name not in CLOSING_FIELDS:
            return super()._get_transition_message(name, label)
        if any(order.postcalc_state == "closed" for order in self.sudo()):
            return self.env._("An order is reopened on its post-calculation, with a reason.")
        return self.env._("An order is closed on its post-calculation, by “Close”.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        for order in self:
            if order.sudo().postcalc_closing_ids:
                raise UserError(
                    self.env._(
                        "%s can't be deleted: its post-calculation was closed and stays on file.", order.sudo().name
                    )
                )

    # === RULES ===

    def _can_decide_on_postcalc(self):
        return self.env.user.has_group("order_postcalc.group_manager")

    def _can_close_postcalc(self):
        self.ensure_one()
        return self.state == "sale" and self.postcalc_state == "running" and self._can_decide_on_postcalc()

    def _can_reopen_postcalc(self):
        self.ensure_one()
        return self.postcalc_state == "closed" and self._can_decide_on_postcalc()

    def _check_can_decide_on_postcalc(self):
        self._check_postcalc_access()
        if not self._can_decide_on_postcalc():
            raise AccessError(
                self.env._(
                    "Only a manager of the post-calculation can close or reopen %s.", ", ".join(self.mapped("name"))
                )
            )

    # === ACTIONS ===

    def action_close_postcalc(self):
        """Freeze the sheet of these orders as it is now."""
        self._check_can_decide_on_postcalc()
        self._lock_for_extension()
        self.invalidate_recordset(["state", *CLOSING_FIELDS])
        for order in self:
            order._check_can_close_postcalc()
        for order in self:
            order._close_postcalc()
        return True

    def _check_can_close_postcalc(self):
        self.ensure_one()
        if self.state != "sale":
            raise UserError(
                self.env._("%s is not a confirmed order, so there is no post-calculation to close.", self.name)
            )
        if self.postcalc_state == "closed":
            raise UserError(
                self.env._(
                    "The post-calculation of %(order)s was closed on %(date)s already.",
                    order=self.name,
                    date=self._get_postcalc_day(self.postcalc_closed_on),
                )
            )

    def _close_postcalc(self):
        self.ensure_one()
        Closing = self.env["order.postcalc.closing"]._as_transition()
        # Closed first: in the sheet that is frozen nothing is expected any more.
        self._write_postcalc_state("closed", fields.Datetime.now())
        sheet = self._get_postcalc_sheet()
        Closing.create(self.env["order.postcalc.closing"]._prepare_closing_vals(self, sheet))
        # Without figures: costs are not for all who read the order.
        self._post_postcalc_note(self.env._("Post-calculation closed."))

    def action_reopen_postcalc(self):
        """Ask why."""
        self.ensure_one()
        self._check_can_decide_on_postcalc()
        return {
            "name": self.env._("Reopen %s", self.name),
            "type": "ir.actions.act_window",
            "res_model": "order.postcalc.reopen",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _reopen_postcalc(self, reason):
        """Let the order run again; the closing stays on file with the reason.

        :raise UserError: without a reason, or when the order isn't closed
        """
        self.ensure_one()
        reason = clean_text(reason)
        if not reason:
            raise UserError(self.env._("Please say in a few words why %s is reopened.", self.name))
        self._check_can_decide_on_postcalc()
        self._lock_for_extension()
        self.invalidate_recordset(list(CLOSING_FIELDS))
        closing = self.env["order.postcalc.closing"]._get_current(self)
        if not closing:
            raise UserError(self.env._("The post-calculation of %s is not closed.", self.name))
        closing._as_transition().write(
            {
                "state": "reopened",
                "reopened_on": fields.Datetime.now(),
                "reopened_by_id": self.env.uid,
                "reopen_reason": reason,
            }
        )
        self._write_postcalc_state("running", False)
        self._post_postcalc_note(self.env._("Post-calculation reopened: %s", reason))

    def _write_postcalc_state(self, state, closed_on):
        # As a transition: a manager of the post-calculation need not be one who may write orders.
        self._as_transition().write({"postcalc_state": state, "postcalc_closed_on": closed_on})

    def _post_postcalc_note(self, text):
        self.sudo().message_post(body=text, author_id=self.env.user.partner_id.id)

    def action_view_postcalc_closings(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_postcalc.order_postcalc_closing_action")
        return action | {"domain": [("order_id", "=", self.id)]}
