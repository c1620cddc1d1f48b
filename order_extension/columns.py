"""Columns that come to tables which have been there for years."""

from odoo.tools import sql


def add_column(model, name):
    """Create the column of the stored field ``name``, so that Odoo doesn't compute it record by record.

    :return: whether it was missing, and has to be filled
    """
    cr, table = model.env.cr, model._table
    if not sql.table_exists(cr, table) or sql.column_exists(cr, table, name):
        return False
    sql.create_column(cr, table, name, model._fields[name].column_type[1])
    return True
