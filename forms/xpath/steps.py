"""Location paths: which nodes a path means, seen from a node (ODK XForms spec, XPath Paths and Repeats)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from elementpath import XPathToken

from forms.xpath.context import Context, Expression
from forms.xpath.nodes import Node
from forms.xpath.registry import node_set
from forms.xpath.values import NotEvaluated, Value, to_boolean

PATH_SYMBOLS = ("/", "//", "[", ".", "..", "*", "(name)", ":", "node")
Build = Callable[[XPathToken], Expression]
_AXES: dict[str, Callable[[Node], Iterable[Node]]] = {
    "child": lambda node: node.children,
    "self": lambda node: [node],
    "parent": lambda node: [node.parent] if node.parent else [],
    "descendant-or-self": Node.descendants_or_self,
}


@dataclass(slots=True)
class Step:
    """One step: along an axis, to nodes of this name (None for any), that meet every predicate."""

    axis: str
    name: str | None
    predicates: list[Expression] = field(default_factory=list)


@dataclass(slots=True)
class Path:
    """Steps from somewhere: the document ("/"), the context node (None), or the nodes of an expression."""

    start: Expression | str | None
    steps: list[Step] = field(default_factory=list)


def build_path(token: XPathToken, build: Build) -> Expression:
    """The expression of a location path: a node-set in document order."""
    path = _read_path(token, build)
    if path.start == "/":
        return lambda context: context.nodes(_walk_from_document(context, path.steps))
    if path.start is None:
        return lambda context: context.nodes(_walk(context, [context.node], path.steps))
    start = path.start
    assert not isinstance(start, str)
    return lambda context: context.nodes(_walk(context, list(node_set(start(context)).nodes), path.steps))


def _read_path(token: XPathToken, build: Build) -> Path:
    symbol = token.symbol
    if symbol in ("/", "//"):
        path = Path("/") if len(token) < 2 else _read_path(token[0], build)
        if symbol == "//":
            path.steps.append(Step("descendant-or-self", None))
        if len(token):
            path.steps.append(_read_step(token[-1], build))
        return path
    if symbol == "[" and not _is_step(token):
        return _filtered(token, build)
    return Path(None, [_read_step(token, build)]) if _is_step(token) else Path(build(token))


def _is_step(token: XPathToken) -> bool:
    while token.symbol == "[":
        token = token[0]
    if token.symbol == ":":
        return token[1].label != "function"
    return (token.symbol in PATH_SYMBOLS and token.symbol not in ("/", "//")) or token.label == "axis"


def _read_step(token: XPathToken, build: Build) -> Step:
    symbol = token.symbol
    if symbol == "[":
        step = _read_step(token[0], build)
        step.predicates.append(build(token[1]))
        return step
    if symbol in (".", ".."):
        return Step("self" if symbol == "." else "parent", None)
    if token.label == "axis" and symbol in _AXES:
        return replace(_read_step(token[0], build), axis=symbol)
    if symbol == "(name)":
        return Step("child", str(token.value))
    if symbol == ":" and token[1].symbol == "(name)":
        return Step("child", str(token[1].value))
    if symbol in ("*", "node"):
        return Step("child", None)
    raise NotEvaluated(f"{token.source} is not supported in a path")


def _filtered(token: XPathToken, build: Build) -> Path:
    """A predicate on all nodes of an expression: `instance('x')[1]`, `(a | b)[1]`, `/data/r[1]` is a step instead."""
    inner, predicate = build(token[0]), build(token[1])

    def call(context: Context) -> Value:
        return context.nodes(_matching(context, list(node_set(inner(context)).nodes), predicate))

    return Path(call)


def _walk(context: Context, nodes: list[Node], steps: list[Step]) -> list[Node]:
    for step in steps:
        nodes = _take(context, nodes, step)
    return nodes


def _walk_from_document(context: Context, steps: list[Step]) -> list[Node]:
    """Absolute paths stay inside the repeat instances that the expression's own node is in, up to the last step."""
    chain = context.current.ancestors_or_self()
    nodes, depth = chain[:1], 1
    if not context.is_pinned:
        return _walk(context, nodes, steps)
    for step in steps[:-1]:
        same = chain[depth] if depth < len(chain) else None
        is_plain = step.axis == "child" and not step.predicates
        if not (same and is_plain and step.name == same.name):
            break
        nodes = [same] if same.is_repeat else _take(context, nodes, step)
        depth += 1
    return _walk(context, nodes, steps[depth - 1 :])


def _take(context: Context, nodes: list[Node], step: Step) -> list[Node]:
    found: list[Node] = []
    for node in nodes:
        reached = list(_AXES[step.axis](node))
        context.run.spend(len(reached) + 1)
        candidates = reached if step.name is None else [one for one in reached if one.name == step.name]
        for predicate in step.predicates:
            candidates = _matching(context, candidates, predicate)
        found += candidates
    return found if len(nodes) < 2 else list(dict.fromkeys(found))


def _matching(context: Context, nodes: list[Node], predicate: Expression) -> list[Node]:
    return [
        node
        for position, node in enumerate(nodes, 1)
        if _holds(predicate(replace(context, node=node, position=position, size=len(nodes))), position)
    ]


def _holds(value: Value, position: int) -> bool:
    if isinstance(value, float):
        return value == position
    return to_boolean(value)
