from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models import sale_order_stage
from ..stage_rules import CODES
from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestOrderStageMap(AftersalesCommon):
    """The map is the company's: renamed, reordered, extended, switched off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.waiting = cls._make_order(lines=[(cls.fitting, 4)])

    def test_stages_of_the_source(self):
        stages = self.env["order.stage"].search([("code", "!=", False)], order="sequence, id")
        self.assertEqual(tuple(stages.mapped("code")), CODES)

    def test_rename(self):
        self._stage("entry").name = "Auftragseingang"
        self.assertEqual(self.waiting.order_stage_id.name, "Auftragseingang")

    def test_switch_off(self):
        """What was there goes on at once; switched on again, it is asked for again."""
        self._stage("entry").active = False
        self.assertEqual(self.waiting.order_stage_id.code, "selection")
        (self._stage("selection") | self._stage("scheduling")).active = False
        self.assertEqual(self.waiting.order_stage_id.code, "fulfilment")
        self._stage("entry").active = True
        self.assertEqual(self.waiting.order_stage_id.code, "entry")

    def test_switch_off_the_decision_only(self):
        self._stage("entry").is_gate = False
        self.assertEqual(self.waiting.order_stage_id.code, "selection")

    def test_reorder(self):
        """Scheduling before the check."""
        self._stage("scheduling").sequence = 35
        self.assertEqual(self.waiting.order_stage_id.code, "scheduling")

    def test_own_stage(self):
        """A decision of the company's own, between check and selection."""
        material = self.env["order.stage"].create({"name": "Material check", "sequence": 45})
        self.assertTrue(material.is_gate)
        self._pass_decisions(self.waiting, "entry")
        self.assertEqual(self.waiting.order_stage_id, material)
        self.waiting.with_user(self.manager)._decide("yes")
        self.assertEqual(self.waiting.order_stage_id.code, "selection")
        with self.assertRaisesRegex(UserError, "Orders have been in “Material check”"):
            material.unlink()
        material.active = False
        self.env["order.stage"].create({"name": "Never used", "sequence": 500}).unlink()

    def test_own_stage_at_once(self):
        """A decision before the check holds what waits there; deleted, it is forgotten."""
        contract = self.env["order.stage"].create({"name": "Contract", "sequence": 35})
        self.assertEqual(self.waiting.order_stage_id, contract)
        unused = self.env["order.stage"].create({"name": "Unused", "sequence": 500})
        id_ = unused.id
        self.assertIn(id_, [each for _stage, each, _needed in unused._get_map(self.company.id)])
        unused.unlink()
        self.assertNotIn(id_, [each for _stage, each, _needed in contract._get_map(self.company.id)])

    def test_own_stages_stand_beside_each_other(self):
        """One decision of all companies and one of this company: an order passes both. The second goes elsewhere."""
        shared = self.env["order.stage"].create({"name": "Contract", "sequence": 35})
        own = self.env["order.stage"].create({"name": "Deposit", "sequence": 36, "company_id": self.company.id})
        self.assertEqual(self.waiting.order_stage_id, shared)
        self.waiting.with_user(self.manager)._decide("yes")
        self.assertEqual(self.waiting.order_stage_id, own)
        own.company_id = self.env["res.company"].create({"name": "Metalworks"})
        self.assertEqual(self.waiting.order_stage_id.code, "entry")

    def test_own_stage_that_leaves_no_place(self):
        """A company's own last stage that is switched off would leave its finished orders nowhere."""
        with self.assertRaisesRegex(ValidationError, "finished orders are there"), self.cr.savepoint():
            self.env["order.stage"].create(
                {"name": "Done", "code": "done", "company_id": self.company.id, "active": False}
            )

    def test_helpers_and_neighbours(self):
        """Who helps has it as his; who is in charge of a stage and of the next one doesn't see it coming."""
        self._stage("entry").cooperating_department_ids = self.warehouse_department
        self.assertTrue(self.waiting.with_user(self.storekeeper).is_mine_now)
        self._stage("entry").department_id = self._stage("selection").department_id = self.workshop
        waiting = self.waiting.with_user(self.technician)
        waiting.invalidate_recordset()
        self.assertTrue(waiting.is_mine_now)
        self.assertFalse(waiting.is_coming_to_me)

    def test_working_times_of_a_stage(self):
        """8 hours from Monday 8:00 UTC by the hours of Auckland, where it is evening: until Tuesday 17:00 there, 5:00
        UTC, so until the company's Tuesday is over. By the company's own hours it would have been Monday."""
        self.company.resource_calendar_id.tz = "UTC"
        self._stage("entry").calendar_id = self.company.resource_calendar_id.copy({"tz": "Pacific/Auckland"})
        with self._at("2026-05-11 08:00:00"):
            order = self._make_order(lines=[(self.fitting, 4)])
        self.assertEqual(str(order.stage_deadline), "2026-05-12 23:59:59")

    def test_opportunity_of_another_company(self):
        """It is in that company's own stage, whoever looks at it."""
        company = self.env["res.company"].create({"name": "Metalworks"})
        self.env.user.company_ids |= company
        own = self._stage("generation").copy({"code": "generation", "company_id": company.id})
        values = {"name": "Gate", "type": "opportunity", "user_id": False, "team_id": False}
        lead, here = self.env["crm.lead"].create([{**values, "company_id": company.id}, values])
        (lead | here).stage_id.is_order_planning = False
        self.assertEqual((lead.order_stage_id, here.order_stage_id), (own, self._stage("generation")))

    def test_somewhere_to_be(self):
        for code, words in (("done", "finished orders are there"), ("costing", "quotations are there")):
            self._stage("generation").active = code != "costing"
            with self.subTest(code), self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
                self._stage(code).active = False

    def test_documents_decide(self):
        with self.assertRaisesRegex(ValidationError, "follows from documents alone"):
            self._stage("fulfilment").is_gate = True
        with self.assertRaisesRegex(UserError, "can't be changed"):
            self._stage("fulfilment").code = "returns"
        with self.assertRaisesRegex(UserError, "Switch it off instead"):
            self._stage("returns").unlink()

    def test_stage_of_one_company(self):
        """Its own stage takes the place of the shared one; other companies keep theirs."""
        other = self._make_company_order()
        own = self._stage("entry").copy({"code": "entry", "company_id": self.company.id, "name": "Check in the shop"})
        self.assertEqual(self.waiting.order_stage_id, own)
        self.assertEqual(other.order_stage_id, self._stage("entry"))
        own.active = False
        self.assertEqual(self.waiting.order_stage_id.code, "selection")
        self.assertEqual(other.order_stage_id.code, "entry")

    def _make_company_order(self):
        company = self.env["res.company"].create({"name": "Metalworks"})
        self.env.user.company_ids |= company
        product = self.env["product.product"].create({"name": "Gate", "type": "consu"})
        order = self.env["sale.order"].with_company(company)
        order = order.create(
            {
                "partner_id": self.customer.id,
                "company_id": company.id,
                "order_line": [(0, 0, {"product_id": product.id})],
            }
        )
        order.action_confirm()
        return order

    def test_many_orders_later(self):
        """Beyond what is done at once, a job finds the stages again."""
        self.patch(sale_order_stage, "AT_ONCE", 0)
        cron = self.env.ref("order_aftersales.ir_cron_order_stages")
        soon = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._stage("entry").active = False
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), soon + 1)
        self.assertTrue(self.waiting.is_stage_outdated)
        self.assertEqual(self.waiting.order_stage_id.code, "entry")
        self.env.flush_all()
        with self.enter_registry_test_mode():
            cron.with_user(self.env.ref("base.user_root")).method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(self.waiting.is_stage_outdated)
        self.assertEqual(self.waiting.order_stage_id.code, "selection")

    def test_figures(self):
        """Two orders at the check, one for two days and one for four: three on average."""
        self._stage("entry").copy({"code": False, "name": "Unused", "sequence": 500}).active = False
        orders = self.env["sale.order"].search([("company_id", "=", self.company.id)])
        orders.write({"state": "cancel"})
        for moment in ("2026-05-04 08:00:00", "2026-05-06 08:00:00"):
            with self._at(moment):
                self._make_order(lines=[(self.fitting, 4)])
        with self._at("2026-05-08 08:00:00"):
            stage = self._stage("entry").with_context(allowed_company_ids=self.company.ids)
            self.assertEqual((stage.order_count, stage.average_age_days, stage.oldest_days), (2, 3.0, 4))
            # the deadline was over by the 7th, but the deliveries are planned
            self.assertEqual((stage.unattended_count, stage.overdue_count), (0, 2))
            action = stage.action_open_orders()
            self.assertEqual(self.env["sale.order"].search_count(action["domain"]), 2)

    def test_figures_of_opportunities(self):
        stage = self._stage("generation")
        before = stage.opportunity_count
        lead = self.env["crm.lead"].create({"name": "Kitchen", "type": "opportunity"})
        lead.stage_id.is_order_planning = False
        stage.invalidate_recordset()
        self.assertEqual(stage.opportunity_count, before + 1)
        self.assertIn(lead, self.env["crm.lead"].search(stage.action_open_opportunities()["domain"]))

    def test_access(self):
        """Everybody in the company reads the map; only who keeps it changes it; customers don't see it."""
        for user in (self.technician, self.seller, self.storekeeper, self.bookkeeper, self.planner):
            stage = self._stage("entry").with_user(user)
            with self.subTest(user.login):
                self.assertTrue(stage.name)
                with self.assertRaises(AccessError):
                    stage.name = "Mine"
                with self.assertRaises(AccessError):
                    self.env["order.stage"].with_user(user).create({"name": "Mine"})
        self._stage("entry").with_user(self.manager).name = "Ours"
        with self.assertRaises(AccessError):
            self._stage("entry").with_user(self.customer_user).read(["name"])

    def test_access_of_history_and_cases(self):
        """They follow the orders: own ones for sellers who see their own only, those of other companies for nobody."""
        self.env["order.case"].create({"name": "Hinge", "order_id": self.waiting.id})
        elsewhere = self._make_company_order()
        for model in ("order.stage.visit", "order.case"):
            for user, sees in (
                (self.seller, True),
                (self.other_seller, False),
                (self.storekeeper, True),
                (self.planner, True),
            ):
                found = self.env[model].with_user(user).search([("order_id", "=", self.waiting.id)])
                with self.subTest(model, user=user.login):
                    self.assertEqual(bool(found), sees)
                    self.assertFalse(self.env[model].with_user(user).search([("order_id", "=", elsewhere.id)]))
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.customer_user).search([])
        with self.assertRaises(AccessError):
            self.waiting.stage_visit_ids.with_user(self.manager).write({"left_on": "2026-01-01"})
