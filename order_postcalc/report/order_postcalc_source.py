"""How the sources of the fact table are put together: one SELECT per source, all with the same columns."""

import re
from dataclasses import dataclass, field

from odoo.tools import SQL

#: Column -> type and what it holds where a source says nothing.
COLUMNS = {
    "kind": ("varchar", "NULL"),
    "order_id": ("integer", "NULL"),
    "order_line_id": ("integer", "NULL"),
    "change_order_id": ("integer", "NULL"),
    "task_id": ("integer", "NULL"),
    "project_id": ("integer", "NULL"),
    "activity_id": ("integer", "NULL"),
    "product_id": ("integer", "NULL"),
    "employee_id": ("integer", "NULL"),
    "invoice_id": ("integer", "NULL"),
    "partner_id": ("integer", "NULL"),
    "user_id": ("integer", "NULL"),
    "team_id": ("integer", "NULL"),
    "order_template_id": ("integer", "NULL"),
    "order_state": ("varchar", "NULL"),
    "company_id": ("integer", "NULL"),
    "date": ("date", "NULL"),
    "recorded_on": ("timestamp", "NULL"),
    "name": ("varchar", "NULL"),
    "source_model": ("varchar", "NULL"),
    "source_id": ("integer", "NULL"),
    "planned_hours": ("double precision", "0"),
    "actual_hours": ("double precision", "0"),
    "invoiced_hours": ("double precision", "0"),
    "planned_cost": ("numeric", "0"),
    "actual_cost": ("numeric", "0"),
    "committed_cost": ("numeric", "0"),
    "planned_revenue": ("numeric", "0"),
    "invoiced_revenue": ("numeric", "0"),
}

#: What every fact takes from its order, by the alias `o`.
ORDER_COLUMNS = {
    "partner_id": SQL("o.partner_id"),
    "user_id": SQL("o.user_id"),
    "team_id": SQL("o.team_id"),
    "order_template_id": SQL("o.sale_order_template_id"),
    "order_state": SQL("o.state"),
}

#: A fact's id is its record's times this, plus the number of its source: no two facts share one.
SOURCES_AT_MOST = 32
#: So many bits of a key are the second record's of a pair.
PAIR_BITS = 20


def pair_key(record, other):
    """Return SQL for a number that stands for two records: the first one's id, and the end of the other one's."""
    return SQL("(%s::bigint << %s) + %s %% %s", record, PAIR_BITS, other, 1 << PAIR_BITS)


@dataclass(frozen=True)
class Source:
    """One source of facts.

    :param int number: unique among the sources and below ``SOURCES_AT_MOST``; never reused for another source
    :param SQL key: the id of the source's record, or of a pair of records, see :func:`pair_key`
    :param SQL record: the first of the pair's records, if it is one
    :param dict values: SQL by column; columns left out are empty, or 0 where they are measures
    :param SQL tables: FROM clause; the order, if any, is joined as ``o`` by a LEFT JOIN on its primary key, so that the
        database leaves the join out when nothing of it is asked for
    :param SQL condition: WHERE clause
    :param dict depends: names of fields by model: what is pending of them is written before the source is read
    """

    number: int
    key: SQL
    values: dict
    tables: SQL
    condition: SQL
    depends: dict = field(default_factory=dict)
    record: SQL | None = None

    def may_give(self, kinds):
        """Whether a fact of this source can be of one of ``kinds``.

        The kinds are read off the SQL that tells them. One too many costs time, not truth.
        """
        return not kinds.isdisjoint(re.findall(r"'(\w+)'", self.values["kind"].code))

    def get_record_ids(self, ids):
        """Return the ids of this source's records among the ``ids`` of facts."""
        keys = [fact // SOURCES_AT_MOST for fact in ids if fact % SOURCES_AT_MOST == self.number]
        return [key >> PAIR_BITS for key in keys] if self.record else keys

    def select(self, env, ids=None):
        """Return the SELECT of this source, with ``ids`` of those facts at most."""
        condition = self.condition
        if ids is not None:
            condition = SQL("(%s) AND %s = ANY(%s)", condition, self.record or self.key, self.get_record_ids(ids))
        values = ORDER_COLUMNS | self.values
        unknown = values.keys() - COLUMNS.keys()
        if unknown:
            raise ValueError(f"no such columns of a fact: {', '.join(sorted(unknown))}")
        columns = [
            SQL(
                "(%s)::%s AS %s",
                values.get(name, SQL(empty)),  # pylint: disable=sql-injection
                SQL(kind),  # pylint: disable=sql-injection
                SQL.identifier(name),
            )
            for name, (kind, empty) in COLUMNS.items()
        ]
        margin = SQL(
            "(%s) - (%s)",
            values.get("invoiced_revenue", SQL("0::numeric")),
            values.get("actual_cost", SQL("0::numeric")),
        )
        flushed = [SQL(to_flush=env[model]._fields[name]) for model, names in self.depends.items() for name in names]
        return SQL(
            "SELECT (%s)::bigint * %s + %s AS id, %s, (%s)::numeric AS margin FROM %s WHERE %s%s",
            self.key,
            SOURCES_AT_MOST,
            self.number,
            SQL(", ").join(columns),
            margin,
            self.tables,
            condition,
            SQL().join(flushed),
        )
