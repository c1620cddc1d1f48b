from odoo.tests import Form

from .common import AftersalesCommon


class BillingCommon(AftersalesCommon):
    """The joinery's order, and one of 10 fitting sets at 25.00 that are billed as they are delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._make_user(
            "joinery_accountant", "account.group_account_manager,sales_team.group_sale_salesman_all_leads"
        )
        cls.goods_order = cls._make_order([(cls.fitting, 10)])
        cls.goods_line = cls.goods_order.order_line

    @classmethod
    def _invoice(cls, orders, **values):
        """Return the draft of what can be invoiced of ``orders``."""
        return orders._create_invoices(**values)

    def _bill(self, order_line, quantity=None, **values):
        """Return a draft that bills ``order_line``, whatever was delivered."""
        move = self.env["account.move"].create(
            {
                **order_line.order_id._prepare_invoice(),
                "invoice_line_ids": [(0, 0, order_line._prepare_invoice_line(quantity=quantity, **values))],
            }
        )
        return move

    def _set(self, line, **values):
        """Change a line of a draft as a person does."""
        line.move_id.write({"invoice_line_ids": [(1, line.id, values)]})

    def _override(self, move, reason="The customer has asked for it", user=None):
        move = move.with_user(user or self.accountant)
        action = move.action_override_billing()
        form = Form(self.env[action["res_model"]].with_user(user or self.accountant).with_context(**action["context"]))
        form.reason = reason
        form.save().action_override()

    def assertIssue(self, line, *words):
        for word in words or ("Billed",):
            self.assertIn(word, line.billing_issue or "")

    def assertRight(self, lines):
        self.assertFalse(any(lines.mapped("billing_issue")), lines.mapped("billing_issue"))
