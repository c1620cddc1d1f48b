"""Which stage an order is in: one pure function over the facts of its documents.

An order is in the first stage, in the order of the map, where something is left to do:

=============  ================================================================  =============================
stage          something is left to do there while …                             left by
=============  ================================================================  =============================
generation     it is a quotation and nothing is offered yet                      the first line
costing        it is a quotation with lines, being priced or awaiting an answer  the confirmation
entry          it is confirmed, and nobody has checked what came in              decision "entry checked"
selection      nobody has accepted it and given it its priority                  decision "selected"
scheduling     its date is not agreed with those who do it                       decision "schedule agreed"
fulfilment     something is to be made, delivered or done                        deliveries, tasks, milestones
returns        a return or a claim is open                                       returns, refunds, claims
billing        something is to be invoiced or to be paid                         invoices and payments
aftersales     an installation, repair, maintenance or training is open          cases
done           nothing of it is open                                             whatever is opened again
=============  ================================================================  =============================

- ``planning`` holds opportunities that nobody has qualified yet, ``generation`` those that have no quotation yet
  (:func:`opportunity_stage`); an order is never in ``planning``.
- A stage that is switched off is skipped. Without ``costing`` a quotation stays in ``generation`` until it is
  confirmed, and the other way round.
- Stages that a company adds are decisions, held where they stand in its map.
- Decisions before ``fulfilment`` are overtaken by the work: what is delivered can't wait for a yes any more.
- A return comes before billing wherever the map shows it: what is disputed is settled before it is asked to be paid.
- What is cancelled needs no decision and no work, but what was delivered, billed or claimed before is brought to its
  end.
"""

from dataclasses import dataclass, field

CODES = (
    "planning", "generation", "costing", "entry", "selection", "scheduling", "fulfilment", "billing", "returns",
    "aftersales", "done",
)  # fmt: skip
#: Stages of the source that people may leave by deciding.
GATES = frozenset({"entry", "selection", "scheduling", "billing"})
#: Stages that can't be switched off: an order must be somewhere.
FIXED = frozenset({"done"})
QUOTATION_STATES = frozenset({"draft", "sent"})


@dataclass(frozen=True)
class OrderFacts:
    """What the documents of an order say.

    :param str state: of the order: draft, sent, sale or cancel
    :param bool has_lines: something is offered
    :param frozenset passed: stages at which all who decide have said yes, whatever the map calls them
    :param bool started: something is delivered or done
    :param bool open_work: deliveries, tasks or milestones are not done
    :param bool open_returns: returns, refunds or claims are not settled
    :param bool open_billing: something is to be invoiced, or an invoice is neither posted nor paid
    :param bool open_cases: after-sales cases are not closed
    """

    state: str
    has_lines: bool = False
    passed: frozenset = field(default_factory=frozenset)
    started: bool = False
    open_work: bool = False
    open_returns: bool = False
    open_billing: bool = False
    open_cases: bool = False


@dataclass(frozen=True)
class Stage:
    """A stage that is switched on.

    :param key: what identifies it; for the stages of the source their code
    :param bool is_gate: people decide here. Of the stages of the source only :data:`GATES` can be; all others are.
    """

    key: str
    is_gate: bool = False


def default_map():
    """Return the stages of the source, with all decisions."""
    return tuple(Stage(code, code in GATES) for code in CODES)


def stage_of(facts, stages):
    """Return the key of the stage of an order.

    :param stages: the :class:`Stage` that are switched on, in the order of the map

    >>> stage_of(OrderFacts("draft"), default_map())
    'generation'
    >>> stage_of(OrderFacts("sale", True, frozenset({"entry"}), open_work=True), default_map())
    'selection'
    >>> stage_of(OrderFacts("sale", True, started=True, open_work=True), default_map())
    'fulfilment'
    >>> stage_of(OrderFacts("sale", True, started=True, open_billing=True, open_returns=True), default_map())
    'returns'
    >>> stage_of(OrderFacts("cancel", True, open_billing=True), default_map())
    'billing'
    """
    keys = {stage.key for stage in stages}
    work_is_ahead = "fulfilment" in keys
    for stage in _by_precedence(stages):
        if stage.key == "fulfilment":
            work_is_ahead = False
        if _is_held(facts, stage, keys, work_is_ahead):
            return stage.key
    return "done"


def _by_precedence(stages):
    """The stages in the order in which they hold an order: returns right before billing, if the map has them later."""
    ordered = list(stages)
    keys = [stage.key for stage in ordered]
    if "billing" in keys and "returns" in keys[keys.index("billing") :]:
        returns = ordered.pop(keys.index("returns"))
        ordered.insert(keys.index("billing"), returns)
    return ordered


def _is_held(facts, stage, keys, work_is_ahead):
    """Whether something is left to do at ``stage``."""
    quotation = facts.state in QUOTATION_STATES
    match stage.key:
        case "planning" | "done":
            return False
        case "generation":
            return quotation and (not facts.has_lines or "costing" not in keys)
        case "costing":
            return quotation and (facts.has_lines or "generation" not in keys)
        case "fulfilment":
            return facts.state == "sale" and facts.open_work
        case "returns":
            return facts.open_returns
        case "billing":
            return facts.open_billing
        case "aftersales":
            return facts.open_cases
        case _:
            overtaken = work_is_ahead and facts.started
            return facts.state == "sale" and stage.is_gate and stage.key not in facts.passed and not overtaken


@dataclass(frozen=True)
class OpportunityFacts:
    """What is known of an opportunity.

    :param bool is_open: neither won nor lost
    :param bool has_quotation: a quotation or order follows from it, which is then the one to look at
    :param bool is_qualified: somebody has found out that there is something to sell
    """

    is_open: bool
    has_quotation: bool = False
    is_qualified: bool = True


def opportunity_stage(facts):
    """Return the code of the stage that lists an opportunity, or None.

    >>> opportunity_stage(OpportunityFacts(True, is_qualified=False)), opportunity_stage(OpportunityFacts(True, True))
    ('planning', None)
    """
    if not facts.is_open or facts.has_quotation:
        return None
    return "generation" if facts.is_qualified else "planning"


def is_passed(needed, answers):
    """Whether a decision is made: yes from every department that decides, the last answer of each counting.

    :param needed: the departments that have to say yes; without any, one yes of anybody is enough
    :param answers: pairs of department and whether it was a yes, in the order in which they were given

    >>> is_passed({"sales", "workshop"}, [("sales", True), ("workshop", False), ("workshop", True)])
    True
    >>> is_passed({"sales", "workshop"}, [("sales", True)])
    False
    """
    last = dict(answers)
    if not needed:
        return bool(last) and all(last.values())
    return all(last.get(department, False) for department in needed)
