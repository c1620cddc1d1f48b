"""Who may see what is the add-on's to say: its rules were protected from updates, and are not any more."""


def migrate(cr, version):
    cr.execute("UPDATE ir_model_data SET noupdate = FALSE WHERE module = 'order_aftersales' AND model = 'ir.rule'")
