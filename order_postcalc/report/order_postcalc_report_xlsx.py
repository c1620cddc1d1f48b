"""The facts as a spreadsheet: all that a screen shows, row by row, with whatever one may see of them."""

from itertools import count

from pytz import utc

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..xlsx import Column, Workbook

#: Column of the sheet -> its width, 0 for the usual one of its kind.
EXPORTED = {
    "date": 0,
    "kind": 18,
    "order_id": 12,
    "partner_id": 28,
    "name": 40,
    "order_line_id": 30,
    "change_order_id": 14,
    "task_id": 28,
    "project_id": 24,
    "activity_id": 16,
    "product_id": 28,
    "employee_id": 22,
    "invoice_id": 18,
    "user_id": 20,
    "team_id": 16,
    "order_template_id": 22,
    "order_state": 14,
    "planned_hours": 0,
    "actual_hours": 0,
    "invoiced_hours": 0,
    "planned_cost": 0,
    "actual_cost": 0,
    "committed_cost": 0,
    "planned_revenue": 0,
    "invoiced_revenue": 0,
    "margin": 0,
    "currency_id": 10,
    "company_id": 24,
    "recorded_on": 0,
}
#: The first ones, which say what a row is about.
NAMES = 3
KIND_OF_TYPE = {"float": "hours", "monetary": "money", "date": "date", "datetime": "datetime"}
#: As in static/src/facts_export.
EXPORT_GROUPS = ("order_postcalc.group_all", "base.group_allow_export")
#: Rows that are read at a time.
BATCH = 2000
#: What a sheet holds, less its header and totals.
ROWS_AT_MOST = 1_048_576 - 100
#: Cursors of the same transaction must not share a name.
_cursor_numbers = count(1)


class OrderPostcalcReport(models.Model):
    _inherit = "order.postcalc.report"

    @api.model
    def _can_export(self):
        """Whoever sees all orders works with the figures; others need Odoo's right to export."""
        user = self.env.user
        return self.env.is_admin() or any(user.has_group(group) for group in EXPORT_GROUPS)

    @api.model
    def _make_workbook(self, domain):
        """Return the facts in ``domain`` that the user may see as a workbook.

        :raise UserError: if the user may not export, or there are more facts than a sheet has rows
        """
        if not self._can_export():
            raise UserError(self.env._("You don't have the rights to export data. Please contact an administrator."))
        domain = Domain(domain)
        rows = self.search_count(domain, limit=ROWS_AT_MOST + 1)
        if rows > ROWS_AT_MOST:
            raise UserError(
                self.env._(
                    "There are more facts than a spreadsheet has rows (%s). Narrow them down, by a year for example.",
                    f"{ROWS_AT_MOST:,}",
                )
            )
        names = self._get_exported_fields()
        labels = self.fields_get(names, ["string"])
        columns = [
            Column(
                labels[name]["string"],
                KIND_OF_TYPE.get(self._fields[name].type, "text"),
                EXPORTED[name],
                total=self._fields[name].type in ("float", "monetary"),
            )
            for name in names
        ]
        with Workbook(self.env._("Post-Calculation"), self.env.company.name) as book:
            sheet = book.add_sheet(self.env._("Post-Calculation"), columns, names=NAMES)
            sheet.write_header()
            for values, currency in self._iter_exported(domain, names):
                sheet.write_row(values, currency)
            sheet.add_filter()
            sheet.write_totals(self.env._("Total"), currency_column=names.index("currency_id"))
        return book

    @api.model
    def _get_exported_fields(self):
        """Names of the columns: those that the user may read."""
        return [name for name in EXPORTED if self._has_field_access(self._fields[name], "read")]

    @api.model
    def _iter_exported(self, domain, names):
        """Return row by row what the sheet says of the facts in ``domain``, with the currency of the amounts.

        One query for all of them, from which they are fetched in batches: neither the database nor the memory has to
        hold them all.
        """
        query = self._search(domain, order=self._order)
        columns = [self._field_to_sql(self._table, name, query) for name in names]
        convert = self._get_converters(names)
        currency_column = names.index("currency_id")
        for rows in self._fetch_in_batches(query.select(*columns)):
            translated = [converter([row[number] for row in rows]) for number, converter in enumerate(convert)]
            currencies = self.env["res.currency"].browse([row[currency_column] for row in rows])
            yield from zip(zip(*translated, strict=True), currencies, strict=True)

    @api.model
    def _fetch_in_batches(self, query):
        cr = self.env.cr
        self.env.flush_query(query)
        # All rows are read, so that the fastest way to the first ones is not the best.
        cr.execute("SET LOCAL cursor_tuple_fraction = 1")
        name = SQL.identifier(f"order_postcalc_facts_{next(_cursor_numbers)}")
        cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", name, query))
        while rows := self.env.execute_query(SQL("FETCH %s FROM %s", BATCH, name)):
            yield rows
        # After an error the database has closed it.
        cr.execute(SQL("CLOSE %s", name))

    # === VALUES ===

    @api.model
    def _get_converters(self, names):
        """Return for each column what makes texts, numbers and days of a batch of its values."""
        converters = []
        for name in names:
            field = self._fields[name]
            if field.type == "many2one":
                converters.append(self._get_name_converter(field.comodel_name))
            elif field.type == "selection":
                labels = dict(field._description_selection(self.env))
                converters.append(lambda values, labels=labels: [labels.get(value, value) for value in values])
            elif field.type == "datetime":
                converters.append(self._get_time_converter())
            elif field.type in ("float", "monetary"):
                # A fact says something of few measures: the others are empty, which is quicker to write and to read.
                converters.append(lambda values: [value or None for value in values])
            else:
                converters.append(list)
        return converters

    @api.model
    def _get_name_converter(self, model):
        """Names of records, each looked up once.

        In sudo, as the names of related records are shown on every screen.
        """
        known = {None: None}
        records = self.env[model].sudo().with_context(active_test=False)

        def convert(ids):
            missing = set(ids) - known.keys()
            if missing:
                batch = records.browse(sorted(missing))
                known.update(self._get_exported_names(batch))
                batch.invalidate_recordset(flush=False)
            return [known[record_id] for record_id in ids]

        return convert

    @api.model
    def _get_exported_names(self, records):
        """Return the names of ``records`` by their ids."""
        if records._name == "sale.order.line":
            # The order is in a column of its own.
            return {line.id: (line.name or "").split("\n")[0] for line in records}
        return {record.id: record.display_name for record in records}

    @api.model
    def _get_time_converter(self):
        zone = self.env.tz

        def convert(values):
            return [value and utc.localize(value).astimezone(zone).replace(tzinfo=None) for value in values]

        return convert
