"""How the table of facts stays fast, though it is put together anew from a dozen sources for every question."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .order_postcalc_report import KINDS

#: Bytes that a query may sort and group in, unless the database has more.
WORK_MEMORY = 64 * 1024 * 1024
ALL_KINDS = frozenset(kind for kind, _label in KINDS)


class OrderPostcalcReport(models.Model):
    _inherit = "order.postcalc.report"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Leave out the sources that can't answer: most ask for some kinds of facts, or about known ones."""
        self._prepare_database()
        kinds, ids = self._get_asked(Domain(domain).optimize(self))
        asked = self.with_context(postcalc_kinds=kinds, postcalc_ids=ids)
        return super(OrderPostcalcReport, asked)._search(domain, *args, **kwargs)

    @api.model
    def _prepare_database(self):
        """Have PostgreSQL run the long queries at once and in memory, until the end of the transaction.

        It would compile each of the many branches to machine code, which takes ten times as long as running them, and
        sort a million facts on disk.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT set_config('jit', 'off', TRUE),
                       set_config(
                           'work_mem',
                           GREATEST(pg_size_bytes(current_setting('work_mem')), %s) / 1024 || 'kB',
                           TRUE
                       )
                """,
                WORK_MEMORY,
            )
        )

    @api.model
    def _get_asked(self, domain):
        """Return the kinds that facts in ``domain`` have at most, and their ids at most; None for any."""
        kinds, ids = ALL_KINDS, None
        for condition in self._iter_necessary(domain):
            if condition.operator == "in" and condition.field_expr == "kind":
                kinds &= frozenset(condition.value)
            elif condition.operator == "in" and condition.field_expr == "id":
                found = frozenset(id_ for id_ in condition.value if isinstance(id_, int))
                ids = found if ids is None else ids & found
        return kinds, ids

    @api.model
    def _iter_necessary(self, domain):
        """Yield the conditions that every fact in ``domain`` fulfils."""
        if getattr(domain, "OPERATOR", None) == "&":
            for child in domain.children:
                yield from self._iter_necessary(child)
        elif hasattr(domain, "field_expr"):
            yield domain

    def _get_sources(self):
        sources = super()._get_sources()
        kinds = self.env.context.get("postcalc_kinds", ALL_KINDS)
        ids = self.env.context.get("postcalc_ids")
        asked = [source for source in sources if source.may_give(kinds) and (ids is None or source.get_record_ids(ids))]
        # One is left in any case: a table without any row is a table still.
        return asked or sources[:1]
