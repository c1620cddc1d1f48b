"""Whether somebody looks after an order: by who is responsible, until when, and what is planned next."""

from datetime import timedelta
from types import SimpleNamespace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..attention import Watch, attention
from ..days import end_of_day, local_day

#: What decides about an order's attention, beside the clock and who is on leave.
WATCHED = ("is_order_open", "stage_owner_id", "stage_entered_on", "stage_deadline", "next_step_on", "hold_until")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    attention = fields.Selection(
        [("ok", "Looked after"), ("due", "Due"), ("overdue", "Overdue"), ("unattended", "Unattended")],
        compute="_compute_attention",
        search="_search_attention",
        help="Unattended: nobody is responsible, or whoever is responsible is away, or nothing is planned in time.",
    )
    stage_owner_key = fields.Integer(compute="_compute_attention")
    stage_owner_name = fields.Char("Name of Who Looks After It", compute="_compute_attention")
    stage_age_days = fields.Integer("Days in Stage", compute="_compute_attention")
    attention_reason = fields.Char("Why It Needs Attention", compute="_compute_attention_reason")
    hold_reason = fields.Char("Waits Because", copy=False, readonly=True, tracking=True)
    hold_until = fields.Date("Waits Until", copy=False, readonly=True, tracking=True, index="btree_not_null")
    is_on_hold = fields.Boolean(compute="_compute_is_on_hold")

    @api.depends("hold_until")
    def _compute_is_on_hold(self):
        for order in self:
            order.is_on_hold = bool(order.hold_until)

    @api.depends(*WATCHED, "has_unsigned_extension", "is_short_of_stock")
    @api.depends_context("uid", "lang")
    def _compute_attention(self):
        now = fields.Datetime.now()
        warned = self._get_warning_words()
        rows = self._origin._get_attention_rows(now, warned)
        for order in self:
            row = rows.get(order._origin.id)
            # Nothing is said of what is not saved yet.
            order.attention = row and self._get_attention(row, now)
            order.stage_owner_key = row.stage_owner_id if row else 0
            order.stage_owner_name = row.owner_name if row else False
            entered = row.stage_entered_on if row else None
            order.stage_age_days = (now - entered).days if entered else 0
            order.board_warnings = order._get_board_warnings(warned, row)

    def _get_attention_rows(self, now, names=()):
        """Return what is known of whoever looks after each order, by id: one query however much of it the board shows.

        In plain SQL: only rows of orders that the user has in his hands are read, and of people their names.

        :param names: of fields of the order that are wanted, too; the user may read them
        """
        if not self:
            return {}
        self.flush_recordset([*WATCHED, *names])
        self.env["res.users"].flush_model(["active", "partner_id"])
        self.env["res.partner"].flush_model(["name", "tz"])
        self.env["res.company"].flush_model(
            ["attention_warn_hours", "attention_idle_days", "resource_calendar_id", "partner_id"]
        )
        self.env["resource.calendar"].flush_model(["tz"])
        self.env["resource.calendar.leaves"].flush_model(["date_from", "date_to", "resource_id", "time_type"])
        self.env.cr.execute(
            SQL(
                """
                SELECT o.id, o.is_order_open, o.stage_owner_id, o.stage_entered_on, o.stage_deadline, o.next_step_on,
                       o.hold_until, partner.name AS owner_name, company.attention_warn_hours AS warn_hours,
                       company.attention_idle_days AS idle_days, COALESCE(calendar.tz, home.tz) AS tz,
                       owner.active AND NOT EXISTS (
                           SELECT FROM resource_calendar_leaves leave
                             JOIN resource_resource resource ON resource.id = leave.resource_id
                            WHERE resource.user_id = owner.id AND leave.time_type = 'leave'
                              AND leave.date_from <= %(now)s AND leave.date_to >= %(now)s
                       ) AS has_owner%(wanted)s
                  FROM sale_order o
                  JOIN res_company company ON company.id = o.company_id
             LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
             LEFT JOIN res_partner home ON home.id = company.partner_id
             LEFT JOIN res_users owner ON owner.id = o.stage_owner_id
             LEFT JOIN res_partner partner ON partner.id = owner.partner_id
                 WHERE o.id IN %(ids)s
                """,
                now=now,
                ids=self._ids,
                wanted=SQL("").join(SQL(", o.%s", SQL.identifier(name)) for name in names),
            )
        )
        columns = [column.name for column in self.env.cr.description]
        return {row[0]: SimpleNamespace(**dict(zip(columns, row, strict=True))) for row in self.env.cr.fetchall()}

    def _get_attention(self, row, now):
        watch = Watch(
            is_open=bool(row.is_order_open),
            has_owner=bool(row.has_owner),
            entered=row.stage_entered_on or now,
            deadline=row.stage_deadline,
            next_step=row.next_step_on,
            held_until=end_of_day(row.hold_until, row.tz) if row.hold_until else None,
        )
        return attention(watch, now, timedelta(hours=row.warn_hours or 0), timedelta(days=row.idle_days or 0))

    @api.depends("attention")
    @api.depends_context("lang", "tz")
    def _compute_attention_reason(self):
        now = fields.Datetime.now()
        away = self._get_people_away(now, self.stage_owner_id)
        for order in self:
            looked_after = order.attention not in ("unattended", "overdue")
            order.attention_reason = not looked_after and order._get_attention_reason(now, away)

    def _get_attention_reason(self, now, away):
        """Return in words why the order is late or unattended."""
        owner = self.stage_owner_id.sudo()
        if not owner:
            return self.env._("Nobody is responsible.")
        if not owner.active:
            return self.env._("%s does not work here any more.", owner.name)
        if owner in away:
            return self.env._("%s is away.", owner.name)
        if self.hold_until:
            return self.env._("It was to wait until %s.", format_date(self.env, self.hold_until))
        late = self.stage_deadline and self.stage_deadline < now
        if late and not self.next_step_on:
            return self.env._(
                "It should have left the stage by %s, and nothing is planned.", self._format_day(self.stage_deadline)
            )
        if late:
            return self.env._("It should have left the stage by %s.", self._format_day(self.stage_deadline))
        if not self.next_step_on:
            return self.env._("Nothing is planned since %s.", self._format_day(self.stage_entered_on))
        return self.env._("Its next step was due on %s.", self._format_day(self.next_step_on))

    def _format_day(self, moment):
        """The day of a moment where the company works: it is over when that day is, wherever the user is."""
        # In sudo: where the company works is no secret.
        return format_date(self.env, local_day(moment, self.company_id.sudo()._get_tz()))

    @api.model
    def _get_people_away(self, now, users=None):
        """Return who of ``users``, or of all people, is on leave: few, whatever the number of orders.

        In sudo: nothing but that they are away gets out.
        """
        if users is not None and not users:
            return users
        domain = (
            Domain("resource_id.user_id", "!=", False)
            if users is None
            else Domain("resource_id.user_id", "in", users.ids)
        )
        domain &= Domain("time_type", "=", "leave") & Domain("date_from", "<=", now) & Domain("date_to", ">=", now)
        return self.env["resource.calendar.leaves"].sudo().search(domain).resource_id.user_id

    def _search_attention(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        # In sudo: only the limits are read; which orders are found is up to the rules.
        companies = (
            self.env["res.company"]
            .sudo()
            .search([("active", "=", True)])
            .grouped(lambda company: (*company._get_attention_limits(), company._get_tz()))
        )
        found = Domain.FALSE
        for limits, alike in companies.items():
            levels = Domain.OR(self._get_attention_domain(level, limits, now) for level in value if level)
            found |= levels & (Domain.TRUE if len(companies) == 1 else Domain("company_id", "in", alike.ids))
        return found

    @api.model
    def _get_attention_domain(self, level, limits, now):
        """Return which orders are at ``level``: what :func:`~..attention.attention` says, for a search.

        :param limits: see :meth:`~.res_company_attention.ResCompany._get_attention_limits`, and where the day ends
        """
        warn_before, without_step, tz = limits
        is_open = Domain("is_order_open", "=", True)
        away = self._get_people_away(now)
        nobody = (
            Domain("stage_owner_id", "=", False)
            | Domain("stage_owner_id.active", "=", False)
            | Domain("stage_owner_id", "in", away.ids)
        )
        held = Domain("hold_until", "!=", False)
        hold_over = Domain("hold_until", "<", local_day(now, tz))
        late = Domain("stage_deadline", "!=", False) & Domain("stage_deadline", "<", now)
        no_step = Domain("next_step_on", "=", False)
        forgotten = no_step & (late | Domain("stage_entered_on", "<", now - without_step))
        behind = late | Domain("next_step_on", "<", now)
        soon = Domain("stage_deadline", "<=", now + warn_before) | Domain("next_step_on", "<=", now + warn_before)
        free = ~held
        unattended = is_open & (nobody | (free & forgotten))
        overdue = is_open & ~nobody & ((held & hold_over) | (free & ~forgotten & behind))
        due = is_open & ~nobody & free & ~forgotten & ~behind & soon
        match level:
            case "unattended":
                return unattended
            case "overdue":
                return overdue
            case "due":
                return due
            case _:
                calm = held & ~hold_over | free & ~forgotten & ~behind & ~soon
                return ~is_open | (~nobody & calm)

    # ------------------------------------------------------------------ taking over, waiting

    def _can_look_after(self):
        """Whether the user may take the order over, hand it on, or let it wait: whoever works with the board."""
        return self.env.user.has_group("order_aftersales.group_user")

    def _check_can_look_after(self):
        self.check_access("read")
        if not self._can_look_after():
            raise UserError(self.env._("You don't work with the order board. Ask your administrator for the right."))

    def action_take_over(self):
        """From now on the user looks after these orders, until they leave their stage."""
        self._check_can_look_after()
        for order in self.filtered("is_order_open"):
            # In sudo: who may see an order may look after it, also without the right to change what was sold.
            order.sudo()._hand_over(self.env.user)
        return True

    def _hand_over(self, user):
        self.ensure_one()
        before = self.stage_owner_id
        if before == user:
            return
        self.stage_owner_id = user
        self.stage_visit_ids.filtered(lambda visit: not visit.left_on).owner_id = user
        words = self.env._(
            "%(stage)s: looked after by %(after)s (before: %(before)s).",
            stage=self.order_stage_id.name,
            after=user.name,
            before=before.name or self.env._("nobody"),
        )
        self.message_post(body=words, author_id=self.env.user.partner_id.id, subtype_xmlid="mail.mt_note")

    def action_hold(self):
        """Ask why the order waits, and until when."""
        self._check_can_look_after()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Let It Wait"),
            "res_model": "order.stage.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_ids": self.ids},
        }

    def _hold(self, reason, until):
        """Let these orders wait.

        :raise UserError: if the date is over, or an order is done
        """
        self._check_can_look_after()
        if until < fields.Date.context_today(self):
            raise UserError(self.env._("Orders wait for something to come: choose a date from today on."))
        for order in self:
            if not order.is_order_open:
                raise UserError(self.env._("%s is done: nothing waits there.", order.name))
        # In sudo: as taking over.
        self._as_transition().write({"hold_reason": reason, "hold_until": until})

    def action_release(self):
        """Go on."""
        self._check_can_look_after()
        self._as_transition().write({"hold_reason": False, "hold_until": False})
        return True
