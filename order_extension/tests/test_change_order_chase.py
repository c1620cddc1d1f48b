"""Who is reminded of a missing signature, and when: the rule alone, then the daily job."""

from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from ..change_order_chase import Chase, Offer, chase
from ..models.sale_change_order_reminder import ACTIVITY_SIGNATURE
from .common import ChangeOrderCommon

MONDAY = date(2026, 3, 2)
NOTHING, REMIND, ALERT, BOTH = Chase(False, False), Chase(True, False), Chase(False, True), Chase(True, True)

offers = st.builds(
    Offer,
    reminded_on=st.none(),
    reminder_count=st.just(0),
    alerted_on=st.none(),
    sent_on=st.integers(0, 6).map(lambda days: MONDAY + timedelta(days=days)) | st.none(),
    valid_until=st.integers(-2, 30).map(lambda days: MONDAY + timedelta(days=days)) | st.none(),
    can_be_written_to=st.booleans(),
    is_proceeding=st.booleans(),
)


def run(offer, every_days, max_count, days=40, twice=False):
    """Play the job on every day; return the days of the reminders and of the alerts."""
    reminded, alerted = [], []
    for day in range(days):
        today = MONDAY + timedelta(days=day)
        for _start in range(2 if twice else 1):
            step = chase(today, offer, every_days, max_count)
            if step.remind:
                reminded.append(today)
                offer = offer._replace(reminded_on=today, reminder_count=offer.reminder_count + 1)
            if step.alert:
                alerted.append(today)
                offer = offer._replace(alerted_on=today)
    return reminded, alerted


@tagged("post_install", "-at_install")
class TestChaseRule(BaseCase):
    def test_every_three_days_twice(self):
        """Sent on Monday the 2nd: the 5th is a Thursday, the 8th a Sunday, so the second one goes out on the 9th."""
        reminded, alerted = run(Offer(MONDAY), 3, 2)
        self.assertEqual(reminded, [date(2026, 3, 5), date(2026, 3, 9)])
        self.assertEqual(alerted, [date(2026, 3, 9)])

    def test_before_the_deadline(self):
        """Valid until Friday the 6th: the seller hears of it on Wednesday, the customer on Thursday."""
        reminded, alerted = run(Offer(MONDAY, valid_until=date(2026, 3, 6)), 3, 2)
        self.assertEqual(reminded, [date(2026, 3, 5)])
        self.assertEqual(alerted, [date(2026, 3, 4)])

    def test_customers_who_mind(self):
        reminded, alerted = run(Offer(MONDAY, can_be_written_to=False), 3, 2)
        self.assertEqual((reminded, alerted), ([], [date(2026, 3, 5)]))

    def test_only_the_seller(self):
        self.assertEqual(run(Offer(MONDAY), 3, 0), ([], [date(2026, 3, 5)]))

    def test_no_reminders(self):
        self.assertEqual(run(Offer(MONDAY, valid_until=date(2026, 3, 6)), 0, 2), ([], []))

    def test_work_that_has_started(self):
        """Every day, the seller also on Saturday and Sunday; the customer no more often than agreed."""
        reminded, alerted = run(Offer(MONDAY, is_proceeding=True), 3, 2, days=7)
        self.assertEqual(reminded, [date(2026, 3, 3), date(2026, 3, 4)])
        self.assertEqual(len(alerted), 7)
        reminded, alerted = run(Offer(None, is_proceeding=True), 3, 2, days=7)
        self.assertEqual((len(reminded), len(alerted)), (0, 7), "a draft can't be signed")

    @given(offers, st.integers(0, 8), st.integers(0, 4))
    def test_never_too_many(self, offer, every_days, max_count):
        reminded, alerted = run(offer, every_days, max_count)
        self.assertEqual((reminded, alerted), run(offer, every_days, max_count, twice=True))
        self.assertLessEqual(len(reminded), max_count)
        self.assertFalse([day for day in reminded if day.weekday() >= 5])
        if not offer.can_be_written_to or every_days == 0 or offer.sent_on is None:
            self.assertFalse(reminded)
        if offer.valid_until:
            self.assertFalse([day for day in reminded if day > offer.valid_until])
        apart = 1 if offer.is_proceeding else every_days
        for earlier, later in zip([offer.sent_on, *reminded], reminded, strict=False):
            self.assertGreaterEqual((later - earlier).days, apart)
        if not offer.is_proceeding:
            self.assertLessEqual(len(alerted), 2, "once for the last reminder, once for the deadline")


