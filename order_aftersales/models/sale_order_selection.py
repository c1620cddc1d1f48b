"""Leaders take orders on, or don't: by what is important, not by who asks loudest."""

from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.order_extension.change_order_rules import clean_text

from .order_selection_decision import DECISIONS
from .sale_order_priority import PRIORITY_GROUPS

QUOTATION_STATES = ("draft", "sent")
SELECTION_FIELDS = frozenset({"selection_decision", "selection_postponed_until"})


class SaleOrder(models.Model):
    _inherit = "sale.order"

    selection_decision = fields.Selection(
        DECISIONS, "Selection", readonly=True, copy=False, index="btree_not_null", groups=PRIORITY_GROUPS
    )
    selection_postponed_until = fields.Date("Decide on", readonly=True, copy=False, groups=PRIORITY_GROUPS)
    selection_decision_ids = fields.One2many(
        "order.selection.decision", "order_id", "Accepted or Rejected", groups="order_aftersales.group_user"
    )
    is_to_select = fields.Boolean(
        "To Be Selected", compute="_compute_is_to_select", search="_search_is_to_select", groups=PRIORITY_GROUPS
    )
    can_select = fields.Boolean(compute="_compute_is_to_select", groups=PRIORITY_GROUPS)
    can_reject = fields.Boolean(compute="_compute_is_to_select", groups=PRIORITY_GROUPS)
    can_take_back_selection = fields.Boolean(compute="_compute_is_to_select", groups=PRIORITY_GROUPS)

    # === WHAT IS TO BE SELECTED ===

    @api.depends("selection_decision", "is_to_select")
    def _compute_priority_explanation(self):
        super()._compute_priority_explanation()

    @api.depends_context("uid")
    @api.depends("state", "order_stage_id", "selection_decision", "stage_decision_ids")
    def _compute_is_to_select(self):
        for order in self:
            is_selector = bool(order.id) and order._is_order_leader() and order._may_select()
            order.is_to_select = order._is_to_select()
            order.can_select = is_selector and order.is_to_select and order._get_selection_obstacle() is None
            order.can_take_back_selection = is_selector and order._can_take_back_selection()
            order.can_reject = is_selector and order.state != "cancel" and not order._get_rejection_obstacles()

    def _is_to_select(self):
        self.ensure_one()
        if self.state in QUOTATION_STATES:
            return self.selection_decision in (False, "later") and not self._is_cart()
        return self.state == "sale" and self.order_stage_id.sudo().code == "selection"

    @api.model
    def _search_is_to_select(self, operator, value):
        if operator != "in":
            return NotImplemented
        quotations = Domain("state", "in", QUOTATION_STATES) & Domain(
            "selection_decision", "not in", ("accepted", "rejected")
        )
        if "website_id" in self._fields:
            quotations &= Domain("website_id", "=", False)  # what a visitor of the web shop is filling
        return quotations | (Domain("state", "=", "sale") & Domain("order_stage_id.code", "=", "selection"))

    def _get_selection_stage(self, company=None):
        """The stage of the map of ``company`` (default: the order's) where orders are selected, if there is one."""
        stages = self.env["order.stage"]
        company = company or self.company_id
        ids = [id_ for stage, id_, _needed in stages._get_map(company.id) if stage.key == "selection"]
        return stages.sudo().browse(ids)

    def _may_select(self, company=None):
        """Whether the user's department has a say in which orders ``company`` (default: the order's) takes on."""
        stage = self._get_selection_stage(company)
        return not stage or self._get_deciding_departments(stage) is not None

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """The buttons for orders that are ticked are for those who have a say in one of their companies."""
        view = super().get_view(view_id, view_type, **options)
        selection = self.env.ref("order_aftersales.sale_order_selection_view_list", raise_if_not_found=False)
        if not selection or view["id"] != selection.id or any(map(self._may_select, self.env.companies)):
            return view
        arch = etree.fromstring(view["arch"])
        for header in arch.findall("header"):
            arch.remove(header)
        return {**view, "arch": etree.tostring(arch, encoding="unicode")}

    def _check_may_select(self):
        self._check_is_order_leader()
        for order in self:
            if not order._may_select():
                raise AccessError(order._get_decision_refusal(order._get_selection_stage()))

    def _get_selection_obstacle(self):
        """Return why this order can't be accepted now, None if it can."""
        self.ensure_one()
        names = {"order": self.name, "stage": self.order_stage_id.sudo().name}
        if self.state == "cancel":
            return self.env._("%(order)s is cancelled. Set it back to a quotation first.", **names)
        if self.state in QUOTATION_STATES and self.selection_decision == "accepted":
            return self.env._("%(order)s is accepted already.", **names)
        if self.state == "sale" and not (self._is_to_select() and self._is_decision_due(self.order_stage_id.sudo())):
            return self.env._(
                "%(order)s is in the stage “%(stage)s”, where nothing is to be decided about its selection.", **names
            )
        return None

    # === ACCEPT ===

    def action_accept_selection(self):
        """Take these orders on: of a confirmed one it is the yes of the user's department, of a quotation the word."""
        self._check_may_select()
        for order in self:
            if obstacle := order._get_selection_obstacle():
                raise UserError(obstacle)
        orders = self.filtered(lambda order: order.state == "sale")
        if orders:
            orders._decide("yes")
        (self - orders)._record_selection("accepted")
        return True

    def _decide(self, answer, note=False):
        """An order is accepted as soon as all departments that select it have said yes."""
        selecting = self.filtered(lambda order: order._is_to_select())
        result = super()._decide(answer, note=note)
        accepted = selecting.filtered(lambda order: "selection" in order.sudo()._get_passed_stages())
        accepted._record_selection("accepted", note=note)
        return result

    # === TAKE BACK ===

    def _get_selecting_decisions(self):
        """The yeses of this confirmed order to its selection that the user may take back."""
        self.ensure_one()
        return self.stage_decision_ids.filtered(
            lambda decision: decision.stage_id.sudo().code == "selection" and decision.can_take_back
        )

    def _can_take_back_selection(self):
        """Whether an accepted quotation is still one, or an accepted order can wait for its selection again."""
        self.ensure_one()
        if self.selection_decision != "accepted":
            return False
        return self.state in QUOTATION_STATES or bool(self._get_selecting_decisions())

    def action_take_back_selection(self):
        """Ask why."""
        self._check_may_take_back_selection()
        return self._get_selection_wizard("withdrawn", self.env._("Take It Back"))

    def _check_may_take_back_selection(self):
        self._check_may_select()
        for order in self:
            if not order._can_take_back_selection():
                raise UserError(self.env._("%s was not accepted, or has gone on since.", order.name))

    def _take_back_selection(self, note=False):
        """Take back that these orders were accepted: they have to be selected again."""
        self._check_may_take_back_selection()
        for order in self:
            if order.state in QUOTATION_STATES:
                order._record_selection("withdrawn", note=note)
            else:
                order._get_selecting_decisions()._take_back(note)

    def _note_taken_back(self, decision, note):
        """An order that waits for its selection again is not accepted any more."""
        super()._note_taken_back(decision, note)
        if decision.stage_id.sudo().code == "selection" and self.sudo().selection_decision == "accepted":
            self._record_selection("withdrawn", note=note)

    # === REJECT, OR DECIDE LATER ===

    def action_reject_selection(self):
        """Ask why."""
        self._check_may_select()
        self._check_can_be_rejected()
        return self._get_selection_wizard("rejected", self.env._("Reject"))

    def action_postpone_selection(self):
        """Ask until when."""
        self._check_may_select()
        return self._get_selection_wizard("later", self.env._("Decide Later"))

    def _get_selection_wizard(self, decision, name):
        return {
            "name": name,
            "type": "ir.actions.act_window",
            "res_model": "order.selection.answer",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_ids": self.ids, "default_decision": decision},
        }

    def _get_rejection_obstacles(self):
        """Return what has happened that a rejection can't undo: words, empty if nothing."""
        self.ensure_one()
        order = self.sudo()  # what was delivered and billed decides, whoever may read it
        obstacles = []
        if order.locked:
            obstacles.append(self.env._("it is locked"))
        if order.state == "sale" and any(line.qty_delivered > 0 for line in order.order_line):
            obstacles.append(self.env._("something of it is delivered or done already"))
        if any(move.state == "posted" and move.payment_state != "reversed" for move in order.invoice_ids):
            obstacles.append(self.env._("it is billed already"))
        return obstacles

    def _check_can_be_rejected(self):
        for order in self:
            if order.state == "cancel":
                raise UserError(self.env._("%s is cancelled already.", order.name))
            if obstacles := order._get_rejection_obstacles():
                raise UserError(
                    self.env._(
                        "%(order)s can't be rejected: %(obstacles)s. Settle that with the customer first, or talk to"
                        " %(seller)s.",
                        order=order.name,
                        obstacles=", ".join(obstacles),
                        seller=order.user_id.name or self.env._("the sales department"),
                    )
                )

    def _reject_selection(self, reason, note=False, tell_customer=False):
        """Don't take these orders on: they are cancelled the way Odoo cancels orders. All of them, or none."""
        self._check_may_select()
        self._check_can_be_rejected()
        if not reason:
            raise UserError(self.env._("Please choose why %s is rejected.", ", ".join(self.mapped("name"))))
        self._record_selection("rejected", reason=reason, note=note)
        # In sudo: a leader of the production selects orders, and has no other right on them.
        self.sudo().action_cancel()
        if tell_customer:
            template = self.env.ref("order_aftersales.mail_template_order_rejected", raise_if_not_found=False)
            for order in self.sudo():
                order._send_order_notification_mail(template)

    def _postpone_selection(self, until=False, note=False):
        """Decide later, and say so."""
        self._check_may_select()
        for order in self:
            if not order._is_to_select():
                raise UserError(self.env._("Nothing is to be decided about the selection of %s.", order.name))
        if until and until <= fields.Date.context_today(self):
            raise UserError(self.env._("Please choose a day after today on which you want to decide."))
        self._record_selection("later", note=note, until=until)

    # === WRITE IT DOWN ===

    def _record_selection(self, decision, reason=None, note=False, until=False):
        """Keep the decision with what it was taken on, and tell the followers inside the company."""
        if not self:
            return
        note = clean_text(note or "") or False
        # In sudo: decisions are written here only, by those who may decide.
        decisions = self.env["order.selection.decision"].sudo()
        decisions.search([("order_id", "in", self.ids), ("is_last", "=", True)]).is_last = False
        self.env.flush_all()
        decisions.create([order.sudo()._prepare_selection_vals(decision, reason, note) for order in self])
        self._as_transition().write(
            {"selection_decision": decision != "withdrawn" and decision, "selection_postponed_until": until}
        )
        for order in self.sudo():
            order.message_post(
                body=order._get_selection_words(decision, reason, note, until), subtype_xmlid="mail.mt_note"
            )

    def _prepare_selection_vals(self, decision, reason, note):
        self.ensure_one()
        return {
            "order_id": self.id,
            "company_id": self.company_id.id,
            "decision": decision,
            "reason_id": reason.id if reason else False,
            "note": note,
            "user_id": self.env.uid,
            "date": fields.Datetime.now(),
            "was_confirmed": self.state == "sale",
            "partner_id": self.partner_id.commercial_partner_id.id,
            "seller_id": self.user_id.id,
            "currency_id": self.company_id.currency_id.id,
            "amount": self.company_id.currency_id.round(self.amount_untaxed / (self.currency_rate or 1.0)),
            "score": self.priority_score,
            "score_worked_out": self.priority_worked_out,
            "score_override": self.priority_override_reason,
            "score_parts": self.sudo().priority_parts,  # read by nobody as it is
        }

    def _get_selection_words(self, decision, reason, note, until):
        self.ensure_one()
        score = round(self.priority_score)
        if decision == "accepted":
            words = self.env._("Accepted, with a priority of %s.", score)
        elif decision == "rejected":
            words = self.env._(
                "Rejected, with a priority of %(score)s: %(reason)s.", score=score, reason=reason.sudo().name
            )
        elif decision == "withdrawn":
            words = self.env._("Not accepted any more: that is taken back.")
        elif until:
            words = self.env._("The selection is decided on %s.", fields.Date.to_string(until))
        else:
            words = self.env._("The selection is decided later.")
        return f"{words} {note}" if note else words

    def action_draft(self):
        """Whoever takes a rejected quotation up again has it decided again."""
        result = super().action_draft()
        decided = self.filtered("selection_decision")
        if decided:
            decided._as_transition().write(dict.fromkeys(SELECTION_FIELDS, False))
        return result

    # === WHERE IT IS SEEN ===

    def _get_priority_actions(self):
        """Beside the priority, leaders decide there whether the order is taken on."""
        actions = super()._get_priority_actions()
        if self.can_select:
            actions.insert(0, {"method": "action_accept_selection", "label": self.env._("Accept"), "primary": True})
        if self.is_to_select and self.can_reject:
            actions.insert(1, {"method": "action_reject_selection", "label": self.env._("Reject")})
        if self.can_take_back_selection:
            actions.insert(0, {"method": "action_take_back_selection", "label": self.env._("Take Back")})
        return actions

    def _get_priority_details(self, goals):
        labels = dict(self._fields["selection_decision"]._description_selection(self.env))
        return {
            **super()._get_priority_details(goals),
            "selection": self.selection_decision or False,
            "selection_label": labels.get(self.selection_decision, False),
        }

    @api.model
    def action_open_selection(self):
        """Open the orders to select, their scores as of now."""
        self._check_is_order_leader()
        self._refresh_stale_priorities(Domain("is_to_select", "=", True))
        return self.env["ir.actions.actions"]._for_xml_id("order_aftersales.order_selection_action")
