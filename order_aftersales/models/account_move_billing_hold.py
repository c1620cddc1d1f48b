"""Lines that are not right wait in an invoice of their own, so that the customer gets what is right today."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: What Odoo doesn't copy from one invoice to the next, and what is the same for both parts of one.
SHARED_FIELDS = ("invoice_origin", "ref", "invoice_date", "invoice_user_id")
SECTIONS = ("line_section", "line_subsection")


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_hold_billing_issues(self):
        """Move what is not right into held drafts and say where it went."""
        held = self._hold_billing_issues()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._get_held_words(len(held.invoice_line_ids.filtered("billing_issue_kind"))),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _get_held_words(self, count):
        if count == 1:
            return self.env._("One line is held back in an invoice of its own. What is left here can be posted.")
        return self.env._("%s lines are held back in an invoice of their own. What is left here can be posted.", count)

    def action_view_billing_held(self):
        """Open what was held back of this invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        held = self.billing_held_move_ids
        if len(held) == 1:
            return {**action, "views": [(False, "form")], "res_id": held.id}
        return {**action, "domain": [("id", "in", held.ids)]}

    def action_view_billing_held_from(self):
        """Open the invoice whose other lines could go."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        return {**action, "views": [(False, "form")], "res_id": self.billing_held_from_id.id}

    def _hold_billing_issues(self):
        """Split each of these drafts in what can be posted and what waits for its delivery or an agreement.

        Both together bill the same quantities of the same order lines, so that the orders stay as they are.

        :return: the held drafts
        :raise UserError: if there is nothing to hold back, or nothing would be left to post
        """
        held = self.browse()
        for move in self:
            move.check_access("write")
            held += move._split_off_billing_issues()
        return held

    def _split_off_billing_issues(self):
        self.ensure_one()
        if self.state != "draft":
            raise UserError(self.env._("%s is no draft any more.", self._get_billing_name()))
        # In sudo: the figures come from orders that need not be the user's.
        quantities = self.sudo()._get_billing_split()
        if not quantities:
            raise UserError(self.env._("%s has no line to hold back.", self._get_billing_name()))
        timesheets = self._get_timesheets_of(quantities)
        held = self._as_transition().create(self._prepare_held_invoice_vals(quantities)).with_env(self.env)
        self.write({"invoice_line_ids": self._prepare_released_line_commands(quantities)})
        self._check_released()
        timesheets.write({"timesheet_invoice_id": held.id}) if timesheets else None
        (self | held).sudo().invoice_line_ids._recompute_billing_check()
        self._log_billing_split(held)
        return held

    def _get_billing_split(self):
        """Return the quantity that can go now, by line that is not right.

        :raise UserError: if there is no line that is right, not even in part
        """
        self.ensure_one()
        self.invoice_line_ids._recompute_billing_check()
        quantities = {line: line._get_releasable_quantity() for line in self._get_uncovered_billing_lines()}
        for line in quantities:
            if line.extra_tax_data:
                quantities[line] = 0.0  # Its taxes were worked out for the whole of it.
        billing = self.invoice_line_ids.filtered(lambda line: line._is_billing_something())
        wrong_type = self.move_type != "out_invoice"
        if quantities and (wrong_type or all(not quantities.get(line, line.quantity) for line in billing)):
            raise UserError(
                self.env._(
                    "%s has no line that is right, so nothing of it can go yet. Correct the lines, wait for the"
                    " delivery, or have somebody override the check with a reason.",
                    self._get_billing_name(),
                )
            )
        return quantities

    def _prepare_held_invoice_vals(self, quantities):
        """Return the values of the draft with what waits: the lines, under the sections that they stand in."""
        self.ensure_one()
        sections = self.env["account.move.line"]
        for line in quantities:
            sections |= line.parent_id | line.parent_id.parent_id
        lines = (self.env["account.move.line"].union(*quantities) | sections).sorted(
            lambda line: (line.sequence, line.id)
        )
        vals_list = lines.with_context(include_business_fields=True).copy_data()
        for line, vals in zip(lines, vals_list, strict=True):
            vals.pop("move_id", None)
            vals["sequence"] = line.sequence
            if line in quantities:
                vals["quantity"] = line.quantity - quantities[line]
        vals = self.copy_data({"line_ids": []})[0]
        vals.pop("line_ids", None)
        shared = {name: self._fields[name].convert_to_write(self[name], self) for name in SHARED_FIELDS}
        return {
            **vals,
            **shared,
            "billing_held_from_id": self.id,
            "invoice_line_ids": [Command.create(line_vals) for line_vals in vals_list],
        }

    def _prepare_released_line_commands(self, quantities):
        """Return the commands that leave on this invoice what is right, without sections that have become empty."""
        self.ensure_one()
        commands, gone = [], self.env["account.move.line"]
        for line, quantity in quantities.items():
            if quantity:
                commands.append(Command.update(line.id, {"quantity": quantity}))
            else:
                gone |= line
        parents = gone.parent_id | gone.parent_id.parent_id
        kept = self.invoice_line_ids.filtered(lambda line: line not in gone and line.display_type not in SECTIONS)
        gone |= parents - (kept.parent_id | kept.parent_id.parent_id)
        return [*commands, *(Command.delete(line.id) for line in gone)]

    def _check_released(self):
        """A down payment that is more than what can go now has nothing to be deducted from."""
        self.ensure_one()
        if self.currency_id.compare_amounts(self.amount_total, 0.0) < 0:
            raise UserError(
                self.env._(
                    "%s would be negative without these lines, as the down payment is deducted from it. Delete the"
                    " deduction here to have it with a later invoice, or wait with the whole invoice.",
                    self._get_billing_name(),
                )
            )

    def _get_timesheets_of(self, quantities):
        """Return the hours that the lines which go away bill, where timesheets are invoiced at all."""
        if "timesheet_ids" not in self._fields:
            return self.browse()
        order_lines = (
            self.env["account.move.line"].union(*(line for line in quantities if not quantities[line])).sale_line_ids
        )
        # In sudo: a bookkeeper has no rights on timesheets, and only their invoice changes.
        return self.sudo().timesheet_ids.filtered(lambda timesheet: timesheet.so_line in order_lines)

    def _log_billing_split(self, held):
        self.message_post(
            body=self.env._(
                "What can't be billed yet is held back in %s.", held._get_html_link(title=self._get_held_title())
            )
        )
        held.message_post(body=self.env._("Held back from %s.", self._get_html_link()))

    def _get_held_title(self):
        return self.env._("another draft")
