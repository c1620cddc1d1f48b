"""Why an order is as important as it is, in the words of who reads it."""

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..priority import CRITERIA
from .sale_order_priority import PRIORITY_GROUPS

#: Who sees margins of orders, where there are any.
MARGIN_GROUPS = ("sales_team.group_sale_salesman", "account.group_account_invoice")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    priority_explanation = fields.Text(
        "Why This Priority", compute="_compute_priority_explanation", groups=PRIORITY_GROUPS
    )
    #: What the badge of the order shows: the same, line by line, and the goals with what this order does for them.
    priority_details = fields.Json(compute="_compute_priority_explanation", groups=PRIORITY_GROUPS)

    @api.depends_context("lang", "uid", "tz")
    @api.depends("state", "priority_parts", "priority_score", "priority_worked_out", "priority_override_on")
    def _compute_priority_explanation(self):
        goals = self._get_goals_of_parts(order.priority_parts for order in self.sudo())
        for order in self:
            # An order that no job has come to yet has no priority, rather than the lowest.
            details = order._get_priority_details(goals) if order.sudo().priority_updated_on else {}
            order.priority_details = details
            order.priority_explanation = details.get("sentence", False)

    def _get_priority_details(self, goals):
        self.ensure_one()
        order = self.sudo()  # the figures are for leaders; what is told of them depends on who asks
        score = round(order.priority_score)
        described = self._describe_priority(order.priority_parts or {}, round(order.priority_worked_out), goals)
        override = order._get_priority_override_text()
        return {
            **described,
            "score": score,
            "short": self.env._("Priority %s", score),
            "override": override,
            "title": self.env._("Worked out") if override else self.env._("Priority"),
            "sentence": self._get_priority_sentence(described, override),
            "is_open": self.state in ("draft", "sent"),
            "actions": self._get_priority_actions(),
        }

    def _get_priority_actions(self):
        """Return what the user can do about the priority of this order."""
        self.ensure_one()
        if not self._is_order_leader() or self.state == "cancel":
            return []
        actions = [{"method": "action_override_priority", "label": self.env._("Set the Priority")}]
        if self.priority_override_on:
            actions.append({"method": "action_lift_priority_override", "label": self.env._("Let It Be Worked out")})
        return actions

    @api.model
    def _get_goals_of_parts(self, all_parts):
        """Return the goals by which orders were judged, in one query."""
        ids = {int(goal) for parts in all_parts for goal in (parts or {}).get("strategy", {}).get("goals", {})}
        # In sudo: what the order was judged by, though it may have ended or be another company's by now.
        return self.env["order.strategy.criterion"].sudo().browse(sorted(ids)).exists()

    @api.model
    def _describe_priority(self, parts, total, goals):
        """Return the ``parts`` of a score, and which of the ``goals`` were reached, in words.

        Who may not see all of them sees no points: what is left would tell what is missing.
        """
        hidden = self._get_hidden_criteria() & parts.keys()
        lines, unknown = [], []
        for name in CRITERIA:
            if name not in parts or name in hidden:
                continue
            figures = parts[name]
            if figures["points"] is None:
                unknown.append(self._get_criterion_label(name))
            else:
                lines.append(
                    {
                        "name": name,
                        "label": self._get_criterion_label(name),
                        "text": getattr(self, f"_describe_priority_{name}")(figures),
                        "points": False if hidden else figures["points"],
                    }
                )
        return {
            "worked_out": total,
            "lines": lines,
            "unknown_text": self.env._("Nothing is known about: %s.", ", ".join(unknown)) if unknown else False,
            "goals": self._describe_goals(goals, parts.get("strategy", {}).get("goals", {})),
        }

    @api.model
    def _get_hidden_criteria(self):
        """The criteria of which the user may not know."""
        user = self.env.user
        hidden = set()
        margin = self._fields.get("margin_percent")
        sees_margin = margin and (self.env.su or self.browse()._has_field_access(margin, "read"))
        if not sees_margin or not any(user.has_group(group) for group in MARGIN_GROUPS):
            hidden.add("margin")
        partner = self.env["res.partner"]
        if "abc_class" in partner._fields and not partner._has_field_access(partner._fields["abc_class"], "read"):
            hidden.add("customer")
        return hidden

    # === SENTENCES ===

    @api.model
    def _get_criterion_label(self, name):
        return {
            "customer": self.env._("Customer"),
            "strategy": self.env._("Goals"),
            "margin": self.env._("Margin"),
            "capacity": self.env._("Capacity"),
            "promise": self.env._("Promised date"),
        }[name]

    @api.model
    def _get_priority_sentence(self, described, override=False):
        """Say it in one paragraph: “62 of 100: customer of class A (+30), 2 of 3 goals reached (+17), …”"""
        reasons = ", ".join(self._get_priority_reasons(described["lines"]))
        if override:
            worked_out = self.env._("Worked out it would be %s of 100", described["worked_out"])
        else:
            worked_out = self.env._("%s of 100", described["worked_out"])
        judged = f"{worked_out}: {reasons}." if reasons else f"{worked_out}."
        return " ".join(sentence for sentence in (override, judged, described["unknown_text"]) if sentence)

    @api.model
    def _get_priority_reasons(self, lines):
        for line in lines:
            if line["points"] is False:
                yield line["text"]
            else:
                yield self.env._("%(reason)s (+%(points)s)", reason=line["text"], points=line["points"])

    def _get_priority_override_text(self):
        self.ensure_one()
        if not self.priority_override_on:
            return False
        return self.env._(
            "%(score)s of 100, set by %(who)s on %(date)s: %(reason)s.",
            score=round(self.priority_override),
            who=self.priority_override_by_id.name,
            date=format_date(self.env, self.priority_override_on.date()),
            reason=self.priority_override_reason.rstrip(". "),
        )

    @api.model
    def _describe_priority_customer(self, figures):
        if figures.get("class"):
            return self.env._("customer of class %s", figures["class"])
        percentile = figures["percentile"]
        if percentile >= 100:
            return self.env._("the customer who orders most")
        return self.env._("a customer who orders more than %s %% of the others", percentile)

    @api.model
    def _describe_priority_strategy(self, figures):
        goals = figures["goals"].values()
        if len(goals) == 1:
            return self.env._("the only goal is reached") if sum(goals) else self.env._("the only goal is missed")
        return self.env._("%(reached)s of %(goals)s goals reached", reached=sum(goals), goals=len(goals))

    @api.model
    def _describe_priority_margin(self, figures):
        return self.env._(
            "margin of %(share)s %%, %(target)s %% wanted",
            share=self._format_short(figures["share"] * 100),
            target=self._format_short(figures["target"] * 100),
        )

    @api.model
    def _describe_priority_capacity(self, figures):
        return self.env._(
            "%(needed)s hours needed, %(free)s free until then",
            needed=self._format_short(figures["needed"]),
            free=self._format_short(figures["free"]),
        )

    @api.model
    def _describe_priority_promise(self, figures):
        return self.env._("promised for %s", format_date(self.env, figures["date"]))

    @api.model
    def _describe_goals(self, goals, reached):
        """Return those ``goals`` of which ``reached`` tells, by id, whether an order reaches them."""
        marks = {True: self.env._("reached"), False: self.env._("missed")}
        # In the reader's language: the goals come in sudo, and are no secret.
        goals = goals.with_context(lang=self.env.lang).filtered(lambda goal: str(goal.id) in reached)
        return [
            {
                "id": goal.id,
                "name": self._describe_goal(goal, reached[str(goal.id)]),
                "description": goal.description or "",
                "reached": reached[str(goal.id)],
                "mark": marks[reached[str(goal.id)]],
            }
            for goal in goals.sorted(lambda goal: (goal.sequence, goal.id))
        ]

    @api.model
    def _describe_goal(self, goal, is_reached):
        """A tick at what isn't wanted would say the opposite of what is meant."""
        if goal.kind == "wanted":
            return goal.name
        return self.env._("Not: %s", goal.name) if is_reached else self.env._("Unwanted: %s", goal.name)

    @api.model
    def _format_short(self, number):
        """Return a number without decimals that say nothing, at most one."""
        return formatLang(self.env, number, digits=0 if round(number, 1) == round(number) else 1)
