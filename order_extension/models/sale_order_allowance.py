from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..allowance import is_exceptional, rate_objection, split_allowance

#: Unit prices are kept more exactly than any currency.
PRICE_DIGITS = 8


class SaleOrder(models.Model):
    _inherit = "sale.order"

    has_minor_items = fields.Boolean(
        "Minor Items Allowance",
        compute="_compute_has_minor_items",
        store=True,
        readonly=False,
        precompute=True,
        help="The quotation carries a line for small services, which follows its net amount.",
    )
    minor_items_rate = fields.Float(
        digits=(16, 6),
        compute="_compute_minor_items_rate",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Share of the net amount: without the allowance itself, down payments and options not chosen.",
    )
    minor_items_rate_reason = fields.Text(
        "Reason for the Rate", copy=False, help="Why the rate is outside the limits of the company."
    )
    minor_items_rate_exceptional = fields.Boolean(compute="_compute_minor_items_rate_exceptional")
    minor_items_explained = fields.Boolean(
        "Explain Minor Items", default=True, help="Print a sentence below the allowance that says what it is for."
    )
    minor_items_amount = fields.Monetary(
        compute="_compute_minor_items_amount", store=True, help="Net amount of the allowance."
    )

    _minor_items_rate_valid = models.Constraint(
        "CHECK(minor_items_rate >= 0 AND minor_items_rate <= 1)", "The minor items rate must be between 0 and 100 %."
    )

    # === COMPUTES ===

    @api.depends("company_id", "sale_order_template_id")
    def _compute_has_minor_items(self):
        """The template decides, then the company; what was chosen by hand outlasts a template that is silent."""
        for order in self:
            template = order.sale_order_template_id
            if not order._is_quotation():
                order.has_minor_items = order.has_minor_items
            elif template.minor_items_never or order._is_cart():
                order.has_minor_items = False
            else:
                order.has_minor_items = bool(
                    template.minor_items_rate
                    or (order.company_id or self.env.company).minor_items_auto
                    or order.has_minor_items
                )

    @api.depends("company_id", "sale_order_template_id")
    def _compute_minor_items_rate(self):
        for order in self:
            if order._is_quotation():
                order.minor_items_rate = order._get_minor_items_proposals()[0]
            else:
                order.minor_items_rate = order.minor_items_rate

    @api.depends("minor_items_rate", "company_id", "sale_order_template_id")
    def _compute_minor_items_rate_exceptional(self):
        for order in self:
            company = order.company_id or self.env.company
            order.minor_items_rate_exceptional = is_exceptional(
                order.minor_items_rate,
                order._get_minor_items_proposals(),
                company.minor_items_rate_min,
                company.minor_items_rate_max,
            )

    @api.depends("order_line.price_subtotal", "order_line.is_minor_items_allowance")
    def _compute_minor_items_amount(self):
        for order in self:
            order.minor_items_amount = sum(order._get_minor_items_lines().mapped("price_subtotal"))

    # === CONSTRAINTS ===

    @api.constrains("minor_items_rate", "minor_items_rate_reason")
    def _check_minor_items_rate(self):
        """Whatever the state in which it is entered: a cancelled order becomes a quotation again, with its rate."""
        # Odoo checks constraints in sudo: it is the user that counts.
        is_manager = self.env.user.has_group("sales_team.group_sale_manager")
        for order in self:
            company = order.company_id
            objection = rate_objection(
                order.minor_items_rate,
                order._get_minor_items_proposals(),
                company.minor_items_rate_min,
                company.minor_items_rate_max,
                is_manager=is_manager,
                has_reason=bool((order.minor_items_rate_reason or "").strip()),
            )
            if objection:
                raise ValidationError(order._get_minor_items_rate_message(objection))

    def _get_minor_items_rate_message(self, objection):
        """Say in words what :func:`rate_objection` has found."""
        self.ensure_one()
        figures = {
            "order": self.name,
            "rate": f"{self.minor_items_rate * 100:g}",
            "lowest": f"{self.company_id.minor_items_rate_min * 100:g}",
            "highest": f"{self.company_id.minor_items_rate_max * 100:g}",
        }
        if objection == "impossible":
            return self.env._("%(order)s: the minor items rate must be between 0 and 100 %%.", **figures)
        if objection == "manager_only":
            return self.env._(
                "%(order)s: choose a minor items rate between %(lowest)s %% and %(highest)s %%, or 0 for no allowance."
                " For %(rate)s %%, ask a sales manager, who can set it with a reason.",
                **figures,
            )
        return self.env._(
            "%(order)s: a minor items rate of %(rate)s %% is outside the usual %(lowest)s %% to %(highest)s %%. Enter"
            " the reason for it next to the rate.",
            **figures,
        )

    # === PREDICATES AND FIGURES ===

    def _is_quotation(self):
        """Whether the allowance still follows: what is confirmed or cancelled stays as it is."""
        self.ensure_one()
        return self.state in ("draft", "sent")

    def _is_cart(self):
        """Whether a visitor of the web shop is filling this order."""
        self.ensure_one()
        return "website_id" in self._fields and bool(self.website_id)

    def _get_minor_items_proposals(self):
        """Return the rate that is proposed for this order, and the company's one."""
        self.ensure_one()
        # In sudo: whoever may write the order need not be allowed to read quotation templates.
        template = self.sudo().sale_order_template_id
        company = (self.company_id or self.env.company).sudo()
        return template.minor_items_rate or company.minor_items_rate, company.minor_items_rate

    def _get_minor_items_product(self):
        """Return what the allowance is sold as."""
        self.ensure_one()
        product = self.company_id.minor_items_product_id or self.env.ref(
            "order_extension.product_minor_items", raise_if_not_found=False
        )
        if not product:
            raise UserError(
                self.env._(
                    "The product of the minor items allowance was deleted. Choose another one in the settings of Order"
                    " Extension for %s.",
                    self.company_id.name,
                )
            )
        return product

    def _get_minor_items_lines(self):
        """Return the allowance: one line per tax combination, their section left out."""
        return self.order_line.filtered(lambda line: line.is_minor_items_allowance and not line.display_type)

    def _get_minor_items_base_lines(self):
        """Return the lines that the allowance is a share of.

        An option that is not chosen has no quantity and hence no amount.
        """
        self.ensure_one()
        return self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and not line.is_minor_items_allowance
        )

    def _get_minor_items_bases(self):
        """Return the net amount by tax combination, as the totals of the order have it.

        Taxes of a fixed amount per piece stay with the pieces.
        """
        self.ensure_one()
        AccountTax = self.env["account.tax"]
        lines = self._get_minor_items_base_lines()
        base_lines = [line._prepare_base_line_for_taxes_computation() for line in lines]
        AccountTax._add_tax_details_in_base_lines(base_lines, self.company_id)
        AccountTax._round_base_lines_tax_details(base_lines, self.company_id)
        combinations, bases = {}, {}
        for line, base_line in zip(lines, base_lines, strict=True):
            taxes = combinations.get(line.tax_ids)
            if taxes is None:
                taxes = combinations[line.tax_ids] = self._get_minor_items_taxes(line.tax_ids)
            details = base_line["tax_details"]
            amount = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
            bases[taxes] = bases.get(taxes, 0.0) + amount
        return bases

    @api.model
    def _get_minor_items_taxes(self, taxes):
        """Return ``taxes`` without those of a fixed amount."""
        flat = taxes.flatten_taxes_hierarchy()
        fixed = flat.filtered(lambda tax: tax.amount_type == "fixed")
        return flat - fixed if fixed else taxes

    def _get_minor_items_price_unit(self, amount, taxes):
        """Return the unit price that has ``amount`` as its net, also where prices include taxes."""
        self.ensure_one()
        if not any(tax.price_include for tax in taxes.flatten_taxes_hierarchy()):
            return amount
        details = self._get_minor_items_tax_details(amount, taxes, special_mode="total_excluded")
        included = sum(data["raw_tax_amount_currency"] for data in details["taxes_data"] if data["tax"].price_include)
        exact = round(amount + included, PRICE_DIGITS)
        # A price that can be paid reads better than one with four digits, if it has the same net.
        payable = self.currency_id.round(exact)
        net = self._get_minor_items_tax_details(payable, taxes)["total_excluded_currency"]
        return payable if self.currency_id.compare_amounts(net, amount) == 0 else exact

    def _get_minor_items_tax_details(self, price_unit, taxes, special_mode=False):
        AccountTax = self.env["account.tax"]
        base_line = AccountTax._prepare_base_line_for_taxes_computation(
            {},
            price_unit=price_unit,
            quantity=1.0,
            tax_ids=taxes,
            currency_id=self.currency_id,
            rate=self.currency_rate,
            partner_id=self.partner_id,
            special_mode=special_mode,
        )
        AccountTax._add_tax_details_in_base_line(base_line, self.company_id)
        AccountTax._round_base_lines_tax_details([base_line], self.company_id)
        return base_line["tax_details"]

    def _get_minor_items_amounts(self):
        """Return the allowance by tax combination: in sum, the rate of the net amount, rounded once."""
        self.ensure_one()
        if not self.has_minor_items or not self.minor_items_rate:
            return {}
        bases = self._get_minor_items_bases()
        amounts = split_allowance(self.minor_items_rate, bases.values(), self.currency_id.rounding)
        return {taxes: amount for taxes, amount in zip(bases, amounts, strict=True) if amount}

    def _get_minor_items_description(self, taxes, is_first, is_only):
        """Return what the customer reads on a line of the allowance, in his language.

        The sentence of explanation stands once, below the first line; the taxes where there are several.
        """
        self.ensure_one()
        order = self.with_context(lang=self._get_lang())
        paragraphs = [order._get_minor_items_product().display_name]
        if not is_only:
            labels = ", ".join(taxes.with_env(order.env).mapped("tax_label"))
            paragraphs.append(
                order.env._("On items taxed with %s", labels) if labels else order.env._("On items without taxes")
            )
        if is_first and self.minor_items_explained:
            paragraphs.append(order._get_minor_items_explanation())
        return "\n".join(paragraphs)

    def _get_minor_items_explanation(self):
        """Return the sentence that tells the customer what the allowance is for."""
        self.ensure_one()
        return self.company_id.minor_items_explanation or self.env._(
            "For small jobs that come up on site: they are done at once, without further paperwork."
        )
