"""What a signature does: lines, sums, dates, tasks, deliveries and invoices, all or nothing."""

import json
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..change_order_rules import content_hash
from .common import SIGNATURE, ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestChangeOrderApply(ChangeOrderCommon):
    # === SIGN ===

    def test_signature_on_file(self):
        change = self._make_change(send=True)
        shown = change.content_hash
        evidence = {"signed_ip": "203.0.113.7", "signed_user_agent": "Phone", "signed_channel": "portal"}
        change._sign("  Lena   Sommer ", SIGNATURE, shown, evidence)
        self.assertRecordValues(
            change, [{"state": "signed", "signed_by": "Lena Sommer", "content_hash": shown, **evidence}]
        )
        self.assertTrue(change.signed_on)
        self.assertTrue(change.signature)
        content = json.loads(change.signed_content)
        self.assertEqual(content_hash(content), shown, "anybody can work out the fingerprint of the content again")
        self.assertEqual(content["offer"]["total"], "101.15")
        self.assertEqual(content["offer"]["lines"][0]["name"], "Ease a stuck window")
        self.assertEqual(content["contract"]["after"], "5155.00")

    def test_lines_under_their_own_section(self):
        change = self._sign(self._make_change(self._add(self.window), self._add(self.boards, 2), send=True))
        section, window, boards = self.order.order_line.filtered("change_order_id").sorted("sequence")
        self.assertEqual(section.display_type, "line_section")
        self.assertIn(f"{change.name} Stuck window, signed by Lena Sommer on ", section.name)
        self.assertEqual((window | boards).change_order_line_id, change.line_ids)
        self.assertEqual(change.line_ids.applied_line_id, window | boards)
        self.assertEqual(window.parent_id, section)
        self.assertRecordValues(
            window | boards,
            [
                {"product_uom_qty": 1, "price_unit": 85.0, "price_subtotal": 85.0, "tax_ids": self.tax_19.ids},
                {"product_uom_qty": 2, "price_unit": 35.0, "price_subtotal": 70.0, "tax_ids": self.tax_19.ids},
            ],
        )
        # 5 070.00 + 155.00 = 5 225.00, 19 % = 992.75
        self.assertRecordValues(self.order, [{"amount_untaxed": 5225.0, "amount_tax": 992.75, "amount_total": 6217.75}])

    def test_section_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        change = self._sign(self._make_change(send=True))
        section = self.order.order_line.filtered(lambda line: line.display_type and line.change_order_id)
        self.assertIn(change.name, section.name)
        self.assertIn("signé par Lena Sommer", section.name)

    def test_agreed_price_stays(self):
        """Neither pricelists nor quantity prices touch what was signed."""
        self._sign(self._make_change(self._add(self.window, price_unit=60.0), send=True))
        line = self.order.order_line.filtered("change_order_line_id")
        self.window.list_price = 500.0
        line.with_context(force_price_recomputation=False)._compute_price_unit()
        self.assertEqual(line.price_unit, 60.0)

    def test_reduction(self):
        boards = self._line(self.boards)
        change = self._sign(self._make_change(self._reduce(boards, 4), send=True))
        self.assertEqual(boards.product_uom_qty, 6)
        self.assertEqual(boards.price_unit, 35.0)
        self.assertEqual(change.line_ids.applied_line_id, boards)
        self.assertFalse(self.order.order_line.filtered("change_order_id"), "nothing new, so no section")
        # 5 070.00 - 140.00 = 4 930.00
        self.assertEqual(self.order.amount_untaxed, 4930.0)
        self.assertEqual(change.amount_effect, -140.0)
        self.env.invalidate_all()
        self.assertEqual(change.amount_untaxed, -140.0, "what was signed is not worked out anew")

    def test_reduction_keeps_a_quantity_price(self):
        """Six of ten boards at the price of ten cost as agreed, not as six would."""
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "By the ten",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 30.0,
                            "min_quantity": 10,
                            "applied_on": "1_product",
                            "product_tmpl_id": self.boards.product_tmpl_id.id,
                        }
                    )
                ],
            }
        )
        self.order = self._make_order(pricelist_id=pricelist.id)
        boards = self._line(self.boards)
        self.assertEqual(boards.price_unit, 30.0)
        change = self._sign(self._make_change(self._reduce(boards, 4), send=True))
        self.assertEqual(change.amount_untaxed, -120.0)
        self.assertEqual((boards.product_uom_qty, boards.price_unit), (6, 30.0))

    def test_reduction_to_nothing_and_of_an_extension(self):
        self._sign(self._make_change(self._reduce(self._line(self.boards), 10), send=True))
        self.assertEqual(self._line(self.boards).product_uom_qty, 0)
        self._sign(self._make_change(self._add(self.window, 3), send=True))
        extension = self.order.order_line.filtered("change_order_line_id")
        self._sign(self._make_change(self._reduce(extension, 2), send=True))
        self.assertEqual(extension.product_uom_qty, 1)
        # 5 070.00 - 350.00 + 255.00 - 170.00
        self.assertEqual(self.order.amount_untaxed, 4805.0)

    # === SUMS ===

    def test_running_sum_by_time_of_signature(self):
        first = self._make_change(self._add(self.window), send=True)  # 85.00
        second = self._make_change(self._add(self.boards, 10), send=True)  # 350.00
        third = self._make_change(self._reduce(self._line(self.boards), 2), send=True)  # -70.00
        self._sign(second)
        self._sign(third)
        self.assertRecordValues(
            first,
            [
                {
                    "amount_original": 5070.0,
                    "amount_changes_before": 280.0,
                    "amount_before": 5350.0,
                    "amount_untaxed": 85.0,
                    "amount_after": 5435.0,
                }
            ],
        )
        self._sign(first)
        fourth = self._make_change()
        self.assertRecordValues(
            second | third | first | fourth,
            [
                {"amount_original": 5070.0, "amount_before": before, "amount_after": after}
                for before, after in ((5070.0, 5420.0), (5420.0, 5350.0), (5350.0, 5435.0), (5435.0, 5520.0))
            ],
        )
        self.assertEqual(self.order.amount_change_orders, 365.0)
        # 5 435.00 + 19 % = 6 467.65
        self.assertEqual(first.amount_after_total, 6467.65)
        self.assertEqual(self.order.amount_total, 6467.65)

    def test_declined_and_open_ones_do_not_count(self):
        declined = self._make_change(send=True)
        declined._decline("Lena Sommer", "No")
        self._make_change(send=True)
        self.assertEqual(self._make_change().amount_before, 5070.0)
        self.assertEqual(self.order.amount_change_orders, 0.0)

    # === WHAT WAS SHOWN IS WHAT IS SIGNED ===

    def test_another_signature_in_between_changes_the_page(self):
        """The contract sum on the open page is stale: look at it again. The offer itself still stands."""
        first, second = self._make_change(send=True), self._make_change(send=True)
        shown = first.content_hash
        self._sign(second)
        with self.assertRaisesRegex(UserError, "check what the page shows now"):
            self._sign(first, seen_hash=shown)
        self.assertEqual(first.state, "sent")
        self._sign(first, seen_hash=first.content_hash)
        self.assertEqual(first.amount_before, 5155.0)

    def test_tampered_price(self):
        change = self._make_change(send=True)
        shown = change.content_hash
        self.env.flush_all()
        self.cr.execute(
            "UPDATE sale_change_order_line SET price_unit = 850, price_subtotal = 850 WHERE id = %s",
            change.line_ids.ids,
        )
        self.env.invalidate_all()
        for seen_hash in (shown, change.content_hash, None):
            with self.assertRaisesRegex(UserError, "has changed since it was sent"):
                self._sign(change, seen_hash=seen_hash)
        self.assertEqual(change.state, "sent")
        self.assertEqual(len(self.order.order_line), 3)

    def test_tax_changed_in_between(self):
        change = self._make_change(send=True)
        self.tax_19.amount = 21
        with self.assertRaisesRegex(UserError, "its taxes perhaps"):
            self._sign(change)
        revision = self.env["sale.change.order"].browse(change.action_revise()["res_id"])
        revision.action_mark_sent()
        self._sign(revision)
        # 85.00 + 21 % = 17.85
        self.assertEqual(revision.amount_total, 102.85)

    def test_things_that_happened_in_between(self):
        archived = self._make_change(send=True)
        reduction = self._make_change(self._reduce(self._line(self.boards), 8), send=True)
        self.window.active = False
        with self.assertRaisesRegex(UserError, "its product is archived.*Nothing was signed"):
            self._sign(archived)
        self._line(self.boards).qty_delivered = 3
        with self.assertRaisesRegex(UserError, "at most 7 .*Nothing was signed"):
            self._sign(reduction)
        self._line(self.boards).qty_delivered = 0
        self._line(self.boards).price_unit = 20.0
        with self.assertRaisesRegex(UserError, "price or taxes of the reduced line"):
            self._sign(reduction)
        self.assertEqual((archived | reduction).mapped("state"), ["sent", "sent"])

    def test_reduction_below_what_is_invoiced(self):
        self.order._create_invoices()
        with self.assertRaisesRegex(UserError, "10 are delivered or invoiced, so at most 0 "):
            self._make_change(self._reduce(self._line(self.boards), 1))

    def test_only_a_sent_one_can_be_signed(self):
        draft = self._make_change()
        with self.assertRaisesRegex(UserError, "not open for signature"):
            self._sign(draft)
        signed = self._sign(self._make_change(send=True))
        with self.assertRaisesRegex(UserError, "signed already by Lena Sommer"):
            self._sign(signed, name="Somebody Else")
        self.assertEqual(signed.signed_by, "Lena Sommer")
        self.assertEqual(len(self.order.order_line), 5)

    def test_bad_names_and_signatures(self):
        change = self._make_change(send=True)
        for name in ("", "   ", "\u202e\x00", None):
            with self.assertRaisesRegex(UserError, "enter your name"):
                change._sign(name, SIGNATURE)
        for signature, message in (
            ("", "sign in the field"),
            ("AAAA", "can't be read"),
            ("A" * 9_000_000, "too large"),
        ):
            with self.assertRaisesRegex(UserError, message):
                change._sign("Lena", signature)
        self.assertEqual(change.state, "sent")

    # === ALL OR NOTHING ===

    def test_failure_while_applying_leaves_it_unsigned(self):
        change = self._make_change(self._reduce(self._line(self.boards), 1), self._add(self.window), send=True)
        self.order.locked = True
        with (
            patch.object(type(self.env["sale.order.line"]), "create", side_effect=UserError("No such project")),
            self.assertRaisesRegex(UserError, "No such project"),
        ):
            self._sign(change)
        self.env.invalidate_all()
        self.assertRecordValues(
            change, [{"state": "sent", "signed_by": False, "signed_on": False, "signed_hash": False}]
        )
        self.assertFalse(change.signature)
        self.assertEqual(self._line(self.boards).product_uom_qty, 10)
        self.assertTrue(self.order.locked)
        self._sign(change)
        self.assertEqual(change.state, "signed")

    def test_locked_order_is_extended_and_locked_again(self):
        self.order.action_lock()
        self._sign(self._make_change(self._add(self.boards, 2), self._reduce(self._line(self.boards), 1), send=True))
        self.assertTrue(self.order.locked)
        # 5 070.00 + 70.00 - 35.00
        self.assertEqual(self.order.amount_untaxed, 5105.0)

    def test_unlocked_order_stays_unlocked(self):
        self._sign(self._make_change(send=True))
        self.assertFalse(self.order.locked)

    @mute_logger("odoo.sql_db")
    def test_order_under_somebody_elses_hand(self):
        """While another transaction holds the order for long, nothing is half done."""
        with self.registry.cursor() as setup:
            env = api.Environment(setup, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Lock test"})
            order = env["sale.order"].create({"partner_id": partner.id})
            setup.commit()
        self.addCleanup(self._remove_committed, order.id, partner.id)
        self._wait_shortly()
        with self.registry.cursor() as one, self.registry.cursor() as other:
            api.Environment(one, SUPERUSER_ID, {})["sale.order"].browse(order.id)._lock_for_extension()
            with self.assertRaisesRegex(UserError, "changed by somebody else at this moment"):
                api.Environment(other, SUPERUSER_ID, {})["sale.order"].browse(order.id)._lock_for_extension()

    @mute_logger("odoo.sql_db")
    def test_signed_and_replaced_at_the_same_time(self):
        """Either the offer is signed or its revision is sent: whoever comes second is told."""
        with self.registry.cursor() as setup:
            env = api.Environment(setup, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Lock test"})
            order = env["sale.order"].create({"partner_id": partner.id})
            order.action_confirm()
            change = env["sale.change.order"].create({"order_id": order.id, "title": "Later", "days_added": 1})
            change.action_mark_sent()
            revision = self._revise(change)
            setup.commit()
        self.addCleanup(self._remove_committed, order.id, partner.id, (change | revision).ids)
        self._wait_shortly()

        def there(cr, record):
            return record.with_env(api.Environment(cr, SUPERUSER_ID, {}))

        busy = "changed by somebody else at this moment"
        with self.registry.cursor() as one, self.registry.cursor() as other:
            self._sign(there(one, change))
            with self.assertRaisesRegex(UserError, busy):
                there(other, revision).action_mark_sent()
            one.rollback()
        with self.registry.cursor() as one, self.registry.cursor() as other:
            # only the row, as a proposal holds it
            there(one, change)._lock_rows()
            with self.assertRaisesRegex(UserError, busy):
                there(other, revision).action_mark_sent()
        with self.registry.cursor() as one, self.registry.cursor() as other:
            there(one, revision).action_mark_sent()
            with self.assertRaisesRegex(UserError, busy):
                self._sign(there(other, change))
            one.commit()
        with self.registry.cursor() as late:
            with self.assertRaisesRegex(UserError, "was replaced by a newer one"):
                self._sign(there(late, change))

    def _wait_shortly(self):
        self.startPatcher(patch("odoo.addons.order_extension.row_lock.LOCK_WAIT_SECONDS", 0.2))

    def _remove_committed(self, order_id, partner_id, change_ids=()):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            # neither is deleted in earnest once it was sent or confirmed
            changes = env["sale.change.order"].browse(change_ids)
            changes._as_transition().write({"state": "draft", "superseded_by_id": False})
            changes.sorted("id", reverse=True).unlink()
            order = env["sale.order"].browse(order_id)
            if order.state == "sale":
                order.with_context(disable_cancel_warning=True).action_cancel()
            order.unlink()
            env["res.partner"].browse(partner_id).unlink()

    # === WHAT FOLLOWS ===

    def test_promised_date_moves_by_the_days_agreed(self):
        change = self._make_change(days_added=3, send=True)
        self.assertEqual(str(change.promised_date_before), "2030-05-10 12:00:00")
        self.assertEqual(str(change.promised_date_after), "2030-05-13 12:00:00")
        self._sign(change)
        self.assertEqual(str(self.order.commitment_date), "2030-05-13 12:00:00")
        self._sign(self._make_change(days_added=-1, send=True))
        self.assertEqual(str(self.order.commitment_date), "2030-05-12 12:00:00")
        self.assertEqual(str(change.promised_date_after), "2030-05-13 12:00:00", "as signed")

    def test_no_promise_no_date(self):
        self.order.commitment_date = False
        change = self._sign(self._make_change(days_added=3, send=True))
        self.assertFalse(self.order.commitment_date)
        self.assertFalse(change.promised_date_after)

    def test_task_and_hours(self):
        project = self.order.order_line.project_id
        tasks_before = project.task_ids
        hours = "allocated_hours" in project._fields
        if hours:
            self.assertEqual(project.allocated_hours, 12.0)
        self._sign(self._make_change(self._add(self.assembly, 3), send=True))
        task = project.task_ids - tasks_before
        self.assertEqual(len(task), 1)
        self.assertEqual(task.sale_line_id, self.order.order_line.filtered("change_order_line_id"))
        self.assertEqual(task.allocated_hours, 3.0)
        if hours:
            self.assertEqual(project.allocated_hours, 15.0)
        self._sign(self._make_change(self._reduce(self._line(self.assembly), 5), send=True))
        self.assertEqual(tasks_before.allocated_hours, 7.0)
        if hours:
            self.assertEqual(project.allocated_hours, 10.0)

    def test_budget_of_a_project_that_the_extension_makes(self):
        self.order = self._make_order(((self.wardrobe, 1),))
        self.assertFalse(self.order.project_ids)
        self._sign(self._make_change(self._add(self.assembly, 3), send=True))
        project = self.order.order_line.project_id
        self.assertEqual(len(project), 1)
        if "allocated_hours" in project._fields:
            self.assertEqual(project.allocated_hours, 3.0)

    def test_deliveries_follow(self):
        if "picking_ids" not in self.order._fields:
            self.skipTest("Deliveries come with sale_stock.")
        picking = self.order.picking_ids
        self.assertEqual(
            sum(picking.move_ids.filtered(lambda m: m.product_id == self.boards).mapped("product_uom_qty")), 10
        )
        self.order.action_lock()
        self._sign(self._make_change(self._add(self.wardrobe, 2), send=True))
        moves = self.order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.filtered(lambda m: m.product_id == self.wardrobe).mapped("product_uom_qty")), 3)
        self._sign(self._make_change(self._reduce(self._line(self.boards), 4), send=True))
        moves = self.order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.filtered(lambda m: m.product_id == self.boards).mapped("product_uom_qty")), 6)

    def test_delivered_goods_can_not_be_reduced(self):
        if "picking_ids" not in self.order._fields:
            self.skipTest("Deliveries come with sale_stock.")
        picking = self.order.picking_ids
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.button_validate()
        with self.assertRaisesRegex(UserError, "10 are delivered or invoiced, so at most 0 "):
            self._make_change(self._reduce(self._line(self.boards), 1))

    def test_seller_and_technician_hear_of_it(self):
        task = self.order.order_line.task_id
        change = self._make_change(task_id=task.id, send=True)
        self._finish(self._sign(change))
        message = change.message_ids.filtered(lambda message: message.message_type == "comment")
        self.assertIn("signed by Lena Sommer", message.body)
        self.assertEqual(message.author_id, self.customer)
        self.assertLessEqual(self.seller.partner_id | self.technician.partner_id, message.notified_partner_ids)
        self.assertTrue(self.order.message_ids.filtered(lambda m: change.name in (m.body or "")))

    def test_copied_order_has_no_foreign_signature(self):
        self._sign(self._make_change(send=True))
        copy = self.order.copy()
        self.assertEqual(copy.amount_untaxed, 5155.0)
        self.assertFalse(copy.order_line.change_order_id)
        self.assertFalse(copy.order_line.filtered("display_type"))

    def test_signed_lines_are_changed_by_change_orders_only(self):
        change = self._sign(self._make_change(send=True))
        line = self.order.order_line.filtered("change_order_line_id")
        section = self.order.order_line.filtered(lambda line: line.display_type)
        for vals in ({"price_unit": 1.0}, {"product_uom_qty": 5}, {"discount": 50.0}, {"tax_ids": [Command.clear()]}):
            with self.assertRaisesRegex(UserError, f"part of {change.name}, which the customer has signed"):
                line.write(vals)
        line.write({"price_unit": 85.0, "name": "Window in the bedroom"})
        with self.assertRaisesRegex(UserError, "stays in the order"):
            section.unlink()
        with self.assertRaisesRegex(UserError, "Only a signature"):
            self.order.order_line[0].change_order_id = change
        with self.assertRaisesRegex(UserError, "Only a signature"):
            self.env["sale.order.line"].create(
                {"order_id": self.order.id, "product_id": self.window.id, "change_order_line_id": change.line_ids.id}
            )

    # === BILL ===

    def test_invoice_shows_the_extension_under_its_section(self):
        change = self._sign(
            self._make_change(self._add(self.window), self._reduce(self._line(self.boards), 4), send=True)
        )
        self.assertEqual(change.invoice_status, "open")
        invoice = self.order._create_invoices()
        section = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "line_section")
        self.assertIn(change.name, section.name)
        lines = invoice.invoice_line_ids.sorted("sequence")
        self.assertEqual(lines[list(lines).index(section) + 1].product_id, self.window)
        # 5 070.00 + 85.00 - 140.00 = 5 015.00, 19 % = 952.85
        self.assertRecordValues(invoice, [{"amount_untaxed": 5015.0, "amount_tax": 952.85, "amount_total": 5967.85}])
        self.assertEqual(change.invoice_status, "invoiced")
        invoice.button_cancel()
        self.assertEqual(change.invoice_status, "open")

    def test_extension_invoiced_alone(self):
        self.order._create_invoices().action_post()
        change = self._sign(self._make_change(self._add(self.window, 3), send=True))
        invoice = self.order._create_invoices()
        # 3 x 85.00 = 255.00, 19 % = 48.45
        self.assertRecordValues(invoice, [{"amount_untaxed": 255.0, "amount_tax": 48.45, "amount_total": 303.45}])
        self.assertEqual(change.amount_total, invoice.amount_total)

    def test_with_a_down_payment(self):
        self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": 10,
                "sale_order_ids": [Command.set(self.order.ids)],
            }
        ).create_invoices()
        self.order.invoice_ids.action_post()
        change = self._sign(self._make_change(send=True))
        lines = self.order.order_line.sorted(lambda line: (line.sequence, line.id))
        kinds = [
            "payment" if line.is_downpayment else "extension" if line.change_order_id else "order" for line in lines
        ]
        self.assertEqual(kinds, ["order"] * 3 + ["extension"] * 2 + ["payment"] * 2)
        extension = change.line_ids.applied_line_id
        self.assertIn(change.name, extension.parent_id.name)
        self.assertEqual(self.order.amount_untaxed, 5155.0)
        invoice = self.order._create_invoices(final=True)
        # 5 155.00 + 19 % = 6 134.45, less 10 % of 6 033.30 = 603.33
        self.assertEqual(invoice.amount_total, 5531.12)

    def test_nothing_unsigned_is_billable(self):
        draft, sent = self._make_change(), self._make_change(send=True)
        declined = self._make_change(send=True)
        declined._decline("Lena Sommer", "No")
        self.assertEqual(self.order._create_invoices().amount_untaxed, 5070.0)
        self.assertEqual((draft | sent | declined).mapped("invoice_status"), ["nothing"] * 3)

    def test_signed_not_invoiced_is_found(self):
        change = self._sign(self._make_change(send=True))
        reduction = self._sign(self._make_change(self._reduce(self._line(self.boards), 1), send=True))
        action = self.env.ref("order_extension.sale_change_order_action_not_invoiced")
        domain = [("state", "=", "signed"), ("invoice_status", "in", ("open", "partial"))]
        self.assertEqual(self.env[action.res_model].search([*domain, ("order_id", "=", self.order.id)]), change)
        self.assertEqual(reduction.invoice_status, "nothing")

    def test_order_filters(self):
        Order = self.env["sale.order"]
        self.assertFalse(Order.search([("id", "=", self.order.id), ("change_order_unsigned_count", ">", 0)]))
        change = self._make_change(send=True)
        self.assertEqual(
            Order.search([("id", "=", self.order.id), ("change_order_unsigned_count", ">", 0)]), self.order
        )
        self.assertEqual(self.order.change_order_unsigned_count, 1)
        self._sign(change)
        self.assertTrue(Order.search([("id", "=", self.order.id), ("change_order_unsigned_count", "=", 0)]))
        self.assertEqual(self.order.change_order_unsigned_count, 0)
