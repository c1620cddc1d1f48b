"""The date that was promised first is kept; every move of it afterwards is a slip with a reason."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from odoo.addons.order_extension.columns import add_column

from ..days import local_day
from ..promise import slip_days

#: Who may not read slips: customers on the portal.
SLIPS_GROUP = "order_aftersales.group_user"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # A promise is what the customer was told: the commitment date. What Odoo expects from lead times is shown to
    # nobody outside and moves by itself, so it is no promise, unless the company decides to promise it
    # (``promise_expected_date``).
    first_promised_date = fields.Datetime(
        "First Promised",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The delivery date that the customer was promised first on the confirmed order. Kept, whatever happens.",
    )
    promise_slip_ids = fields.One2many("order.promise.slip", "order_id", "Moved Dates", groups=SLIPS_GROUP)
    promise_slip_days = fields.Integer(
        "Days Slipped",
        compute="_compute_promise_slip_days",
        store=True,
        help="Days of the calendar by which the promise of now is later than the first one.",
    )
    promise_note = fields.Char(compute="_compute_promise_note", help="That another date was promised first.")
    can_move_promise = fields.Boolean(compute="_compute_can_move_promise")

    def _auto_init(self):
        """No order of before has slipped, as far as anybody knows."""
        add_column(self, "promise_slip_days")
        return super()._auto_init()

    @api.depends("first_promised_date", "commitment_date")
    def _compute_promise_slip_days(self):
        for order in self:
            order.promise_slip_days = slip_days(
                order.first_promised_date, order.commitment_date, order._get_promise_tz()
            )

    @api.depends_context("lang")
    @api.depends("first_promised_date", "commitment_date", "promise_slip_days", "state")
    def _compute_promise_note(self):
        for order in self:
            order.promise_note = order._get_promise_note()

    @api.depends_context("uid")
    @api.depends("state", "commitment_date", "delivered_on")
    def _compute_can_move_promise(self):
        for order in self:
            order.can_move_promise = order._can_move_promise()

    # === RULES ===

    def _get_transition_message(self, name, label):
        if name == "first_promised_date":
            return self.env._(
                "“%s” can't be changed: it is what the customer was promised first. Move the delivery date instead.",
                label,
            )
        return super()._get_transition_message(name, label)

    def _has_promise(self):
        """Whether the customer was told a date that counts."""
        self.ensure_one()
        return self.state == "sale" and bool(self.commitment_date)

    def _may_move_promise(self):
        """Whether the user may move promises of this order: who may change it, and leaders who see it."""
        self.ensure_one()
        return self.has_access("write") or (
            self.has_access("read") and self.env.user.has_group("order_aftersales.group_leader")
        )

    def _can_move_promise(self):
        self.ensure_one()
        return self._has_promise() and self._is_promise_open() and self._may_move_promise()

    def _ensure_can_move_promise(self):
        self.ensure_one()
        if not self._may_move_promise():
            raise AccessError(
                self.env._("You can't change %s. Please ask its salesperson or a leader.", self.sudo().name)
            )
        if not self._has_promise():
            raise UserError(
                self.env._(
                    "%s has no promised date that could be moved: it is not confirmed, or has no delivery date yet.",
                    self.name,
                )
            )
        if not self._is_promise_open():
            raise UserError(self.env._("%s is delivered already: there is nothing to promise any more.", self.name))

    # === DAYS ===

    def _get_promise_tz(self):
        """Where the days of the promise are counted: where the customer is, else where the company works."""
        self.ensure_one()
        # In sudo: the time zone of an address or a calendar is no secret, and a technician needs the right day.
        order = self.sudo()
        return order.partner_shipping_id.tz or order.partner_id.tz or order.company_id._get_tz()

    def _get_promised_day(self, date):
        self.ensure_one()
        return date and local_day(date, self._get_promise_tz())

    def _format_promised_day(self, date, lang=None):
        self.ensure_one()
        return format_date(self.env, self._get_promised_day(date), lang_code=lang) if date else ""

    def _get_promise_note(self):
        """Say in words that another day was promised first, and how far from it the promise is now."""
        self.ensure_one()
        days = self.promise_slip_days
        if not self.first_promised_date or self.state != "sale":
            return ""
        date = self._format_promised_day(self.first_promised_date)
        if not self.commitment_date:
            return self.env._("First promised %s, no date any more", date)
        if abs(days) == 1:
            return self.env._("First promised %(date)s (%(days)s day)", date=date, days=f"{days:+d}")
        return self.env._("First promised %(date)s (%(days)s days)", date=date, days=f"{days:+d}") if days else ""

    def _get_promise_words(self):
        """Say in words what this order was promised for."""
        self.ensure_one()
        if not self._has_promise():
            return ""
        words = self.env._(
            "%(order)s: promised %(date)s",
            order=self.name,
            date=self._format_promised_day(self.commitment_date),
        )
        return ". ".join(filter(None, (words, self.promise_note)))

    def _get_struck_promise(self):
        """Return the day that was promised first, in words, if another day is promised now: the customer sees both."""
        self.ensure_one()
        first = self.first_promised_date
        if not first or self._get_promised_day(first) == self._get_promised_day(self.commitment_date):
            return ""
        return self._format_promised_day(first)

    # === KEEP AND LOG ===

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        # Imports bring orders that are confirmed already.
        orders.filtered(lambda order: order.state == "sale")._follow_promise()
        return orders

    def write(self, vals):
        res = super().write(vals)
        if "commitment_date" in vals or vals.get("state") == "sale":
            self.filtered(lambda order: order.state == "sale")._follow_promise()
        return res

    def _action_confirm(self):
        res = super()._action_confirm()
        self._promise_expected_dates()
        return res

    def _promise_expected_dates(self):
        """Promise what Odoo expects of the goods, where the company wants it: the day when the last of them comes."""
        for order in self:
            if not order.commitment_date and order.company_id.promise_expected_date:
                dates = [line._expected_date() for line in order.order_line if line._is_promised_goods()]
                if dates:
                    # In sudo: a customer who confirms on the portal can't write his order.
                    order.sudo().commitment_date = max(dates)

    def _follow_promise(self):
        """Keep what these confirmed orders promise for the first time, and log what has moved since.

        What is promised is compared with what was promised last, so that nothing gets lost on the way back to a
        quotation and forth again.
        """
        # In sudo: the system keeps the books, whoever moves the date.
        slips = []
        for order in self.sudo():
            promised = order.commitment_date
            if not order.first_promised_date:
                if promised and order._is_promise_open():
                    order._as_transition().first_promised_date = promised
            else:
                last = order.promise_slip_ids.sorted("id")[-1:]
                if promised != (last.new_date if last else order.first_promised_date):
                    slips.append(order._prepare_promise_slip_vals())
        if slips:
            self.env["order.promise.slip"].sudo()._as_transition().create(slips)

    def _keep_known_promise(self):
        """Take what these orders promise now for what they promised first: nothing older is known of them."""
        for order in self:
            if not order.first_promised_date:
                order._as_transition().first_promised_date = order.commitment_date

    def _is_promise_open(self):
        """Whether there is still something to promise: who has everything is promised nothing any more."""
        self.ensure_one()
        return not self.delivered_on

    def _prepare_promise_slip_vals(self):
        self.ensure_one()
        # A date that was taken back is no date: the days are counted from the last one.
        dates = [self.first_promised_date, *self.promise_slip_ids.sorted("id").mapped("new_date")]
        before = [date for date in dates if date][-1]
        return {
            "order_id": self.id,
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "moved_on": fields.Datetime.now(),
            "old_date": before,
            "new_date": self.commitment_date,
            "days": slip_days(before, self.commitment_date, self._get_promise_tz()),
        }

    def _move_promise(self, new_date, **details):
        """Promise ``new_date`` instead, and say why.

        :param details: values of the slip: ``reason_id``, ``department_id``, ``note``, ``is_customer_told`` …
        :return: the slip
        :raise UserError: if there is nothing to move, or that is no other date, or one in the past
        """
        self._ensure_can_move_promise()
        new_date = fields.Datetime.to_datetime(new_date)
        if not new_date or new_date == self.commitment_date:
            raise UserError(
                self.env._(
                    "%(order)s is promised for %(date)s already. Choose another date.",
                    order=self.name,
                    date=self._format_promised_day(self.commitment_date),
                )
            )
        if self._get_promised_day(new_date) < self._get_promised_day(fields.Datetime.now()):
            raise UserError(
                self.env._(
                    "%s is in the past: nobody can be promised that any more.", self._format_promised_day(new_date)
                )
            )
        # In sudo: a leader of production moves promises of orders that he can't change otherwise.
        self.sudo().commitment_date = new_date
        slip = self.sudo().promise_slip_ids.sorted("id")[-1:]
        slip._as_transition().write(details)
        return slip.sudo(False)

    def _get_open_deliveries(self):
        """Return the transfers that bring the goods to the customer and are not done."""
        # In sudo: a leader of production moves the promise and what follows from it, without a right on transfers.
        return self.sudo().picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel") and picking.picking_type_code != "incoming"
        )

    # === ACTIONS ===

    def action_move_promise(self):
        self.ensure_one()
        self._ensure_can_move_promise()
        return {
            "name": self.env._("Move the Promised Date"),
            "type": "ir.actions.act_window",
            "res_model": "order.promise.move",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }
