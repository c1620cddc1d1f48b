import doctest

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from .. import attention, deadlines, stage_rules
from ..stage_rules import CODES, GATES, OrderFacts, Stage, default_map, is_passed, stage_of

flags = st.booleans()
facts = st.builds(
    OrderFacts,
    state=st.sampled_from(["draft", "sent", "sale", "cancel"]),
    has_lines=flags,
    passed=st.frozensets(st.sampled_from([*sorted(GATES), "stage-7"])),
    started=flags,
    open_work=flags,
    open_returns=flags,
    open_billing=flags,
    open_cases=flags,
)


@st.composite
def maps(draw):
    """A map as a company may make it: in any order, with stages switched off and one of its own; never without done."""
    keys = draw(st.permutations([*CODES, "stage-7"]))
    off = draw(st.frozensets(st.sampled_from([code for code in CODES if code not in ("done", "costing")])))
    return tuple(Stage(key, key == "stage-7" or (key in GATES and draw(flags))) for key in keys if key not in off)


@tagged("post_install", "-at_install")
class TestStageRules(BaseCase):
    def test_examples(self):
        for module in (stage_rules, attention, deadlines):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 0)
            self.assertEqual(result.failed, 0)

    def test_table(self):
        """The table at the top of the rules, line by line; what is open further down doesn't matter."""
        every = {"open_work": True, "open_returns": True, "open_billing": True, "open_cases": True}
        yes = frozenset
        for expected, values in (
            ("generation", {"state": "draft"}),
            ("costing", {"state": "draft", "has_lines": True}),
            ("costing", {"state": "sent", "has_lines": True, "open_cases": True}),
            ("entry", {"state": "sale", "has_lines": True, **every}),
            ("selection", {"state": "sale", "passed": yes({"entry"}), **every}),
            ("scheduling", {"state": "sale", "passed": yes({"entry", "selection"}), **every}),
            ("fulfilment", {"state": "sale", "passed": yes({"entry", "selection", "scheduling"}), **every}),
            ("fulfilment", {"state": "sale", "started": True, **every}),
            ("returns", {"state": "sale", "started": True, **every, "open_work": False}),
            ("billing", {"state": "sale", "started": True, "open_billing": True, "open_cases": True}),
            ("aftersales", {"state": "sale", "started": True, "open_cases": True}),
            ("done", {"state": "sale", "started": True}),
            ("done", {"state": "cancel", "has_lines": True, "open_work": True}),
            ("returns", {"state": "cancel", **every}),
        ):
            with self.subTest(expected, **values):
                self.assertEqual(stage_of(OrderFacts(**values), default_map()), expected)

    @given(facts, maps())
    def test_always_one_stage_of_the_map(self, fact, stages):
        key = stage_of(fact, stages)
        self.assertIn(key, {stage.key for stage in stages})
        self.assertNotEqual(key, "planning")

    @given(facts)
    def test_done_means_nothing_open(self, fact):
        """With the map of the source an order is done exactly when nothing of it is open and nothing undecided."""
        undecided = (
            fact.state == "sale" and not fact.started and not fact.passed >= {"entry", "selection", "scheduling"}
        )
        work = fact.state == "sale" and fact.open_work
        rest = fact.open_returns or fact.open_billing or fact.open_cases
        still = fact.state in ("draft", "sent") or undecided or work or rest
        self.assertEqual(stage_of(fact, default_map()) == "done", not still)

    @given(facts, st.sampled_from(sorted(GATES)))
    def test_yes_never_goes_back(self, fact, gate):
        """One yes more never brings an order to an earlier stage."""
        order = [stage.key for stage in stage_rules._by_precedence(default_map())]
        before = stage_of(fact, default_map())
        after = stage_of(OrderFacts(**{**fact.__dict__, "passed": fact.passed | {gate}}), default_map())
        self.assertGreaterEqual(order.index(after), order.index(before))

    @given(facts, maps())
    def test_switched_off_decision_holds_nobody(self, fact, stages):
        without = tuple(Stage(stage.key) for stage in stages if stage.key != "stage-7")
        self.assertNotIn(stage_of(fact, without), {"entry", "selection", "scheduling"})

    def test_own_stage_where_it_stands(self):
        """A decision of the company's own holds the order between the stages where it put it."""
        stages = [*default_map()]
        stages.insert(CODES.index("billing"), Stage("stage-7", True))
        done = OrderFacts("sale", True, frozenset(), started=True, open_billing=True)
        self.assertEqual(stage_of(done, stages), "stage-7")
        accepted = OrderFacts("sale", True, frozenset({"stage-7"}), started=True, open_billing=True)
        self.assertEqual(stage_of(accepted, stages), "billing")

    @given(
        st.frozensets(st.integers(1, 4)),
        st.lists(st.tuples(st.integers(1, 4), flags)),
    )
    def test_decision_together(self, needed, answers):
        """Passed exactly when the last word of each department that decides is yes."""
        last = {}
        for department, yes in answers:
            last[department] = yes
        if needed:
            self.assertEqual(is_passed(needed, answers), all(last.get(department) is True for department in needed))
        else:
            self.assertEqual(is_passed(needed, answers), bool(last) and all(last.values()))
