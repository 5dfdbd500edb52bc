"""Checks: the form's own rules, evaluated again over what a phone sent (ODK XForms spec, Bindings). Pure.

A phone's engine has checked the answers already; this finds what a broken or foreign client let through. So a check
that cannot be made here (an unknown function, a list that only the phone has, an expression that stumbles or takes too
long) is not evaluated, and says nothing: no fault is better than a false one. An expression that asks the clock is a
fault only when it also fails a day earlier, for an answer may be given before midnight and saved after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from forms.answers import Answer
from forms.binds import Bind, Logic, read_logic
from forms.definition import Question
from forms.look import Look
from forms.typed import typed_value
from forms.xpath.evaluate import Compiled, compile_expression
from forms.xpath.nodes import Node
from forms.xpath.values import NotEvaluated

MAX_FAULTS = 100
REQUIRED, CONSTRAINT, RELEVANT, TYPE = "required", "constraint", "relevant", "type"
Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class CheckFault:
    """One answer that breaks a rule. `key` is the path with positions, as `Answer.key`; texts are by language tag.

    `message` has the form maker's own words; it is empty where the form has none for this kind.
    """

    path: str
    key: str
    kind: str
    label: Mapping[str, str]
    message: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The faults in the order of the form, and why which checks said nothing: (path, kind) to reason."""

    faults: tuple[CheckFault, ...]
    not_evaluated: Mapping[tuple[str, str], str] = field(default_factory=dict)


class Checks:
    """The checks of one form version, compiled. `not_evaluated` has those that never can be: (path, kind) to reason."""

    def __init__(self, logic: Logic) -> None:
        self.logic = logic
        self.not_evaluated: dict[tuple[str, str], str] = {}
        self.expressions: dict[tuple[str, str], Compiled] = {}
        for bind in logic.binds.values():
            for kind, source in bind.expressions.items():
                self._compile(bind.path, kind, source)
            if bind.choices and bind.choices.values is None:
                self._compile(bind.path, TYPE, bind.choices.nodeset)
        self._asks_clock = any(expression.asks_clock for expression in self.expressions.values())

    def _compile(self, path: str, kind: str, source: str) -> None:
        try:
            self.expressions[path, kind] = compile_expression(source)
        except NotEvaluated as error:
            self.not_evaluated[path, kind] = str(error)

    def check(self, instance_xml: str, captured_at: datetime) -> Outcome:
        """What is wrong with these answers. `captured_at` is when they were saved, in the zone of who filled them in.

        The XML is one that `forms.answers.parse_instance` accepts.
        """
        outcome = self._check(instance_xml, captured_at)
        if not (outcome.faults and self._asks_clock):
            return outcome
        earlier = self._check(instance_xml, captured_at - timedelta(days=1)).faults
        return Outcome(tuple(fault for fault in outcome.faults if fault in earlier), outcome.not_evaluated)

    def faults(self, instance_xml: str, captured_at: datetime) -> tuple[CheckFault, ...]:
        return self.check(instance_xml, captured_at).faults

    def look(self, instance_xml: str, now: datetime) -> Look:
        """The answers as the form's logic sees them at this time."""
        return Look(self.logic, self.expressions, self.not_evaluated, instance_xml, now)

    def _check(self, instance_xml: str, now: datetime) -> Outcome:
        look = self.look(instance_xml, now)
        faults: list[CheckFault] = []
        for node in look.document.descendants_or_self():
            bind = self.logic.binds.get(node.path)
            question = bind.question if bind else None
            if bind is None or question is None or not question.control or node.children or len(faults) == MAX_FAULTS:
                continue
            kind = _fault_of(look, node, bind, question)
            if kind is not None:
                faults.append(CheckFault(node.path, node.key, kind, question.labels, bind.messages.get(kind, {})))
        return Outcome(tuple(faults), look.not_evaluated)


def _fault_of(look: Look, node: Node, bind: Bind, question: Question) -> str | None:
    """The kind of fault of this answer, or None. Blanks alone are neither an answer nor a missing one."""
    relevance = look.relevance(node)
    if relevance is False:
        return RELEVANT if node.own_text.strip() else None
    if not node.own_text:
        is_missing = relevance and not bind.is_readonly and look.holds(node, REQUIRED, otherwise=False)
        return REQUIRED if is_missing else None
    if not node.own_text.strip():
        return None
    if not _fits(look, node, bind, question):
        return TYPE
    return None if look.holds(node, CONSTRAINT, otherwise=True) else CONSTRAINT


def _fits(look: Look, node: Node, bind: Bind, question: Question) -> bool:
    """Whether the answer has the type of its question and is one of its choices. What is calculated is not judged."""
    if "calculate" in bind.expressions:
        return True
    if bind.choices is None:
        return typed_value(question, Answer(node.path, "", node.own_text.strip())) is not None
    offered = look.choices(node, bind.choices)
    chosen = [node.own_text.strip()] if question.kind == "select1" else node.own_text.split()
    return offered is None or offered.issuperset(chosen)


def compile_checks(xform: str, lists: Mapping[str, Rows] | None = None) -> Checks:
    """The checks of a form version. `lists` has the rows of external lists that the server holds, by instance id."""
    return Checks(read_logic(xform, lists or {}))
