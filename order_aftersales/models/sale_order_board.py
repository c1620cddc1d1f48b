"""What the board shows of an order beyond its own fields, and whose it is."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.order_extension.columns import add_column

#: States of change orders in which the customer has still to decide.
UNSIGNED = ("draft", "sent")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    has_unsigned_extension = fields.Boolean(
        "Unsigned Extension", compute="_compute_has_unsigned_extension", store=True, copy=False
    )
    customer_class = fields.Char(
        compute="_compute_customer_class",
        store=True,
        copy=False,
        groups="sales_team.group_sale_salesman,order_aftersales.group_leader",
        help="The customer's class by contribution, where it is worked out.",
    )
    board_warnings = fields.Json(compute="_compute_attention")
    is_mine_now = fields.Boolean("Mine Now", compute="_compute_whose", search="_search_is_mine_now")
    is_coming_to_me = fields.Boolean("Coming to Me", compute="_compute_whose", search="_search_is_coming_to_me")
    is_my_decision = fields.Boolean("Waits for My Decision", compute="_compute_whose", search="_search_is_my_decision")

    @api.depends("change_order_ids.state")
    def _compute_has_unsigned_extension(self):
        for order in self:
            order.has_unsigned_extension = any(change.state in UNSIGNED for change in order.sudo().change_order_ids)

    def _auto_init(self):
        """Fill the columns by one query each instead of reading every order."""
        if add_column(self, "has_unsigned_extension"):
            self.env.cr.execute(
                SQL(
                    "UPDATE sale_order SET has_unsigned_extension = TRUE WHERE id IN"
                    " (SELECT order_id FROM sale_change_order WHERE state IN %s)",
                    UNSIGNED,
                )
            )
        if "abc_class" not in self.env["res.partner"]._fields:
            add_column(self, "customer_class")
        return super()._auto_init()

    @api.model
    def _get_customer_class_dependencies(self):
        known = "abc_class" in self.env["res.partner"]._fields
        return ["partner_id", *(["partner_id.commercial_partner_id.abc_class"] if known else [])]

    @api.depends(lambda self: self._get_customer_class_dependencies())
    def _compute_customer_class(self):
        known = "abc_class" in self.env["res.partner"]._fields
        for order in self:
            # In sudo: a class is a letter, the figures behind it stay where they are.
            partner = order.partner_id.commercial_partner_id.sudo().with_company(order.company_id)
            order.customer_class = known and partner.abc_class

    @api.model
    def _get_warning_words(self):
        """Return what the card says when one of these fields is true, by name: those that the user may read."""
        warnings = {
            "has_unsigned_extension": self.env._("Extension not signed"),
            "is_short_of_stock": self.env._("Goods are missing"),
            # of post-calculation, for those who may see what orders cost
            "is_margin_eroding": self.env._("Margin shrinks"),
        }
        return {
            name: words
            for name, words in warnings.items()
            if name in self._fields and self._has_field_access(self._fields[name], "read")
        }

    def _get_board_warnings(self, words, row):
        """Return the warnings of the order.

        :param words: see :meth:`_get_warning_words`
        :param row: see :meth:`_get_attention_rows`
        """
        return [warning for name, warning in words.items() if row and getattr(row, name)]

    def action_open_order(self):
        """Open the salespeople's form of the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "sale.order",
            "res_id": self.id,
            "views": [(self.env.ref("sale.view_order_form").id, "form")],
        }

    @api.model
    def _get_form_to_read(self, user=None):
        """Who takes part in the cycle without selling gets the sheet of the board."""
        form = super()._get_form_to_read(user)
        if form and (user or self.env.user).has_group("order_aftersales.group_user"):
            return self.env.ref("order_aftersales.sale_order_view_form_board")
        return form

    # ------------------------------------------------------------------ whose it is

    @api.depends("order_stage_id", "stage_owner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_whose(self):
        for name, domain in (
            ("is_mine_now", self._get_domain_mine_now()),
            ("is_coming_to_me", self._get_domain_coming()),
            ("is_my_decision", self._get_domain_my_decision()),
        ):
            found = self.filtered_domain(domain)
            for order in self:
                order[name] = order in found

    def _get_my_stages(self):
        departments = self.env.user._get_order_departments()
        return self.env["order.stage"]._get_department_stages(departments, self.env.companies)

    @api.model
    def _get_domain_mine_now(self):
        """What the user looks after, and what is in a stage that concerns his department."""
        mine = Domain("stage_owner_id", "=", self.env.uid) | Domain(
            "order_stage_id", "in", tuple(self._get_my_stages()["now"])
        )
        return Domain("is_order_open", "=", True) & mine

    @api.model
    def _get_domain_coming(self):
        """What is one stage before one that concerns the user's department, and not his already."""
        coming = Domain("order_stage_id", "in", tuple(self._get_my_stages()["next"]))
        return Domain("is_order_open", "=", True) & coming & Domain("stage_owner_id", "!=", self.env.uid)

    @api.model
    def _get_domain_my_decision(self):
        """What waits for a yes that the user may give."""
        waiting = Domain.FALSE
        stages = self.env["order.stage"]
        ids = {id_ for company in self.env.companies for _stage, id_, _needed in stages._get_map(company.id)}
        for stage in stages.browse(ids).sudo().filtered("is_gate"):
            departments = self._get_deciding_departments(stage)
            if departments is None:
                continue
            here = Domain("order_stage_id", "=", stage.id)
            # Where a department is asked for, one that has said yes isn't asked again, unless it has taken that back.
            waiting |= here & Domain.OR(
                ~Domain(
                    "stage_decision_ids",
                    "any",
                    Domain("stage_id", "=", stage.id)
                    & Domain("department_id", "=", department)
                    & Domain("answer", "=", "yes")
                    & Domain("is_last", "=", True),
                )
                for department in departments.ids or [False]
            )
        return waiting & Domain("state", "=", "sale") & Domain("are_decisions_waived", "=", False)

    def _search_is_mine_now(self, operator, value):
        return self._get_domain_mine_now() if operator == "in" else NotImplemented

    def _search_is_coming_to_me(self, operator, value):
        return self._get_domain_coming() if operator == "in" else NotImplemented

    def _search_is_my_decision(self, operator, value):
        return self._get_domain_my_decision() if operator == "in" else NotImplemented
