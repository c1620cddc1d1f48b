from odoo import api, fields, models


# Here and not with the reports: Odoo makes its view as soon as the class is loaded, and needs the columns by then.
class TimesheetsAnalysisReport(models.Model):
    _inherit = "timesheets.analysis.report"

    activity_id = fields.Many2one("order.activity", readonly=True)
    covering_invoice_id = fields.Many2one("account.move", "Paid by Invoice", readonly=True)

    @api.model
    def _select(self):
        return super()._select() + ", A.activity_id AS activity_id, A.covering_invoice_id AS covering_invoice_id"
