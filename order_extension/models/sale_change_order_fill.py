"""Filling a draft from a template, and making a template of a change order.

Lines are added, never replaced: what somebody has entered already is not lost. Adding can't be a compute, which may
run again; so the form does it when a template is chosen, and ``create`` when it comes without lines of its own.
"""

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import is_html_empty


class SaleChangeOrder(models.Model):
    _inherit = "sale.change.order"

    template_id = fields.Many2one(
        "sale.change.order.template",
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        help="Fills in what is empty and adds its lines to those that are there.",
    )
    quotation_template_id = fields.Many2one(
        "sale.order.template",
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        groups="sales_team.group_sale_salesman",
        help="Adds the products of a quotation template to the lines that are there.",
    )

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | {"template_id", "quotation_template_id"}

    @api.onchange("template_id")
    def _onchange_template_id(self):
        if self.template_id:
            self._fill(self.template_id.with_context(lang=self._get_lang())._prepare_change_order_vals())

    @api.onchange("quotation_template_id")
    def _onchange_quotation_template_id(self):
        if self.quotation_template_id:
            self._fill(self.quotation_template_id.with_context(lang=self._get_lang())._prepare_change_order_vals())

    def _fill(self, vals):
        """Take over what is empty here, and all lines."""
        self.ensure_one()
        lines = vals.pop("line_ids")
        self.update({name: value for name, value in vals.items() if value and self._is_blank(name, self[name])})
        self.line_ids = [Command.create(self._keep_known_line_fields(line)) for line in lines]

    @api.model
    def _is_blank(self, name, value):
        return is_html_empty(value) if name == "description" else not value

    @api.model
    def _keep_known_line_fields(self, vals):
        known = self.env["sale.change.order.line"]._fields
        return {name: value for name, value in vals.items() if name in known}

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._add_template_vals(vals) for vals in vals_list])

    @api.model
    def _add_template_vals(self, vals):
        """Return ``vals`` with what their template adds; the form, which has done so, comes with lines."""
        if "line_ids" in vals or not (vals.get("template_id") or vals.get("quotation_template_id")):
            return vals
        order = self.env["sale.order"].browse(vals.get("order_id"))
        # In sudo: the order may be out of reach for a technician, the customer's language is no secret.
        lang = order.sudo().partner_id.lang or self.env.company.partner_id.lang
        filled, lines = dict(vals), []
        for model, name in (
            ("sale.change.order.template", "template_id"),
            ("sale.order.template", "quotation_template_id"),
        ):
            template = self.env[model].browse(vals.get(name)).with_context(lang=lang)
            if template:
                added = template._prepare_change_order_vals()
                lines += added.pop("line_ids")
                for field, value in added.items():
                    if value and self._is_blank(field, filled.get(field)):
                        filled[field] = value
        return filled | {"line_ids": [Command.create(self._keep_known_line_fields(line)) for line in lines]}

    # === SAVE AS TEMPLATE ===

    def action_save_as_template(self):
        """Keep what is added here for the next time."""
        self.ensure_one()
        self.check_access("read")
        template = (
            self.env["sale.change.order.template"]
            .with_context(lang=self._get_lang())
            .create(self._prepare_template_vals())
        )
        return {
            "name": self.env._("Change Order Template"),
            "type": "ir.actions.act_window",
            "res_model": "sale.change.order.template",
            "res_id": template.id,
            "views": [(False, "form")],
        }

    def _prepare_template_vals(self):
        self.ensure_one()
        return {
            "name": self.title,
            "title": self.title,
            "description": self.description,
            "reason_id": self.reason_id.id,
            "days_added": max(0, self.days_added),
            "company_id": self.company_id.id,
            "line_ids": [
                Command.create(line._prepare_template_line_vals()) for line in self.line_ids if line.kind == "add"
            ],
        }


class SaleChangeOrderLine(models.Model):
    _inherit = "sale.change.order.line"

    def _prepare_template_line_vals(self):
        """Values of a template's line; the description only when it is not the product's own."""
        self.ensure_one()
        usual = self._get_virtual_order_line().name
        return {
            "sequence": self.sequence,
            "product_id": self.product_id.id,
            "name": False if self.name == usual else self.name,
            "quantity": self.quantity,
            "product_uom_id": self.product_uom_id.id,
            "is_optional": "is_optional" in self._fields and self.is_optional,
        }


class SaleOrderTemplate(models.Model):
    _inherit = "sale.order.template"

    def _prepare_change_order_vals(self):
        """What a change order takes from this quotation template, in the language of the context."""
        self.ensure_one()
        lines = self.sale_order_template_line_ids.filtered(lambda line: line.product_id and not line.display_type)
        return {"title": self.name, "line_ids": [line._prepare_change_order_line_vals() for line in lines]}


class SaleOrderTemplateLine(models.Model):
    _inherit = "sale.order.template.line"

    def _prepare_change_order_line_vals(self):
        self.ensure_one()
        vals = {
            "kind": "add",
            "sequence": self.sequence,
            "product_id": self.product_id.id,
            "quantity": self.product_uom_qty or 1.0,
            "product_uom_id": self.product_uom_id.id,
            "is_optional": self.is_optional,
        }
        return vals | {"name": self.name} if self.name else vals
