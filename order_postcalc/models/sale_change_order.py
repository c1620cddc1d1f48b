from odoo import fields, models


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    def _apply_lines(self, order):
        """What was signed is planned with the signature, and never rewritten afterwards."""
        # In sudo: the customer signs, and he doesn't see costs.
        lines = order.sudo().order_line
        before = {line.id: line._get_plan_figures() for line in lines if line._is_planned()}
        res = super()._apply_lines(order)
        self._freeze_plan(before)
        return res

    def _freeze_plan(self, before):
        """Keep what the agreed lines of this change order have made of the order.

        :param dict before: (hours, cost, revenue) by id of the order lines that were there before
        """
        plans = []
        for change_line in self.sudo()._get_agreed_lines():
            line = change_line.applied_line_id
            if not line or not line._is_planned():
                continue
            figures = line._get_plan_figures()
            # Two reductions of the same line are one difference.
            known = before.get(line.id, (0.0, 0.0, 0.0))
            before[line.id] = figures
            change = [after - earlier for after, earlier in zip(figures, known, strict=True)]
            if any(change):
                plans.append(self._prepare_plan_vals(change_line, line, change))
        self.env["order.postcalc.plan"].sudo().create(plans)

    def _prepare_plan_vals(self, change_line, line, change):
        self.ensure_one()
        hours, cost, revenue = change
        return {
            **line._prepare_plan_vals(),
            "change_order_id": self.id,
            "change_order_line_id": change_line.id,
            "date": fields.Date.context_today(self),
            "hours": hours,
            "cost": cost,
            "revenue": revenue,
        }
