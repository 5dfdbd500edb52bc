"""Functions on node-sets, on the form's own lists, and what the server cannot know (ODK XForms spec)."""

import posixpath

from forms.xpath.context import Context
from forms.xpath.nodes import Node
from forms.xpath.registry import function, node_set, not_evaluated
from forms.xpath.values import NodeSet, NotEvaluated, Value, to_string


@function("count", 1)
def count(_context: Context, nodes: Value) -> Value:
    return float(len(node_set(nodes).nodes))


@function("count-non-empty", 1)
def count_non_empty(_context: Context, nodes: Value) -> Value:
    return float(sum(bool(text) for text in node_set(nodes).texts))


@function("position", 0, 1)
def position(context: Context, nodes: Value | None = None) -> Value:
    if nodes is None:
        return float(context.position)
    found = node_set(nodes).nodes
    if len(found) != 1:
        raise NotEvaluated("position(): one node was expected")
    parent = found[0].parent
    context.run.spend(len(parent.children) if parent else 1)
    return float(found[0].position)


@function("last", 0)
def last(context: Context) -> Value:
    return float(context.size)


@function("current", 0)
def current(context: Context) -> Value:
    return context.nodes([context.current])


@function("once", 1)
def once(context: Context, value: Value) -> Value:
    return context.run.text_of(context.node) or to_string(value)


@function("instance", 1)
def instance(context: Context, name: Value) -> Value:
    return context.nodes([_list(context, to_string(name))])


def _list(context: Context, name: str) -> Node:
    try:
        return context.run.lists.instances[name]
    except KeyError:
        raise NotEvaluated(f"the list {name!r} is not in the form") from None


@function("pulldata", 4)
def pulldata(context: Context, name: Value, wanted: Value, key: Value, query: Value) -> Value:
    """The first `wanted` of the items of a list whose `key` is `query`."""
    column, value = to_string(key), to_string(query)
    items = [item for root in _list(context, to_string(name)).named("root") for item in root.named("item")]
    context.run.spend(len(items))
    for item in items:
        if any(node.own_text == value for node in item.named(column)):
            return next((node.own_text for node in item.named(to_string(wanted))), "")
    return ""


@function("jr:choice-name", 2)
def choice_name(context: Context, value: Value, question: Value) -> Value:
    path = to_string(question).strip().removeprefix("current()/")
    absolute = posixpath.normpath(posixpath.join(context.current.path, path))
    return context.run.lists.choice_label(absolute, to_string(value))


@function("jr:itext", 1)
def itext(context: Context, name: Value) -> Value:
    return context.run.lists.text(to_string(name))


@function("indexed-repeat", 3, 7)
def indexed_repeat(context: Context, target: Value, *pairs: Value) -> Value:
    """The target nodes in the repeat instances with these numbers. The paths it gets are not pinned to one instance."""
    if len(pairs) % 2:
        raise NotEvaluated("indexed-repeat(): every repeat needs a number")
    found = list(node_set(target).nodes)
    within: list[Node] = []
    context.run.spend(len(found) * len(pairs))
    for repeats, number in zip(pairs[::2], pairs[1::2], strict=True):
        inside = [node for node in node_set(repeats).nodes if set(within) <= set(node.ancestors_or_self())]
        place = context.number(number)
        if not (1 <= place <= len(inside) and place.is_integer()):
            return context.nodes([])
        within.append(inside[int(place) - 1])
        found = [node for node in found if within[-1] in node.ancestors_or_self()]
    return context.nodes(found)


def union(context: Context, left: NodeSet, right: NodeSet) -> NodeSet:
    """Both, in document order. Nodes of different documents stay apart."""
    wanted = {id(node) for node in (*left.nodes, *right.nodes)}
    tops = {id(top): top for top in (node.ancestors_or_self()[0] for node in (*left.nodes, *right.nodes))}
    ordered = [node for top in tops.values() for node in top.descendants_or_self() if id(node) in wanted]
    context.run.spend(len(ordered))
    return context.nodes(ordered)


not_evaluated("randomize", "the order differs each time")
not_evaluated("uuid", "every call gives another id")
not_evaluated("property", "the phone's own settings are not known here")
for _name in ("version", "intersects", "geofence", "extract-signed"):
    not_evaluated(_name, "it is not in the specification")
