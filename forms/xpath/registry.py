"""The functions that expressions can call, by name."""

from collections.abc import Callable
from dataclasses import dataclass

from forms.xpath.context import Context
from forms.xpath.values import NodeSet, NotEvaluated, Value

Call = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Function:
    """`call` gets the context and the evaluated arguments; `most` is None when there is no end to them."""

    call: Call
    least: int
    most: int | None


FUNCTIONS: dict[str, Function] = {}


def function(name: str, least: int, most: int | None = -1) -> Callable[[Call], Call]:
    """Registers a function of `least` to `most` arguments; exactly `least` when nothing else is said."""

    def register(call: Call) -> Call:
        FUNCTIONS[name] = Function(call, least, least if most == -1 else most)
        return call

    return register


def not_evaluated(name: str, reason: str) -> None:
    """Registers a function that the spec has and the server cannot answer."""

    def refuse(_context: Context, *_arguments: Value) -> Value:
        raise NotEvaluated(f"{name}(): {reason}")

    FUNCTIONS[name] = Function(refuse, 0, None)


def node_set(value: Value) -> NodeSet:
    """The argument as a node-set. What is none makes the expression not evaluated."""
    if not isinstance(value, NodeSet):
        raise NotEvaluated("a path was expected")
    return value


def each_text(values: tuple[Value, ...], to_text: Callable[[Value], str]) -> list[str]:
    """The texts of all values, with those of every node in a node-set."""
    return [text for value in values for text in (value.texts if isinstance(value, NodeSet) else [to_text(value)])]
