from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Date the change orders of earlier versions back to when they were recorded.

    The new column is filled with the time of the upgrade, which would make every one of them captured just now.
    """
    cr.execute(
        "UPDATE sale_change_order SET captured_on = create_date WHERE captured_on IS NULL OR captured_on > create_date"
    )
    change_orders = api.Environment(cr, SUPERUSER_ID, {})["sale.change.order"]
    change_orders.invalidate_model(["captured_on"])
    records = change_orders.search([])
    for name in ("hours_to_offer", "hours_to_signature"):
        records.env.add_to_compute(records._fields[name], records)
    records.flush_recordset()
