from odoo.tools.sql import column_exists


def migrate(cr, version):
    """Controls are off until somebody switches them on; who had them before keeps them.

    The digest and the limits are columns of before, which stay as they are. Odoo drops the old column of the check of
    invoices when it has loaded everything.
    """
    cr.execute("UPDATE res_company SET is_attention_escalated = TRUE")
    if column_exists(cr, "res_company", "billing_check"):
        cr.execute("UPDATE res_company SET billing_check_policy = CASE WHEN billing_check THEN 'block' ELSE 'off' END")
