from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user

OWN = "[('create_uid', '=', user.id)]"


class ToldCommon:
    """Forms and dialogs of :attr:`module` tell nobody of what they may not read, and so do those that are added.

    A test class of the add-on inherits it beside TransactionCase.
    """

    allow_inherited_tests_method = True
    #: Technical name of the add-on.
    module = None
    #: Whether sellers make some of its records, or fill in its dialogs, that name an order.
    sellers_name_documents = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "told_seller", groups="sales_team.group_sale_salesman")
        colleague = new_test_user(cls.env, "told_colleague", groups="sales_team.group_sale_salesman")
        customer = cls.env["res.partner"].create({"name": "A colleague's customer"})
        product = cls.env["product.product"].create({"name": "Cabinet", "type": "consu", "list_price": 987.65})
        order = cls.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": colleague.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.action_confirm()
        change = cls.env["sale.change.order"].create(
            {"order_id": order.id, "title": "A colleague's", "line_ids": [Command.create({"product_id": product.id})]}
        )
        cls.foreign = {record._name: record for record in (order, order.order_line, change, change.line_ids)}

    def _get_models(self):
        return [
            model
            for model in map(self.env.__getitem__, sorted(self.env.registry))
            if model._original_module == self.module and not model._abstract
        ]

    def test_dialogs_are_their_owners(self):
        """What a colleague has begun to fill in can't be read or changed by others, who know its id."""
        transient = [model._name for model in self._get_models() if model._transient and model._auto]
        rules = self.env["ir.rule"].search([("model_id.model", "in", transient), ("groups", "=", False)])
        own = rules.filtered(lambda rule: rule.domain_force == OWN).model_id.mapped("model")
        inherited = {"res.config.settings"}
        self.assertEqual(set(transient) - set(own), inherited & set(transient))

    def test_nobody_is_told_of_what_they_name(self):
        """Whatever form names a colleague's order, or a part of it, is refused before it tells anything of it."""
        tried = 0
        for model in self._get_models():
            asked = model.with_user(self.seller)
            if not asked.has_access("create"):
                continue
            spec = {name: {} for name, field in model._fields.items() if asked._has_field_access(field, "read")}
            for name, field in model._fields.items():
                record = self.foreign.get(field.comodel_name) if field.type == "many2one" else None
                if record is None or not asked._has_field_access(field, "read"):
                    continue
                self.assertFalse(record.with_user(self.seller).has_access("read"))
                tried += 1
                for values, context in (({name: record.id}, {}), ({}, {f"default_{name}": record.id})):
                    with self.subTest(model=model._name, field=name, context=context):
                        with self.assertRaises(AccessError):
                            asked.with_context(**context).onchange(values, list(values), spec)
                with self.subTest(model=model._name, field=name, call="create"), self.assertRaises(UserError):
                    asked.create({name: record.id})
        self.assertEqual(bool(tried), self.sellers_name_documents)
