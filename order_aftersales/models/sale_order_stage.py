"""The stage of an order: found from its documents, and kept with who looks after it and until when."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from odoo.addons.order_extension.columns import add_column
from odoo.addons.order_extension.jobs import go_through

from ..deadlines import stage_deadline
from ..stage_rules import stage_of

#: Fields that leave a user what is his: the other stages are of no use then.
PERSONAL = frozenset({"is_mine_now", "is_my_decision", "is_coming_to_me"})
#: So many orders have their stage found again at once when the map changes; beyond that a job does it in batches.
AT_ONCE = 1000
BATCH = 500


class SaleOrder(models.Model):
    _inherit = "sale.order"

    order_stage_id = fields.Many2one(
        "order.stage",
        compute="_compute_order_stage",
        store=True,
        index=True,
        copy=False,
        ondelete="restrict",
        group_expand="_group_expand_order_stage",
        help="Follows from the order's documents. People decide where the stage says so.",
    )
    order_stage_code = fields.Selection(related="order_stage_id.code", string="Stage Follows From")
    stage_entered_on = fields.Datetime(
        "In This Stage Since", compute="_compute_order_stage", store=True, copy=False, readonly=True
    )
    stage_owner_id = fields.Many2one(
        "res.users",
        "Looked After By",
        compute="_compute_order_stage",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        domain=[("share", "=", False)],
        help="Who sees to it that the order goes on. Follows from the stage map; anybody may take over.",
    )
    stage_deadline = fields.Datetime(
        "Leave Stage By",
        compute="_compute_order_stage",
        store=True,
        copy=False,
        readonly=True,
        index="btree_not_null",
    )
    next_step_on = fields.Datetime(compute="_compute_order_stage", store=True, copy=False)
    next_step_kind = fields.Selection(
        [
            ("activity", "Activity"),
            ("answer", "Customer's answer"),
            ("task", "Task"),
            ("delivery", "Delivery"),
            ("return", "Return"),
            ("payment", "Payment"),
            ("case", "After-sales case"),
        ],
        "Next Step",
        compute="_compute_order_stage",
        store=True,
        copy=False,
    )
    is_order_open = fields.Boolean(
        "Open", compute="_compute_order_stage", store=True, copy=False, help="Not done: somebody has to look after it."
    )
    is_stage_outdated = fields.Boolean(copy=False, readonly=True)
    stage_revision = fields.Integer(compute="_compute_order_stage", store=True, copy=False)
    stage_visit_ids = fields.One2many("order.stage.visit", "order_id", string="Stages")
    stage_task_ids = fields.One2many(
        "project.task", "sale_order_id", string="Tasks for the Stage", export_string_translation=False
    )

    _stage_outdated_idx = models.Index("(id) WHERE is_stage_outdated IS TRUE")
    # the board: counted by stage, and in each the most important first
    _board_idx = models.Index(
        "(order_stage_id, priority_score DESC, stage_deadline, id) INCLUDE (company_id) WHERE is_order_open IS TRUE"
    )

    def _auto_init(self):
        """Leave the orders of before to the hook: when these columns come, there is no map yet."""
        for field in self._get_stage_fields():
            add_column(self, field.name)
        return super()._auto_init()

    @api.model
    def _get_stage_dependencies(self):
        """Return what the stage, its owner and its deadline follow from."""
        return [
            "state", "company_id", "validity_date", "commitment_date", "partner_shipping_id", "date_order",
            "invoice_status",
            "order_line.display_type", "order_line.product_uom_qty", "order_line.qty_delivered",
            "order_line.qty_to_invoice",
            "order_line.invoice_lines.move_id.state", "order_line.invoice_lines.move_id.payment_state",
            "order_line.invoice_lines.move_id.invoice_date_due",
            "picking_ids.state", "picking_ids.scheduled_date", "picking_ids.picking_type_id",
            "stage_task_ids.state", "stage_task_ids.date_deadline", "stage_task_ids.active",
            "stage_task_ids.is_template",
            "stage_decision_ids.answer", "are_decisions_waived",
            "case_ids.state", "case_ids.kind", "case_ids.date_deadline",
            "activity_ids.date_deadline", "activity_ids.active", "activity_ids.activity_type_id",
        ]  # fmt: skip

    @api.depends(lambda self: self._get_stage_dependencies())
    def _compute_order_stage(self):
        now = self.env.cr.now().replace(microsecond=0)
        facts = self._get_stage_facts()
        moved = self.browse()
        for order in self:
            fact = facts[order]
            # Always written: of two who close the last two documents at the same time, one has to look again.
            order.stage_revision += 1
            stage = order._find_stage(fact.order)
            if stage != order.order_stage_id:
                order.order_stage_id = stage
                order.stage_entered_on = now
                order.stage_owner_id = order._get_stage_owner()
                moved += order
            # While the add-on is being installed there is no map.
            order.is_order_open = bool(stage) and stage.code != "done"
            order.next_step_on, order.next_step_kind = fact.next_step
        self._set_stage_deadlines(facts)
        if moved := moved.filtered("id"):
            # The history is written by the order itself: nobody needs a right on it.
            self.env["order.stage.visit"].sudo()._move(moved, now)
            # What somebody was told of the stage before is settled.
            moved._stop_escalating()

    def _find_stage(self, facts):
        """Return the stage of the map for ``facts``."""
        stages = self.env["order.stage"]._get_map(self.company_id.id)
        key = stage_of(facts, [stage for stage, *_rest in stages])
        return self.env["order.stage"].browse(next((id_ for stage, id_, _needed in stages if stage.key == key), None))

    def _set_stage_deadlines(self, facts):
        """By the working times of each stage, until the end of that day; orders that came in at the same moment share
        the answer."""
        planned = {}
        for order in self:
            stage = order.order_stage_id.sudo()
            calendar = stage._get_calendar(order.company_id)
            allowed = None
            # A form that is being edited need not know since when: its saved order does.
            entered = order.stage_entered_on or order._origin.stage_entered_on
            if stage.sla_hours and calendar and entered:
                span = (calendar, stage.sla_hours, entered)
                if span not in planned:
                    planned[span] = calendar.plan_hours(stage.sla_hours, entered, compute_leaves=True)
                allowed = (planned[span] and order._get_end_of_day(planned[span])) or None
            order.stage_deadline = stage_deadline(stage.key, facts[order].get_dates(allowed))

    def _get_stage_owner(self):
        """Return who looks after the order by the rule of its stage, if anybody."""
        self.ensure_one()
        # In sudo: who is responsible for a stage is on the map, which is not a secret, but not everybody's to read.
        stage = self.order_stage_id.sudo()
        match stage.owner_rule:
            case "seller":
                owner = self.user_id
            case "project":
                owner = self.sudo().project_id.user_id or self.user_id
            case "head":
                owner = stage.department_id.manager_id.user_id
            case _:
                owner = stage.user_id
        return owner.filtered(lambda user: user.active and not user.share) if stage.code != "done" else owner.browse()

    @api.model
    def _group_expand_order_stage(self, stages, domain):
        """All stages of the user's companies are on the board, whether an order is there or not; what is only planned
        is no order yet. Who looks for what is his sees the stages where that is, if there is any: a board without
        columns says nothing, not even that."""
        if stages and any(condition.field_expr in PERSONAL for condition in Domain(domain).iter_conditions()):
            return stages
        ids = {
            id_
            for company in self.env.companies
            for stage, id_, _needed in stages._get_map(company.id)
            if stage.key != "planning"
        }
        return stages.browse(ids | set(stages.ids)).sorted(lambda stage: (stage.sequence, stage.id))

    def write(self, vals):
        """Whoever takes over the order of a colleague as its salesperson looks after it, if that one did."""
        if "user_id" not in vals:
            return super().write(vals)
        following = self.filtered(lambda order: order.stage_owner_id == order.user_id)
        result = super().write(vals)
        if "stage_owner_id" not in vals:
            for order in following:
                if order.order_stage_id.sudo().owner_rule in ("seller", "project"):
                    order.stage_owner_id = order._get_stage_owner()
        return result

    # ------------------------------------------------------------------ when the map changes

    @api.model
    def _set_stage_outdated(self, companies):
        """Find the stages again, now or, where there are many, by a job that goes on where it stopped."""
        self.flush_model(["company_id", "is_stage_outdated"])
        where = SQL("WHERE company_id IN %s", tuple(companies.ids)) if companies else SQL()
        self.env.cr.execute(SQL("UPDATE sale_order SET is_stage_outdated = TRUE %s", where))
        self.invalidate_model(["is_stage_outdated"])
        if self.env.cr.rowcount <= AT_ONCE:
            self._get_outdated()._update_stages()
        else:
            self.env.ref("order_aftersales.ir_cron_order_stages")._trigger()

    @api.model
    def _get_outdated(self):
        """The orders whose stage is to be found again."""
        orders = self.sudo().with_context(active_test=False)
        return orders.search([("is_stage_outdated", "=", True)], order="id")

    def _update_stages(self):
        """Find the stages of these orders again."""
        for orders in split_every(BATCH, self.ids, self.browse):
            self.env.add_to_compute(self._fields["order_stage_id"], orders)
            orders._as_transition().is_stage_outdated = False
            self.env.flush_all()
            self.env.invalidate_all()

    @api.model
    def _cron_update_stages(self):
        """Carry on with what a change of the map left over."""
        go_through(self._get_outdated(), lambda orders: orders._update_stages(), BATCH)
