"""What is asked for again and again: templates, quotation templates, and templates made of a change order."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestChangeOrderTemplate(ChangeOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["sale.change.reason"].create({"name": "Damp wall"})
        cls.template = cls.env["sale.change.order.template"].create(
            {
                "name": "Damp wall",
                "title": "Dry the wall",
                "description": "<p>Fans for a week</p>",
                "reason_id": cls.reason.id,
                "days_added": 7,
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create({"product_id": cls.window.id, "quantity": 2}),
                    Command.create({"product_id": cls.boards.id, "name": "Board, moisture-proof"}),
                ],
            }
        )

    def _new(self, user=None):
        return self.env["sale.change.order"].with_user(user or self.seller).with_context(default_order_id=self.order.id)

    def test_choose_on_the_form(self):
        """2 × 85.00 + 35.00 = 205.00, at the order's prices, by the technician as by the seller."""
        for user in (self.seller, self.technician):
            with self.subTest(user=user.login):
                with Form(self._new(user)) as form:
                    form.template_id = self.template
                change = form.record
                self.assertRecordValues(
                    change,
                    [
                        {
                            "title": "Dry the wall",
                            "description": "<p>Fans for a week</p>",
                            "reason_id": self.reason.id,
                            "days_added": 7,
                            "amount_untaxed": 205.0,
                        }
                    ],
                )
                self.assertEqual(change.line_ids.mapped("name"), ["Ease a stuck window", "Board, moisture-proof"])

    def test_nothing_entered_is_lost(self):
        change = self._make_change(user=self.seller, days_added=1, description="<p>Mine</p>")
        with Form(change) as form:
            form.template_id = self.template
        self.assertRecordValues(
            change,
            [{"title": "Stuck window", "days_added": 1, "description": "<p>Mine</p>", "reason_id": self.reason.id}],
        )
        # 85.00 and 205.00
        self.assertEqual(change.amount_untaxed, 290.0)
        self.assertEqual(len(change.line_ids), 3)
        with Form(change) as form:
            form.title = "Saved again"
        self.assertEqual(len(change.line_ids), 3)

    def test_created_without_a_form(self):
        values = {"order_id": self.order.id, "template_id": self.template.id}
        change = self._new().create(values)
        self.assertRecordValues(change, [{"title": "Dry the wall", "amount_untaxed": 205.0, "days_added": 7}])
        self.assertEqual(values.keys(), {"order_id", "template_id"})
        change = self._new(self.technician).create(values | {"title": "Mine", "line_ids": [self._add(self.window)]})
        self.assertRecordValues(change, [{"title": "Mine", "amount_untaxed": 85.0, "days_added": 0}])
        self.assertFalse(change.copy().template_id)
        self.assertEqual(change.copy().amount_untaxed, 85.0)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        german = self.template.with_context(lang="de_DE")
        german.title = "Wand trocknen"
        german.line_ids[1].name = "Brett, feuchtefest"
        self.window.with_context(lang="de_DE").name = "Fenster gangbar machen"
        self.customer.lang = "de_DE"
        with Form(self._new()) as form:
            form.template_id = self.template
        self.assertEqual(form.record.title, "Wand trocknen")
        self.assertEqual(form.record.line_ids.mapped("name"), ["Fenster gangbar machen", "Brett, feuchtefest"])

    def test_without_a_title(self):
        self.template.title = False
        self.assertEqual(
            self._new().create({"order_id": self.order.id, "template_id": self.template.id}).title, "Damp wall"
        )

    def test_fixed_once_sent(self):
        change = self._make_change(send=True)
        with self.assertRaisesRegex(UserError, "no longer a draft"):
            change.template_id = self.template

    def test_from_a_quotation_template(self):
        """Its products; sections and notes stay behind. 3 × 35.00 + 85.00 = 190.00."""
        quotation_template = self.env["sale.order.template"].create(
            {
                "name": "Shelves",
                "sale_order_template_line_ids": [
                    Command.create({"display_type": "line_section", "name": "Shelves"}),
                    Command.create({"product_id": self.boards.id, "product_uom_qty": 3, "name": "Oak board"}),
                    Command.create({"display_type": "line_note", "name": "Sanded"}),
                    Command.create({"product_id": self.window.id, "product_uom_qty": 1}),
                ],
            }
        )
        self.env.ref("base.group_user").implied_ids |= self.env.ref("sale_management.group_sale_order_template")
        with Form(self._new()) as form:
            form.quotation_template_id = quotation_template
        self.assertRecordValues(form.record, [{"title": "Shelves", "amount_untaxed": 190.0}])
        self.assertEqual(form.record.line_ids.mapped("name"), ["Oak board", "Ease a stuck window"])
        created = self._new().create({"order_id": self.order.id, "quotation_template_id": quotation_template.id})
        self.assertEqual(created.amount_untaxed, 190.0)
        both = self._new().create(
            {
                "order_id": self.order.id,
                "quotation_template_id": quotation_template.id,
                "template_id": self.template.id,
            }
        )
        self.assertRecordValues(both, [{"title": "Dry the wall", "amount_untaxed": 395.0}])

    def test_save_as_template_and_use_it(self):
        change = self._make_change(
            self._add(self.window, 2),
            self._add(self.boards, 1, name="Cut to size"),
            self._reduce(self._line(self.boards), 1),
            days_added=3,
            reason_id=self.reason.id,
            description="<p>As agreed</p>",
        )
        action = change.with_user(self.manager).action_save_as_template()
        template = self.env[action["res_model"]].browse(action["res_id"])
        self.assertRecordValues(
            template,
            [{"name": "Stuck window", "days_added": 3, "reason_id": self.reason.id, "company_id": self.company.id}],
        )
        self.assertRecordValues(
            template.line_ids,
            [
                {"product_id": self.window.id, "quantity": 2.0, "name": False},
                {"product_id": self.boards.id, "quantity": 1.0, "name": "Cut to size"},
            ],
        )
        again = self._new().create({"order_id": self.order.id, "template_id": template.id})
        self.assertEqual(again.amount_untaxed, 205.0)
        self.assertEqual(again.description, "<p>As agreed</p>")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_access(self):
        change = self._make_change()
        for user in (self.seller, self.technician):
            with self.subTest(user=user.login):
                own = self.template.with_user(user)
                self.assertTrue(own.has_access("read") and own.line_ids.has_access("read"))
                self.assertFalse(
                    own.has_access("write") or own.has_access("create") or own.line_ids.has_access("write")
                )
                with self.assertRaises(AccessError):
                    change.with_user(user).action_save_as_template()
        for user in (self.customer_user, self.env.ref("base.public_user")):
            self.assertFalse(self.template.with_user(user).has_access("read"))
        self.assertTrue(self.template.with_user(self.manager).has_access("write"))
        other = self.env["res.company"].create({"name": "Other joinery"})
        stranger = new_test_user(
            self.env,
            "other_boss",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.template.with_user(stranger).has_access("read"))
        self.template.company_id = False
        self.assertTrue(self.template.with_user(stranger).has_access("read"))
