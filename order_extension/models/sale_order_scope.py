"""What the price of an order includes, what it does not, and what holds for extra work.

Taken from the quotation template and the company, open to change on the quotation, and fixed once the customer has
accepted: it is part of what he signs.
"""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

#: What the customer accepts together with the lines.
SCOPE_FIELDS = ("is_fixed_price", "scope_included", "scope_excluded", "extension_clause")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    is_fixed_price = fields.Boolean(
        "Fixed Price",
        compute="_compute_is_fixed_price",
        store=True,
        readonly=False,
        precompute=True,
        help="The price holds for the whole scope below. What goes beyond it is an extension.",
    )
    scope_included = fields.Html("Included", compute="_compute_scope", store=True, readonly=False, precompute=True)
    scope_excluded = fields.Html("Not Included", compute="_compute_scope", store=True, readonly=False, precompute=True)
    scope_source = fields.Char(compute="_compute_scope", store=True, readonly=False, precompute=True)
    extension_clause = fields.Html(
        "Clause on Extra Work",
        compute="_compute_extension_clause",
        store=True,
        readonly=False,
        precompute=True,
    )
    clause_source = fields.Char(compute="_compute_extension_clause", store=True, readonly=False, precompute=True)
    is_scope_frozen = fields.Boolean(compute="_compute_is_scope_frozen")

    # === COMPUTE ===

    @api.depends("state", "signed_on")
    def _compute_is_scope_frozen(self):
        for order in self:
            order.is_scope_frozen = order._is_scope_frozen()

    @api.depends("sale_order_template_id")
    def _compute_is_fixed_price(self):
        for order in self:
            if order.sale_order_template_id and not order._is_scope_frozen():
                order.is_fixed_price = order.sale_order_template_id.is_fixed_price
            else:
                order.is_fixed_price = order.is_fixed_price

    @api.depends("sale_order_template_id", "partner_id")
    def _compute_scope(self):
        """Take the texts from the template, in the customer's language.

        They are taken anew when the template or the language is another one. ``scope_source`` tells which ones they
        are from, so that what the seller has written survives a change of the contact.
        """
        for order in self:
            template = order.sale_order_template_id
            lang = order._get_scope_lang()
            source = f"{template.id}/{lang}" if template else ""
            included, excluded = order.scope_included, order.scope_excluded
            if template and source != order.scope_source and not order._is_scope_frozen():
                localized = template.with_context(lang=lang)
                had_template = bool(order.scope_source)
                # A template without a text keeps what the seller has written, but not what another template said.
                if had_template or not is_html_empty(localized.scope_included):
                    included = localized.scope_included
                if had_template or not is_html_empty(localized.scope_excluded):
                    excluded = localized.scope_excluded
            else:
                source = order.scope_source
            order.scope_included, order.scope_excluded, order.scope_source = included, excluded, source

    @api.depends("is_fixed_price", "partner_id", "company_id")
    def _compute_extension_clause(self):
        """Take the company's clause for fixed prices, in the customer's language, as :meth:`_compute_scope` does."""
        for order in self:
            lang = order._get_scope_lang()
            clause, source = order.extension_clause, order.clause_source
            if not order._is_scope_frozen():
                source = f"{order.company_id.id}/{lang}" if order.is_fixed_price else ""
                if not order.is_fixed_price:
                    clause = False
                elif source != order.clause_source:
                    clause = order._get_company_extension_clause(lang)
            order.extension_clause, order.clause_source = clause, source

    def _get_scope_lang(self):
        """The language in which the customer reads what he accepts."""
        self.ensure_one()
        return self.partner_id.lang or self.company_id.partner_id.lang or self.env.lang or "en_US"

    def _get_company_extension_clause(self, lang):
        """Return the clause of the order's company in ``lang``: its own one, or the usual one."""
        self.ensure_one()
        company = (self.company_id or self.env.company).with_context(lang=lang)
        own = company.extension_clause
        return self.with_context(lang=lang)._get_usual_extension_clause() if is_html_empty(own) else own

    def _get_usual_extension_clause(self):
        """Return the clause of companies that have none of their own, in the language of the context."""
        sentences = (
            self.env._(
                "The price covers the services that this quotation describes. Services beyond it are carried out only"
                " after a priced change order that the customer has signed."
            ),
            self.env._(
                "Small services are covered by the minor items allowance, if this quotation contains one, up to its"
                " amount."
            ),
            self.env._("All other parts of the contract stay as they are."),
        )
        return Markup("<p>%s</p>") % Markup(" ").join(sentences)

    # === RULES ===

    def _is_scope_frozen(self):
        """Whether the customer has accepted, so that what he has accepted stays."""
        self.ensure_one()
        return self.state not in (False, "draft", "sent") or bool(self.signed_on)

    def _check_scope_open(self, vals):
        """Refuse to change what the customer has accepted. Values that say nothing new pass."""
        for order in self:
            if not order._is_scope_frozen():
                continue
            for name in SCOPE_FIELDS:
                field = self._fields[name]
                if name in vals and field.convert_to_cache(vals[name], order) != field.convert_to_cache(
                    order[name], order
                ):
                    raise UserError(
                        self.env._(
                            "“%(field)s” of %(order)s is part of what the customer has accepted. Record a change order"
                            " for what is to change, or cancel the order and set it back to a quotation.",
                            field=field.get_description(self.env, ["string"])["string"],
                            order=order.name,
                        )
                    )

    def _has_scope(self):
        """Whether there is anything about the scope to show to the customer."""
        self.ensure_one()
        return any(not is_html_empty(self[name]) for name in SCOPE_FIELDS[1:])

    # === PORTAL ===

    def _has_contract_sum(self):
        """Whether signed change orders have moved the contract sum, so that there is something to add up."""
        self.ensure_one()
        return self.state == "sale" and bool(self._get_signed_change_orders())

    def _get_signed_change_orders(self):
        """The signed change orders, as they were signed one after the other."""
        self.ensure_one()
        signed = self.change_order_ids.filtered(lambda change: change.state == "signed")
        return signed.sorted(lambda change: (change.signed_on, change.id))

    def _get_contract_sum(self):
        """Return the original sum, the signed change orders that lead from it to today's sum, and this; untaxed."""
        self.ensure_one()
        change_orders = self._get_signed_change_orders()
        effect = sum(change_orders.mapped("amount_effect"))
        return {
            "original": self.currency_id.round(self.amount_untaxed - effect),
            "change_orders": change_orders,
            "now": self.amount_untaxed,
        }

    # === CRUD ===

    def write(self, vals):
        # Migrations and data run as superuser: they may mend what was taken over wrongly.
        if not self.env.su and not vals.keys().isdisjoint(SCOPE_FIELDS):
            self._check_scope_open(vals)
        return super().write(vals)
