from odoo import api, fields, models


class OrderStageVisit(models.Model):
    """How long an order was in a stage, and who looked after it: the order's history, written by the order alone."""

    _name = "order.stage.visit"
    _description = "Order in a Stage"
    _order = "entered_on desc, id desc"
    _rec_name = "stage_id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    stage_id = fields.Many2one("order.stage", required=True, readonly=True, index=True, ondelete="restrict")
    department_id = fields.Many2one("hr.department", readonly=True, index="btree_not_null")
    owner_id = fields.Many2one("res.users", "Looked After By", readonly=True)
    entered_on = fields.Datetime("From", required=True, readonly=True, index=True)
    entered_by = fields.Many2one("res.users", "Brought Here By", readonly=True)
    left_on = fields.Datetime("Until", readonly=True)
    duration_days = fields.Float(
        "Days", compute="_compute_duration", store=True, aggregator="avg", help="Calendar days, once it is left."
    )
    working_hours = fields.Float(
        compute="_compute_duration", store=True, aggregator="avg", help="By the stage's working times, once it is left."
    )
    is_late = fields.Boolean("Beyond the Limit", compute="_compute_duration", store=True)

    _order_open = models.UniqueIndex("(order_id) WHERE left_on IS NULL", "An order is in one stage at a time.")

    @api.depends("entered_on", "left_on")
    def _compute_duration(self):
        worked = {}
        for visit in self:
            if not visit.left_on:
                visit.update({"duration_days": 0.0, "working_hours": 0.0, "is_late": False})
                continue
            calendar = visit.stage_id._get_calendar(visit.company_id)
            span = (calendar, visit.entered_on, visit.left_on)
            if span not in worked:
                worked[span] = calendar.get_work_hours_count(*span[1:]) if calendar else 0.0
            limit = visit.stage_id.sla_hours
            visit.update(
                {
                    "duration_days": (visit.left_on - visit.entered_on).total_seconds() / 86400,
                    "working_hours": worked[span],
                    "is_late": bool(limit) and worked[span] > limit,
                }
            )

    @api.model
    def _move(self, orders, now):
        """Write down that ``orders`` are in another stage now.

        What happens within one transaction is one step: an order that is created with lines was never without.
        """
        current = {
            visit.order_id: visit for visit in self.search([("order_id", "in", orders.ids), ("left_on", "=", False)])
        }
        left, vals_list = self.browse(), []
        for order in orders:
            visit = current.get(order)
            if visit and visit.entered_on == now:
                visit.write({"stage_id": order.order_stage_id.id, "owner_id": order.stage_owner_id.id})
                visit.department_id = order.order_stage_id.department_id
                continue
            if visit:
                left += visit
            vals_list.append(self._prepare_visit_vals(order, now))
        left.write({"left_on": now})
        left.flush_recordset(["left_on"])
        return self.create(vals_list)

    @api.model
    def _prepare_visit_vals(self, order, now):
        return {
            "order_id": order.id,
            "company_id": order.company_id.id,
            "stage_id": order.order_stage_id.id,
            "department_id": order.order_stage_id.department_id.id,
            "owner_id": order.stage_owner_id.id,
            "entered_on": now,
            "entered_by": self.env.uid,
        }
