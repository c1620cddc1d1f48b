from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ..stage_rules import FIXED, GATES, Stage

#: What decides through which stages orders go, and who has to say yes.
MAP_FIELDS = frozenset(
    {"active", "sequence", "code", "is_gate", "department_id", "codeciding_department_ids", "company_id"}
)


class OrderStage(models.Model):
    """A stage of the order cycle, as this company wants it: who is responsible, who helps, who decides together."""

    _name = "order.stage"
    _description = "Order Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("planning", "Planning"),
            ("generation", "Order generation"),
            ("costing", "Costing and pricing"),
            ("entry", "Receipt and entry"),
            ("selection", "Selection and priority"),
            ("scheduling", "Scheduling"),
            ("fulfilment", "Fulfilment"),
            ("billing", "Billing"),
            ("returns", "Returns and claims"),
            ("aftersales", "After-sales service"),
            ("done", "Done"),
        ],
        string="Standard Stage",
        copy=False,
        help="Which documents bring an order into this stage. Empty: a decision of your own, taken where the stage "
        "stands in the map.",
    )
    sequence = fields.Integer(default=45)
    active = fields.Boolean(default=True)
    fold = fields.Boolean("Folded on the Board")
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies that have no stage of their own for it."
    )
    is_gate = fields.Boolean(
        "People Decide",
        help="An order leaves this stage only when everybody who decides has said yes. Otherwise the documents alone "
        "decide.",
    )
    is_leader_only = fields.Boolean("Leaders Only", help="Only leaders may say yes or no here.")
    decision_name = fields.Char(
        "What Is Decided", translate=True, help="For example “Entry checked”. Stands on the button and in the history."
    )
    owner_rule = fields.Selection(
        [
            ("seller", "Salesperson of the order"),
            ("project", "Project manager, else the salesperson"),
            ("user", "The responsible of the stage"),
            ("head", "Head of the department"),
        ],
        string="Looked After By",
        required=True,
        default="seller",
    )
    user_id = fields.Many2one("res.users", "Responsible", domain=[("share", "=", False)])
    department_id = fields.Many2one("hr.department", help="Is in charge of the orders in this stage.")
    cooperating_department_ids = fields.Many2many(
        "hr.department", "order_stage_cooperating_rel", string="Helped By", help="They see these orders as theirs, too."
    )
    codeciding_department_ids = fields.Many2many(
        "hr.department",
        "order_stage_codeciding_rel",
        string="Decide Together",
        help="Beside the department in charge, each of them has to say yes.",
    )
    sla_hours = fields.Float("Working Hours Allowed", help="Within which an order should leave the stage. 0: no limit.")
    calendar_id = fields.Many2one("resource.calendar", "Working Times", help="Empty: those of the company.")
    entry_criteria = fields.Text("What Comes In", translate=True, help="What has to be there when the stage begins.")
    instructions = fields.Html(translate=True)
    customer_name = fields.Char("The Customer Reads", translate=True, help="The stage in plain words, on the portal.")
    order_ids = fields.One2many("sale.order", "order_stage_id")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL AND active",
        "The map has this stage already. A stage of your own has no code.",
    )

    @api.constrains("code", "is_gate")
    def _check_gate(self):
        for stage in self:
            if stage.code and stage.is_gate and stage.code not in GATES:
                raise ValidationError(
                    self.env._(
                        "“%s” follows from documents alone; nobody can decide there. Add a stage of your own before or"
                        " after it.",
                        stage.name,
                    )
                )

    def _check_somewhere_to_be(self):
        """Each order must have a stage: quotations one of the first two, and all that is finished the last."""
        is_shared = any(not stage.company_id for stage in self)
        for company in self.env["res.company"].sudo().search([("active", "=", True)]) if is_shared else self.company_id:
            keys = {stage.key for stage, *_rest in self._get_map(company.id)}
            for missing in FIXED - keys:
                raise ValidationError(
                    self.env._("“%s” can't be switched off: finished orders are there.", self._get_label(missing))
                )
            if not keys & {"generation", "costing"}:
                raise ValidationError(
                    self.env._(
                        "“%(generation)s” and “%(costing)s” can't both be switched off: quotations are there.",
                        generation=self._get_label("generation"),
                        costing=self._get_label("costing"),
                    )
                )

    def _get_label(self, code):
        return dict(self._fields["code"]._description_selection(self.env))[code]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("code"):
                vals.setdefault("is_gate", True)
        stages = super().create(vals_list)
        self.env.registry.clear_cache()
        # The map of the source comes stage by stage.
        stages.filtered("company_id")._check_somewhere_to_be()
        stages._set_orders_outdated()
        return stages

    def write(self, vals):
        companies = self.company_id if all(stage.company_id for stage in self) else self.env["res.company"]
        if "code" in vals and any(stage.code and stage.code != vals["code"] for stage in self):
            raise UserError(
                self.env._("The documents that a stage follows from can't be changed. Switch it off, or rename it.")
            )
        result = super().write(vals)
        if MAP_FIELDS & vals.keys():
            self.flush_recordset()
            self.env.registry.clear_cache()
            try:
                self._check_somewhere_to_be()
            except ValidationError:
                # what was read for the check is not going to be
                self.env.registry.clear_cache()
                raise
            self._set_orders_outdated(companies)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_the_source(self):
        for stage in self:
            if stage.code:
                raise UserError(self.env._("“%s” belongs to the order cycle. Switch it off instead.", stage.name))
            domain = [("stage_id", "=", stage.id)]
            if any(
                # In sudo: orders that the user can't see count, too.
                self.env[model].sudo().search_count(domain, limit=1)
                for model in ("order.stage.visit", "order.stage.decision")
            ):
                raise UserError(
                    self.env._("Orders have been in “%s”: its history stays. Switch it off instead.", stage.name)
                )

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # ------------------------------------------------------------------ the map

    @property
    def key(self):
        """What the rules know the stage by."""
        return self.code or f"stage-{self.id}"

    @api.model
    @tools.ormcache("company_id")
    def _get_map(self, company_id):
        """Return the stages that are switched on in a company, in their order.

        :return: tuples of :class:`~..stage_rules.Stage`, its id, and the ids of the departments that have to say yes
        """
        domain = [("company_id", "in", (False, company_id))]
        stages = self.sudo().with_context(active_test=False).search(domain, order="sequence, id")
        own = {stage.code for stage in stages if stage.company_id and stage.code}
        return tuple(
            (
                Stage(stage.key, stage.is_gate),
                stage.id,
                frozenset((stage.department_id | stage.codeciding_department_ids).ids),
            )
            for stage in stages
            if stage.active and (stage.company_id or stage.code not in own)
        )

    @api.model
    def _get_department_stages(self, departments, companies):
        """Return the ids of the stages that concern ``departments``, and of those right before them.

        :return: dictionary: ``now`` where they are in charge, help or decide; ``next`` from where orders come to them
        """
        now, coming = set(), set()
        for company in companies:
            before = None
            for id_ in [id_ for stage, id_, _needed in self._get_map(company.id) if stage.key != "done"]:
                stage = self.sudo().browse(id_)
                concerned = (
                    stage.department_id | stage.cooperating_department_ids | stage.codeciding_department_ids
                ) & departments
                if concerned:
                    now.add(id_)
                    coming |= {before} if before else set()
                before = id_
        return {"now": now, "next": coming - now}

    def _set_orders_outdated(self, companies=None):
        """The map has changed: the orders' stages have to be found again. While it is installed, the hook does it."""
        if not self.pool.ready:
            return
        companies = (companies or self.env["res.company"]) | (
            self.company_id if all(stage.company_id for stage in self) else self.env["res.company"]
        )
        self.env["sale.order"]._set_stage_outdated(companies)

    def _get_calendar(self, company):
        return self.calendar_id or company.resource_calendar_id

    @api.model
    def _find(self, code, company):
        """Return the stage with ``code`` that is switched on in ``company``, if any."""
        for stage, id_, _needed in self._get_map((company or self.env.company).id) if code else ():
            if stage.key == code:
                return self.browse(id_)
        return self.browse()
