"""Rows that two people want to change at the same moment: who comes second waits a little."""

from psycopg2 import errors

from odoo.exceptions import ConcurrencyError, LockError
from odoo.tools import SQL

#: Seconds. A signature holds its order for some tenths of a second, so this is a queue of ten.
LOCK_WAIT_SECONDS = 3


def lock_rows(records, *, allow_referencing=False):
    """Keep everybody else off the rows of ``records`` until this transaction ends, and wait some seconds for it.

    :param bool allow_referencing: let others refer to these rows meanwhile
    :raise LockError: when somebody else is still at it after that
    :raise ConcurrencyError: when it was had after a wait. What this transaction reads is older than what the other one
        has written meanwhile, so it has to begin again, which Odoo does by itself for requests
    """
    try:
        records.lock_for_update(allow_referencing=allow_referencing)
    except LockError:
        _wait_for_rows(records, SQL("FOR NO KEY UPDATE") if allow_referencing else SQL("FOR UPDATE"))
        message = "The rows were changed meanwhile"
        raise ConcurrencyError(message) from None


def _wait_for_rows(records, lock):
    cr = records.env.cr
    limit = SQL("SELECT set_config('lock_timeout', %s, true)", f"{int(LOCK_WAIT_SECONDS * 1000)}ms")
    [(before,)] = records.env.execute_query(SQL("SELECT current_setting('lock_timeout')"))
    query = SQL(
        "SELECT id FROM %s WHERE id IN %s ORDER BY id %s", SQL.identifier(records._table), tuple(records.ids), lock
    )
    try:
        with cr.savepoint(flush=False):
            cr.execute(limit)
            cr.execute(query, log_exceptions=False)
            found = cr.rowcount
            cr.execute(SQL("SELECT set_config('lock_timeout', %s, true)", before))
    except errors.LockNotAvailable as error:
        raise LockError(records.env._("Cannot grab a lock on records")) from error
    if found != len(set(records.ids)):
        raise LockError(records.env._("Cannot grab a lock on records"))
