"""Who may see and record minor items: technician, seller, manager, bookkeeper, customer, public, other companies."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common_minor_items import MinorItemsCommon


@tagged("post_install", "-at_install")
class TestMinorItemsAccess(MinorItemsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mute = mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
        cls.enterClassContext(mute)

    def _assert_can(self, item, user, *operations):
        """``user`` can do these operations on ``item`` and no others, and finds it if he can read it."""
        item = item.with_user(user)
        for operation in ("read", "write"):
            self.assertEqual(item.has_access(operation), operation in operations, f"{user.sudo().login}: {operation}")
        if "read" in operations and item.state == "done":
            self.assertEqual(item.can_cancel, "write" in operations, "who is refused does not have the button")
        self.env.invalidate_all()
        found = self.env["sale.minor.item"].with_user(user)
        if found.has_access("read"):
            self.assertEqual(bool(found.search([("id", "=", item.id)])), "read" in operations)

    def test_technician_records_on_his_tasks(self):
        item = self._make_item(user=self.technician)
        self.assertEqual(item.user_id, self.technician)
        self._assert_can(item, self.technician, "read", "write")
        self._assert_can(item, self.other_technician)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._make_item(user=self.other_technician)
        # with the task he gets to see them, but they are still the other's
        self.task.user_ids |= self.other_technician
        self._assert_can(item, self.other_technician, "read")
        with self.assertRaises(AccessError), self.cr.savepoint():
            item.with_user(self.other_technician)._cancel("Not mine")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._make_item(user=self.other_technician, user_id=self.technician.id)
        with self.assertRaises(AccessError), self.cr.savepoint():
            item.user_id = self.other_technician
            self.env.flush_all()
        item._cancel("Twice")
        self.assertEqual(item.state, "cancelled")

    def test_technician_records_nowhere_else(self):
        other = self._make_order(((self.wardrobe, 1),))
        self._set_allowance(other, 30.0)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._make_item(user=self.technician, order=other)

    def test_cancelling_through_the_wizard_needs_access(self):
        item = self._make_item()
        Wizard = self.env["sale.minor.item.cancel"]
        for user in (self.technician, self.other_technician, self.other_seller):
            with self.assertRaises(AccessError), self.cr.savepoint():
                Wizard.with_user(user).create({"item_id": item.id, "reason": "x"}).action_cancel_minor_item()
        with self.assertRaises(AccessError), self.cr.savepoint():
            Wizard.with_user(self.bookkeeper).create({"item_id": item.id, "reason": "x"})
        Wizard.with_user(self.seller).create({"item_id": item.id, "reason": "x"}).action_cancel_minor_item()
        self.assertEqual(item.state, "cancelled")
        self.assertEqual(item.cancelled_by_id, self.seller)

    def test_seller_sees_his_orders(self):
        item = self._make_item(user=self.technician)
        self._assert_can(item, self.seller, "read", "write")
        self._assert_can(item, self.other_seller)
        self.order.user_id = False
        self._assert_can(item, self.other_seller, "read", "write")
        self.order.user_id = self.seller
        self._assert_can(item, self.manager, "read", "write")
        self.assertEqual(self._make_item(user=self.seller, user_id=self.technician.id).user_id, self.technician)

    def test_bookkeeper_reads(self):
        item = self._make_item()
        self._assert_can(item, self.bookkeeper, "read")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._make_item(user=self.bookkeeper)

    def test_customers_and_the_public_see_nothing(self):
        item = self._make_item()
        for user in (self.customer_user, self.stranger_user, self.env.ref("base.public_user")):
            self._assert_can(item, user)
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.env["sale.minor.item"].with_user(user).search([])
        # nor the sums by other ways than the page of the order
        order = self.order.with_user(self.customer_user)
        self.assertTrue(order.has_access("read"))
        for field in ("minor_items_used", "minor_items_left", "minor_items_used_percent", "minor_item_ids"):
            self.assertNotIn(field, order.fields_get())
            with self.assertRaises(AccessError), self.cr.savepoint():
                order.read([field])

    def test_other_company(self):
        item = self._make_item()
        company = self.env["res.company"].create({"name": "Other joinery"})
        stranger = new_test_user(
            self.env,
            "other_manager",
            "sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self._assert_can(item, stranger)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._make_item(user=stranger)

    def test_cost_is_for_sellers(self):
        self.assembly.standard_price = 32.0
        item = self._make_item(user=self.technician)
        # 15 minutes at 32.00 an hour
        self.assertEqual(item.with_user(self.seller).cost, 8.0)
        self.assertEqual(item.with_user(self.manager).cost, 8.0)
        for user in (self.technician, self.bookkeeper):
            self.assertNotIn("cost", item.with_user(user).fields_get())
            with self.assertRaises(AccessError), self.cr.savepoint():
                item.with_user(user).read(["cost"])
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.env["sale.minor.item"].with_user(user)._read_group([], [], ["cost:sum"])

    def test_screens_open_for_everybody_inside(self):
        """No field of the views asks for a right that its reader does not have."""
        item = self._make_item(user=self.technician)
        views = [(False, view) for view in ("form", "list", "kanban", "search", "pivot", "graph")]
        for user in (self.technician, self.seller, self.manager, self.bookkeeper):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                result = self.env["sale.minor.item"].with_user(user).get_views(views)
                fields = result["models"]["sale.minor.item"]["fields"]
                specification = {name: {} for name in fields if name in item._fields}
                specification["order_id"] = {"fields": {"display_name": {}}}
                specification["task_id"] = {"fields": {"display_name": {}}}
                data = item.with_user(user).web_read(specification)[0]
                self.assertEqual(data["order_id"]["display_name"], self.order.name)
        for model, user in (("sale.order", self.bookkeeper), ("project.task", self.technician)):
            self.env[model].with_user(user).get_views([(False, "form")])
        self.env["crm.lead"].with_user(self.seller).get_views([(False, "form"), (False, "search")])

    def test_what_stands_in_the_rights_is_what_is_meant(self):
        """Nobody's rights on the ledger have grown."""
        access = self.env["ir.model.access"].search([("model_id.model", "=", "sale.minor.item")])
        self.assertEqual(
            {line.group_id.get_external_id()[line.group_id.id] for line in access},
            {
                "order_extension.group_technician",
                "sales_team.group_sale_salesman",
                "account.group_account_invoice",
                "account.group_account_readonly",
            },
        )


