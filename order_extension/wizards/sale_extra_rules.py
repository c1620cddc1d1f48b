from odoo import api, fields, models
from odoo.exceptions import AccessError


class SaleExtraRules(models.TransientModel):
    """The rules of small extras to be read and confirmed."""

    _name = "sale.extra.rules"
    _description = "Rules of Small Extras"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade", readonly=True
    )
    rules = fields.Html(compute="_compute_rules", sanitize=False)
    wordings = fields.Html(compute="_compute_rules", sanitize=False)
    rules_hash = fields.Char(default=lambda self: self.env.company._get_extra_rules_hash(), readonly=True)
    has_to_acknowledge = fields.Boolean(compute="_compute_rules")

    @api.depends("company_id")
    @api.depends_context("lang", "uid")
    def _compute_rules(self):
        for card in self:
            company = card.company_id & self.env.user.company_ids
            card.rules = company._get_extra_rules_html() if company else False
            card.wordings = company._get_extra_wordings_html() if company else False
            card.has_to_acknowledge = bool(company) and company._has_to_acknowledge_extra_rules()

    def action_acknowledge(self):
        """The user confirms that he has read the rules as they are now."""
        self.ensure_one()
        company = self.company_id
        if company not in self.env.user.company_ids:
            raise AccessError(self.env._("You don't work for this company: its rules are not yours to confirm."))
        if self.rules_hash and self.rules_hash != company._get_extra_rules_hash():
            # somebody has changed them while they were read: show what is to be confirmed
            return self._open(company)
        if company._has_to_acknowledge_extra_rules():
            # In sudo: rows are made by confirming only, so nobody has the right to create one by hand.
            self.env["sale.extra.rule.acknowledgement"].sudo().create(company._prepare_rule_acknowledgement_vals())
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _open(self, company):
        return {
            "name": self.env._("What Is Free Here?"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_company_id": company.id, "default_rules_hash": company._get_extra_rules_hash()},
        }
