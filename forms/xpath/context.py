"""Where an expression is evaluated: the node, the time, the form's lists, and how much work is left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from forms.xpath.nodes import Node
from forms.xpath.values import NodeSet, NotEvaluated, Value, to_number

MAX_STEPS = 200_000
"""Nodes that all expressions of one instance may touch together: about 0.1 s."""


@dataclass(frozen=True, slots=True)
class Lists:
    """What an expression may ask of the form: its internal lists by id, and what people read for a choice."""

    instances: Mapping[str, Node]
    choice_label: Callable[[str, str], str]
    text: Callable[[str], str]


class Run:
    """One instance being looked at. `now` is in the zone of the person who filled it in."""

    def __init__(self, now: datetime, text_of: Callable[[Node], str], lists: Lists, steps: int = MAX_STEPS) -> None:
        assert now.tzinfo is not None
        self.now = now
        self.zone: tzinfo = now.tzinfo
        self.text_of = text_of
        self.lists = lists
        self.steps = steps

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise NotEvaluated("too much work for one instance")


@dataclass(frozen=True, slots=True)
class Context:
    """`node` is ".", `current` the node that the expression belongs to (another one inside a predicate)."""

    run: Run
    node: Node
    current: Node
    position: int = 1
    size: int = 1
    is_pinned: bool = True
    """Whether an absolute path means the repeat instances that `current` is in."""

    def nodes(self, found: Sequence[Node]) -> NodeSet:
        return NodeSet(found, self.run.text_of)

    def number(self, value: Value) -> float:
        return to_number(value, self.run.zone)


Expression = Callable[[Context], Value]
