from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.res_users import RECORDING_GROUPS

#: More than there are in one database.
MOST_COMPANIES = 1_000_000


class SaleExtraRuleReport(models.Model):
    """Who knows the rules of small extras as they are now: one row per employee who records them, and company."""

    _name = "sale.extra.rule.report"
    _description = "Who Knows the Rules of Small Extras"
    _auto = False
    _order = "state desc, user_id, company_id"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", "Employee", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    state = fields.Selection(
        [
            ("confirmed", "Confirmed"),
            ("earlier", "Only Earlier Rules"),
            ("never", "Not yet"),
        ],
        "Present Rules",
        readonly=True,
    )
    acknowledged_on = fields.Datetime("Last Confirmed on", readonly=True)

    _depends = {
        "sale.extra.rule.acknowledgement": ["user_id", "company_id", "rules_hash", "acknowledged_on"],
        "res.users": ["active", "company_ids", "group_ids"],
    }

    @property
    def _table_query(self):
        # In sudo: which groups colleagues have is a question of administrators, but the answer counts here.
        users = self.env["res.users"].sudo()
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        groups = [self.env.ref(group).id for group in RECORDING_GROUPS]
        bound = users._search(Domain("all_group_ids", "in", groups) & Domain("share", "=", False))
        present = SQL(", ").join(SQL("(%s, %s)", company.id, company._get_extra_rules_hash()) for company in companies)
        return SQL(
            """
            SELECT employee.id::bigint * %(companies)s + membership.cid AS id,
                   employee.id AS user_id,
                   membership.cid AS company_id,
                   CASE WHEN known.present THEN 'confirmed'
                        WHEN known.last IS NOT NULL THEN 'earlier'
                        ELSE 'never' END AS state,
                   known.last AS acknowledged_on
              FROM res_users employee
              JOIN res_company_users_rel membership ON membership.user_id = employee.id
              JOIN (VALUES %(present)s) AS rules (company_id, rules_hash) ON rules.company_id = membership.cid
              LEFT JOIN LATERAL (
                   SELECT max(acknowledged_on) AS last, bool_or(rules_hash = rules.rules_hash) AS present
                     FROM sale_extra_rule_acknowledgement
                    WHERE user_id = employee.id AND company_id = membership.cid
                   ) AS known ON true
             WHERE employee.id IN %(bound)s
            """,
            # A row keeps its number when somebody is employed, or leaves, while others look at it.
            companies=MOST_COMPANIES,
            present=present,
            bound=bound.subselect(),
        )

    def action_view_acknowledgements(self):
        """What this employee has confirmed, with the rules as they were read."""
        self.ensure_one()
        return {
            "name": self.user_id.name,
            "type": "ir.actions.act_window",
            "res_model": "sale.extra.rule.acknowledgement",
            "views": [(False, "list"), (False, "form")],
            "domain": [("user_id", "=", self.user_id.id), ("company_id", "=", self.company_id.id)],
        }
