"""Orders that nobody looks after: somebody is told, and when he does nothing, the next one."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.order_extension.jobs import go_through

from ..attention import escalate

BATCH = 2000
#: So many activities one person gets to work through; what is more is on the list and in the digest.
MOST_ACTIVITIES = 100
#: Levels of attention at which somebody has to be told.
ALARMING = ("unattended", "overdue")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    escalation_ids = fields.One2many("order.escalation", "order_id", readonly=True, groups="base.group_system")

    @api.model
    def _cron_escalate(self):
        """Tell one person more of each order that has been late or unattended for long enough.

        An order is gone through once in a run, and what is committed is not told again: a run that is stopped goes on
        where it was.
        """
        # In sudo: everybody's orders are looked through.
        orders = self.sudo()
        calm, due = self._get_calm_domain(), self._get_escalation_domain()
        if go_through(orders.search(calm, order="id"), lambda some: some._stop_escalating(), BATCH):
            go_through(orders.search(due, order="id"), lambda some: some._escalate(), BATCH)

    @api.model
    def _get_calm_domain(self):
        """The orders of which somebody was told, and that are looked after again."""
        return Domain("escalation_ids", "!=", False) & ~Domain("attention", "in", ALARMING)

    def _stop_escalating(self):
        """Take back what was told of these orders, by activities: somebody looks after them, or they have moved on."""
        # In sudo: whoever moves an order on need not know who was told of it.
        told = self.env["order.escalation"].sudo().search([("order_id", "in", self.ids)])
        if told:
            told.order_id._get_escalations().unlink()
            told.unlink()

    @api.model
    def _get_escalation_domain(self):
        """Return which orders somebody has to be told of now: nobody was, or that was long enough ago.

        Of the companies that have it switched on.
        """
        limit = SQL("%s - company.attention_escalation_hours * INTERVAL '1 hour'", fields.Datetime.now())

        def to_sql(model, alias, _query):
            return SQL(
                """
                NOT EXISTS (
                    SELECT FROM order_escalation told JOIN res_company company ON company.id = %s
                     WHERE told.order_id = %s AND told.told_on > %s
                )
                """,
                SQL.identifier(alias, "company_id"),
                SQL.identifier(alias, "id"),
                limit,
            )

        self.env["order.escalation"].flush_model()
        companies = self.env["res.company"].sudo().search([("is_attention_escalated", "=", True)])
        here = Domain("company_id", "in", companies.ids)
        return here & Domain("attention", "in", ALARMING) & Domain.custom(to_sql=to_sql)

    def _get_escalations(self):
        """Return the open activities by which somebody was told of these orders."""
        domain = [
            ("res_model", "=", self._name),
            ("res_id", "in", self.ids),
            ("activity_type_id", "=", self._get_escalation_type_id()),
        ]
        return self.env["mail.activity"].sudo().search(domain)

    def _escalate(self):
        """Tell the next person of each of these orders: its owner, the head of the department, the last resort."""
        now = fields.Datetime.now()
        away = self._get_people_away(now)
        resorts = {company: company._get_last_resort() for company in self.company_id}
        told = defaultdict(list)
        for order in self:
            told[order._get_next_told(away, resorts[order.company_id])].append(order.id)
        vals_list, room = [], self._get_room_for_escalations(told)
        for person, ids in told.items():
            if room.get(person):
                chosen = self.browse(ids)._get_readable_by(person, room[person])
                chosen = chosen.with_context(lang=person.lang, tz=person.tz)
                vals_list += [order._prepare_escalation_vals(person, now, away) for order in chosen]
        self._record_told(told, now)
        # No mail for each: there is the digest. Being told of is no next step: the stage's facts stay as they are.
        with self.env.protecting(self._get_stage_fields(), self):
            self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(vals_list)

    def _record_told(self, told, now):
        """Keep who was told of which orders; where there was nobody left to tell, that somebody tried."""
        nobody = self.browse(told.pop(self.env["res.users"], ()))
        nobody.escalation_ids.told_on = now
        told[self.env["res.users"]] = [order.id for order in nobody if not order.escalation_ids]
        self.env["order.escalation"].create(
            [
                {"order_id": order_id, "user_id": person.id, "told_on": now}
                for person, order_ids in told.items()
                for order_id in order_ids
            ]
        )

    def _get_room_for_escalations(self, people):
        """Return how many activities more each of ``people`` can be given."""
        domain = [
            ("activity_type_id", "=", self._get_escalation_type_id()),
            ("user_id", "in", [person.id for person in people]),
        ]
        open_now = dict(self.env["mail.activity"].sudo()._read_group(domain, ["user_id"], ["__count"]))
        return {person: max(MOST_ACTIVITIES - open_now.get(person, 0), 0) for person in people if person}

    @api.model
    def _get_escalation_type_id(self):
        # not env.ref: that asks the database each time
        return self.env["ir.model.data"]._xmlid_to_res_id("order_aftersales.mail_activity_type_unattended")

    @api.model
    def _get_stage_fields(self):
        return [field for field in self._fields.values() if field.compute == "_compute_order_stage" and field.store]

    def _get_next_told(self, away, last_resort):
        """Return whom to tell of the order, or nobody when all were told."""
        head = self.order_stage_id.department_id.manager_id.user_id
        chain = [
            person if person.active and not person.share and person not in away else None
            for person in (self.stage_owner_id, head)
        ]
        return escalate(*chain, last_resort, self.escalation_ids.user_id) or self.env["res.users"]

    def _get_readable_by(self, person, most):
        """Up to ``most`` of these orders that ``person`` may open: nobody is asked to look after what he can't see."""
        theirs = self[: 2 * most].with_user(person).with_context(allowed_company_ids=person.company_ids.ids)
        return theirs._filtered_access("read")[:most].sudo()

    def _prepare_escalation_vals(self, person, now, away):
        return {
            "activity_type_id": self._get_escalation_type_id(),
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "user_id": person.id,
            "date_deadline": fields.Date.context_today(self),
            "summary": self._get_attention_reason(now, away),
            "automated": True,
        }
