"""How the table of facts stays fast, though it is put together anew from a dozen sources for every question."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .order_postcalc_report import KINDS

ALL_KINDS = frozenset(kind for kind, _label in KINDS)


class OrderPostcalcReport(models.Model):
    _inherit = "order.postcalc.report"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Leave out the sources that can't answer: most questions are about some kinds of facts only."""
        # PostgreSQL would compile each of the many branches to machine code, which takes many times longer than
        # running them: until the end of the transaction it doesn't.
        self.env.cr.execute(SQL("SET LOCAL jit = off"))
        kinds = self._get_asked_kinds(Domain(domain).optimize(self))
        return super(OrderPostcalcReport, self.with_context(postcalc_kinds=kinds))._search(domain, *args, **kwargs)

    @api.model
    def _get_asked_kinds(self, domain):
        """Return the kinds that facts in ``domain`` can have at most."""
        kinds = ALL_KINDS
        for condition in self._iter_necessary(domain):
            if condition.field_expr == "kind" and condition.operator == "in":
                kinds &= frozenset(condition.value)
        return kinds

    @api.model
    def _iter_necessary(self, domain):
        """Yield the conditions that every fact in ``domain`` fulfils."""
        operator = getattr(domain, "OPERATOR", None)
        if operator == "&":
            for child in domain.children:
                yield from self._iter_necessary(child)
        elif hasattr(domain, "field_expr"):
            yield domain

    def _get_sources(self):
        sources = super()._get_sources()
        kinds = self.env.context.get("postcalc_kinds", ALL_KINDS)
        # One is left in any case: a table without any row is a table still.
        return [source for source in sources if source.may_give(kinds)] or sources[:1]
