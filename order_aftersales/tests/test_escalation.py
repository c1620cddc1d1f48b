import random
import runpy
from datetime import datetime, timedelta
from pathlib import Path

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import sale_order_escalation
from .common import AftersalesCommon

MIGRATION = Path(__file__).parents[1] / "migrations" / "19.0.1.1.0" / "post-migration.py"


@tagged("post_install", "-at_install")
class TestEscalation(AftersalesCommon):
    """Somebody is told of an order that nobody looks after, and when he does nothing, the next one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entry = cls._stage("entry")
        cls.entry.department_id = cls.sales_department
        cls.company.attention_user_id = cls.planner
        cls.company.resource_calendar_id.tz = "UTC"
        # whatever else is in the database, of any company, is looked after and waits
        others = cls.env["sale.order"].sudo().search([("is_order_open", "=", True)])
        others._as_transition().write({"hold_until": "2040-01-01", "stage_owner_id": cls.env.user.id})

    def _run(self, moment):
        self._run_cron("escalation", moment)

    def _run_cron(self, name, moment):
        self.env.flush_all()
        cron = self.env.ref(f"order_aftersales.ir_cron_order_{name}").with_user(self.env.ref("base.user_root"))
        with freeze_time(moment), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _make_idle_order(self, moment="2026-05-08 08:00:00", **values):
        """Of a Friday; 8 working hours are allowed: until that day is over."""
        with self._at(moment):
            return self._make_order(lines=[(self.window, 1)], **values)

    def _told(self, order):
        return order._get_escalations().sorted("id").user_id

    def test_owner_head_last_resort(self):
        """Late from Tuesday on. The owner is told at once, the head of sales a day later, then the last resort; nobody
        twice, whatever the number of runs."""
        order = self._make_idle_order("2026-05-11 08:00:00")
        self._run("2026-05-11 23:30:00")
        self.assertFalse(self._told(order))
        for moment, told in (
            ("2026-05-12 00:00:00", self.seller),
            ("2026-05-12 01:00:00", self.seller),
            ("2026-05-12 23:00:00", self.seller),
            ("2026-05-13 00:00:00", self.seller | self.manager),
            ("2026-05-14 00:00:00", self.seller | self.manager | self.planner),
            ("2026-05-20 18:00:00", self.seller | self.manager | self.planner),
        ):
            with self.subTest(moment):
                self._run(moment)
                self.assertEqual(self._told(order), told)
                self.assertEqual(len(order._get_escalations()), len(told))

    def test_words(self):
        order = self._make_idle_order()
        self._run("2026-05-11 18:00:00")
        self.assertEqual(
            order._get_escalations().summary, "It should have left the stage by 05/08/2026, and nothing is planned."
        )

    def test_no_step_of_its_own(self):
        """The order is told of, but still nothing is planned: it stays unattended until somebody does something."""
        order = self._make_idle_order()
        self._run("2026-05-11 18:00:00")
        with self._at("2026-05-11 18:30:00"):
            self.env.invalidate_all()
            self.assertEqual(order.attention, "unattended")
            self.assertFalse(order.next_step_on)

    def test_taken_back(self):
        """Somebody plans a step before it is late again: what was told is taken back."""
        order = self._make_idle_order()
        self._run("2026-05-11 18:00:00")
        self._pass_decisions(order, "entry")
        with self._at("2026-05-11 19:00:00"):
            order.activity_schedule("mail.mail_activity_data_todo", date_deadline="2026-05-15", user_id=self.seller.id)
        order._as_transition().write(
            {"stage_entered_on": "2026-05-11 19:00:00", "stage_deadline": "2026-05-15 19:00:00"}
        )
        self._run("2026-05-11 20:00:00")
        self.assertFalse(order._get_escalations())
        self.assertFalse(order.escalation_ids)

    def test_settled_when_the_order_moves_on(self):
        """What was told of a stage goes with it, at once; in the next one somebody is told when that is late: by its 8
        working hours, from Wednesday on. A colleague's own plan stays."""
        order = self._make_idle_order()
        self._run("2026-05-11 18:00:00")
        self.assertEqual(self._told(order), self.seller)
        with self._at("2026-05-12 09:00:00"):
            todo = order.activity_schedule(
                "mail.mail_activity_data_todo", date_deadline="2026-05-12", user_id=self.planner.id
            )
            order.with_user(self.seller).action_stage_yes()
        self.assertEqual(order.order_stage_id.code, "selection")
        self.assertFalse(order._get_escalations())
        self.assertFalse(order.escalation_ids)
        self.assertTrue(todo.exists())
        self._run("2026-05-12 10:00:00")
        self.assertFalse(self._told(order))
        self._run("2026-05-13 10:00:00")
        self.assertEqual(self._told(order), self.seller)
        self.assertIn("05/12/2026", order._get_escalations().summary)

    def test_nobody_responsible(self):
        """Without an owner the head of the department is the first."""
        order = self._make_idle_order(user_id=False)
        self._run("2026-05-11 09:00:00")
        self.assertEqual(self._told(order), self.manager)

    def test_nobody_at_all(self):
        """Neither owner, nor head, nor a named person: one of those who keep the map."""
        self.entry.department_id = False
        self.company.attention_user_id = False
        order = self._make_idle_order(user_id=False)
        self._run("2026-05-11 09:00:00")
        told = self._told(order)
        self.assertEqual(len(told), 1)
        self.assertTrue(told.has_group("order_aftersales.group_manager"))

    def test_nobody_left(self):
        """When all were told, the order waits on the list; that somebody tried is kept once, with the last time."""
        self.patch(type(self.company), "_get_last_resort", lambda company: self.env["res.users"])
        order = self._make_idle_order(user_id=False)
        self.entry.department_id = False
        for moment in ("2026-05-11 09:00:00", "2026-05-11 10:00:00", "2026-05-12 09:00:00"):
            self._run(moment)
        self.assertRecordValues(order.escalation_ids, [{"user_id": False, "told_on": datetime(2026, 5, 12, 9)}])
        self.assertFalse(self._told(order))

    def test_taken_over_from_before(self):
        """Who was told before the upgrade is not told again; where there was nobody, that is kept, too."""
        order, nobodys, calm = (self._make_idle_order() for _number in range(3))
        self._run("2026-05-11 18:00:00")
        self.env["order.escalation"].sudo().search([]).unlink()
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE sale_order ADD COLUMN escalated_on timestamp")
        self.env.cr.execute("CREATE TABLE sale_order_escalated_user_rel (sale_order_id integer, res_users_id integer)")
        self.env.cr.execute(
            "UPDATE sale_order SET escalated_on = '2026-05-11 18:00:00' WHERE id IN %s", [(order.id, nobodys.id)]
        )
        self.env.cr.execute("INSERT INTO sale_order_escalated_user_rel VALUES (%s, %s)", [order.id, self.seller.id])
        module = runpy.run_path(str(MIGRATION))
        for _time in range(2):
            module["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        moment = datetime(2026, 5, 11, 18)
        self.assertRecordValues(order.escalation_ids, [{"user_id": self.seller.id, "told_on": moment}])
        self.assertRecordValues(nobodys.escalation_ids, [{"user_id": False, "told_on": moment}])
        self.assertFalse(calm.escalation_ids)

    def test_who_was_told_is_nobodys_to_read(self):
        order = self._make_idle_order()
        self._run("2026-05-11 18:00:00")
        self.assertTrue(order.escalation_ids)
        for user in (self.seller, self.manager, self.customer_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["order.escalation"].with_user(user).search([])
            with self.subTest(user.login), self.assertRaises(AccessError):
                order.with_user(user).read(["escalation_ids"])

    def test_orders_stay_free(self):
        """Telling of orders writes none of them: who saves one at the same time has nothing to wait for."""
        orders = self.env["sale.order"].union(*(self._make_idle_order() for _number in range(2)))
        self.env.flush_all()
        rows = SQL("SELECT id, ctid FROM sale_order WHERE id IN %s ORDER BY id", orders._ids)
        before = self.env.execute_query(rows)
        self._run("2026-05-11 18:00:00")
        self.assertEqual(self._told(orders), self.seller)
        self.assertEqual(self.env.execute_query(rows), before)

    def test_away(self):
        """Who is on leave is not told: the next one is."""
        order = self._make_idle_order()
        employee = self.seller.with_company(self.company).employee_id
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "Leave",
                "resource_id": employee.resource_id.id,
                "date_from": "2026-05-11 00:00:00",
                "date_to": "2026-05-15 00:00:00",
            }
        )
        self._run("2026-05-11 09:00:00")
        self.assertEqual(self._told(order), self.manager)

    def test_who_cannot_see_it(self):
        """Nobody is asked to look after what he may not open."""
        self.sales_department.manager_id = self.other_seller.with_company(self.company).employee_id
        order = self._make_idle_order(user_id=self.seller.id)
        self._run("2026-05-11 18:00:00")
        self._run("2026-05-12 18:00:00")
        self._run("2026-05-13 18:00:00")
        self.assertEqual(self._told(order), self.seller | self.planner)

    def test_no_mail_for_each(self):
        self._make_idle_order()
        before = self.env["mail.mail"].search_count([])
        self._run("2026-05-11 18:00:00")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_resumed(self):
        """A run that is stopped after its first batch is taken up by the next: each is told once, none forgotten."""
        self.patch(sale_order_escalation, "BATCH", 2)
        orders = self.env["sale.order"].union(*(self._make_idle_order() for _number in range(5)))
        told = []  # how many are left: Odoo runs a job again that has some

        def stop(cron, processed=0, remaining=None):
            told.append(remaining)
            return 0

        self.patch(self.registry["ir.cron"], "_commit_progress", stop)
        for done in (2, 4, 5, 5):
            with freeze_time("2026-05-11 18:00:00"):
                self.env["sale.order"]._cron_escalate()
            self.assertEqual(len(orders._get_escalations()), done)
            self.assertEqual(len(orders.filtered("escalation_ids")), done)
        # of those that are calm again there are none; then 5, 3, 1 and 0 are left to be told of
        self.assertEqual([left for left in told if left is not None], [0, 5, 0, 3, 0, 1, 0, 0])

    def test_not_more_than_one_can_do(self):
        """Three orders are late; the seller gets two activities, and knows of the third by list and digest."""
        self.patch(sale_order_escalation, "MOST_ACTIVITIES", 2)
        orders = self.env["sale.order"].union(*(self._make_idle_order() for _number in range(3)))
        self._run("2026-05-11 18:00:00")
        self.assertEqual(len(orders._get_escalations()), 2)
        self.assertEqual([order.escalation_ids.user_id for order in orders], [self.seller] * 3)

    def test_hours_of_the_company(self):
        """Two hours after the owner, the head is told."""
        self.company.attention_escalation_hours = 2
        order = self._make_idle_order()
        self._run("2026-05-11 18:00:00")
        self._run("2026-05-11 19:59:00")
        self.assertEqual(self._told(order), self.seller)
        self._run("2026-05-11 20:00:00")
        self.assertEqual(self._told(order), self.seller | self.manager)

    def test_room_for_what_is_open(self):
        """Of the seller's two activities one is open already; what others have, and his own plans, don't count."""
        self.patch(sale_order_escalation, "MOST_ACTIVITIES", 2)
        first = self._make_idle_order()
        todo = self.order.activity_schedule("mail.mail_activity_data_todo", user_id=self.seller.id)
        self._run("2026-05-11 18:00:00")
        self.assertEqual(self._told(first), self.seller)
        orders = self.env["sale.order"].union(*(self._make_idle_order() for _number in range(2)))
        self._run("2026-05-11 18:30:00")
        self.assertEqual(len(orders._get_escalations()), 1)
        self.assertTrue(todo.exists())

    def test_owner_who_has_left(self):
        """He can't be told: the head is, in his language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        order = self._make_idle_order()
        self.seller.active = False
        self._run("2026-05-11 09:00:00")
        self.assertEqual(self._told(order), self.manager)
        self.assertNotIn("does not work here", order._get_escalations().summary)

    def test_own_plans_stay(self):
        """What was told is taken back; the customer's appointment stays."""
        order = self._make_idle_order()
        self._run("2026-05-11 18:00:00")
        with self._at("2026-05-11 19:00:00"):
            todo = order.activity_schedule(
                "mail.mail_activity_data_todo", date_deadline="2026-05-15", user_id=self.seller.id
            )
            order._hold("Rain", datetime(2026, 5, 20).date())
        self._run("2026-05-11 20:00:00")
        self.assertFalse(order._get_escalations())
        self.assertTrue(todo.exists())

    def test_other_company(self):
        """Its own people are told of its orders."""
        company = self.env["res.company"].create({"name": "Metalworks"})
        self._switch_on(company)
        boss = self._make_user("metal_boss", "order_aftersales.group_manager,sales_team.group_sale_manager", company)
        company.attention_user_id = boss
        product = self.env["product.product"].create({"name": "Gate", "type": "service"})
        with self._at("2026-05-11 08:00:00"):
            order = (
                self.env["sale.order"]
                .with_company(company)
                .create(
                    {
                        "partner_id": self.customer.id,
                        "company_id": company.id,
                        "user_id": False,
                        "order_line": [Command.create({"product_id": product.id})],
                    }
                )
            )
        self.entry.department_id = False
        self._stage("costing").department_id = False
        self._run("2026-05-11 09:00:00")
        self.assertEqual(self._told(order), boss)

    def test_switched_off(self):
        """Nobody is told before somebody has switched it on."""
        self.company.is_attention_escalated = False
        order = self._make_idle_order()
        self._run("2026-05-12 09:00:00")
        self.assertFalse(order._get_escalations())
        self.company.is_attention_escalated = True
        self._run("2026-05-12 10:00:00")
        self.assertEqual(self._told(order), self.seller)

    def test_digest(self):
        """One message for each, with what is his; the second run of the day sends nothing."""
        mine = self._make_idle_order()
        nobodys = self._make_idle_order(user_id=False)
        before = self.env["mail.message"].sudo().search([])
        self._run_cron("digest", "2026-05-12 06:00:00")
        messages = self.env["mail.message"].sudo().search([("message_type", "=", "user_notification")]) - before
        by_person = {message.partner_ids: message for message in messages if message.partner_ids}
        for user in (self.seller, self.manager, self.planner):
            self.assertIn(user.partner_id, by_person)
        self.assertNotIn(self.other_seller.partner_id, by_person)
        seller, manager = by_person[self.seller.partner_id], by_person[self.manager.partner_id]
        self.assertEqual((seller.subject, manager.subject), ("One order needs you", "2 orders need you"))
        self.assertIn(mine.name, seller.body)
        self.assertNotIn(nobodys.name, seller.body)
        self.assertIn("Nobody is responsible.", manager.body)
        count = self.env["mail.message"].sudo().search_count([])
        self._run_cron("digest", "2026-05-12 09:00:00")
        self.assertEqual(self.env["mail.message"].sudo().search_count([]), count)

    def test_digest_switched_off(self):
        self.company.is_attention_digest_sent = False
        self._make_idle_order()
        domain = [("partner_ids", "in", self.seller.partner_id.ids)]
        count = self.env["mail.message"].sudo().search_count(domain)
        self._run_cron("digest", "2026-05-12 06:00:00")
        self.assertEqual(self.env["mail.message"].sudo().search_count(domain), count)

    def test_whatever_happens(self):
        """Whatever sequence of events: every open order has exactly one stage of the map, and an owner or somebody who
        was told. Three runs of 25 events each, from fixed seeds."""
        seeds = (1, 2, 3)
        seen = set()
        for seed in seeds:
            seen |= self._live(random.Random(seed), 25)
        self.assertGreater(len(seen), 5, "the events bring orders to many stages")

    def _live(self, chance, length):
        moment = datetime(2026, 5, 11, 8)
        orders, seen = self.env["sale.order"], set()
        case = self.env["order.case"]
        for _step in range(length):
            moment += timedelta(hours=chance.randint(1, 30))
            with self._at(moment):
                order = chance.choice(orders) if orders and chance.random() < 0.8 else None
                if not order:
                    orders += self._make_order(
                        lines=[chance.choice([(self.fitting, 2), (self.window, 1), (self.assembly, 3)])],
                        confirm=chance.random() < 0.7,
                        user_id=chance.choice([self.seller.id, False]),
                    )
                else:
                    self._happen(order, chance.choice(EVENTS), case)
            self._run(moment + timedelta(minutes=10))
            with self._at(moment + timedelta(minutes=10)):
                self.env.invalidate_all()
                for order in orders:
                    seen.add(order.order_stage_id.code)
                    self.assertTrue(order.order_stage_id.active)
                    self.assertEqual(len(order.stage_visit_ids.filtered(lambda visit: not visit.left_on)), 1)
                    if order.is_order_open:
                        self.assertTrue(
                            order.attention in ("ok", "due") or self._told(order),
                            f"{order.name}: {order.attention}",
                        )
        return seen

    def _happen(self, order, event, case):
        match event:
            case "claim" | "repair":
                if order.state == "sale":
                    case.create({"name": "Case", "kind": event, "order_id": order.id})
            case "settle":
                order.case_ids.action_settle()
            case "confirm":
                if order.state in ("draft", "sent"):
                    order.action_confirm()
            case "cancel":
                if order.state == "sale" and not order.invoice_ids:
                    order.with_context(disable_cancel_warning=True).action_cancel()
            case "yes":
                if order.is_decision_due:
                    order.with_user(self.manager)._decide("yes")
            case "no":
                if order.is_decision_due:
                    order.with_user(self.manager)._decide("no", "Not yet")
            case "deliver":
                if order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel")):
                    self._deliver(order)
            case "finish":
                order.stage_task_ids.state = "1_done"
            case "invoice":
                if order.invoice_status == "to invoice":
                    order._create_invoices().action_post()
            case "pay":
                unpaid = order.invoice_ids.filtered(lambda move: move.payment_state == "not_paid")
                if unpaid:
                    self._pay(unpaid)
            case "take":
                order.with_user(self.planner).action_take_over()
            case "leave":
                order.stage_owner_id = False
            case "plan":
                order.activity_schedule("mail.mail_activity_data_todo", user_id=self.seller.id)
            case "hold":
                if order.is_order_open:
                    order._hold("Rain", datetime(2026, 8, 1).date())


EVENTS = (
    "claim", "repair", "settle", "confirm", "cancel", "yes", "yes", "yes", "no", "deliver", "finish", "invoice", "pay",
    "take", "leave", "plan", "hold",
)  # fmt: skip
