"""What is said on site is what is offered; what can't be is said beside the field; the usual services come first."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .test_extra_capture import ExtraCaptureCommon


@tagged("post_install", "-at_install")
class TestExtraCaptureSaid(ExtraCaptureCommon):
    def test_five_minutes(self):
        """5 minutes are 0.0833 h: on the line stand 0.08, so 4.80 are said, not 5.00, and offered."""
        capture = self._capture(minutes=5, decision="change_order")
        self.assertEqual(capture.value, 4.8)
        change = self._opened(capture.action_confirm())
        self.assertRecordValues(change.line_ids, [{"quantity": 0.08, "price_subtotal": 4.8}])
        self.assertEqual(change.line_ids._get_time_text(), "5 min", "0.08 hours are five minutes to nobody")
        change.line_ids.quantity = 0.5
        self.assertEqual(change.line_ids._get_time_text(), "", "only as long as it is what was said")

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.integers(1, 2400), st.integers(0, 50_000), st.booleans())
    def test_the_price_said_is_the_price_offered(self, minutes, cents, by_the_piece):
        """Whatever is asked for, the change order comes to what was said, without and with taxes."""
        with self.cr.savepoint(flush=True) as savepoint:
            capture = self._capture(
                minutes=minutes, material_cost=cents / 100, product_id=self.silicone.id if by_the_piece else False
            )
            said = (capture.value, capture.value_total)
            change = capture._create_change_order()
            self.assertEqual(said, (change.amount_untaxed, change.amount_total))
            self.env.flush_all()
            savepoint.rollback()
            self.env.invalidate_all()

    def test_private_customers_are_told_the_taxes_too(self):
        """90 minutes at 60.00 are 90.00, with 19 % 107.10."""
        capture = self._capture(minutes=90)
        self.assertEqual((capture.value, capture.value_total), (90.0, 107.1))
        self.assertIn("107.10", capture.advice)
        self.assertIn("90.00 + tax", capture.advice)
        self.customer.is_company = True
        capture = self._capture(minutes=90)
        self.assertNotIn("107.10", capture.advice)
        self.assertIn("90.00", capture.advice)
        # unless the company writes all its prices so
        self.company.account_price_include = "tax_included"
        self.assertIn("107.10", self._capture(minutes=90).advice)
        # what is free is weighed against the allowance, without taxes
        self.assertNotIn("17.85", self._capture().advice)

    def test_bounds(self):
        """0 to 5 days of work of 8 hours, which are 2 400 minutes: said beside the field, and nothing is answered."""
        self.company.resource_calendar_id.hours_per_day = 8.0
        with Form(self.env["sale.extra.capture"].with_context(default_task_id=self.task.id)) as form:
            form.name = "A second wardrobe"
            form.minutes = 2401
            self.assertIn("2400 minutes", form.minutes_problem)
            self.assertEqual((form.is_complete, form.route, form.decision), (False, False, False))
            form.minutes = -1
            self.assertIn("less than nothing", form.minutes_problem)
            form.minutes = 2400
            self.assertFalse(form.minutes_problem)
            self.assertEqual(form.decision, "follow_up")
            form.material_cost = 1_000_001
            self.assertIn("1000000", form.material_problem)
            self.assertFalse(form.decision)
            form.material_cost = 0
        with self.assertRaisesRegex(ValidationError, "2400 minutes"):
            self._capture(minutes=2401)

    def test_usual_services_by_use(self):
        """The window was done twice, the joint once; what was cancelled does not count, nor does another company's."""
        self.window.is_minor_item = self.boards.is_minor_item = True
        self._make_item(product_id=self.silicone.id)
        for _index in range(2):
            self._make_item(product_id=self.window.id, duration=0, material_cost=1.0)
        for _index in range(3):
            self._make_item(product_id=self.assembly.id, duration=0, material_cost=1.0)._cancel("Twice")
        self.assembly.is_minor_item = True
        order = self._capture(self.technician).catalogue_order
        ours = [self.window.id, self.silicone.id, self.assembly.id]
        self.assertEqual([service for service in order if service in ours], ours)
        self.assertNotIn(self.boards.id, order, "goods are no service")
