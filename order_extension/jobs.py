"""Jobs that go through many records: one that fails keeps none of the others waiting."""

import logging

_logger = logging.getLogger(__name__)


def go_through(records, work, batch=1):
    """Do ``work`` with ``records``, ``batch`` at once, and keep each batch, until the job's time is over.

    What is not kept is what fails: a batch is tried again record by record, and one that fails alone is written to the
    log and left for the next run. The job as a whole never fails by it: Odoo would switch it off after some days.

    :param records: a recordset, in the order of their importance: there may not be time for all of them
    :param work: a function of some of them; it finds out anew what is to be done, as that may have changed meanwhile
    :return: whether there was time for all
    """
    job = records.env["ir.cron"]
    job._commit_progress(remaining=len(records))
    ids, left = records.ids, []
    for start in range(0, len(ids), batch):
        some = records.browse(ids[start : start + batch])
        left += _attempt(some, work)
        records.env.invalidate_all()  # what a batch has read is not kept for the next
        if not job._commit_progress(processed=len(some)):
            _logger.info("%s of %s were gone through, the next run goes on", start + len(some), records._description)
            return False
    if left:
        _logger.warning("%s of %s failed and are left for the next run: %s", len(left), records._description, left)
    return True


def _attempt(records, work):
    """Do ``work`` with ``records`` as far as that is possible; return the ids of those with which it is not."""
    try:
        with records.env.cr.savepoint():
            work(records)
    except Exception:  # whatever a record, or a customisation, makes of it
        if len(records) > 1:
            return [id_ for record in records for id_ in _attempt(record, work)]
        _logger.exception("%s failed", records)
        return records.ids
    return []
