from odoo import fields, models


class SaleExtraRuleAcknowledgement(models.Model):
    """Who has confirmed which rules of small extras.

    Rows are made by confirming and by nothing else, and stay as they are: nobody has the right to write or delete them.
    """

    _name = "sale.extra.rule.acknowledgement"
    _description = "Rules of Small Extras Acknowledged"
    _order = "acknowledged_on desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", "Employee", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    rules_hash = fields.Char("Fingerprint of the Rules", required=True, readonly=True)
    rules_text = fields.Text("Rules", required=True, readonly=True, help="The rules as they were read.")
    acknowledged_on = fields.Datetime("Confirmed on", required=True, readonly=True)

    _once = models.UniqueIndex("(user_id, company_id, rules_hash)", "These rules are confirmed already.")
