"""What is known, and what not, of the extra work: the rows that capture rates and figures of people are made of.

One row per favour, extension, follow-up and timesheet beyond what was ordered, with the day, the company and the
employee, if he is known. Hours beyond an order line belong to nobody in particular: they are shared over the
timesheets of the line in proportion to their hours, and so over days and people.
"""

from odoo.tools import SQL

#: Column -> type; measures are 0 where a row has none.
MEASURES = {
    "favours": "integer",
    "favours_goodwill": "integer",
    "favour_hours": "double precision",
    "favour_value": "numeric",
    "favour_cost": "numeric",
    "extensions": "integer",
    "extensions_signed": "integer",
    "follow_ups": "integer",
    "documented_hours": "double precision",
    "undocumented_hours": "double precision",
}

DEPENDS = {
    "sale.minor.item": ["state", "company_id", "user_id", "date", "duration", "value", "cost", "covered_by"],
    "sale.change.order": [
        "state", "company_id", "captured_on", "number", "revision", "revision_of_id", "superseded_by_id", "counters_id",
        "order_id",
    ],
    "sale.change.order.line": ["change_order_id", "kind", "is_optional", "is_selected", "expected_hours"],
    "sale.order": ["currency_rate"],
    "sale.order.line": ["company_id", "hours_beyond_order"],
    "account.analytic.line": ["so_line", "project_id", "employee_id", "date", "unit_amount"],
    "crm.lead": ["origin_order_id", "company_id"],
    "hr.employee": ["user_id", "company_id"],
}  # fmt: skip


def extra_rows(env):
    """Return a SELECT of all rows, to be used as a table."""
    flushed = [SQL(to_flush=env[model]._fields[name]) for model, names in DEPENDS.items() for name in names]
    sources = (_favours(), _extensions(env), _follow_ups(env), _undocumented())
    return SQL("%s%s", SQL(" UNION ALL ").join(sources), SQL().join(flushed))


def _select(company, employee, date, measures, tables):
    columns = [
        SQL(
            "%s::%s AS %s",
            measures.get(name, SQL("0")),
            SQL(kind),  # pylint: disable=sql-injection
            SQL.identifier(name),
        )
        for name, kind in MEASURES.items()
    ]
    return SQL(
        "SELECT %s AS company_id, %s AS employee_id, %s AS date, %s FROM %s",
        company,
        employee,
        date,
        SQL(", ").join(columns),
        tables,
    )


def _local_day(env, moment):
    """The day of a moment, where the user is."""
    return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, env.tz.zone)


def _favours():
    return _select(
        SQL("i.company_id"),
        SQL("e.id"),
        SQL("i.date"),
        {
            "favours": SQL("1"),
            "favours_goodwill": SQL("CASE WHEN i.covered_by = 'goodwill' THEN 1 ELSE 0 END"),
            "favour_hours": SQL("i.duration"),
            "favour_value": SQL("i.value / COALESCE(NULLIF(o.currency_rate, 0), 1)"),
            "favour_cost": SQL("i.cost"),
            "documented_hours": SQL("i.duration"),
        },
        SQL(
            "sale_minor_item i LEFT JOIN sale_order o ON o.id = i.order_id"
            " LEFT JOIN hr_employee e ON e.user_id = i.user_id AND e.company_id = i.company_id"
            " WHERE i.state = 'done'"
        ),
    )


def _extensions(env):
    """Wishes as they stand in their latest revision, of whoever recorded the first one.

    What takes a signed extension back is none. Hours are documented while the extension is offered and once it is
    signed: what was declined, withdrawn or never sent was not worked, as far as anybody knows.
    """
    hours = SQL(
        "(SELECT COALESCE(sum(cl.expected_hours), 0) FROM sale_change_order_line cl"
        " WHERE cl.change_order_id = co.id AND cl.kind = 'add'"
        " AND (cl.is_optional IS NOT TRUE OR cl.is_selected))"
    )
    return _select(
        SQL("co.company_id"),
        SQL("e.id"),
        _local_day(env, SQL("COALESCE(first.captured_on, co.captured_on, co.create_date)")),
        {
            "extensions": SQL("1"),
            "extensions_signed": SQL("CASE WHEN co.state = 'signed' THEN 1 ELSE 0 END"),
            "documented_hours": SQL("CASE WHEN co.state IN ('sent', 'signed') THEN %s ELSE 0 END", hours),
        },
        SQL(
            "sale_change_order co"
            " LEFT JOIN sale_change_order first"
            " ON first.order_id = co.order_id AND first.number = co.number AND first.revision = 1"
            " LEFT JOIN hr_employee e"
            " ON e.user_id = COALESCE(first.create_uid, co.create_uid) AND e.company_id = co.company_id"
            " WHERE %s AND co.counters_id IS NULL",
            env["sale.change.order"]._get_standing_sql(),
        ),
    )


def _follow_ups(env):
    return _select(
        SQL("COALESCE(lead.company_id, o.company_id)"),
        SQL("e.id"),
        _local_day(env, SQL("lead.create_date")),
        {"follow_ups": SQL("1")},
        SQL(
            "crm_lead lead JOIN sale_order o ON o.id = lead.origin_order_id"
            " LEFT JOIN hr_employee e"
            " ON e.user_id = lead.create_uid AND e.company_id = COALESCE(lead.company_id, o.company_id)"
        ),
    )


def _undocumented():
    return _select(
        SQL("l.company_id"),
        SQL("a.employee_id"),
        SQL("a.date"),
        {"undocumented_hours": SQL("l.hours_beyond_order * a.unit_amount / recorded.hours")},
        SQL(
            "sale_order_line l"
            " CROSS JOIN LATERAL (SELECT sum(unit_amount) AS hours FROM account_analytic_line"
            " WHERE so_line = l.id AND project_id IS NOT NULL) recorded"
            " JOIN account_analytic_line a ON a.so_line = l.id AND a.project_id IS NOT NULL"
            " WHERE l.hours_beyond_order > 0 AND recorded.hours > 0"
        ),
    )
