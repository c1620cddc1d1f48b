import re

from odoo.tests import new_test_user

from ..models.base import are_ours

#: What speaks of costs, in the name of a field or in its label.
COSTS = re.compile(r"cost|margin|floor|wage|profit|contribution|purchase_price")
#: What Odoo itself gives each model.
MAGIC = {"id", "display_name", "create_uid", "create_date", "write_uid", "write_date"}
#: Those who work on orders and may read them, and see no costs.
WITHOUT_COSTS = ("project.group_project_user", "order_extension.group_technician", "stock.group_stock_user")


class FieldAccessCommon:
    """Fields of :attr:`module` are read by those for whom they are, and so are those that are added to it.

    A test class of the add-on inherits it beside TransactionCase.
    """

    allow_inherited_tests_method = True
    #: Technical name of the add-on.
    module = None
    #: By model: the fields that customers read, and the page that shows each.
    customer_fields = {}
    #: By model: the fields with such a name that say nothing of costs, or are told by who reads them, and why.
    no_costs = {}

    def _get_fields(self):
        """Each stored or computed field that the add-on, or one of ours before it, has brought: model and field."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            for field in model._fields.values():
                if self.module in field._modules and field.name not in MAGIC:
                    yield model, field

    def _get_readable(self, user):
        return {
            (model._name, field.name)
            for model, field in self._get_fields()
            if are_ours(field._modules) and model.with_user(user)._has_field_access(field, "read")
        }

    def test_customers_read_what_their_pages_show(self):
        """Everything else is shut, by RPC as well, whether it is read, searched, sorted or summed by."""
        shown = {(model, name) for model, names in self.customer_fields.items() for name in names}
        customer = new_test_user(self.env, "field_customer", groups="base.group_portal")
        for user in (customer, self.env.ref("base.public_user")):
            with self.subTest(user=user.login):
                self.assertEqual(self._get_readable(user), shown)
                written = [
                    f"{model._name}.{field.name}"
                    for model, field in self._get_fields()
                    if are_ours(field._modules) and model.with_user(user)._has_field_access(field, "write")
                ]
                self.assertFalse(written)

    def test_costs_are_for_those_who_see_costs(self):
        exempt = {(model, name) for model, names in self.no_costs.items() for name in names}
        speaking = [
            (model, field)
            for model, field in self._get_fields()
            if COSTS.search(f"{field.name} {field.string}".lower()) and field.type != "many2one"
        ]
        groups = [group for group in WITHOUT_COSTS if self.env.ref(group, raise_if_not_found=False)]
        for group in groups:
            user = new_test_user(self.env, f"field_{group.partition('.')[2]}", groups=group)
            readable = {
                (model._name, field.name)
                for model, field in speaking
                if model.with_user(user).has_access("read") and model.with_user(user)._has_field_access(field, "read")
            }
            with self.subTest(group=group):
                self.assertFalse(readable - exempt)
