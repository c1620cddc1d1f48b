from odoo.fields import Command

from .common import PostcalcCommon


class FactsCommon(PostcalcCommon):
    """The joinery's order with an analytic account, and what is needed to buy, deliver and invoice for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.order.order_line.task_id.project_id[:1]
        cls.account = cls._get_account(cls.project)
        cls.vendor = cls.env["res.partner"].create({"name": "Timber Trade"})
        cls.expense_account = cls.company_data["default_account_expense"]

    @classmethod
    def _get_account(cls, project):
        if not project.account_id:
            project._create_analytic_account()
        return project.account_id

    @classmethod
    def _make_other_order(cls):
        """Return another order of the same customer, with its own project and account."""
        order = cls._make_order()
        cls._get_account(order.order_line.task_id.project_id[:1])
        return order

    def _make_bill(self, *lines, move_type="in_invoice", post=True, date="2026-04-01", **values):
        """Return a vendor bill; ``lines`` are dicts of values."""
        bill = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.vendor.id,
                "invoice_date": date,
                "date": date,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Bought", "account_id": self.expense_account.id, "tax_ids": [Command.clear()], **line}
                    )
                    for line in lines
                ],
                **values,
            }
        )
        if post:
            bill.action_post()
        return bill

    def _invoice(self, order=None, post=True, **kwargs):
        """Return the posted invoice of what is to be invoiced."""
        invoice = (order or self.order)._create_invoices(**kwargs)
        invoice.invoice_date = "2026-05-01"
        if post:
            invoice.action_post()
        return invoice

    def _advance(self, amount, order=None):
        """Return the posted invoice of an advance of ``amount``, taxes included."""
        order = order or self.order
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "fixed", "fixed_amount": amount})
        )
        invoice = wizard._create_invoices(order)
        invoice.invoice_date = "2026-04-15"
        invoice.action_post()
        return invoice

    def _reverse(self, move, modify=False):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": "2026-05-10"})
        )
        wizard.modify_moves() if modify else wizard.refund_moves()
        credit = wizard.new_move_ids.filtered(lambda new: new.move_type in ("out_refund", "in_refund"))
        if credit.state == "draft":
            credit.action_post()
        return credit

    def _cost(self, kind=None, order=None):
        """The cost of the order, or of a kind of it."""
        return self._total("actual_cost", kind, order)

    def _revenue(self, kind=None, order=None):
        return self._total("invoiced_revenue", kind, order)

    def _total(self, measure, kind=None, order=None):
        domain = [("kind", "=", kind)] if kind else []
        [(total,)] = self._facts(*domain, measures=[f"{measure}:sum"], order=order)
        return total or 0.0

    def _costs(self, order=None):
        """Cost by kind, those of nothing left out."""
        return {
            kind: round(cost, 6)
            for kind, cost in self._facts(groupby=["kind"], measures=["actual_cost:sum"], order=order)
            if round(cost, 6)
        }
