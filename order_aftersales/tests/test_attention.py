from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..attention import LEVELS, Watch, attention, escalate
from ..days import end_of_day, local_day
from .common import AftersalesCommon

NOW = datetime(2026, 5, 11, 9, 0)
moments = st.one_of(st.none(), st.integers(-400, 400).map(lambda hours: NOW + timedelta(hours=hours)))
watches = st.builds(
    Watch,
    is_open=st.booleans(),
    has_owner=st.booleans(),
    entered=moments.map(lambda moment: min(moment or NOW, NOW)),
    deadline=moments,
    next_step=moments,
    held_until=moments,
)


@tagged("post_install", "-at_install")
class TestAttention(AftersalesCommon):
    """Orders that nobody looks after show up by themselves, and somebody is told."""

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

    def _make_idle_order(self, moment="2026-05-11 08:00:00", **values):
        """An order of ``moment``, a Monday, in whose stage nothing is planned. 8 hours: until the day is over."""
        with self._at(moment):
            order = self._make_order(lines=[(self.window, 1)], **values)
        self.assertFalse(order.next_step_on)
        return order

    def _attention(self, order, moment):
        with self._at(moment):
            self.env.invalidate_all()
            levels = [level for level in LEVELS if order in self.env["sale.order"].search([("attention", "=", level)])]
            self.assertEqual(levels, [order.attention], "the search finds what the field says")
            return order.attention

    # ------------------------------------------------------------------ the rule

    @given(watches)
    def test_rule(self, watch):
        level = attention(watch, NOW)
        self.assertIn(level, LEVELS)
        if not watch.is_open:
            self.assertEqual(level, "ok")
        elif not watch.has_owner:
            self.assertEqual(level, "unattended")

    @given(watches, st.integers(0, 200))
    def test_time_never_heals(self, watch, hours):
        """Without anybody doing anything an order never needs less attention later."""
        later = attention(watch, NOW + timedelta(hours=hours))
        self.assertLessEqual(LEVELS.index(later), LEVELS.index(attention(watch, NOW)))

    @given(st.lists(st.sampled_from("abc"), max_size=3), *([st.sampled_from(["a", "b", "c", None])] * 3))
    def test_escalation_ends(self, told, owner, head, named):
        """Each person is told once; after three steps at most nobody is left."""
        told = set(told)
        for _step in range(3):
            person = escalate(owner, head, named, told)
            self.assertNotIn(person, told)
            told |= {person} if person else set()
        self.assertIsNone(escalate(owner, head, named, told))
        self.assertLessEqual({owner, head, named} - {None}, told)

    # ------------------------------------------------------------------ the order

    def test_week_of_an_idle_order(self):
        """8 hours are allowed, until Monday 17:00: it is due all that day. Nothing planned, so late is unattended."""
        order = self._make_idle_order()
        self.assertEqual(str(order.stage_deadline), "2026-05-11 23:59:59")
        self.assertEqual(self._attention(order, "2026-05-11 09:00:00"), "due")
        self.assertEqual(self._attention(order, "2026-05-11 23:59:59"), "due")
        self.assertEqual(self._attention(order, "2026-05-12 00:00:00"), "unattended")
        with self._at("2026-05-12 00:30:00"):
            order.activity_schedule("mail.mail_activity_data_todo", date_deadline="2026-05-13", user_id=self.seller.id)
        self.assertEqual(self._attention(order, "2026-05-12 00:30:00"), "overdue")
        self.entry.sla_hours = 80
        with self._at("2026-05-11 17:30:00"):
            other = self._make_order(lines=[(self.window, 1)])
        self.assertEqual(self._attention(other, "2026-05-12 09:00:00"), "ok")
        # 80 working hours, but nothing is planned for more than three days
        self.assertEqual(self._attention(other, "2026-05-14 18:00:00"), "unattended")

    def test_nobody_responsible(self):
        order = self._make_idle_order(user_id=False)
        self.assertFalse(order.stage_owner_id)
        self.assertEqual(self._attention(order, "2026-05-11 09:00:00"), "unattended")
        self.assertEqual(order.attention_reason, "Nobody is responsible.")

    def test_responsible_is_away(self):
        """On leave on Tuesday: unattended that day, and only that day."""
        order = self._make_idle_order()
        order.activity_schedule("mail.mail_activity_data_todo", date_deadline="2026-06-30", user_id=self.seller.id)
        self.env.flush_all()
        order._as_transition().stage_deadline = "2026-06-30 12:00:00"
        employee = self.seller.with_company(self.company).employee_id
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "Leave",
                "resource_id": employee.resource_id.id,
                "calendar_id": employee.resource_calendar_id.id,
                "date_from": "2026-05-12 00:00:00",
                "date_to": "2026-05-12 23:59:59",
            }
        )
        self.assertEqual(self._attention(order, "2026-05-11 09:00:00"), "ok")
        self.assertEqual(self._attention(order, "2026-05-12 09:00:00"), "unattended")
        with self._at("2026-05-12 09:00:00"):
            self.env.invalidate_all()
            self.assertEqual(order.attention_reason, f"{self.seller.name} is away.")
        self.assertEqual(self._attention(order, "2026-05-13 09:00:00"), "ok")

    def test_responsible_has_left(self):
        order = self._make_idle_order()
        self.seller.active = False
        self.assertEqual(self._attention(order, "2026-05-11 09:00:00"), "unattended")

    def test_hold(self):
        """It waits for the screed until 13 May; from the 14th on it is overdue. Without an owner it never waits."""
        order = self._make_idle_order()
        action = order.with_user(self.seller).action_hold()
        with self._at("2026-05-11 09:00:00"):
            wizard = self.env[action["res_model"]].with_user(self.seller).with_context(**action["context"])
            with Form(wizard) as form:
                form.reason, form.until = "The screed has to dry", "2026-05-13"
            form.record.action_hold()
        self.assertEqual(order.hold_reason, "The screed has to dry")
        self.assertEqual(self._attention(order, "2026-05-13 20:00:00"), "ok")
        self.assertEqual(self._attention(order, "2026-05-14 00:00:00"), "overdue")
        self.assertEqual(self._attention(order, "2026-05-14 09:00:00"), "overdue")
        with self._at("2026-05-14 09:00:00"):
            self.env.invalidate_all()
            self.assertIn("05/13/2026", order.attention_reason)
        order.stage_owner_id = False
        self.assertEqual(self._attention(order, "2026-05-12 09:00:00"), "unattended")
        order.with_user(self.storekeeper).action_release()
        self.assertFalse(order.hold_until or order.hold_reason)

    def test_hold_in_the_past(self):
        order = self._make_idle_order()
        with self._at("2026-05-11 09:00:00"), self.assertRaisesRegex(UserError, "from today on"):
            order._hold("Rain", datetime(2026, 5, 10).date())
        order.action_cancel()
        with self._at("2026-05-11 09:00:00"), self.assertRaisesRegex(UserError, f"{order.name} is done"):
            order._hold("Rain", datetime(2026, 5, 20).date())
        self.assertFalse(order.hold_until)

    def test_take_over(self):
        """Whoever works with the board may look after an order he sees; it is written down who had it before."""
        order = self._make_idle_order()
        for user in (self.storekeeper, self.technician, self.bookkeeper):
            order.with_user(user).action_take_over()
            self.assertEqual(order.stage_owner_id, user)
            self.assertEqual(order.stage_visit_ids.filtered(lambda visit: not visit.left_on).owner_id, user)
        self.assertIn(self.technician.name, order.message_ids[0].body)
        with self.assertRaises(AccessError):
            order.with_user(self.other_seller).action_take_over()
        with self.assertRaisesRegex(UserError, "don't work with the order board"):
            order.with_user(self.customer_user).action_take_over()
        with self.assertRaises(AccessError):
            order.with_user(self.technician).stage_owner_id = self.technician

    def test_levels_found_as_computed(self):
        """Whatever the dates, the filter and the field agree."""
        order = self._make_idle_order()
        self.env.flush_all()
        examples = [
            (owner, deadline, step, held, entered)
            for owner in (self.seller.id, None)
            for deadline in (None, -1, 10, 100)
            for step in (None, -1, 10, 100)
            for held in (None, -2, 2)
            for entered in (-1, -100)
        ]
        for owner, deadline, step, held, entered in examples:
            values = [None if hours is None else NOW + timedelta(hours=hours) for hours in (deadline, step, entered)]
            held_until = None if held is None else (NOW + timedelta(days=held)).date()
            self.env.cr.execute(
                "UPDATE sale_order SET stage_owner_id = %s, stage_deadline = %s, next_step_on = %s,"
                " stage_entered_on = %s, hold_until = %s WHERE id = %s",
                (owner, *values, held_until, order.id),
            )
            self.env.invalidate_all()
            with self.subTest(owner=owner, deadline=deadline, step=step, held=held, entered=entered):
                self._attention(order, "2026-05-11 09:00:00")
        self.assertEqual(len(examples), 192)

    def test_several_levels_at_once(self):
        order = self._make_idle_order(user_id=False)
        orders = self.env["sale.order"]
        with self._at("2026-05-11 09:00:00"):
            self.assertIn(order, orders.search([("attention", "in", ("overdue", "unattended"))]))
            self.assertIn(order, orders.search([("attention", "!=", "ok")]))
            self.assertNotIn(order, orders.search([("attention", "not in", ("overdue", "unattended"))]))

    def test_limits_of_each_company(self):
        """One company warns 24 hours before and waits three days, the other warns an hour before and waits ten."""
        other = self.env["res.company"].create(
            {"name": "Metalworks", "attention_warn_hours": 1, "attention_idle_days": 10}
        )
        self.env.user.company_ids |= other
        self.entry.sla_hours = 0
        mine = self._make_idle_order()
        with self._at("2026-05-11 08:00:00"):
            values = {"partner_id": self.customer.id, "company_id": other.id, "user_id": self.seller.id}
            theirs = self.env["sale.order"].create(values)
        (mine | theirs)._as_transition().write({"stage_deadline": False})
        theirs._as_transition().stage_owner_id = self.seller
        self.assertEqual(self._attention(mine, "2026-05-15 09:00:00"), "unattended")
        self.assertEqual(self._attention(theirs, "2026-05-15 09:00:00"), "ok")
        (mine | theirs)._as_transition().write({"stage_deadline": "2026-05-12 08:00:00"})
        self.assertEqual(self._attention(mine, "2026-05-11 09:00:00"), "due")
        self.assertEqual(self._attention(theirs, "2026-05-11 09:00:00"), "ok")
        self.assertEqual(self._attention(theirs, "2026-05-12 07:30:00"), "due")

    def test_done_orders_need_nobody(self):
        order = self._make_idle_order()
        order.action_cancel()
        self.assertFalse(order.is_order_open)
        self.assertEqual(self._attention(order, "2026-06-11 09:00:00"), "ok")
        order._as_transition().write({"stage_deadline": "2026-05-12 08:00:00", "stage_owner_id": self.seller.id})
        for moment in ("2026-05-11 09:00:00", "2026-05-13 09:00:00", "2026-06-11 09:00:00"):
            self.assertEqual(self._attention(order, moment), "ok")
        order.with_user(self.planner).action_take_over()
        self.assertEqual(order.stage_owner_id, self.seller)

    def test_words(self):
        """Why, by what is wrong; days where the company works, wherever the user is."""
        order = self._make_idle_order()
        self.entry.sla_hours = 0

        def why(moment, **values):
            order._as_transition().write(values)
            with self._at(moment):
                self.env.invalidate_all()
                return order.with_context(tz="Pacific/Auckland").attention_reason

        self.assertFalse(why("2026-05-11 09:00:00"))
        self.assertFalse(why("2026-05-11 16:59:00"))
        # when it is over in London, it is noon of the next day in Auckland
        late = "It should have left the stage by 05/11/2026"
        self.assertEqual(why("2026-05-12 00:00:00"), f"{late}, and nothing is planned.")
        self.assertEqual(why("2026-05-12 00:00:00", next_step_on="2026-05-20 08:00:00"), f"{late}.")
        planned = {"stage_deadline": False, "next_step_on": "2026-05-12 08:00:00"}
        self.assertEqual(why("2026-05-13 09:00:00", **planned), "Its next step was due on 05/12/2026.")
        self.assertEqual(why("2026-05-20 09:00:00", next_step_on=False), "Nothing is planned since 05/11/2026.")
        self.seller.active = False
        self.assertEqual(why("2026-05-20 09:00:00"), f"{self.seller.name} does not work here any more.")
        self.assertEqual(order.stage_age_days, 9)

    def test_taken_over_twice(self):
        """It is written down once, and only for the stage of now."""
        order = self._make_idle_order()
        with self._at("2026-05-12 08:00:00"):
            self._pass_decisions(order, "entry")
        before = len(order.message_ids)
        for _time in range(2):
            order.with_user(self.planner).action_take_over()
        self.assertEqual(len(order.message_ids), before + 1)
        self.assertEqual(order.stage_visit_ids.sorted("id").owner_id, self.seller | self.planner)

    @given(
        st.sampled_from(("America/Los_Angeles", "Pacific/Auckland", "Europe/Berlin")),
        st.dates(NOW.date(), NOW.date() + timedelta(days=400)),
    )
    def test_until_the_day_is_over(self, tz, day):
        """Whatever is due on a day, or held until then, is so until midnight where the company works: the second before
        is in time, the second after is late."""
        end = end_of_day(day, tz)
        self.assertEqual(
            (local_day(end, tz), local_day(end + timedelta(seconds=1), tz)), (day, day + timedelta(days=1))
        )
        watch = {"is_open": True, "has_owner": True, "entered": NOW}
        for dates in ({"deadline": end}, {"next_step": end}, {"held_until": end}):
            before, after = (
                attention(Watch(**watch, **dates), end + timedelta(seconds=seconds), without_step=timedelta(days=999))
                for seconds in (0, 1)
            )
            self.assertIn(before, ("due", "ok"))
            self.assertIn(after, ("overdue", "unattended"))

    def test_midnight_of_the_company(self):
        """All that is due on 11 May is due until that day is over in Los Angeles (7:00 in London), in Auckland (noon of
        the 11th) and in Berlin (22:00): field and filter say the same the second before and the second after."""
        for tz, end in (
            ("America/Los_Angeles", "2026-05-12 06:59:59"),
            ("Pacific/Auckland", "2026-05-11 11:59:59"),
            ("Europe/Berlin", "2026-05-11 21:59:59"),
        ):
            self.company.resource_calendar_id.tz = tz
            self.entry.sla_hours = 0
            order = self._make_idle_order("2026-05-09 08:00:00")
            with self._at("2026-05-09 09:00:00"):
                order.activity_schedule(
                    "mail.mail_activity_data_todo", date_deadline="2026-05-11", user_id=self.seller.id
                )
                held = self._make_order(lines=[(self.window, 1)])
                held._hold("Rain", datetime(2026, 5, 11).date())
            after = str(datetime.fromisoformat(end) + timedelta(seconds=1))
            with self.subTest(tz):
                self.assertEqual(str(order.next_step_on), end)
                self.assertEqual([self._attention(order, end), self._attention(order, after)], ["due", "overdue"])
                self.assertEqual([self._attention(held, end), self._attention(held, after)], ["ok", "overdue"])

    def test_promise_until_the_day_of_the_customer_is_over(self):
        """The company works in Berlin, the customer lives in Los Angeles: 10 May ends there at 6:59 of the 11th."""
        self.company.resource_calendar_id.tz = "Europe/Berlin"
        self.customer.tz = "America/Los_Angeles"
        order = self._make_order(lines=[(self.fitting, 4)], commitment_date="2030-05-10 15:00:00")
        self._pass_decisions(order)
        self.assertEqual(str(order.stage_deadline), "2030-05-11 06:59:59")

    def test_delivery_that_nobody_planned(self):
        """Odoo plans it for the second of the confirmation; that is no step. A day that the planner sets is one, and so
        is the lead time of goods that are made in two days."""
        with self._at("2026-05-11 08:00:00"):
            order = self._make_order(lines=[(self.fitting, 4)], commitment_date=False)
            self.fitting.sale_delay = 2
            made = self._make_order(lines=[(self.fitting, 4)], commitment_date=False)
        self.assertEqual(str(order.picking_ids.scheduled_date), "2026-05-11 08:00:00")
        self.assertFalse(order.next_step_on)
        self.assertEqual(self._attention(order, "2026-05-11 08:05:00"), "due")
        self.assertEqual(str(made.next_step_on), "2026-05-13 23:59:59")
        order.picking_ids.scheduled_date = "2026-05-12 10:00:00"
        self.assertEqual((order.next_step_kind, str(order.next_step_on)), ("delivery", "2026-05-12 23:59:59"))

    def test_nothing_is_said_before_it_is_saved(self):
        """Neither that it is looked after nor that it isn't."""
        with Form(self.env["sale.order"].with_user(self.seller)) as form:
            form.partner_id = self.customer
            self.assertFalse(form.attention)
            self.assertFalse(form.attention_reason)
        arch = etree.fromstring(
            self.env["sale.order"].get_view(self.env.ref("sale.view_order_form").id, "form")["arch"]
        )
        (line,) = arch.xpath("//div[contains(@class, 'o_order_stage')]")
        self.assertIn("not id", line.get("invisible"))

    def test_hold_until_today(self):
        """Until today is not the past; where it is still the 11th, that is today, whatever London says."""
        order = self._make_idle_order()
        with self._at("2026-05-12 01:00:00"):
            order.with_context(tz="America/New_York")._hold("Rain", datetime(2026, 5, 11).date())
        self.assertEqual(str(order.hold_until), "2026-05-11")
        for action in (
            order.with_user(self.other_seller).action_release,
            order.with_user(self.other_seller).action_hold,
        ):
            with self.assertRaises(AccessError):
                action()
