from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

#: One transparent pixel: the smallest signature that is a picture.
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="


class ChangeOrderCommon(AccountTestInvoicingCommon):
    """A joinery with a seller, two technicians and a bookkeeper, and a household that has ordered a wardrobe.

    The order, in the company's currency, with 19 % on everything:

    =====================  ===  ========  ========
    fitted wardrobe          1  4 000.00  4 000.00
    assembly (12 h)         12     60.00    720.00
    shelf boards            10     35.00    350.00
    =====================  ===  ========  ========
    net                                   5 070.00
    tax 19 %                                963.30
    total                                 6 033.30
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.env.user.group_ids |= cls.env.ref("sales_team.group_sale_manager") | cls.env.ref(
            "project.group_project_manager"
        )
        cls.tax_19 = cls._make_tax("19 %", 19)
        cls.tax_7 = cls._make_tax("7 %", 7)
        cls._make_people()
        cls._make_products()
        cls.order = cls._make_order()

    @classmethod
    def _make_tax(cls, name, amount, **values):
        return cls.env["account.tax"].create(
            {"name": name, "amount": amount, "type_tax_use": "sale", "company_id": cls.company.id, **values}
        )

    @classmethod
    def _make_people(cls):
        company = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)], "lang": "en_US"}
        cls.seller = new_test_user(
            cls.env, "joinery_seller", "sales_team.group_sale_salesman,project.group_project_user", **company
        )
        cls.other_seller = new_test_user(cls.env, "joinery_other", "sales_team.group_sale_salesman", **company)
        cls.manager = new_test_user(cls.env, "joinery_manager", "sales_team.group_sale_manager", **company)
        cls.technician = new_test_user(cls.env, "joinery_tech", "order_extension.group_technician", **company)
        cls.other_technician = new_test_user(
            cls.env, "joinery_tech_other", "order_extension.group_technician", **company
        )
        cls.bookkeeper = new_test_user(cls.env, "joinery_books", "account.group_account_invoice", **company)
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Lena Sommer",
                "email": "lena@example.com",
                "street": "Lindenweg 4",
                "city": "Freiburg",
                "lang": "en_US",
            }
        )
        cls.customer_user = new_test_user(
            cls.env,
            "joinery_customer",
            "base.group_portal",
            name="Lena Sommer",
            partner_id=cls.customer.id,
            email="lena@example.com",
            lang="en_US",
        )
        cls.stranger_user = new_test_user(cls.env, "joinery_stranger", "base.group_portal", lang="en_US")

    @classmethod
    def _make_product(cls, name, price, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.set(cls.tax_19.ids)],
                **values,
            }
        )

    @classmethod
    def _make_products(cls):
        cls.wardrobe = cls._make_product("Fitted wardrobe", 4000.0, type="consu")
        cls.boards = cls._make_product("Shelf board", 35.0, type="consu")
        cls.assembly = cls._make_product(
            "Assembly",
            60.0,
            service_tracking="task_in_project",
            uom_id=cls.env.ref("uom.product_uom_hour").id,
        )
        cls.window = cls._make_product("Ease a stuck window", 85.0)

    @classmethod
    def _make_order(cls, lines=None, confirm=True, **values):
        """Return an order; ``lines`` are tuples of product and quantity."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": cls.seller.id,
                "company_id": cls.company.id,
                "commitment_date": "2030-05-10 12:00:00",
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in lines or ((cls.wardrobe, 1), (cls.assembly, 12), (cls.boards, 10))
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
            order.order_line.task_id.user_ids = cls.technician
        return order

    def _line(self, product):
        """The line of the order with ``product`` that is not from an extension."""
        return self.order.order_line.filtered(lambda line: line.product_id == product and not line.change_order_id)

    def _add(self, product, quantity=1.0, **values):
        """Command of a line that adds ``product``."""
        return Command.create({"kind": "add", "product_id": product.id, "quantity": quantity, **values})

    def _reduce(self, order_line, quantity):
        """Command of a line that takes ``quantity`` off ``order_line``."""
        return Command.create({"kind": "reduce", "order_line_id": order_line.id, "quantity": quantity})

    def _make_change(self, *lines, user=None, send=False, **values):
        """Return a change order on the order, of ``lines`` (default: ease the window, 85.00)."""
        change = self.env["sale.change.order"]
        if user:
            change = change.with_user(user)
        change = change.create(
            {
                "order_id": self.order.id,
                "title": "Stuck window",
                "line_ids": list(lines) or [self._add(self.window)],
                **values,
            }
        )
        if send:
            change.action_mark_sent()
        return change

    def _revise(self, change, send=False):
        """Return the revision of ``change``, sent on request."""
        revision = change.browse(change.action_revise()["res_id"])
        if send:
            revision.action_mark_sent()
        return revision

    def _sign(self, change, name="Lena Sommer", **values):
        change._sign(name, SIGNATURE, **values)
        return change

    def _finish(self, change):
        """Do for the signed ``change`` what the job does after the signature: its PDF and the message."""
        self.assertTrue(change._try_to_finish_signature())
        return change
