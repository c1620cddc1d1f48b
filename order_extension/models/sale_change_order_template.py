from odoo import api, fields, models


class SaleChangeOrderTemplate(models.Model):
    """What is asked for on site again and again, priced by each order when it is used."""

    _name = "sale.change.order.template"
    _description = "Change Order Template"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null", default=lambda self: self.env.company)
    title = fields.Char("What", translate=True, help="As the customer reads it. Empty: the name of the template.")
    description = fields.Html(translate=True, help="What exactly will be done, as the customer reads it.")
    reason_id = fields.Many2one("sale.change.reason", ondelete="restrict", index="btree_not_null")
    days_added = fields.Integer(help="Calendar days by which the promised date moves.")
    line_ids = fields.One2many("sale.change.order.template.line", "template_id", string="Lines", copy=True)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for template, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", template.name)
        return vals_list

    def _prepare_change_order_vals(self):
        """What a change order takes from this template, in the language of the context."""
        self.ensure_one()
        return {
            "title": self.title or self.name,
            "description": self.description,
            "reason_id": self.reason_id.id,
            "days_added": self.days_added,
            "line_ids": [line._prepare_change_order_line_vals() for line in self.line_ids],
        }


class SaleChangeOrderTemplateLine(models.Model):
    _name = "sale.change.order.template.line"
    _description = "Change Order Template Line"
    _inherit = ["kept.fields.mixin"]
    _order = "template_id, sequence, id"
    _check_company_auto = True

    template_id = fields.Many2one("sale.change.order.template", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="template_id.company_id", store=True, index="btree_not_null")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain=[("sale_ok", "=", True), ("type", "!=", "combo")],
    )
    name = fields.Text("Description", translate=True, help="Empty: as the product is described on quotations.")
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    allowed_uom_ids = fields.Many2many("uom.uom", compute="_compute_allowed_uom_ids")
    product_uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('id', 'in', allowed_uom_ids)]",
    )
    is_optional = fields.Boolean("Optional", help="The customer decides whether he takes it.")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a template line must be greater than zero."
    )

    @api.depends("product_id")
    def _compute_allowed_uom_ids(self):
        for line in self:
            line.allowed_uom_ids = line.product_id.uom_id | line.product_id.uom_ids

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            if line.product_uom_id not in line.product_id.uom_id | line.product_id.uom_ids:
                line.product_uom_id = line.product_id.uom_id

    def _prepare_change_order_line_vals(self):
        """Values of the change order line, in the language of the context; the order prices it."""
        self.ensure_one()
        vals = {
            "kind": "add",
            "sequence": self.sequence,
            "product_id": self.product_id.id,
            "quantity": self.quantity,
            "product_uom_id": self.product_uom_id.id,
            "is_optional": self.is_optional,
        }
        return vals | {"name": self.name} if self.name else vals
