"""What kind of orders the leaders want, and what kind they don't, told to those who win them."""

import ast
import logging

from psycopg2 import DataError, ProgrammingError

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class OrderStrategyCriterion(models.Model):
    _name = "order.strategy.criterion"
    _description = "Strategic Criterion for Orders"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char("Goal", required=True, translate=True, help="As sellers read it on the quotation.")
    description = fields.Text(translate=True, help="Why it matters, in words for the sellers.")
    kind = fields.Selection(
        [("wanted", "We want such orders"), ("unwanted", "We don't want such orders")],
        default="wanted",
        required=True,
    )
    weight = fields.Float(default=1.0, required=True, help="How much this goal counts against the other goals.")
    domain = fields.Char("Matching Orders", default="[]", required=True, help="Which orders are of this kind.")
    date_from = fields.Date("Valid from")
    date_until = fields.Date("Valid until")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True, help="Empty: for all companies."
    )

    _weight_not_negative = models.Constraint("CHECK (weight > 0)", "The weight of a goal has to be above 0.")
    _dates_in_order = models.Constraint(
        "CHECK (date_until >= date_from)", "A goal can't end before it starts: please look at its dates."
    )

    # === CONSTRAINTS AND CRUD ===

    @api.constrains("domain")
    def _check_domain(self):
        """Look once whether orders can be found by it, as the leader, who must not ask for what he may not read."""
        orders = self.env["sale.order"].sudo(False)  # Odoo checks constraints in sudo
        for criterion in self:
            try:
                domain = criterion._read_domain()
                domain.validate(orders)
                with self.env.cr.savepoint():
                    orders.search(domain, limit=1)
            except AccessError:
                raise ValidationError(
                    self.env._(
                        "The goal “%s” asks for something that you may not read. Please choose other fields.",
                        criterion.name,
                    )
                ) from None
            except (
                ValueError,
                TypeError,
                KeyError,
                SyntaxError,
                NotImplementedError,
                DataError,
                ProgrammingError,
            ) as error:
                raise ValidationError(
                    self.env._(
                        "The orders meant by the goal “%(goal)s” can't be found: %(error)s Please choose its"
                        " conditions anew.",
                        goal=criterion.name,
                        error=error,
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria._note_priority_change()
        return criteria

    def write(self, vals):
        before = self._get_companies_concerned()
        result = super().write(vals)
        (before | self._get_companies_concerned())._note_priority_change()
        return result

    def unlink(self):
        companies = self._get_companies_concerned()
        result = super().unlink()
        companies._note_priority_change()
        return result

    def _note_priority_change(self):
        self._get_companies_concerned()._note_priority_change()

    def _get_companies_concerned(self):
        if all(criterion.company_id for criterion in self):
            return self.company_id
        return (
            self.env["res.company"].sudo().search(Domain.TRUE)
        )  # a goal of all companies is a goal of those one can't see

    # === WHICH ORDERS ===

    def _read_domain(self):
        """Return the orders meant: plain values only, nothing that is worked out when it is read."""
        self.ensure_one()
        return Domain(ast.literal_eval(self.domain or "[]"))

    @api.model
    def _get_criteria_of(self, company):
        """Return the goals that ``company`` has today."""
        today = fields.Date.context_today(self)
        return self.search(
            Domain("company_id", "in", (False, company.id))
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", today))
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", today))
        )

    def _get_orders_that_reach(self, orders):
        """Return which of ``orders`` reach this goal; None when that can't be told.

        A goal that can't be read any more, as the add-on of one of its fields is gone, harms no order.
        """
        self.ensure_one()
        try:
            meant = orders.filtered_domain(self._read_domain())
        except Exception:  # whatever an add-on's field may raise: nobody's order stays closed for a goal
            _logger.warning("The goal %s (%s) can't be read: %s", self.name, self.id, self.domain, exc_info=True)
            return None
        return meant if self.kind == "wanted" else orders - meant

    # === ACTIONS ===

    def action_view_orders(self):
        """Show which orders are meant."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_quotations_with_onboarding")
        action.update(
            name=self.name,
            display_name=self.name,
            domain=list(self._read_domain() & Domain("company_id", "in", self.env.companies.ids)),
            context={},
        )
        return action