@tagged("post_install", "-at_install")
class TestMinorItemsPortal(MinorItemsCommon, HttpCase):
    """What the customer sees on his page of the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assembly.standard_price = 31.37
        cls.customer_user.password = "joinery_customer"
        cls.stranger_user.password = "joinery_stranger"

    def setUp(self):
        super().setUp()
        self._make_item(name="Adjust the kitchen door")
        self._make_item(name="Written down twice", duration=0.1)._cancel("Twice")

    def _get_page(self, token=True):
        url = self.order.get_portal_url() if token else f"/my/orders/{self.order.id}"
        return self.url_open(url)

    def test_only_if_the_company_wishes(self):
        page = self._get_page()
        self.assertEqual(page.status_code, 200)
        self.assertNotIn('id="minor_items"', page.text)
        self.assertNotIn("kitchen door", page.text)

    def test_sums_and_what_was_done(self):
        self.company.minor_items_on_portal = True
        page = self._get_page().text
        self.assertIn('id="minor_items"', page)
        section = page[page.index('id="minor_items"') :]
        section = section[: section.index("</section>")]
        # 15.00 of 38.03 is 39 %
        for text in ("15.00", "23.03", "38.03", 'aria-valuenow="39"', "Adjust the kitchen door"):
            self.assertIn(text, section)
        self.assertNotIn("Written down twice", section)
        # a quarter of 31.37: what it cost is nobody's business
        self.assertNotIn("7.84", page)

    def test_whoever_may_not_see_the_order(self):
        self.company.minor_items_on_portal = True
        self.assertNotIn("kitchen door", self._get_page(token=False).text)
        self.authenticate("joinery_stranger", "joinery_stranger")
        self.assertNotIn("kitchen door", self._get_page(token=False).text)
        self.authenticate("joinery_customer", "joinery_customer")
        self.assertIn("kitchen door", self._get_page(token=False).text)

    def test_nothing_without_an_allowance(self):
        self.company.minor_items_on_portal = True
        self.order.minor_item_ids.filtered(lambda item: item.state == "done")._cancel("Not done")
        self._set_allowance(self.order, 0.0)
        self.assertNotIn('id="minor_items"', self._get_page().text)
