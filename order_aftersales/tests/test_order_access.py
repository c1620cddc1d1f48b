from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import AftersalesCommon

#: Read, change, make and delete, by model and role; who isn't named may nothing.
EVERYBODY = ("employee", "auditor", "technician", "seller", "storekeeper", "planner", "bookkeeper", "manager")
BOARD = ("technician", "seller", "storekeeper", "planner", "bookkeeper", "manager")
LEADERS = ("planner", "manager")
RIGHTS = {
    "order.stage": {**dict.fromkeys(EVERYBODY, "r"), "manager": "rcmd"},
    "order.stage.visit": dict.fromkeys(BOARD, "r"),
    "order.stage.decision": dict.fromkeys(BOARD, "r"),
    "order.stage.refusal": dict.fromkeys(BOARD, "rcmd"),
    "order.stage.hold": dict.fromkeys(BOARD, "rcmd"),
    "order.case": {**dict.fromkeys(BOARD, "rcm"), "manager": "rcmd"},
    "order.slip.reason": {**dict.fromkeys(BOARD, "r"), **dict.fromkeys(LEADERS, "rcmd")},
    "order.promise.slip": dict.fromkeys(BOARD, "rc"),
    "order.promise.move": dict.fromkeys(BOARD, "rcmd"),
    "order.promise.report": dict.fromkeys(BOARD, "r"),
    "order.strategy.criterion": {**dict.fromkeys(BOARD, "r"), **dict.fromkeys(LEADERS, "rcmd")},
    "order.priority.override": dict.fromkeys(LEADERS, "rcmd"),
    "order.rejection.reason": {**dict.fromkeys(BOARD, "r"), **dict.fromkeys(LEADERS, "rcmd")},
    "order.selection.decision": dict.fromkeys(BOARD, "r"),
    "order.selection.answer": dict.fromkeys(LEADERS, "rcmd"),
    "order.billing.report": dict.fromkeys(("seller", "manager", "bookkeeper", "auditor"), "r"),
    "order.billing.override": {},
}