@tagged("post_install", "-at_install")
class TestChaseJob(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"change_order_reminder_days": 3, "change_order_reminder_max": 2})
        cls.job = cls.env.ref("order_extension.ir_cron_chase_change_orders")

    def _offer(self, **values):
        with freeze_time("2026-03-02 10:00:00"):
            return self._make_change(send=True, **{"validity_date": False, **values})

    def _run(self, day):
        self.env.flush_all()
        with freeze_time(f"{day} 06:00:00"), self.enter_registry_test_mode():
            self.job.method_direct_trigger()
        self.env.invalidate_all()

    def _reminders(self, change):
        return change.message_ids.filtered(lambda message: "answer" in (message.subject or ""))

    def _activities(self, change):
        return change.activity_search([ACTIVITY_SIGNATURE])

    def test_customer_then_seller(self):
        """The days of the rule's first test, in the database."""
        change = self._offer()
        for day, count, alerts in (
            ("2026-03-03", 0, 0),
            ("2026-03-05", 1, 0),
            ("2026-03-05", 1, 0),
            ("2026-03-08", 1, 0),
            ("2026-03-09", 2, 1),
            ("2026-03-09", 2, 1),
            ("2026-03-20", 2, 1),
        ):
            with self.subTest(day=day):
                self._run(day)
                self.assertEqual(change.reminder_count, count)
                self.assertEqual(len(self._reminders(change)), count)
                self.assertEqual(len(self._activities(change)), alerts)
        self.assertEqual(change.last_reminded_on, date(2026, 3, 9))
        self.assertEqual(self._activities(change).user_id, self.seller)
        self.assertEqual(self._activities(change).date_deadline, date(2026, 3, 9))

    def test_in_the_customers_language_with_a_link(self):
        self.env["res.lang"]._activate_lang("de_DE")
        template = self.env.ref("order_extension.mail_template_change_order_reminder")
        template.with_context(lang="de_DE").subject = "{{ object.name }}: Ihre answer fehlt"
        self.customer.lang = "de_DE"
        change = self._offer()
        self._run("2026-03-05")
        message = self._reminders(change)
        self.assertEqual(message.subject, f"{change.name}: Ihre answer fehlt")
        self.assertIn(self.customer, message.notified_partner_ids)
        mail = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        bodies = "".join(mail.mapped("body_html"))
        self.assertIn("access_token", bodies)

    def test_customers_who_mind_and_without_address(self):
        change = self._offer()
        self.customer.no_follow_up = True
        self._run("2026-03-05")
        self.assertEqual((change.reminder_count, len(self._activities(change))), (0, 1))
        self.customer.write({"no_follow_up": False, "email": False})
        other = self._offer()
        self._run("2026-03-06")
        self.assertEqual((other.reminder_count, len(self._activities(other))), (0, 1))

    def test_only_what_waits(self):
        draft = self._make_change()
        signed, declined, cancelled = self._offer(), self._offer(), self._offer()
        expired = self._offer(validity_date="2026-03-04")
        self._sign(signed)
        declined._decline("Lena Sommer", "Too dear")
        cancelled._cancel("Mistake")
        self._run("2026-03-05")
        for change in (draft, signed, declined, cancelled, expired):
            self.assertFalse(change.reminder_count)
            self.assertFalse(self._activities(change))

    def test_company_without_reminders(self):
        self.company.change_order_reminder_days = 0
        change = self._offer(validity_date="2026-03-06")
        self._run("2026-03-05")
        self.assertFalse(change.reminder_count or self._activities(change))

    def test_the_answer_ends_it(self):
        for answer in ("sign", "decline", "cancel", "revise"):
            with self.subTest(answer=answer):
                change = self._offer()
                change._alert_seller(date(2026, 3, 2))
                self.assertTrue(self._activities(change))
                if answer == "sign":
                    self._sign(change.with_user(self.customer_user).sudo())
                elif answer == "decline":
                    change._decline("Lena Sommer", "Too dear")
                elif answer == "cancel":
                    change._cancel("Mistake")
                else:
                    self._revise(change, send=True)
                self.assertFalse(self._activities(change))

    def test_work_that_has_started(self):
        """The same activity every day, at most two reminders, and an end with the signature."""
        change = self._offer()
        with freeze_time("2026-03-02 11:00:00"):
            change._record_consent("Lena Sommer", "phone", 200.0, change.sent_on)
        for day in ("2026-03-03", "2026-03-04", "2026-03-05"):
            self._run(day)
            self.assertEqual(str(self._activities(change).date_deadline), day)
        self.assertEqual(change.reminder_count, 2)
        self.assertIn("work has started", self._activities(change).summary)
        self._sign(change)
        self._run("2026-03-06")
        self.assertFalse(self._activities(change))

    def test_a_mail_that_can_not_be_written(self):
        """One broken template or address holds up nobody else, and the seller hears of it."""
        change, other = self._offer(), self._offer()
        post = type(change).message_post_with_source
        problem = "The address can't be used."

        def fail_once(records, *args, **kwargs):
            if records == change:
                raise UserError(problem)
            return post(records, *args, **kwargs)

        with patch.object(type(change), "message_post_with_source", fail_once):
            with self.assertLogs("odoo.addons.order_extension.models.sale_change_order_reminder", "WARNING"):
                self._run("2026-03-05")
        self.assertEqual((change.reminder_count, other.reminder_count), (0, 1))
        self.assertEqual((len(self._activities(change)), len(self._activities(other))), (1, 0))

    def test_without_a_seller(self):
        """Whoever has sent it runs after it."""
        self.order.user_id = False
        with freeze_time("2026-03-02 10:00:00"):
            change = self._make_change(user=self.technician, validity_date="2026-03-06")
            change.action_mark_sent()
        self._run("2026-03-05")
        self.assertEqual(self._activities(change).user_id, self.technician)

    def test_not_by_hand(self):
        change = self._offer()
        for vals in ({"reminder_count": 1}, {"last_reminded_on": "2026-03-02"}, {"seller_alerted_on": "2026-03-02"}):
            with self.assertRaisesRegex(UserError, "can't be written directly"):
                change.with_user(self.manager).write(vals)

    def test_two_companies(self):
        """Each company has its own rhythm."""
        change = self._offer(line_ids=[Command.clear(), self._add(self.window, 2)])
        self.company.change_order_reminder_days = 7
        self._run("2026-03-05")
        self.assertFalse(change.reminder_count)
        self._run("2026-03-09")
        self.assertEqual(change.reminder_count, 1)
