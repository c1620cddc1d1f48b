"""What employees are told about small extras, and who has confirmed it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..rule_card import rules_hash, share_left
from .common_minor_items import MinorItemsCommon

names = st.sampled_from(["amount", "minutes", "share"])
rules = st.dictionaries(names, st.integers(0, 10_000).map(lambda cents: cents / 100))
wordings = st.dictionaries(names, st.lists(st.text("abc é", max_size=9), max_size=3))
cents = st.integers(-1000, 100_000).map(lambda amount: amount / 100)


@tagged("post_install", "-at_install")
class TestRuleCardArithmetic(BaseCase):
    @given(rules, wordings)
    def test_same_rules_same_hash(self, limits, words):
        again = {name: [*reversed(texts), f" {texts[0]}\n" if texts else None] for name, texts in words.items()}
        backwards = dict(reversed(limits.items()))
        self.assertEqual(rules_hash(limits, words), rules_hash(backwards, again))

    @given(rules, wordings, names, st.integers(1, 1000))
    def test_any_limit_changes_it(self, limits, words, name, more):
        changed = {**limits, name: limits.get(name, 0.0) + more / 100}
        self.assertNotEqual(rules_hash(limits, words), rules_hash(changed, words))

    @given(rules, wordings, names)
    def test_any_wording_changes_it(self, limits, words, name):
        changed = {**words, name: [*words.get(name, []), "Something that nobody has said yet"]}
        self.assertNotEqual(rules_hash(limits, words), rules_hash(limits, changed))

    def test_numbers_are_numbers(self):
        self.assertEqual(rules_hash({"amount": 30}, {}), rules_hash({"amount": 30.0}, {}))

    @given(cents, cents)
    def test_bar(self, amount, left):
        share = share_left(amount, left)
        self.assertTrue(0 <= share <= 100)
        self.assertEqual(share == 0, amount <= 0 or left <= 0)
        if amount > 0:
            self.assertEqual(share == 100, left >= amount)

    def test_bar_of_the_example(self):
        # 23.03 / 38.03 = 60.6 %
        self.assertEqual(share_left(38.03, 23.03), 61)
        self.assertEqual(share_left(38.03, 0.01), 1, "nearly nothing is not nothing")
        self.assertEqual(share_left(38.03, 38.02), 99)


@tagged("post_install", "-at_install")
class TestRuleCard(MinorItemsCommon):
    def test_card_on_the_task(self):
        order = self._make_order(scope_included="<p>Doors and shelves</p>", scope_excluded="<p>Lighting</p>")
        self._set_allowance(order, 38.03)
        task = order.order_line.task_id.with_user(self.technician)
        self._make_item(order=order)
        # 38.03 - 15.00 = 23.03, which is 61 %
        self.assertRecordValues(
            task, [{"minor_items_amount": 38.03, "minor_items_left": 23.03, "minor_items_left_percent": 61}]
        )
        self.assertIn("Doors and shelves", task.scope_included)
        self.assertIn("Lighting", task.scope_excluded)
        for text in ("15 minutes", "30.00", "2 %", "2,000.00", "3 working days"):
            self.assertIn(text, task.extra_rules)
        for text in ("allowance for small extras", "signed", "a few days", "exactly as agreed"):
            self.assertIn(text, task.extra_wordings)

    def test_card_tells_the_limits_of_the_order(self):
        self.customer.write({"own_extra_limits": True, "minor_item_limit_amount": 12.0, "minor_item_limit_minutes": 25})
        task = self.task.with_user(self.technician)
        self.assertIn("25 minutes", task.extra_rules)
        self.assertIn("12.00", task.extra_rules)
        self.assertNotIn("12 months", task.extra_rules, "no limit per customer, no sentence about one")
        self.assertNotIn("order of its own", task.extra_rules)

    def test_wording_of_the_company_is_no_markup(self):
        self.company.extra_wording_decline = "Sorry <script>alert(1)</script>"
        self.assertNotIn("<script>", self.task.extra_wordings)
        self.assertIn("Sorry &lt;script&gt;", self.task.extra_wordings)

    def test_what_waits_for_the_customer_is_counted(self):
        """One of a draft, an offer and a signed change order, and it opens; the task is found by it."""
        Task = self.env["project.task"].with_user(self.technician)
        waiting = [("order_change_order_open_count", ">", 0)]
        self._make_change(task_id=self.task.id)
        self._sign(self._make_change(send=True, task_id=self.task.id))
        self.assertFalse(Task.search(waiting))
        sent = self._make_change(send=True, task_id=self.task.id)
        task = self.task.with_user(self.technician)
        self.assertEqual(task.order_change_order_open_count, 1)
        self.assertEqual(Task.search(waiting), task)
        action = task.action_view_change_orders_to_sign()
        self.assertEqual(self.env[action["res_model"]].with_user(self.technician).search(action["domain"]), sent)

    def test_deadline_of_days_past(self):
        """A date that is over stands out; there is none on a task without one."""
        self.assertFalse(self.task.is_past_deadline)
        self.task.date_deadline = fields.Datetime.now() - timedelta(days=1)
        self.assertTrue(self.task.is_past_deadline)
        self.task.date_deadline = fields.Datetime.now() + timedelta(days=1)
        self.assertFalse(self.task.is_past_deadline)

    def test_where_to_go(self):
        task = self.task.with_user(self.technician)
        self.assertEqual(task.site_address, "Lindenweg 4, Freiburg")
        self.assertEqual(str(task.promised_date), "2030-05-10 12:00:00")


@tagged("post_install", "-at_install")
class TestOnSite(MinorItemsCommon):
    def _on_site(self, user):
        self.env.invalidate_all()
        return self.env["project.task"].with_user(user).search([("is_my_site", "=", True)])

    def test_open_tasks_of_confirmed_orders(self):
        self.assertEqual(self._on_site(self.technician), self.task)
        self.assertTrue(self.task.with_user(self.technician).is_my_site)
        self.assertFalse(self._on_site(self.other_technician))
        self.assertFalse(self.task.with_user(self.other_technician).is_my_site)
        self.assertEqual(self._on_site(self.seller), self.task, "he has sold it")
        private = self.env["project.task"].create({"name": "Sweep", "user_ids": self.technician.ids})
        self.assertNotIn(private, self._on_site(self.technician))
        self.task.state = "1_done"
        self.assertFalse(self._on_site(self.technician))
        self.task.state = "01_in_progress"
        self.order._action_cancel()
        self.assertFalse(self._on_site(self.technician))

    def test_the_rest(self):
        found = self.env["project.task"].with_user(self.technician).search([("is_my_site", "=", False)])
        self.assertNotIn(self.task, found)

    def test_menu(self):
        for user in (self.technician, self.seller):
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertIn(self.env.ref("order_extension.project_task_menu_site").id, visible)


@tagged("post_install", "-at_install")
class TestAcknowledgement(MinorItemsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"))
        cls.Acknowledgement = cls.env["sale.extra.rule.acknowledgement"]

    def _acknowledge(self, user):
        action = self.task.with_user(user).action_read_extra_rules()
        card = self.env[action["res_model"]].with_user(user).with_context(**action["context"]).create({})
        self.assertEqual(card.company_id, self.company)
        card.action_acknowledge()
        self.env.invalidate_all()
        return self.Acknowledgement.search([("user_id", "=", user.id)])

    def _has_to(self, user):
        self.env.invalidate_all()
        return self.task.with_user(user).has_to_acknowledge_rules

    def test_once_per_change_of_the_rules(self):
        self.assertTrue(self._has_to(self.technician))
        first = self._acknowledge(self.technician)
        self.assertRecordValues(first, [{"company_id": self.company.id}])
        self.assertIn("15 minutes", first.rules_text)
        self.assertIn("exactly as agreed", first.rules_text)
        self.assertFalse(self._has_to(self.technician))
        self.assertTrue(self._has_to(self.seller), "each for himself")
        self.assertEqual(self._acknowledge(self.technician), first, "twice is once")
        self.company.minor_item_limit_minutes = 20
        self.assertTrue(self._has_to(self.technician))
        both = self._acknowledge(self.technician)
        self.assertEqual(len(both), 2)
        self.assertIn("20 minutes", (both - first).rules_text)
        self.assertIn("15 minutes", first.rules_text, "what was read then stays")

    def test_what_is_a_change(self):
        self._acknowledge(self.technician)
        self.company.minor_items_rate = 0.006
        self.assertFalse(self._has_to(self.technician), "the rate of quotations binds nobody on site")
        self.company.extra_wording_decline = "We'd rather not."
        self.assertTrue(self._has_to(self.technician))
        self._acknowledge(self.technician)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertFalse(self._has_to(self.technician), "another language alone changes nothing")
        self.company.with_context(lang="fr_FR").extra_wording_decline = "Plutôt pas."
        self.assertTrue(self._has_to(self.technician))

    def test_rules_changed_while_they_were_read(self):
        user = self.technician
        action = self.task.with_user(user).action_read_extra_rules()
        card = self.env[action["res_model"]].with_user(user).with_context(**action["context"]).create({})
        self.company.minor_item_limit_minutes = 20
        again = card.action_acknowledge()
        self.assertEqual(again["res_model"], card._name, "the new ones are shown")
        self.assertFalse(self.Acknowledgement.search([("user_id", "=", user.id)]))

    def test_only_those_who_record(self):
        self.assertFalse(self._has_to(self.bookkeeper))
        plain = new_test_user(self.env, "project_only", "project.group_project_user")
        self.assertFalse(self._has_to(plain))

    def test_not_for_another_company(self):
        """The rules of a company that one doesn't work for are not shown, and nobody confirms them."""
        elsewhere = self.env["res.company"].create({"name": "Metalworks"})
        card = self.env["sale.extra.rules"].with_user(self.technician).create({"company_id": elsewhere.id})
        self.assertFalse(card.rules or card.wordings or card.has_to_acknowledge)
        with self.assertRaisesRegex(AccessError, "don't work for this company"):
            card.action_acknowledge()
        self.assertFalse(self.Acknowledgement.search([("company_id", "=", elsewhere.id)]))

    def test_rows_stay_as_they_are(self):
        row = self._acknowledge(self.technician)
        other = self._acknowledge(self.seller)
        vals = self.company.with_user(self.technician)._prepare_rule_acknowledgement_vals()
        for user in (self.technician, self.seller, self.manager, self.env.ref("base.user_admin")):
            with self.subTest(user=user.login):
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(row.with_user(user).has_access(operation))
                with self.assertRaises(AccessError):
                    self.Acknowledgement.with_user(user).create({**vals, "rules_hash": "made up"})
        self.assertTrue(row.with_user(self.technician).has_access("read"))
        self.assertFalse(other.with_user(self.technician).has_access("read"), "not those of colleagues")
        self.assertTrue((row | other).with_user(self.manager).has_access("read"))

    def test_managers_see_who_has_and_who_has_not(self):
        Report = self.env["sale.extra.rule.report"].with_user(self.manager)
        people = self.technician | self.seller | self.other_technician | self.bookkeeper

        def states():
            self.env.invalidate_all()
            rows = Report.search([("user_id", "in", people.ids), ("company_id", "=", self.company.id)])
            return {row.user_id: row.state for row in rows}

        waiting = dict.fromkeys(self.technician | self.seller | self.other_technician, "never")
        self.assertEqual(states(), waiting, "a bookkeeper records nothing")
        self._acknowledge(self.technician)
        self._acknowledge(self.seller)
        self.assertEqual(states(), {**waiting, self.technician: "confirmed", self.seller: "confirmed"})
        self.company.minor_item_limit_amount = 25.0
        self._acknowledge(self.technician)
        self.assertEqual(states(), {**waiting, self.technician: "confirmed", self.seller: "earlier"})
        row = Report.search([("user_id", "=", self.technician.id), ("company_id", "=", self.company.id)])
        action = row.action_view_acknowledgements()
        self.assertEqual(self.Acknowledgement.with_user(self.manager).search_count(action["domain"]), 2)
        with self.assertRaises(AccessError):
            self.env["sale.extra.rule.report"].with_user(self.technician).search([])

    def test_managers_of_another_company(self):
        self._acknowledge(self.technician)
        other = self.env["res.company"].create({"name": "Another joinery"})
        stranger = new_test_user(
            self.env,
            "manager_elsewhere",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.Acknowledgement.with_user(stranger).search([]))
        self.assertEqual(self.env["sale.extra.rule.report"].with_user(stranger).search([]).company_id, other)
