"""What follows from other entries, and the way around a signature that each of these figures once was."""

import doctest
from contextlib import contextmanager

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .. import private_context
from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestKeptFields(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_order = cls._make_order(lines=((cls.boards, 10),), confirm=False, user_id=cls.other_seller.id)
        cls.other_order.action_confirm()

    def assertRefused(self, record, **vals):
        for user in (self.seller, self.manager, self.technician):
            with (
                self.subTest(user=user.login, **vals),
                self.assertRaisesRegex(UserError, "can't be written|not allowed to modify|no longer a draft"),
            ):
                record.with_user(user).write(vals)

    def test_the_message_names_field_and_record(self):
        change = self._make_change(send=True)
        with self.assertRaisesRegex(UserError, f"^{change.name}.*: “Untaxed Amount” can't be written: it follows"):
            change.with_user(self.manager).amount_untaxed = 100.0
        with self.assertRaisesRegex(UserError, "^“Untaxed Amount” can't be written"):
            change.with_user(self.manager).create({"order_id": self.order.id, "title": "x", "amount_untaxed": 100.0})

    def test_sums_and_people_of_an_offer(self):
        """The page asked "I accept … 119.00" where 1 190.00 were signed."""
        for change in (self._make_change(send=True), self._sign(self._make_change(send=True))):
            for vals in (
                {"amount_untaxed": 10.0},
                {"amount_tax": 1.9},
                {"amount_total": 11.9},
                {"partner_id": self.company.partner_id.id},
                {"user_id": self.other_seller.id},
                {"currency_id": self.env.ref("base.JPY").id},
                {"is_proceeding": True},
                {"invoice_status": "invoiced"},
            ):
                self.assertRefused(change, **vals)
            self.assertRefused(change.line_ids, price_subtotal=10.0)
        with self.assertRaisesRegex(UserError, "“Subtotal” can't be written"):
            self._make_change(user=self.technician).line_ids.price_subtotal = 0.0

    def test_figures_of_an_order(self):
        line = self._line(self.assembly)
        for record, vals in (
            (self.order, {"minor_items_amount": 1000.0}),
            (self.order, {"minor_items_used": -1000.0}),
            (line, {"unsigned_qty": 0.0, "hours_beyond_order": -99.0}),
            (line, {"unsigned_amount": -1.0}),
            (line, {"is_minor_items_allowance": True}),
        ):
            self.assertRefused(record, **vals)

    def test_what_says_nothing_new_passes(self):
        """As an import sends it: empty where it is empty."""
        change = self._make_change(user=self.seller)
        change.write({"title": "Two windows", "signed_by": False, "is_proceeding": False})
        self.assertEqual(change.title, "Two windows")

    def test_a_copy_brings_what_was_entered(self):
        change = self._make_change(self._add(self.assembly, 0.5))
        change.line_ids.sudo().minutes = 20
        copy = change.with_user(self.seller).copy()
        self.assertRecordValues(copy.line_ids, [{"quantity": 0.5, "price_subtotal": 30.0, "minutes": 0}])

    def test_no_default_gives_it(self):
        """Neither the context, which comes over the wire, nor a default of the user's own."""
        self.env["ir.default"].set("sale.change.order", "user_id", self.other_seller.id, user_id=self.seller.id)
        ChangeOrder = self.env["sale.change.order"].with_user(self.seller)
        change = ChangeOrder.with_context(default_amount_untaxed=1.0, default_is_proceeding=True).create(
            {"order_id": self.order.id, "title": "Window", "line_ids": [self._add(self.window)]}
        )
        self.assertRecordValues(change, [{"amount_untaxed": 85.0, "is_proceeding": False, "user_id": self.seller.id}])

    # === CONTEXTS ===

    def test_no_context_of_a_caller_opens_a_door(self):
        """What code of ours says to itself can't be said over RPC, where a context is made of plain values."""
        self.assertFalse(doctest.testmod(private_context).failed)
        context = {
            "change_order_transition": True, "order_decision": True, "minor_items_held": True,
            "confirmed_order_comes_in": True, "follows_payment": True, "invoiced_change_order_ids": [],
        }  # fmt: skip
        change = self._make_change()
        for record in (change, self.order):
            as_seller = record.with_user(self.seller).with_context(**context)
            self.assertFalse(as_seller._in_transition())
        self.assertFalse(as_seller._are_minor_items_held())
        self.assertFalse(as_seller.order_line._is_automatic_entry())
        self.assertEqual(
            as_seller.sudo()._get_invoiceable_lines(), self.order.with_user(self.seller).sudo()._get_invoiceable_lines()
        )
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            change.with_user(self.seller).with_context(**context).signed_by = "Somebody"

    def test_a_comment_sends_nothing_for_others(self):
        """Comments of customers come in sudo, with a context that is theirs; who only reads sends nothing."""
        change = self._make_change()
        comment = change.with_context(mark_change_order_as_sent=True)
        comment.with_user(self.customer_user).sudo().message_post(body="Well?")
        self.assertEqual(change.state, "draft")
        with self.assertRaises(AccessError):
            comment.with_user(self.bookkeeper).message_post(body="Well?")
        self.assertEqual(change.state, "draft")
        comment.with_user(self.seller).message_post(body="Our offer")
        self.assertEqual(change.state, "sent")

    # === ANOTHER CUSTOMER'S ORDER ===

    def test_a_change_order_reduces_its_own_order_only(self):
        """Signed for the one order, it took 4 of 10 boards off the other."""
        theirs = self.other_order.order_line
        change = self._make_change(self._reduce(self._line(self.boards), 4), user=self.technician)
        line = change.line_ids
        with self.assertRaisesRegex(UserError, "can't be written"):
            line.write({"order_id": self.other_order.id, "order_line_id": theirs.id})
        with self.assertRaisesRegex(ValidationError, "only reduce lines of its own order"):
            line.write({"order_line_id": theirs.id})
        with self.assertRaisesRegex(UserError, "can't be written"):
            line.create({"change_order_id": change.id, "order_id": self.other_order.id, "kind": "reduce"})
        # what is kept on the line, whoever has written it, is not what is compared
        line.sudo().order_id = self.other_order
        with self.assertRaisesRegex(ValidationError, "only reduce lines of its own order"):
            line.sudo().write({"order_line_id": theirs.id})

    def test_at_the_signature_it_is_asked_again(self):
        change = self._make_change(self._reduce(self._line(self.boards), 4), send=True)
        self.env.flush_all()
        theirs = self.other_order.order_line
        self.env.cr.execute(
            "UPDATE sale_change_order_line SET order_id = %s, order_line_id = %s WHERE id = %s",
            (self.other_order.id, theirs.id, change.line_ids.id),
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "only reduce lines of its own order"):
            self._sign(change)
        self.assertEqual(theirs.product_uom_qty, 10)

    # === APPROVAL ===

    def test_the_limit_asks_the_tax_engine(self):
        """1 190.00 with taxes are 1 000.00 without: above a limit of 500.00, whatever is kept on the lines."""
        self.company.change_order_approval_amount = 500.0
        change = self._make_change(self._add(self.window, 10, price_unit=100.0), user=self.seller)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_change_order_line SET price_subtotal = 0 WHERE id = %s", [change.line_ids.id])
        self.env.cr.execute("UPDATE sale_change_order SET amount_untaxed = 0 WHERE id = %s", [change.id])
        self.env.invalidate_all()
        self.assertTrue(change.needs_approval)
        with self.assertRaisesRegex(UserError, "has to be approved first"):
            change.action_mark_sent()

    # === LINES OF A CONFIRMED ORDER ===

    def test_a_line_stays_in_its_order_and_what_it_is(self):
        self._sign(self._make_change(send=True))
        signed = self.order.order_line.filtered("change_order_line_id")
        draft = self._make_order(confirm=False)
        for line, words in ((signed, "which the customer has signed"), (self._line(self.boards), "is confirmed")):
            for vals in ({"order_id": draft.id}, {"is_downpayment": True}, {"is_expense": True}):
                with self.subTest(line=line.name, **vals), self.assertRaisesRegex(UserError, words):
                    line.with_user(self.manager).write(vals)
            line.with_user(self.manager).write({"order_id": self.order.id, "is_expense": False})
        # a quotation is still being written
        draft.order_line[0].with_user(self.manager).write({"is_expense": True})

    # === SOMEBODY ELSE'S ORDER ===

    @contextmanager
    def assertNotTheirs(self):
        with self.assertRaisesRegex(AccessError, "can't be put under this order"), self.env.cr.savepoint():
            yield

    def test_a_task_makes_no_order_ones_own(self):
        """A technician put the own task under a line of somebody else's order, and recorded extras there."""
        theirs = self._make_order(lines=((self.assembly, 3),))
        line = theirs.order_line
        line.task_id.user_ids = self.other_technician
        mine = self.order.order_line.task_id
        for vals in ({"sale_line_id": line.id}, {"sale_order_id": theirs.id}):
            with self.subTest(**vals), self.assertNotTheirs():
                mine.with_user(self.technician).write(vals)
        tasks = self.env["project.task"].with_user(self.technician)
        values = {"name": "Mine", "project_id": mine.project_id.id, "user_ids": [Command.set(self.technician.ids)]}
        with self.assertNotTheirs():
            tasks.create(values | {"sale_line_id": line.id})
        with self.assertNotTheirs():
            tasks.with_context(default_sale_line_id=line.id).create(values)
        self.assertEqual(mine.sale_order_id, self.order)

    def test_a_task_may_be_put_under_ones_order(self):
        """Of the project, of the task above, or where one works already; and whoever may change it chooses freely."""
        mine = self.order.order_line.task_id
        tasks = self.env["project.task"].with_user(self.technician)
        values = {"name": "Mine", "project_id": mine.project_id.id, "user_ids": [Command.set(self.technician.ids)]}
        task = tasks.create(values)
        self.assertEqual(task.sudo().sale_order_id, self.order)
        self.assertEqual(tasks.create(values | {"parent_id": mine.id}).sudo().sale_order_id, self.order)
        task.sale_line_id = False
        task.sale_line_id = self._line(self.assembly)
        theirs = self._make_order(lines=((self.assembly, 3),))
        theirs.order_line.task_id.user_ids = self.other_technician
        mine.with_user(self.seller).sale_line_id = theirs.order_line
        self.assertEqual(mine.sale_order_id, theirs)
