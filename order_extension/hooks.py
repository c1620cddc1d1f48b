"""What has to be done before the add-on goes."""

import logging

_logger = logging.getLogger(__name__)


def uninstall_hook(env):
    """What was signed goes on being true: file it on its order, where the add-on doesn't take it along."""
    signed = env["sale.change.order"].search([("state", "=", "signed")], order="signed_on, id")
    for change_order in signed:
        try:
            with env.cr.savepoint():
                change_order._file_on_order()
        except Exception:
            _logger.exception("What was signed in %s could not be filed on its order", change_order.name)
