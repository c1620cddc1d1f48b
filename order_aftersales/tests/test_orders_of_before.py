import runpy
from pathlib import Path

from odoo.tests import tagged

from .. import hooks
from .common import AftersalesCommon

MIGRATION = Path(__file__).parents[1] / "migrations" / "19.0.1.2.0" / "post-days.py"


@tagged("post_install", "-at_install")
class TestOrdersOfBefore(AftersalesCommon):
    """What the add-on does once, in a database that has orders already; and opportunities, cases and figures."""

    def _forget(self, table, ids, **values):
        """Bring rows into the state in which the new columns are when the hook begins."""
        self.env.flush_all()
        for column, value in values.items():
            self.env.cr.execute(f"UPDATE {table} SET {column} = %s WHERE id IN %s", [value, tuple(ids)])
        self.env.invalidate_all()

    def test_everything_is_done(self):
        """All of it, in one go, when the add-on is installed."""
        done = []
        names = [name for name in vars(hooks) if name.startswith("_") and callable(getattr(hooks, name))]
        names = [name for name in names if not name.startswith("__")]
        for name in names:
            self.patch(hooks, name, lambda env, name=name: done.append(name))
        hooks.post_init_hook(self.env)
        self.assertEqual(sorted(done), sorted(names))
        self.assertEqual(len(names), 7)

    def test_stages(self):
        """Every order gets its stage, since now."""
        quotation = self._make_order([(self.window, 1)], confirm=False)
        orders = self.order | quotation
        self._forget("sale_order", orders.ids, order_stage_id=None, is_order_open=None, stage_entered_on=None)
        with self._at("2026-05-11 08:00:00"):
            hooks._find_stages(self.env)
        self.assertEqual(orders.mapped("order_stage_id.code"), ["entry", "costing"])
        self.assertTrue(all(orders.mapped("is_order_open")))
        self.assertEqual({str(order.stage_entered_on) for order in orders}, {"2026-05-11 08:00:00"})
        self.assertFalse(any(orders.mapped("is_stage_outdated")))

    def test_days_of_before(self):
        """Deadlines and steps that ended by universal time are found again by the job; what is done stays as it is."""
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        done = self._make_order([(self.window, 0)])
        self._pass_decisions(done)
        self.order.activity_schedule("mail.mail_activity_data_todo", date_deadline="2030-05-10", user_id=self.seller.id)
        self.env.flush_all()
        self._forget("sale_order", (self.order | done).ids, next_step_on="2030-05-10 23:59:59")
        runpy.run_path(str(MIGRATION))["migrate"](self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertEqual((self.order | done).mapped("is_stage_outdated"), [True, False])
        self.env["sale.order"]._get_outdated()._update_stages()
        self.assertEqual(str(self.order.next_step_on), "2030-05-10 11:59:59")

    def test_scores(self):
        """What has none is worked out soon; what has one keeps it until then."""
        scored = self._make_order([(self.window, 1)])
        self._forget("sale_order", scored.ids, priority_score=70)
        self._forget("sale_order", self.order.ids, priority_score=None)
        cron = self.env.ref("order_aftersales.ir_cron_refresh_priorities")
        soon = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        hooks._score_later(self.env)
        self.env.cr.execute(
            "SELECT priority_score FROM sale_order WHERE id IN %s ORDER BY id", [(self.order | scored)._ids]
        )
        self.assertEqual(self.env.cr.fetchall(), [(0,), (70,)])
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), soon + 1)

    def test_case_without_a_subject(self):
        """Its order is known before what it is about."""
        case = self.env["order.case"].new({"order_id": self.order.id})
        self.assertEqual(case.display_name, f"{self.order.name}: New")
        case.name = "Hinge squeaks"
        self.assertEqual(case.display_name, f"{self.order.name}: Hinge squeaks")
        self.assertIn("o_view_nocontent", self.order.action_view_cases()["help"])

    def test_opportunities(self):
        """What stands in the first column is not qualified; what is further is; what is lost is nowhere."""
        first = self.env["crm.stage"].create({"name": "First", "sequence": -10})
        second = self.env["crm.stage"].create({"name": "Second", "sequence": -9})
        values = {"name": "Kitchen", "type": "opportunity"}
        new, good, lost = self.env["crm.lead"].create(
            [{**values, "stage_id": stage.id} for stage in (first, second, second)]
        )
        lost.action_set_lost()
        planning = self._stage("planning").id
        self._forget("crm_lead", (new | good).ids, order_stage_id=None)
        self._forget("crm_lead", lost.ids, order_stage_id=planning)
        hooks._qualify_opportunities(self.env)
        self.env.invalidate_all()
        self.assertTrue(first.is_order_planning)
        self.assertFalse(second.is_order_planning)
        self.assertEqual((new | good).mapped("order_stage_id.code"), ["planning", "generation"])
        self.assertFalse(lost.order_stage_id)

    def test_missing_goods(self):
        """Orders that wait for goods are found; those that don't are left alone."""
        waiting, ready = (self._make_order([(self.fitting, 4)]) for _number in range(2))
        self.env["stock.quant"]._update_available_quantity(self.fitting, ready.warehouse_id.lot_stock_id, 4)
        waiting.picking_ids.do_unreserve()
        ready.picking_ids.action_assign()
        self.assertEqual(set(waiting.picking_ids.move_ids.mapped("state")), {"confirmed"})
        self._forget("sale_order", (waiting | ready).ids, is_short_of_stock=None)
        hooks._find_orders_without_stock(self.env)
        self.env.invalidate_all()
        self.assertTrue(waiting.is_short_of_stock)
        self.assertFalse(ready.is_short_of_stock)

    # ------------------------------------------------------------------ opportunities, cases, figures

    def test_closed_opportunities(self):
        """Archived, won or lost: nothing is to be done about them on the board. A lead is not qualified yet."""
        stage = self.env["crm.stage"].create({"name": "Wishes", "sequence": 0})
        won = self.env["crm.stage"].create({"name": "Won", "sequence": 99, "is_won": True})
        lead = self.env["crm.lead"].create({"name": "Kitchen", "type": "opportunity", "stage_id": stage.id})
        self.assertEqual(lead.order_stage_id.code, "generation")
        lead.active = False
        self.assertFalse(lead.order_stage_id)
        lead.active = True
        self.assertEqual(lead.order_stage_id.code, "generation")
        lead.type = "lead"
        self.assertEqual(lead.order_stage_id.code, "planning")
        lead.type = "opportunity"
        stage.is_order_planning = True
        self.assertEqual(lead.order_stage_id.code, "planning")
        lead.stage_id = won
        self.assertFalse(lead.order_stage_id)

    def test_quotation_of_a_colleague(self):
        """The quotation counts also for a seller who can't see it."""
        lead = self.env["crm.lead"].create({"name": "Kitchen", "type": "opportunity", "user_id": self.seller.id})
        self._make_order([(self.window, 1)], confirm=False, opportunity_id=lead.id, user_id=self.other_seller.id)
        self.assertFalse(lead.order_stage_id)
        self.env.flush_all()
        self.env.invalidate_all()
        lead.with_user(self.seller).type = "lead"
        self.assertFalse(lead.with_user(self.seller).order_stage_id)

    def test_cases(self):
        """Counted and shown by order; one that is dropped is not settled."""
        other = self._make_order([(self.window, 1)])
        cases = self.env["order.case"]
        hinge, door = cases.create([{"name": name, "order_id": self.order.id} for name in ("Hinge", "Door")])
        cases.create({"name": "Window", "order_id": other.id})
        self.assertEqual((self.order.case_count, other.case_count), (2, 1))
        self.assertEqual(cases.search(self.order.action_view_cases()["domain"]), hinge | door)
        self.assertEqual(hinge.display_name, f"{self.order.name}: Hinge")
        hinge.action_drop()
        door.action_settle()
        self.assertEqual((hinge | door).mapped("state"), ["cancelled", "done"])

    def test_figures_of_what_one_sees(self):
        """A seller counts his own orders and no other company's; who has no access to orders or opportunities counts
        none, and reads the map all the same."""
        company = self.env["res.company"].create({"name": "Metalworks"})
        self.env.user.company_ids |= company
        mine = self._make_order([(self.window, 1)], confirm=False)
        self._make_order([(self.window, 1)], confirm=False, user_id=self.other_seller.id)
        values = {"partner_id": self.customer.id, "company_id": company.id, "user_id": self.seller.id}
        theirs = self.env["sale.order"].create({**values, "order_line": [(0, 0, {"product_id": self.window.id})]})
        self.assertEqual((mine | theirs).order_stage_id.code, "costing")
        self.env.flush_all()
        costing = self._stage("costing").with_user(self.seller).with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(costing.order_count, 1)
        employee = self._make_user("joinery_employee", "base.group_user")
        costing = self._stage("costing").with_user(employee).with_context(allowed_company_ids=self.company.ids)
        self.assertEqual((costing.order_count, costing.opportunity_count, costing.unattended_count), (0, 0, 0))

    def test_figures_of_opportunities_of_a_company(self):
        """Those of the companies that one works in, and those of none."""
        company = self.env["res.company"].create({"name": "Metalworks"})
        self.env.user.company_ids |= company
        stage = self._stage("generation").with_context(allowed_company_ids=self.company.ids)
        before = stage.opportunity_count
        values = {"name": "Gate", "type": "opportunity", "user_id": False, "team_id": False}
        leads = self.env["crm.lead"].create(
            [{**values, "company_id": each} for each in (company.id, self.company.id, False)]
        )
        leads.stage_id.is_order_planning = False
        self.env.flush_all()
        stage.invalidate_recordset()
        self.assertEqual(stage.opportunity_count, before + 2)