@tagged("post_install", "-at_install")
class TestOrderAccess(AftersalesCommon):
    """Who may what with the records of this add-on, and whose they are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls._make_user("joinery_employee", "base.group_user")
        cls.auditor = cls._make_user("joinery_auditor", "base.group_user,account.group_account_readonly")
        cls.all_leads = cls._make_user("joinery_all_leads", "sales_team.group_sale_salesman_all_leads")
        cls.elsewhere = cls.env["res.company"].create({"name": "Metalworks"})
        cls.env.user.company_ids |= cls.elsewhere

    def test_rights(self):
        operations = {"read": "r", "write": "c", "create": "m", "unlink": "d"}
        roles = {role: getattr(self, role) for role in EVERYBODY} | {"customer": self.customer_user}
        for model, rights in RIGHTS.items():
            for role, user in roles.items():
                records = self.env[model].with_user(user)
                found = "".join(short for name, short in operations.items() if records.has_access(name))
                with self.subTest(model, role=role):
                    self.assertEqual(found, rights.get(role, ""))

    def test_who_may_override_the_check(self):
        """Neither the seller's manager nor the bookkeeper, but whoever is in charge of accounting."""
        accountant = self._make_user("joinery_accountant", "account.group_account_manager")
        self.assertTrue(self.env["order.billing.override"].with_user(accountant).has_access("create"))

    def _make_records(self, order):
        """What may be known of an order, by model."""
        now = fields.Datetime.now()
        stage = self._stage("entry")
        decision = {"order_id": order.id, "user_id": self.seller.id, "date": now}
        vals = {
            "order.stage.visit": {
                "order_id": order.id,
                "company_id": order.company_id.id,
                "stage_id": stage.id,
                "entered_on": now,
                "left_on": now,
            },
            "order.stage.decision": {**decision, "stage_id": stage.id, "answer": "yes"},
            "order.case": {"order_id": order.id, "name": "Hinge"},
            "order.promise.slip": {"order_id": order.id, "company_id": order.company_id.id, "moved_on": now},
            "order.selection.decision": {**decision, "company_id": order.company_id.id, "decision": "later"},
        }
        records = []
        for model, values in vals.items():
            maker = self.env[model].sudo()
            maker = maker._as_transition() if hasattr(maker, "_as_transition") else maker
            records.append(self.env[model].browse(maker.create(values).id))
        return records

    def test_as_the_orders(self):
        """Own orders and those of nobody for sellers who see their own only, all orders of the company for the others;
        those of another company for nobody who doesn't work there, whoever sells them."""
        orders = {
            "own": self._make_order([(self.window, 1)], confirm=False),
            "other": self._make_order([(self.window, 1)], confirm=False, user_id=self.other_seller.id),
            "nobody": self._make_order([(self.window, 1)], confirm=False, user_id=False),
            "elsewhere": self.env["sale.order"].create(
                {"partner_id": self.customer.id, "company_id": self.elsewhere.id, "user_id": self.seller.id}
            ),
        }
        sees = {
            self.seller: {"own", "nobody"},
            self.other_seller: {"other", "nobody"},
            self.all_leads: {"own", "other", "nobody"},
            self.manager: {"own", "other", "nobody"},
            self.storekeeper: {"own", "other", "nobody"},
        }
        for whose, order in orders.items():
            for record in self._make_records(order):
                for user, allowed in sees.items():
                    found = record.with_user(user).search([("id", "=", record.id)])
                    with self.subTest(record._name, whose=whose, user=user.login):
                        self.assertEqual(bool(found), whose in allowed)

    def test_definitions_of_another_company(self):
        """What all companies share and what is one's own, not what is another company's."""
        for model in ("order.stage", "order.slip.reason", "order.rejection.reason", "order.strategy.criterion"):
            shared, own, theirs = self.env[model].create(
                [
                    {"name": "Shared", "company_id": False},
                    {"name": "Own", "company_id": self.company.id},
                    {"name": "Theirs", "company_id": self.elsewhere.id},
                ]
            )
            for user in (self.seller, self.manager):
                found = self.env[model].with_user(user).search([("id", "in", (shared | own | theirs).ids)])
                with self.subTest(model, user=user.login):
                    self.assertEqual(found, shared | own)

    def test_reports_of_another_company(self):
        """Sellers see their own customers, all leads all, nobody another company's."""
        order = self._make_order([(self.window, 1)])
        theirs = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.elsewhere.id,
                "user_id": self.seller.id,
                "commitment_date": "2030-05-10 12:00:00",
                "order_line": [Command.create({"name": "Gate", "product_id": self.window.id})],
            }
        )
        theirs.action_confirm()
        self.env.flush_all()
        domain = [("order_id", "in", (order | theirs).ids)]
        for user, found in (
            (self.seller, order),
            (self.all_leads, order),
            (self.storekeeper, order),
            (self.other_seller, order.browse()),
        ):
            with self.subTest(user.login):
                rows = self.env["order.promise.report"].with_user(user).search(domain)
                self.assertEqual(rows.sudo().order_id, found)

    def test_without_the_board(self):
        """An auditor reads the orders, but neither decides, nor looks after them, nor lets them wait, even where no
        department is named."""
        order = self.order.with_user(self.auditor)
        self.assertTrue(order.name)
        self.assertTrue(order.is_decision_due)
        self.assertFalse(order.can_decide_stage)
        today = fields.Date.today()
        for action in (
            order.action_take_over,
            order.action_hold,
            order.action_release,
            lambda: order._hold("Rain", today),
        ):
            with self.assertRaisesRegex(UserError, "don't work with the order board"):
                action()
        self.assertEqual(self.order.stage_owner_id, self.seller)

    def test_followers_outside_read_none_of_it(self):
        """Decisions and who looks after the order are notes: a customer who follows the order gets no message."""
        self.order.message_subscribe(self.customer.ids)
        note = self.env.ref("mail.mt_note")
        self.order.with_user(self.manager)._decide("no", "Wrong price")
        decided = self.order.message_ids[0]
        self.order.with_user(self.planner).action_take_over()
        taken = self.order.message_ids[0]
        self.assertEqual(decided.author_id, self.manager.partner_id)
        self.assertEqual(taken.author_id, self.planner.partner_id)
        for message in (decided, taken):
            self.assertEqual(message.subtype_id, note)
            self.assertNotIn(self.customer, message.notified_partner_ids)

    def test_departments_of_a_new_user(self):
        """Without an employee, nobody speaks for a department."""
        user = new_test_user(self.env, "joinery_new", "sales_team.group_sale_salesman", company_id=self.company.id)
        self.assertFalse(user._get_order_departments())
