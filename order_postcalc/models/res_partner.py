from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.order_extension.jobs import go_through

ABC_CLASSES = [("A", "A"), ("B", "B"), ("C", "C")]

#: A customer is not to read which class he is in; those who may see costs are.
CLASS_GROUPS = "order_postcalc.group_user"
#: Written by the daily job only.
CLASS_FIELDS = frozenset({"abc_class", "abc_class_before", "abc_class_since"})
#: Customers that are written at a time.
BATCH = 500


class ResPartner(models.Model):
    _inherit = "res.partner"

    # On the commercial entity, written by the daily job only.
    abc_class = fields.Selection(
        ABC_CLASSES,
        "ABC Class",
        company_dependent=True,
        readonly=True,
        copy=False,
        groups=CLASS_GROUPS,
        help="By what the customer contributed in the last 12 months, after what it cost to serve him.",
    )
    abc_class_before = fields.Selection(
        ABC_CLASSES, "Class before", company_dependent=True, readonly=True, copy=False, groups=CLASS_GROUPS
    )
    abc_class_since = fields.Date(
        "In this Class since", company_dependent=True, readonly=True, copy=False, groups=CLASS_GROUPS
    )

    def _get_kept_message(self, name, label):
        if name in CLASS_FIELDS:
            return self.env._("The class of a customer follows from what he contributes. It is worked out once a day.")
        return super()._get_kept_message(name, label)

    # === DAILY JOB ===

    @api.model
    def _cron_update_abc_classes(self):
        """Store the class of every customer of every company, in batches that are kept one by one."""
        companies = self.env["res.company"].search(Domain.TRUE, order="id")
        for company in companies:
            for classes, partners in self._get_abc_changes(company).items():
                vals = self._prepare_abc_vals(company, *classes)
                # In sudo: nobody may write the class himself.
                customers = partners.sudo().with_company(company)
                if not go_through(customers, lambda some, vals=vals: some.write(vals), BATCH):
                    return

    @api.model
    def _get_abc_changes(self, company):
        """Return the partners whose class in ``company`` has changed, by the class now and before."""
        rows = self.env["order.customer.report"]._read_group(
            [("company_id", "=", company.id)], ["abc_class"], ["partner_id:array_agg"]
        )
        classes = {partner_id: abc_class for abc_class, ids in rows for partner_id in ids}
        # Customers of yesteryear have no class any more.
        partners = self.with_company(company).with_context(active_test=False)
        known = dict(
            pair
            for before in dict(ABC_CLASSES)
            for pair in ((partner_id, before) for partner_id in partners.search([("abc_class", "=", before)]).ids)
        )
        changes = {}
        for partner_id in sorted(classes.keys() | known.keys()):
            change = (classes.get(partner_id, False), known.get(partner_id, False))
            if change[0] != change[1]:
                changes.setdefault(change, []).append(partner_id)
        return {change: self.browse(ids) for change, ids in changes.items()}

    @api.model
    def _prepare_abc_vals(self, company, abc_class, abc_class_before):
        return {
            "abc_class": abc_class,
            "abc_class_before": abc_class_before,
            "abc_class_since": fields.Date.context_today(self.with_company(company)),
        }

    # === ACTIONS ===

    def action_view_customer_report(self):
        """Open what this customer contributes and gets."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("order_postcalc.order_customer_report_action")
        customer = self.commercial_partner_id
        rows = self.env["order.customer.report"].search([("partner_id", "=", customer.id)])
        if len(rows) == 1:
            action.update(views=[(False, "form")], view_mode="form", res_id=rows.id, display_name=customer.display_name)
        else:
            action["domain"] = [("partner_id", "=", customer.id)]
        action["context"] = {}
        return action
