"""Closing an order, what comes too late, and reopening it."""

from datetime import timedelta
from unittest.mock import patch

from lxml.html import fromstring

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..sheet_figures import COST_KINDS
from .test_sheet import SheetCommon


@tagged("post_install", "-at_install")
class TestSheetClosing(SheetCommon):
    def setUp(self):
        super().setUp()
        self.log = self._log(5)
        self._invoice()

    def _close(self, order=None, user=None):
        """Close as if it had been an hour ago: in a test everything happens at the same moment."""
        self.env.flush_all()
        (order or self.order).with_user(user or self.manager).action_close_postcalc()

    def _set_recorded_later(self, record):
        self.env.flush_all()
        later = self.order.postcalc_closed_on + timedelta(minutes=5)
        self.env.cr.execute(f"UPDATE {record._table} SET create_date = %s WHERE id = %s", [later, record.id])
        self.env.invalidate_all()

    def test_closed(self):
        """5 h at 40.00; nothing more is expected: 5 070.00 less 200.00."""
        self._close()
        self.assertEqual(self.order.postcalc_state, "closed")
        closing = self.order.postcalc_closing_ids
        self.assertRecordValues(
            closing,
            [
                {
                    "state": "closed",
                    "closed_by_id": self.manager.id,
                    "planned_hours": 20,
                    "actual_hours": 5,
                    "planned_cost": 3120,
                    "actual_cost": 200,
                    "planned_revenue": 5070,
                    "invoiced_revenue": 5070,
                    "planned_margin": 1950,
                    "margin": 4870,
                }
            ],
        )
        sheet = self._sheet()
        self.assertEqual(self._cells(sheet, "cost", "actual", "forecast"), [200, 200])
        self.assertEqual(closing.sheet["total"]["cells"], sheet["total"]["cells"])
        self.assertEqual(sheet["since_closing"]["rows"], [])
        self.assertIn("Post-calculation closed", self.order.message_ids[0].body)

    def test_cost_that_comes_later(self):
        """2 h at 30.00 are recorded after the closing: 60.00 apart, and in the total."""
        self._close()
        late = self._log(2, employee=self.other_employee)
        self._set_recorded_later(late)
        sheet = self._sheet()
        since = sheet["since_closing"]
        self.assertEqual([(row["key"], row["hours"], row["cost"]) for row in since["rows"]], [("labour", 2, 60)])
        self.assertEqual((since["hours"], since["cost"], since["invoiced"]), (2, 60, 0))
        self.assertEqual(self._cells(sheet, "cost", "actual"), [260])
        self.assertEqual(self.order.postcalc_closing_ids.actual_cost, 200, "what was frozen stays")
        late_orders = self.env["sale.order"].search([("has_cost_since_closing", "=", True)])
        self.assertIn(self.order, late_orders)
        self.assertTrue(self.order.has_cost_since_closing)
        facts = self.env["order.postcalc.report"].search(since["rows"][0]["domain"])
        self.assertEqual(facts.mapped("actual_cost"), [60])

    def _get_asked_kinds(self, action):
        """Return the kinds of facts that ``action`` puts together, query by query."""
        asked = []
        Report = type(self.env["order.postcalc.report"])
        get_sources = Report._get_sources

        def spy(report):
            asked.append(report.env.context.get("postcalc_kinds"))
            return get_sources(report)

        with patch.object(Report, "_get_sources", spy):
            action()
        return asked

    def test_only_what_can_be_late_is_read(self):
        """No facts while nothing is closed, then those that cost; as many queries for four orders as for one."""
        Order = self.env["sale.order"]
        orders = self.order
        for _number in range(3):
            orders |= self._make_order()
        (Order.search([("postcalc_state", "=", "closed")]))._write_postcalc_state("running", False)
        self.env.flush_all()
        self.assertEqual(self._get_asked_kinds(Order._get_ids_with_cost_since_closing), [])
        self.assertEqual(self._get_asked_kinds(lambda: Order._get_ids_with_cost_since_closing(orders.ids)), [])
        counts = []
        for closed in (self.order, orders - self.order):
            self._close(closed)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self._get_asked_kinds(Order._get_ids_with_cost_since_closing), [frozenset(COST_KINDS)])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        late = self._log(2, task=orders[1].order_line.task_id[:1])
        self._set_recorded_later(late)
        for ids in (None, orders.ids, orders[1].ids):
            self.assertEqual(Order._get_ids_with_cost_since_closing(ids), set(orders[1].ids))
        self.assertFalse(Order._get_ids_with_cost_since_closing(self.order.ids))
        self.assertEqual(
            orders.filtered_domain([("has_cost_since_closing", "=", False)]),
            Order.search([("id", "in", orders.ids), ("has_cost_since_closing", "=", False)], order="id"),
        )

    def test_cost_that_is_changed_later(self):
        """The 5 h are corrected to 8 h: 3 h and 120.00 more, by difference."""
        self._close()
        self.assertNotIn(self.order, self.env["sale.order"].search([("has_cost_since_closing", "=", True)]))
        self.log.unit_amount = 8
        since = self._sheet()["since_closing"]
        self.assertEqual([(row["key"], row["hours"], row["cost"]) for row in since["rows"]], [("changed", 3, 120)])

    def test_frozen_sheet(self):
        self._close()
        closing = self.order.postcalc_closing_ids
        self.log.unit_amount = 8
        frozen = self.order.with_user(self.manager).get_postcalc_sheet(closing.id)
        self.assertEqual(frozen["total"]["cells"]["hours"]["actual"], 5)
        self.assertFalse(frozen["header"]["can_reopen"])
        action = closing.with_user(self.manager).action_view_frozen_sheet()
        self.assertEqual((action["context"]["active_id"], action["params"]["closing_id"]), (self.order.id, closing.id))

    def test_print_of_a_frozen_sheet(self):
        """5 h at 40.00 when it was closed, 2 h at 30.00 afterwards: on paper 200.00 then, 260.00 today."""
        self._close()
        closing = self.order.postcalc_closing_ids
        self._log(2, employee=self.other_employee)
        for closing_id, cost in ((closing.id, "200.00"), (None, "260.00")):
            action = self.order.with_user(self.manager).action_print_postcalc_sheet(closing_id)
            html = (
                self.env["ir.actions.report"]
                .with_user(self.manager)
                ._render_qweb_html(action["report_name"], None if closing_id else self.order.ids, action["data"])[0]
            )
            page = fromstring(html)
            [found] = page.xpath("//table[@name='overview']//tr[@name='cost']/td[@name='actual']")
            self.assertEqual(found.text_content().strip(), cost)

    def test_reopened_with_a_reason_and_closed_again(self):
        self._close()
        action = self.order.with_user(self.manager).action_reopen_postcalc()
        wizard = Form(self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"]))
        wizard.reason = "The bill of the hinges came late"
        wizard.save().action_confirm()
        self.assertEqual((self.order.postcalc_state, self.order.postcalc_closed_on), ("running", False))
        self.assertIn("hinges", self.order.message_ids[0].body)
        self._close()
        self.assertEqual(sorted(self.order.postcalc_closing_ids.mapped("state")), ["closed", "reopened"])
        reopened = self.order.postcalc_closing_ids.filtered(lambda closing: closing.state == "reopened")
        self.assertEqual(reopened.reopen_reason, "The bill of the hinges came late")

    def test_no_reason(self):
        self._close()
        with self.assertRaisesRegex(UserError, "why"):
            self.order.with_user(self.manager)._reopen_postcalc("  ")
        self.assertEqual(self.order.postcalc_state, "closed")

    def test_only_once(self):
        self._close()
        with self.assertRaisesRegex(UserError, "already"):
            self._close()
        quotation = self._make_order(confirm=False)
        with self.assertRaisesRegex(UserError, "not a confirmed order"):
            self._close(quotation)

    def _meanwhile(self, state):
        """Have somebody else close or reopen the order in the moment in which one waits for its row."""

        self.env.flush_all()

        def lock(orders):
            self.env.cr.execute(
                "UPDATE sale_order SET postcalc_state = %s, postcalc_closed_on = now() WHERE id = %s",
                [state, self.order.id],
            )

        return patch.object(self.env.registry["sale.order"], "_lock_for_extension", lock)

    def test_closed_by_somebody_else_meanwhile(self):
        """What the row says counts once it is locked, not what was read before."""
        self.assertEqual(self.order.postcalc_state, "running")
        with self._meanwhile("closed"), self.assertRaisesRegex(UserError, "already"):
            self._close()
        self.assertFalse(self.order.postcalc_closing_ids)

    def test_reopened_by_somebody_else_meanwhile(self):
        self._close()
        self.assertEqual(self.order.postcalc_state, "closed")
        with self._meanwhile("running"), self.assertRaisesRegex(UserError, "not closed"):
            self.order.with_user(self.manager)._reopen_postcalc("The bill came late")

    def test_frozen_sheets_are_those_of_the_order(self):
        """The closing of another order shows nothing here: the sheet is that of this order, as it is now."""
        other = self._make_order()
        self._close(other)
        sheet = self.order.with_user(self.manager).get_postcalc_sheet(other.postcalc_closing_ids.id)
        self.assertEqual(sheet["header"]["order"], self.order.name)
        self.assertNotIn("closing_id", sheet["header"])

    def test_a_closed_order_is_not_deleted(self):
        """Odoo lets a cancelled order go; with a closing on file it stays."""
        order = self._make_order([(self.boards, 1)])
        self._close(order)
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "stays on file"):
            order.unlink()

    def test_nothing_is_created_closed(self):
        for vals in ({"postcalc_state": "closed"}, {"postcalc_closed_on": "2026-01-01 08:00:00"}):
            with self.assertRaisesRegex(UserError, "closed on its post-calculation"):
                self.env["sale.order"].create({"partner_id": self.customer.id, **vals})

    def test_not_open_not_reopened(self):
        with self.assertRaisesRegex(UserError, "not closed"):
            self.order.with_user(self.manager)._reopen_postcalc("By mistake")

    def test_managers_only(self):
        for user in (self.seller, self.bookkeeper):
            with self.assertRaises(AccessError):
                self.order.with_user(user).action_close_postcalc()
        self._close()
        for user in (self.seller, self.bookkeeper):
            with self.assertRaises(AccessError):
                self.order.with_user(user)._reopen_postcalc("I want to")

    def test_never_edited_nor_deleted(self):
        self._close()
        closing = self.order.postcalc_closing_ids
        for user in (self.manager, self.env.user):
            as_user = closing.with_user(user)
            with self.assertRaises(UserError):
                as_user.write({"margin": 9999})
            with self.assertRaises(UserError):
                as_user.with_context(postcalc_closing_transition=True).write({"state": "reopened"})
            with self.assertRaises(UserError):
                as_user.unlink()
            with self.assertRaises(UserError):
                as_user.create({"order_id": self.order.id})
        with self.assertRaisesRegex(UserError, "stays as it is"):
            closing.sudo().write({"margin": 9999})
        with self.assertRaisesRegex(UserError, "stays on file"):
            closing.sudo().unlink()

    def test_nobody_writes_the_state(self):
        for user in (self.manager, self.env.user):
            order = self.order.with_user(user)
            with self.assertRaisesRegex(UserError, "closed on its post-calculation"):
                order.write({"postcalc_state": "closed"})
            with self.assertRaisesRegex(UserError, "closed on its post-calculation"):
                order.with_context(order_decision=True).write({"postcalc_closed_on": "2026-01-01"})
        self._close()
        with self.assertRaisesRegex(UserError, "reopened on its post-calculation"):
            self.order.write({"postcalc_state": "running"})
        self.assertEqual(self.order.copy().postcalc_state, "running")

    def test_no_default_closes_an_order(self):
        """Neither the context nor a default of the user's own; decisions about the margin are guarded beside it."""
        self.env["ir.default"].set("sale.order", "postcalc_state", "closed", user_id=self.seller.id)
        defaults = {"default_postcalc_closed_on": "2026-01-01", "default_margin_override_reason": "Mine"}
        Order = self.env["sale.order"].with_user(self.seller).with_context(**defaults)
        order = Order.create({"partner_id": self.order.partner_id.id})
        self.assertEqual(
            (order.postcalc_state, order.postcalc_closed_on, order.margin_override_reason), ("running", False, False)
        )
        with self.assertRaisesRegex(UserError, "closed on its post-calculation"):
            Order.create({"partner_id": self.order.partner_id.id, "postcalc_state": "closed"})
        with self.assertRaisesRegex(UserError, "follows from a decision"):
            order.write({"margin_override_reason": "Mine"})
